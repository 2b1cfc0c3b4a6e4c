package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/models"
	"provision-gateway/models/ix"
)

// tokenLifetime is longer than any run takes.
const tokenLifetime = 24 * time.Hour

// fillExchange makes the exchange of the demonstration, lets its first account
// have the configurations that are listed, and its second a tenth as many among
// them, which are not shown to the first, and makes the token of the first.
//
// The configurations are stored as they are in production. Ordering them one by
// one would take minutes, and give the same documents.
func (d *dataset) fillExchange(ctx context.Context, store *models.Store) error {
	objects := ix.New(store)
	seeded, err := objects.SeedDemo(ctx)
	if err != nil {
		return err
	}
	owner, other := seeded.Accounts[0], seeded.Accounts[1]
	err = objects.Write(ctx, "", func(tx *ix.Tx) error {
		for i := range d.amount.configs {
			c := newConfig(i, seeded.NetworkService, owner)
			if err := tx.Insert(ix.NetworkServiceConfigs, c); err != nil {
				return err
			}
			if i == d.amount.configs/2 {
				d.config = c.ID
			}
			if i%10 == 9 {
				if err := tx.Insert(ix.NetworkServiceConfigs, newConfig(i, seeded.NetworkService, other)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.token, err = accessToken(ctx, objects, owner)
	return err
}

// newConfig is a configuration of an exchange LAN as it is in production.
func newConfig(i int, service string, account ix.SeededAccount) *ix.NetworkServiceConfig {
	offering, ready, zone, reference := "po:demo-lan", true, "az:demo", fmt.Sprintf("customer <%d> & sons", i)
	vlan, capacity, since := 1+i%4094, 1000, "2026-01-01"
	id := func(kind int) string { return fmt.Sprintf("5eed%04x-%04x-4000-8000-%012x", kind, i%0x10000, i) }
	return &ix.NetworkServiceConfig{
		Typed: ix.Typed{Type: ix.TypeExchangeLAN}, Stateful: ix.Stateful{State: ix.StateProduction, Status: []ix.Status{}},
		Billed:      ix.Billed{CurrentBillingStartDate: &since},
		Ownable:     ix.Ownable{ManagingAccount: account.ID, ConsumingAccount: account.ID, ExternalRef: &reference},
		Invoiceable: ix.Invoiceable{BillingAccount: account.ID, PurchaseOrder: fmt.Sprintf("order %d", i)},
		Contactable: ix.Contactable{RoleAssignments: []string{id(1), id(2)}}, NetworkService: service, ProductOffering: &offering,
		Connection: account.Connection, VlanConfig: &ix.VlanConfig{VlanType: ix.VlanDot1Q, Vlan: &vlan}, Capacity: &capacity,
		NetworkFeatureConfigs: []string{}, ASNs: []uint32{uint32(firstASN + i)}, MACs: []string{id(3)}, IPs: []string{id(4), id(5)},
		Listed: true, ConsumerSideReady: &ready, AvailabilityZone: &zone,
	}
}

// accessToken exchanges a credential for a token that all gateways on the
// database and on its copies take, since they have the signing key too.
func accessToken(ctx context.Context, objects *ix.Store, account ix.SeededAccount) (string, error) {
	handler, err := ixapi.New(ixapi.Config{Store: objects, AccessLifetime: tokenLifetime})
	if err != nil {
		return "", err
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {account.APIKey}, "client_secret": {account.APISecret}}
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, ixapi.PathOAuth2, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
		return "", err
	}
	if answer.Token == "" {
		return "", errors.New("the exchange gives no token")
	}
	return answer.Token, nil
}
