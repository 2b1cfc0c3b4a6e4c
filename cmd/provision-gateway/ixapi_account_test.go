package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		if out := must(t, environ, "ixapi", "account", "list"); out != "There are no accounts.\n" {
			t.Errorf("an empty list says %q", out)
		}
		if out := must(t, environ, "ixapi", "account", "list", "--json"); out != "[]\n" {
			t.Errorf("an empty list is %q", out)
		}
		plain := must(t, environ, "ixapi", "account", "add", "Plain", "--asn", "64500")
		if !strings.HasPrefix(plain, "Plain\nAccount:    ") || strings.Contains(plain, "Secret") {
			t.Errorf("add prints %q", plain)
		}
		long := must(t, environ, "ixapi", "account", "add", "Shop", "--asn", "AS64501,64502", "--credential", "--legal-name", "Shop Ltd.", "--address", "Road 1; 10115; Berlin; de")
		if !strings.Contains(long, "\nAPI Key:    ") || !strings.Contains(long, "\nAPI Secret: ") {
			t.Errorf("add with a credential prints %d lines", strings.Count(long, "\n"))
		}
		bare := mustJSON[map[string]any](t, environ, "ixapi", "account", "add", "Bare", "--asn", "64503")
		if bare["account"] == "" || fmt.Sprint(bare["asns"]) != "[64503]" || bare["api_secret"] != nil {
			t.Errorf("add prints the properties %d of %v", len(bare), bare["account"])
		}
		fails(t, environ, exitFailure, "64502 is of the account", "ixapi", "account", "add", "Thief", "--asn", "64502")
		fails(t, environ, exitFailure, "address.country", "ixapi", "account", "add", "Nowhere", "--asn", "64504", "--address", "Road 1; 10115; Berlin; Germany")
		fails(t, environ, exitFailure, "asns", "ixapi", "account", "add", "Twice", "--asn", "64504,64504")
		listed := mustJSON[[]listedAccount](t, environ, "ixapi", "account", "list")
		if len(listed) != 3 || listed[1].Name != "Shop" || !slices.Equal(listed[1].ASNs, []uint32{64501, 64502}) || listed[1].ManagingAccount != nil || listed[1].State != ix.StateProduction {
			t.Errorf("listed %+v", listed)
		}
		if table := must(t, environ, "ixapi", "account", "list"); strings.Count(table, "\n") != 4 || !strings.Contains(table, "64501,64502") {
			t.Errorf("the table is\n%s", table)
		}
		for _, args := range [][]string{
			{}, {"add"}, {"add", "X"}, {"add", "X", "--asn", "0"}, {"add", "X", "--asn", "x"}, {"add", "X", "--asn", "4294967296"}, {"add", "X", "--asn", ""},
			{"add", "X", "Y", "--asn", "1"}, {"add", "X", "--asn", "1", "--address", "Road 1"}, {"list", "x"},
		} {
			fails(t, environ, exitUsage, "", append([]string{"ixapi", "account"}, args...)...)
		}
	})
}

// TestRehearsal goes through the steps of the manual: an exchange of PeeringDB, a
// member of it, and its order, which gets the addresses that PeeringDB knows.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		store := modelstest.Open(t, strings.TrimPrefix(environ[0], "PROVISION_GATEWAY_DATABASE="), nil)
		if _, err := peeringdb.Load(t.Context(), store, peeringdb.Demo(), nil); err != nil {
			t.Fatal(err)
		}
		must(t, environ, "ixapi", "seed", "--exchange", "1")
		fails(t, environ, exitFailure, "is the exchange itself", "ixapi", "credential", "add", "acc:exchange")
		added := mustJSON[addedAccount](t, environ, "ixapi", "account", "add", "Made-Up Content", "--asn", "64497", "--credential")
		s := serve(t, environ, "--ixapi-interval", "50ms")
		var tokens struct {
			Access string `json:"access_token"`
		}
		base := s.url + "/api/v2"
		order(t, base+"/auth/token", "", map[string]any{"api_key": added.APIKey, "api_secret": added.APISecret}, &tokens)
		owned := func(body map[string]any) map[string]any {
			body["managing_account"], body["consuming_account"] = added.Account, added.Account
			return body
		}
		made := func(path string, body map[string]any) string {
			t.Helper()
			var out struct{ ID string }
			order(t, base+path, tokens.Access, body, &out)
			return out.ID
		}
		get := func(path string, to any) {
			t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+tokens.Access)
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			if err := json.NewDecoder(response.Body).Decode(to); err != nil {
				t.Fatalf("%s: %d %v", path, response.StatusCode, err)
			}
		}
		var own ix.Account
		if get("/account", &own); own.ID != added.Account || own.ManagingAccount != nil || own.BillingInformation == nil {
			t.Errorf("the own account is %+v", own)
		}
		contact := made("/contacts", owned(map[string]any{"name": "NOC", "email": "noc@example.net", "telephone": "+31205550100"}))
		var roles []string
		for _, role := range []string{"role:noc", "role:implementation"} {
			roles = append(roles, made("/role-assignments", map[string]any{"role": role, "contact": contact}))
		}
		billed := func(body map[string]any) map[string]any {
			body["billing_account"], body["role_assignments"] = added.Account, roles
			return owned(body)
		}
		connection := made("/connections", billed(map[string]any{"mode": "lag_lacp", "product_offering": "po:ix1-port-10g", "port_quantity": 1}))
		until := func(what string, met func() bool) {
			t.Helper()
			for deadline := time.Now().Add(time.Minute); !met(); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%s does not come", what)
				}
			}
		}
		until("the connection", func() bool {
			var c ix.Connection
			get("/connections/"+connection, &c)
			return c.State == ix.StateProduction
		})
		mac := made("/macs", owned(map[string]any{"address": "02:00:00:00:00:01"}))
		config := func() (addresses []string) {
			id := made("/network-service-configs", billed(map[string]any{
				"type": ix.TypeExchangeLAN, "network_service": "ns:ix1", "product_offering": "po:ix1-lan", "connection": connection,
				"vlan_config": map[string]any{"vlan_type": "dot1q"}, "capacity": 1000, "macs": []string{mac}, "asns": []uint32{64497}, "listed": true,
			}))
			until("the addresses", func() bool {
				var ips []ix.IPAddress
				get("/ips?network_service_config="+id, &ips)
				addresses = nil
				for _, ip := range ips {
					addresses = append(addresses, ip.Address)
				}
				return len(addresses) == 2
			})
			slices.Sort(addresses)
			return addresses
		}
		for _, want := range []string{"192.0.2.12 2001:db8:1::12", "192.0.2.13 2001:db8:1::13", "192.0.2.2 2001:db8:1::2"} {
			if got := strings.Join(config(), " "); got != want {
				t.Errorf("addresses %s, want %s", got, want)
			}
		}
		if code := s.end(); code != exitOK {
			t.Errorf("exit code %d", code)
		}
	})
}
