package ixapi_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"provision-gateway/backends/ixapi"
	server "provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// joined is a member of a peering LAN on a server whose answers are checked
// against the OpenAPI document, and a client of the member's.
func joined(t *testing.T, change func(*ixapi.Config)) (*ixapitest.LAN, *ixapi.Client) {
	t.Helper()
	service := ixapitest.New(t, modelstest.Lend(t, modelstest.Kinds()[0], nil), nil)
	service.Objects.Interval = 0
	lan := service.Join(t)
	config := ixapi.Config{
		URL: service.Server.URL + server.Base, Key: lan.Key, Secret: lan.Secret, Backoff: time.Millisecond,
		Transport: ixapitest.Validated(t, nil),
	}
	if change != nil {
		change(&config)
	}
	c, err := ixapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return lan, c
}

// TestAgainstTheServer goes through all verbs, logged in either way and with
// pages of one object.
func TestAgainstTheServer(t *testing.T) {
	t.Parallel()
	for _, auth := range []string{ixapi.AuthJWT, ixapi.AuthOAuth2} {
		t.Run(auth, func(t *testing.T) {
			t.Parallel()
			lan, c := joined(t, func(c *ixapi.Config) {
				c.Auth, c.PageLimit = auth, 1
				if auth == ixapi.AuthOAuth2 {
					// The validator reads a form without its optional fields as null.
					c.Transport = nil
				}
			})
			ctx := t.Context()
			account, err := c.Account(ctx)
			if err != nil || account.ID != lan.Account {
				t.Fatalf("account %+v, %v", account, err)
			}
			services, err := c.PeeringLANs(ctx)
			if err != nil || len(services) != 2 || services[0].ID != ixapitest.NetworkService || *services[0].SubnetV4 != "203.0.113.0/24" {
				t.Fatalf("services %+v, %v", services, err)
			}
			configs, err := c.ServiceConfigs(ctx, services[0].ID)
			if err != nil || len(configs) != 1 || configs[0].ID != lan.Config || configs[0].State != ixapi.StateError || !slices.Equal(configs[0].ASNs, []uint32{ixapitest.MemberASN}) {
				t.Fatalf("configs %+v, %v", configs, err)
			}
			ips, err := c.IPs(ctx, configs[0])
			if err != nil || len(ips) != 2 || lan.IPs[ips[0].Address] != ips[0].ID {
				t.Fatalf("addresses %+v, %v", ips, err)
			}
			features, err := c.Features(ctx, services[0].ID)
			if err != nil || len(features) != 2 || features[0].ASN != ixapitest.RouteServerASN {
				t.Fatalf("features %+v, %v", features, err)
			}
			roles, err := c.Roles(ctx)
			if err != nil || len(roles) < 4 {
				t.Fatalf("roles %+v, %v", roles, err)
			}
			assigned, err := c.RoleAssignments(ctx, features[0].NFCRequiredContactRoles[0])
			if err != nil || len(assigned) != 1 {
				t.Fatalf("assignments %+v, %v", assigned, err)
			}
			throughLife(t, lan, c, features, ips, assigned[0].ID)
		})
	}
}

// throughLife makes, changes and deletes a session.
func throughLife(t *testing.T, lan *ixapitest.LAN, c *ixapi.Client, features []ixapi.NetworkFeature, ips []ixapi.IP, assignment string) {
	t.Helper()
	ctx, set, limit := t.Context(), "AS-EXAMPLE@RIPE", uint32(100)
	made, err := c.CreateFeatureConfig(ctx, ixapi.NewFeatureConfig{
		ManagingAccount: lan.Account, ConsumingAccount: lan.Account, BillingAccount: lan.Account, ExternalRef: "provision-session:1",
		RoleAssignments: []string{assignment}, NetworkFeature: ixapitest.RequiredFeature, NetworkServiceConfig: lan.Config, ASN: ixapitest.MemberASN,
		Password: "planted-secret", ASSetV4: &set, ASSetV6: &set, MaxPrefixV4: &limit, SessionMode: features[0].SessionMode,
		BGPSessionType: features[0].BGPSessionTypes[0], IP: ips[0].ID,
	})
	if err != nil || made.ID == "" || made.State != ixapi.StateRequested {
		t.Fatalf("made %+v, %v", made.ID, err)
	}
	lan.Settle(t)
	found, err := c.FeatureConfigsByRef(ctx, "provision-session:1")
	if err != nil || len(found) != 1 || found[0].ID != made.ID || found[0].State != ixapi.StateProduction || found[0].Password != "planted-secret" || *found[0].MaxPrefixV4 != 100 {
		t.Fatalf("found %d, %v", len(found), err)
	}
	if other, err := c.FeatureConfigsByRef(ctx, "provision-session:2"); err != nil || len(other) != 0 {
		t.Errorf("another reference has %d, %v", len(other), err)
	}
	changed, err := c.UpdateFeatureConfig(ctx, made.ID, map[string]any{"max_prefix_v4": nil, "password": ""})
	if err != nil || changed.Password != "" || changed.MaxPrefixV4 != nil || *changed.ASSetV4 != set {
		t.Fatalf("changed %v", err)
	}
	of, err := c.FeatureConfigs(ctx, lan.Config)
	if err != nil || len(of) != 1 {
		t.Errorf("sessions of the configuration: %d, %v", len(of), err)
	}
	for range 2 {
		ending, err := c.DeleteFeatureConfig(ctx, made.ID)
		if err != nil || !ending.State.Leaving() {
			t.Fatalf("deleted into %s, %v", ending.State, err)
		}
	}
	lan.Settle(t)
	if ended, err := c.FeatureConfig(ctx, made.ID); err != nil || !ended.State.Gone() {
		t.Errorf("ended in %s, %v", ended.State, err)
	}
	if _, err := c.FeatureConfig(ctx, "a/b?c"); !ixapi.IsNotFound(err) {
		t.Errorf("an id that nothing has: %v", err)
	}
}

// TestManyPages reads a list of many objects by pages of several sizes, and at
// once where the server announces none.
func TestManyPages(t *testing.T) {
	t.Parallel()
	service := ixapitest.New(t, modelstest.Lend(t, modelstest.Kinds()[0], nil), nil)
	member := service.Member("Many Roles")
	contact := member.Create(ix.Contacts, fmt.Sprintf(`{"managing_account":%q,"consuming_account":%[1]q,"name":"N","email":"n@example.net","telephone":"+31205550100"}`, member.Account))
	var role string
	err := service.Objects.Write(t.Context(), "", func(tx *ix.Tx) error {
		r := &ix.Role{Name: "noc", RequiredFields: []string{}}
		err := tx.Insert(ix.Roles, r)
		role = r.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for range 23 {
		want = append(want, member.Create(ix.RoleAssignments, fmt.Sprintf(`{"managing_account":%q,"consuming_account":%[1]q,"role":%q,"contact":%q}`, member.Account, role, contact)))
	}
	for _, limit := range []int{1, 5, 22, 23, 24, 1000} {
		c, err := ixapi.New(ixapi.Config{
			URL: service.Server.URL + server.Base, Key: member.Key, Secret: member.Secret, PageLimit: limit, Transport: ixapitest.Validated(t, nil),
		})
		if err != nil {
			t.Fatal(err)
		}
		assigned, err := c.RoleAssignments(t.Context(), role)
		var got []string
		for _, a := range assigned {
			got = append(got, a.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("pages of %d: %d of %d, %v", limit, len(got), len(want), err)
		}
	}
}
