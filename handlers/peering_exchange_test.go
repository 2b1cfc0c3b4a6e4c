package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/backends/exchange"
	"provision-gateway/backends/ixapi"
	"provision-gateway/handlers"
	server "provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// boundTo is the exchange of the fixture that is bound.
const boundTo = 20

// bound is a gateway with an exchange that is bound to an API.
type bound struct {
	*service
	*ixapitest.LAN
	exchange *exchange.Exchange
	// before is how many sessions the exchange has from the start.
	before int
	// down is true while the exchange cannot be reached.
	down atomic.Bool
	// held is what happens while the next request of its method is on its way.
	held atomic.Pointer[held]
}

func (b *bound) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.down.Load() {
		return nil, fmt.Errorf("unreachable")
	}
	if h := b.held.Load(); h != nil && r.Method == h.method && strings.Contains(r.URL.Path, "network-feature-configs") && h.once.CompareAndSwap(false, true) {
		h.during()
	}
	return http.DefaultTransport.RoundTrip(r)
}

func serveBound(t *testing.T) *bound {
	t.Helper()
	api := ixapitest.New(t, modelstest.Lend(t, modelstest.Kinds()[0], nil), nil)
	api.Objects.Interval = 0
	b := &bound{LAN: api.Join(t)}
	client, err := ixapi.New(ixapi.Config{URL: api.Server.URL + server.Base, Key: b.Key, Secret: b.LAN.Secret, Attempts: 1, Transport: b})
	if err != nil {
		t.Fatal(err)
	}
	b.service = serve(t, func(o *handlers.Options) {
		b.exchange, err = exchange.New(exchange.Config{Store: o.Store, Timeout: 10 * time.Second, Bindings: []exchange.Binding{{
			PublicID: boundTo, Client: client, NetworkService: ixapitest.NetworkService, ASSet: "AS-EXAMPLE", IRR: "RIPE",
		}}})
		if err != nil {
			t.Fatal(err)
		}
		o.Exchanges = b.exchange
	})
	return b
}

// inProduction has the member's connection go into production, by a session with
// the required route server that somebody made at the exchange.
func (b *bound) inProduction(t *testing.T) {
	t.Helper()
	var roles []ix.RoleAssignment
	b.Send(http.MethodGet, "/role-assignments", "").Decode(&roles)
	b.Create(ix.NetworkFeatureConfigs, fmt.Sprintf(`{"type":"route_server","managing_account":%q,"consuming_account":%[1]q,"billing_account":%[1]q,
		"network_feature":%q,"network_service_config":%q,"asn":64496,"as_set_v4":"AS-EXAMPLE@RIPE","session_mode":"public","bgp_session_type":"passive",
		"ip":%q,"role_assignments":[%q]}`, b.Account, ixapitest.RequiredFeature, b.Config, b.IPs[b.IPv6], roles[0].ID))
	b.Settle(t)
	b.before = 1
}

// adding is addSession with a route server.
func (b *bound) adding(peer, more string) string {
	return fmt.Sprintf("target=peering&action=addSession&public_id=%d&source_asn=%d&peer_asn=%d&peer_ipaddr=%s%s",
		boundTo, ixapitest.MemberASN, ixapitest.RouteServerASN, peer, more)
}

func (b *bound) live() (n int) {
	for _, c := range b.FeatureConfigs() {
		if !c.State.Leaving() {
			n++
		}
	}
	return n - b.before
}

func TestDIVERGENCE_BoundExchange(t *testing.T) {
	t.Parallel()
	b := serveBound(t)
	wait := b.get(t, b.adding(ixapitest.OptionalFeatureIPv4, ""))
	if !strings.Contains(wait.body, "waits for the session with a route server that the exchange requires") {
		t.Errorf("before: %s", wait.body)
	}
	b.inProduction(t)
	added := b.get(t, b.adding(ixapitest.OptionalFeatureIPv4, "&prfx_max=0&password=0")).body
	if !strings.Contains(added, `"peer_name":"rs2"`) || !strings.Contains(added, `"state":"pending"`) || !strings.Contains(added, `"source_ipaddr":"`+b.IPv4+`"`) || b.live() != 1 {
		t.Fatalf("%s", added)
	}
	if have := b.FeatureConfigs()[1]; have.Password != "" || have.MaxPrefixV4 != nil {
		t.Errorf("at the exchange: %+v", have)
	}
	if again := b.get(t, b.adding(ixapitest.OptionalFeatureIPv4, "")); !strings.Contains(again.body, "Session already exists") {
		t.Errorf("again: %s", again.body)
	}
	if list := b.get(t, "target=peering&action=getSessions&public_id=20&source_asn=64496&state=pending"); !strings.HasPrefix(list.message(t), "1 sessions found") {
		t.Errorf("listed: %s", list.body)
	}
	deleted := b.get(t, "target=peering&action=deleteSession&source_asn=64496")
	if deleted.body != `{"success":1,"message":"1 sessions deleted."}` || b.live() != 0 {
		t.Errorf("deleted: %s", deleted.body)
	}
	if list := b.get(t, "target=peering&action=getSessions&source_asn=64496"); !strings.Contains(list.body, `"state":"deleting"`) {
		t.Errorf("while it is deleted: %s", list.body)
	}
	// A session on its way out makes room.
	if added := b.get(t, b.adding(ixapitest.OptionalFeatureIPv4, "")); !strings.Contains(added.body, `"success":1`) || b.live() != 1 {
		t.Errorf("added again: %s", added.body)
	}
	// One with another member is only here.
	local := b.get(t, "target=peering&action=addSession&public_id=20&source_asn=64500&peer_asn=64511&peer_ipaddr=203.0.113.9")
	if !strings.Contains(local.body, `"state":"not configured"`) || b.live() != 1 {
		t.Errorf("with a member: %s", local.body)
	}
}

func TestDIVERGENCE_Force(t *testing.T) {
	t.Parallel()
	b := serveBound(t)
	if added := b.get(t, b.adding(ixapitest.RequiredFeatureIPv4, "")); !strings.Contains(added.body, `"success":1`) {
		t.Fatalf("%s", added.body)
	}
	const remove = "target=peering&action=deleteSession&source_asn=64496"
	for _, query := range []string{remove, remove + "&force=0", remove + "&force=no"} {
		if refused := b.get(t, query); !strings.HasPrefix(refused.body, `{"success":0,"message":"0 sessions deleted, 1 failed: `) || !strings.Contains(refused.body, "send force=1") || b.live() != 1 {
			t.Errorf("%s: %s", query, refused.body)
		}
	}
	if done := b.get(t, remove+"&force=1"); done.body != `{"success":1,"message":"1 sessions deleted."}` || b.live() != 0 {
		t.Errorf("%s", done.body)
	}
}

// TestBoundExchangeRefuses has each refusal leave everything as it was.
func TestBoundExchangeRefuses(t *testing.T) {
	t.Parallel()
	b := serveBound(t)
	for query, says := range map[string]string{
		strings.Replace(b.adding(ixapitest.RequiredFeatureIPv4, ""), "64496", "64500", 1):            "source_asn: AS64500 is none of the AS numbers",
		b.adding(ixapitest.RequiredFeatureIPv4, "&source_ipaddr=203.0.113.77"):                       "source_ipaddr: 203.0.113.77 is none of",
		b.adding(ixapitest.RequiredFeatureIPv4, "&password=planted"+strings.Repeat("x", 200)):        "password: ",
		b.adding(ixapitest.RequiredFeatureIPv4, "&ip_type=ipv6"):                                     "Invalid value for ip_type: ipv6",
		strings.Replace(b.adding(ixapitest.RequiredFeatureIPv4, ""), "&peer_asn=64510", "", 1):       "Missing required parameter: peer_asn",
		b.adding(ixapitest.RequiredFeatureIPv4, "&prfx_max=many"):                                    "Invalid value for prfx_max: many",
		strings.Replace(b.adding(ixapitest.RequiredFeatureIPv4, ""), "&source_asn=64496", "", 1)[0:]: "",
	} {
		answer := b.get(t, query)
		if says != "" && (!strings.Contains(answer.body, `"success":0`) || !strings.Contains(answer.body, says) || strings.Contains(answer.body, "planted")) {
			t.Errorf("%s: %s", query, answer.body)
		}
	}
	if list := b.get(t, "target=peering&action=getSessions&source_asn=64496"); b.live() != 0 || !strings.Contains(list.body, `"success":1,"message":"No`) {
		t.Errorf("left: %s", list.body)
	}
	added := b.get(t, b.adding(ixapitest.RequiredFeatureIPv4, "&note=first&request_id=r1"))
	if again := b.get(t, b.adding(ixapitest.RequiredFeatureIPv4, "&note=first&request_id=r1")); again.body != added.body || b.live() != 1 {
		t.Errorf("the same once more: %s", again.body)
	}
	id := number(t, added.body)
	for query, says := range map[string]string{
		"&public_id=10":                                "delete it, and add another one at the other exchange",
		"&peer_ipaddr=203.0.113.9":                     "the new peer is no route server",
		"&source_asn=64500":                            "source_asn: AS64500 is none",
		"&peer_ipaddr=203.0.113.252":                   "send force=1",
		"&password=planted" + strings.Repeat("x", 200): "password: ",
	} {
		before := b.get(t, "target=peering&action=getSessions&id="+id).body
		answer := b.get(t, "target=peering&action=updateSession&id="+id+query)
		if !strings.Contains(answer.body, `"success":0`) || !strings.Contains(answer.body, says) {
			t.Errorf("%s: %s", query, answer.body)
		}
		if err := b.exchange.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if now := b.get(t, "target=peering&action=getSessions&id="+id).body; now != before {
			t.Errorf("%s changed %s into %s", query, before, now)
		}
	}
	if changed := b.get(t, "target=peering&action=updateSession&note=second&password=other&id="+id); !strings.Contains(changed.body, `"success":1`) || b.FeatureConfigs()[0].Password != "other" {
		t.Errorf("changed: %s", changed.body)
	}
}

// TestBoundExchangeIsDown keeps what cannot be done now, and goes on with it when
// the same is sent again.
func TestBoundExchangeIsDown(t *testing.T) {
	t.Parallel()
	b := serveBound(t)
	b.inProduction(t)
	b.down.Store(true)
	const pending = "The exchange cannot be reached: "
	add := b.adding(ixapitest.OptionalFeatureIPv4, "&source_ipaddr="+b.IPv4+"&request_id=once")
	if answer := b.get(t, add); !strings.Contains(answer.body, pending) || !strings.Contains(answer.body, `"success":0`) {
		t.Fatalf("%s", answer.body)
	}
	list := b.get(t, "target=peering&action=getSessions&source_asn=64496")
	if !strings.Contains(list.body, `"state":"not configured"`) {
		t.Errorf("kept as %s", list.body)
	}
	b.down.Store(false)
	added := b.get(t, add)
	if !strings.Contains(added.body, `"success":1`) || b.live() != 1 {
		t.Fatalf("the same again: %s", added.body)
	}
	id := number(t, added.body)
	b.down.Store(true)
	// What the exchange need not know is changed all the same.
	if answer := b.get(t, "target=peering&action=updateSession&note=here&id="+id); !strings.Contains(answer.body, `"success":1`) {
		t.Errorf("a note: %s", answer.body)
	}
	for range 2 {
		if answer := b.get(t, "target=peering&action=updateSession&password=other&id="+id); !strings.Contains(answer.body, pending) {
			t.Errorf("a password: %s", answer.body)
		}
	}
	for range 2 {
		if answer := b.get(t, "target=peering&action=deleteSession&id="+id); !strings.Contains(answer.body, pending) {
			t.Errorf("deleted: %s", answer.body)
		}
	}
	if answer := b.get(t, "target=peering&action=updateSession&note=late&id="+id); !strings.Contains(answer.body, "is being deleted") {
		t.Errorf("changed while it is deleted: %s", answer.body)
	}
	b.down.Store(false)
	if answer := b.get(t, "target=peering&action=deleteSession&id="+id); !strings.Contains(answer.body, `"success":1`) || b.live() != 0 {
		t.Errorf("deleted at last: %s", answer.body)
	}
}

// number is the id in an answer.
func number(t *testing.T, body string) string {
	t.Helper()
	_, rest, _ := strings.Cut(body, `"id":`)
	id, _, found := strings.Cut(rest, ",")
	if !found {
		t.Fatalf("no id in %s", body)
	}
	return strings.Trim(id, `"`)
}
