package ix

import (
	"fmt"
	"testing"

	"provision-gateway/models/modelstest"
)

// BenchmarkListConfigs lists 2,000 configurations to the account that has them.
func BenchmarkListConfigs(b *testing.B) {
	for _, kind := range modelstest.Kinds() {
		b.Run(kind.Name, func(b *testing.B) {
			store := New(modelstest.Lend(b, kind, nil).Store)
			seeded, err := store.SeedDemo(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			account := seeded.Accounts[0]
			const count = 2000
			err = store.Write(b.Context(), "", func(tx *Tx) error {
				for i := range count {
					c := newConfig(TypeExchangeLAN).(*NetworkServiceConfig)
					c.State, c.ManagingAccount, c.ConsumingAccount, c.BillingAccount = StateProduction, account.ID, account.ID, account.ID
					c.NetworkService, c.Connection, c.ASNs = demoLAN, account.Connection, []uint32{64496}
					c.VlanConfig = &VlanConfig{VlanType: VlanDot1Q, Vlan: new(1 + i)}
					c.MACs, c.IPs = []string{newID()}, []string{newID(), newID()}
					c.PurchaseOrder = fmt.Sprintf("order %d", i)
					if err := tx.Insert(NetworkServiceConfigs, c); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			for name, query := range map[string]Query{"all": {}, "of a state": {"state": {"production"}}, "one VLAN": {"outer_vlan": {"7"}}} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						if _, err := store.List(b.Context(), account.ID, NetworkServiceConfigs, query); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}
