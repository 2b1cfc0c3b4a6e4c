package exchange_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"provision-gateway/backends/exchange"
	"provision-gateway/backends/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// TestLifeOfASession brings a session to the exchange, changes it and ends it, on
// a database of each kind.
func TestLifeOfASession(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, kind, nil)
			s := d.session(ixapitest.RequiredFeatureIPv4)
			if rs, err := d.Plan(t.Context(), s); err != nil || !rs || *s.PeerName != "rs1" || *s.PeerHostname != "rs1.exb1.example.net" {
				t.Fatalf("plan: %v, %v", rs, err)
			}
			d.add(s)
			is := func(state string) {
				t.Helper()
				if got := d.state(s); got != state {
					t.Errorf("the state is %q and not %q", got, state)
				}
			}
			is("not configured")
			converge := func() {
				t.Helper()
				if err := d.Converge(t.Context(), s.ID); err != nil {
					t.Fatal(err)
				}
			}
			work := func() {
				t.Helper()
				d.due()
				if err := d.Work(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			converge()
			is("pending")
			d.Settle(t)
			work()
			is("configured")
			have := d.standing()
			if len(have) != 1 || have[0].ASN != ixapitest.MemberASN || have[0].Password != "planted-secret" || *have[0].MaxPrefixV4 != 500 || have[0].MaxPrefixV6 != nil ||
				have[0].InsertIXPASN || *have[0].ASSetV4 != "AS-EXAMPLE@RIPE" || *have[0].ExternalRef != d.link(s).ExternalRef || have[0].IP != d.IPs[d.IPv4] ||
				!strings.HasPrefix(*have[0].ExternalRef, fmt.Sprintf("provision-session:%d-", s.ID)) || have[0].BGPSessionType != "passive" {
				t.Fatalf("there is %+v", have)
			}
			d.change(s, models.WantedUpdate, func(s *models.Session) { s.Password, s.PrfxMax = models.NoPassword, nil })
			converge()
			if have := d.standing(); len(have) != 1 || have[0].Password != "" || have[0].MaxPrefixV4 != nil {
				t.Errorf("changed: %+v", have)
			}
			// To the other route server: another configuration, and the first one goes.
			d.change(s, models.WantedUpdate, func(s *models.Session) { peer := ixapitest.OptionalFeatureIPv4; s.PeerIPAddr = &peer })
			converge()
			if have := d.standing(); len(have) != 1 || have[0].NetworkFeature != ixapitest.OptionalFeature || d.link(s).OldConfigID != nil {
				t.Errorf("moved: %+v", have)
			}
			d.change(s, models.WantedDelete, nil)
			converge()
			is("deleting")
			d.Settle(t)
			work()
			is("")
			if len(d.standing()) != 0 || d.link(s) != nil {
				t.Errorf("left: %+v", d.standing())
			}
		})
	}
}

// TestRefusals says of each session that cannot be why.
func TestRefusals(t *testing.T) {
	t.Parallel()
	d := newDesk(t, modelstest.Kinds()[0], nil)
	text := func(s string) *string { return &s }
	for _, tc := range []struct {
		name   string
		change func(*models.Session)
		local  bool
		says   string
	}{
		{"another member", func(s *models.Session) { s.PeerIPAddr = text("203.0.113.9") }, true, ""},
		{"another AS number", func(s *models.Session) { *s.PeerASN = 64999 }, true, ""},
		{"our AS number", func(s *models.Session) { *s.SourceASN = 64500 }, false, "source_asn: AS64500 is none of the AS numbers of the connection to Example Exchange LAN (AS64496)"},
		{"our address", func(s *models.Session) { s.SourceIPAddr = text("203.0.113.77") }, false, "source_ipaddr: 203.0.113.77 is none of the addresses"},
		{"no address", func(s *models.Session) { s.SourceIPAddr = nil }, false, ""},
		{"the other family", func(s *models.Session) { s.SourceIPAddr = &d.IPv6 }, false, "source_ipaddr: "},
	} {
		s := d.session(ixapitest.RequiredFeatureIPv4)
		tc.change(s)
		rs, err := d.Plan(t.Context(), s)
		if tc.says == "" && (err != nil || rs == tc.local) || tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says) || exchange.IsPending(err)) {
			t.Errorf("%s: %v, %v", tc.name, rs, err)
		}
		if tc.name == "no address" && (s.SourceIPAddr == nil || *s.SourceIPAddr != d.IPv4) {
			t.Errorf("the address is not filled in")
		}
	}
	for name, change := range map[string]func(*exchange.Binding){
		"The exchange has no peering LAN ns:other":                           func(b *exchange.Binding) { b.NetworkService = "ns:other" },
		"no peering LAN with the peeringdb_ixid 20":                          func(b *exchange.Binding) { b.NetworkService = "" },
		"wants an AS-SET of AS64496 with its registry, and none is known":    func(b *exchange.Binding) { b.ASSet = "" },
		"wants a contact for rs1, and no contact has that role":              func(b *exchange.Binding) { b.Contacts = map[string]string{"NOC": "nobody"} },
		"The exchange does not take the credentials of this gateway":         func(b *exchange.Binding) { b.Client = d.clientAs(d.Key, "wrong") },
		"as_set_v4: expected AS-SET@IRR, such as AS-EXAMPLE@RIPE; as_set_v6": func(b *exchange.Binding) { b.ASSet = "NOSET" },
	} {
		other := *d
		change(&other.binding)
		s := d.session(ixapitest.RequiredFeatureIPv4)
		id := fmt.Sprint(len(name))
		s.PeerGroup, s.ResourceID = &id, new(uint64(len(name)))
		d.add(s)
		err := other.another().Converge(t.Context(), s.ID)
		if err == nil || !strings.Contains(err.Error(), name) || exchange.IsPending(err) || d.state(s) != "error" || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: %v, %s", name, err, d.state(s))
		}
	}
	if n := len(d.standing()); n != 0 {
		t.Errorf("%d were made", n)
	}
}

func (d *desk) clientAs(key, secret string) *ixapi.Client {
	d.t.Helper()
	c, err := ixapi.New(ixapi.Config{URL: d.Server.URL + "/api/v2", Key: key, Secret: secret})
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// TestRequired keeps the session with a route server that the exchange requires.
func TestRequired(t *testing.T) {
	t.Parallel()
	d := newDesk(t, modelstest.Kinds()[0], nil)
	// The required one first: until then the exchange takes no other.
	for _, peer := range []string{ixapitest.RequiredFeatureIPv4, ixapitest.OptionalFeatureIPv4} {
		required := peer == ixapitest.RequiredFeatureIPv4
		s := d.add(d.session(peer))
		if err := d.MayEnd(t.Context(), s, d.link(s)); err != nil {
			t.Errorf("before it is there: %v", err)
		}
		if err := d.Converge(t.Context(), s.ID); err != nil {
			t.Fatal(err)
		}
		d.Settle(t)
		err := d.MayEnd(t.Context(), s, d.link(s))
		if (err != nil) != required || required && !strings.Contains(err.Error(), "send force=1") {
			t.Errorf("%s: %v", peer, err)
		}
	}
}

// TestNothingIsLost loses each request, and each answer, of adding, changing,
// moving and deleting: what is wanted is there in the end, once.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	d := newDesk(t, modelstest.Kinds()[0], nil)
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			// Another session each time, alone at the exchange.
			s := d.add(d.session(ixapitest.RequiredFeatureIPv4))
			lost := 0
			attempt := func(wanted string) {
				t.Helper()
				gateway := d.another()
				d.wire.losing(func(i int, _ *http.Request) (bool, bool) {
					if i == n {
						lost++
					}
					return i == n && !after, i == n && after
				})
				err := gateway.Converge(t.Context(), s.ID)
				if err != nil && !exchange.IsPending(err) {
					t.Fatalf("%s, request %d: %v", wanted, n, err)
				}
				d.wire.losing(nil)
			}
			finish := func(wanted string) {
				t.Helper()
				attempt(wanted)
				for range 2 {
					// The one that comes after is another process.
					d.due()
					if err := d.another().Work(t.Context()); err != nil {
						t.Fatal(err)
					}
					d.Settle(t)
				}
			}
			check := func(what string, want func() bool) {
				t.Helper()
				if !want() {
					t.Fatalf("%s, request %d lost, after %v: %+v", what, n, after, d.standing())
				}
			}
			finish("add")
			check("add", func() bool {
				have := d.standing()
				return len(have) == 1 && d.state(s) == "configured" && *d.link(s).ConfigID == have[0].ID
			})
			d.change(s, models.WantedUpdate, func(s *models.Session) { s.Password = "planted-other" })
			finish("update")
			check("update", func() bool { have := d.standing(); return len(have) == 1 && have[0].Password == "planted-other" })
			to := func(peer string) {
				d.change(s, models.WantedUpdate, func(s *models.Session) { s.PeerIPAddr = &peer })
			}
			// There, and back before it is known what came of it.
			to(ixapitest.OptionalFeatureIPv4)
			attempt("move")
			to(ixapitest.RequiredFeatureIPv4)
			finish("move back")
			check("move back", func() bool {
				have := d.standing()
				return len(have) == 1 && have[0].NetworkFeature == ixapitest.RequiredFeature && *d.link(s).ConfigID == have[0].ID
			})
			to(ixapitest.OptionalFeatureIPv4)
			finish("move")
			check("move", func() bool {
				have := d.standing()
				return len(have) == 1 && have[0].NetworkFeature == ixapitest.OptionalFeature
			})
			d.change(s, models.WantedDelete, nil)
			finish("delete")
			check("delete", func() bool { return len(d.standing()) == 0 && d.state(s) == "" && d.link(s) == nil })
			if lost == 0 {
				if n < 10 {
					t.Errorf("only %d requests were sent", n)
				}
				break
			}
		}
	}
}

// TestASSets reads what PeeringDB has in the field.
func TestASSets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"AS-A": "AS-A@RIPE", "RADB::AS-A": "AS-A@RADB", "AS-A@ARIN AS-B": "AS-A@ARIN", " AS-A, AS-B": "AS-A@RIPE", "": "", "@": "", "RIPE::": "", " ": "",
	} {
		if got, ok := exchange.ReadASSet(text, "RIPE"); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
	if _, ok := exchange.ReadASSet("AS-A", ""); ok {
		t.Error("a set without a registry")
	}
}

// TestWords has a word for every state.
func TestWords(t *testing.T) {
	t.Parallel()
	for state, want := range map[ixapi.State]string{
		"requested": "pending", "allocated": "pending", "scheduled": "pending", "testing": "pending", "production": "configured",
		"production_change_pending": "configured", "error": "error", "operator": "error", "decommission_requested": "deleting",
		"decommissioned": "", "archived": "", "cancelled": "", "of tomorrow": "error",
	} {
		if got := exchange.Word(state); got != want {
			t.Errorf("%s: %q", state, got)
		}
	}
}
