package ixapitest

import (
	"encoding/json"
	"net/http"
	"testing"

	"provision-gateway/models/ix"
)

// LAN is the peering LAN of the demonstration with a member that has joined it
// and has no session with a route server yet.
type LAN struct {
	*Member
	// Config is the id of the member's configuration of the LAN, which waits in
	// error for the required route server.
	Config string
	// IPv4 and IPv6 are the member's addresses.
	IPv4, IPv6 string
	// IPs are the ids of the addresses, by address.
	IPs map[string]string
}

// The route servers of the demonstration are of RouteServerASN. The first is
// required. The member is MemberASN.
const (
	RouteServerASN       = 64510
	RequiredFeature      = "nf:demo-rs1"
	RequiredFeatureIPv4  = "203.0.113.251"
	RequiredFeatureIPv6  = "2001:db8:113::f1"
	OptionalFeature      = "nf:demo-rs2"
	OptionalFeatureIPv4  = "203.0.113.252"
	OptionalFeatureIPv6  = "2001:db8:113::f2"
	NetworkService       = "ns:demo"
	MemberASN            = 64496
	memberMAC            = "02:00:00:00:00:01"
	memberProductOffered = "po:demo-lan"
)

// Join makes the demonstration and has its first member join the LAN.
func (s *Service) Join(t testing.TB) *LAN {
	t.Helper()
	seeded, err := s.Objects.SeedDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := seeded.Accounts[0]
	lan := &LAN{Member: &Member{Service: s, Account: a.ID, Key: a.APIKey, Secret: a.APISecret}, IPs: map[string]string{}}
	var tokens struct {
		Access string `json:"access_token"`
	}
	s.Send(http.MethodPost, "/auth/token", `{"api_key":"`+a.APIKey+`","api_secret":"`+a.APISecret+`"}`).Decode(&tokens)
	lan.Token = tokens.Access
	var assignments []ix.RoleAssignment
	lan.Send(http.MethodGet, "/role-assignments", "").Decode(&assignments)
	var roles []string
	for _, r := range assignments {
		roles = append(roles, r.ID)
	}
	owned := func(body map[string]any) string {
		body["managing_account"], body["consuming_account"] = a.ID, a.ID
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	mac := lan.Create(ix.MACs, owned(map[string]any{"address": memberMAC}))
	lan.Config = lan.Create(ix.NetworkServiceConfigs, owned(map[string]any{
		"type": ix.TypeExchangeLAN, "network_service": NetworkService, "billing_account": a.ID, "connection": a.Connection,
		"role_assignments": roles, "vlan_config": map[string]any{"vlan_type": "dot1q"}, "capacity": 100,
		"product_offering": memberProductOffered, "macs": []string{mac}, "asns": []uint32{MemberASN}, "listed": true,
	}))
	lan.Settle(t)
	var ips []ix.IPAddress
	lan.Send(http.MethodGet, "/ips?network_service_config="+lan.Config, "").Decode(&ips)
	for _, ip := range ips {
		lan.IPs[ip.Address] = ip.ID
		if ip.Version == 4 {
			lan.IPv4 = ip.Address
		} else {
			lan.IPv6 = ip.Address
		}
	}
	if lan.IPv4 == "" || lan.IPv6 == "" {
		t.Fatalf("the member has the addresses %v", lan.IPs)
	}
	return lan
}

// Settle takes every step that is due, until none is.
func (s *Service) Settle(t testing.TB) {
	t.Helper()
	if err := s.Objects.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// FeatureConfigs are all sessions with route servers that the exchange has, also
// those that have ended.
func (m *Member) FeatureConfigs() []ix.NetworkFeatureConfig {
	m.t.Helper()
	var all []ix.NetworkFeatureConfig
	m.Send(http.MethodGet, "/network-feature-configs", "").Decode(&all)
	return all
}
