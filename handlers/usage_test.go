package handlers_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// counted are the stored counts, in order, without their times.
func counted(t *testing.T, store *models.Store) []string {
	t.Helper()
	rows, err := store.LegacyUses(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s %s %d", cmp.Or(r.KeyName, "-"), r.Source, cmp.Or(r.UserAgent, "-"), r.Target, cmp.Or(r.Action, "-"), r.Answered, r.Count))
	}
	slices.Sort(lines)
	return lines
}

// used starts a gateway on a database of a kind, has it asked, and returns what it
// counted.
func used(t *testing.T, l *modelstest.Lent, change func(*handlers.Options), ask func(s *service, send func(query, agent string))) []string {
	t.Helper()
	o := handlers.Options{Store: l.Store, Now: func() time.Time { return moment }}
	change(&o)
	gateway, err := handlers.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{Gateway: gateway, database: l}
	ask(s, func(query, agent string) {
		r := httptest.NewRequest(http.MethodGet, api+"?"+query, nil)
		r.RemoteAddr = "[::ffff:192.0.2.7]:1234"
		r.Header.Set("User-Agent", agent)
		s.ServeHTTP(httptest.NewRecorder(), r)
	})
	if err := gateway.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return counted(t, l.Store)
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Who is known is counted, whatever the answer; who is not, never.
func TestUsage(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		long := strings.Repeat("x", 254) + "ü" + strings.Repeat("y", 9000)
		f := &first{answer: &legacy.Answer{Status: http.StatusOK, Body: []byte(firstBody)}}
		modes := compat.Policies{}
		for pattern, mode := range map[string]compat.Mode{"ipam.*": compat.ModeLegacy, "lir.get": compat.ModeShadow, "peering.getRequests": compat.ModeVerify} {
			modes[pattern] = compat.Policy{Pattern: pattern, Mode: mode, Share: 100}
		}
		got := used(t, l, func(o *handlers.Options) {
			o.Original, o.Modes, o.End.Retired = f, modes, compat.Retired{"dns.getZone": "x", "resource.*": "x"}
		}, func(s *service, send func(string, string)) {
			all := s.addKey(t, "all", models.Permissions()...)
			reader := s.addKey(t, "reader", models.PermissionRead)
			for range 3 {
				send(all.sign("target=peering&action=getPeers&x=1"), "curl/8")
			}
			send(all.sign("target=peering&action=getPeers&x=2"), "")
			send(reader.sign("target=peering&action=getPeers"), long)
			send(reader.sign("target=peering&action=getPeers"), "bad \xff\x01")
			// Refused, and counted.
			send(reader.sign("target=peering&action=addSession"), "curl/8")
			send(reader.sign("target=peering&action=getCommunications"), "curl/8")
			// Names that only the caller knows.
			send(all.sign("target=nowhere&action=a"), "curl/8")
			send(all.sign("target=peering&action=b"), "curl/8")
			send(reader.sign("target=ipam&action=c"), "curl/8")
			// The original knows them.
			send(all.sign("target=ipam&action=get"), "curl/8")
			send(all.sign("target=ipam&action="+strings.Repeat("z", 100)), "curl/8")
			send(all.sign("target=lir&action=get"), "curl/8")
			send(all.sign("target=peering&action=getRequests"), "curl/8")
			// Ended.
			send(all.sign("target=dns&action=getZone"), "curl/8")
			send(reader.sign("target=resource&action=get"), "curl/8")
			send(reader.sign("target=resource&action=of+nobody"), "curl/8")
			// Not known.
			send("target=peering&action=getPeers", "curl/8")
			send(credentials{all.key, "wrong"}.sign(hello), "curl/8")
			send(credentials{"nobody", "wrong"}.sign(hello), "curl/8")
		})
		same(t, got,
			"all 192.0.2.7 curl/8 peering getPeers here 3", "all 192.0.2.7 - peering getPeers here 1",
			"reader 192.0.2.7 "+strings.Repeat("x", 254)+" peering getPeers here 1", "reader 192.0.2.7 bad ?\x01 peering getPeers here 1",
			"reader 192.0.2.7 curl/8 peering addSession here 1", "reader 192.0.2.7 curl/8 peering getCommunications here 1",
			"all 192.0.2.7 curl/8 (unknown) (unknown) here 1", "all 192.0.2.7 curl/8 peering (unknown) here 1",
			"reader 192.0.2.7 curl/8 (unknown) (unknown) original 1",
			"all 192.0.2.7 curl/8 ipam get original 1", "all 192.0.2.7 curl/8 ipam "+strings.Repeat("z", 64)+" original 1",
			"all 192.0.2.7 curl/8 lir get original 1", "all 192.0.2.7 curl/8 peering getRequests here 1",
			"all 192.0.2.7 curl/8 dns getZone retired 1", "reader 192.0.2.7 curl/8 resource get retired 1", "reader 192.0.2.7 curl/8 resource * retired 1",
		)
	})
}

// Without keys, and when a key asks too often, calls are counted too.
func TestUsageWithoutKeys(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[0], nil)
	got := used(t, l, func(o *handlers.Options) { o.KeyRate, o.KeyBurst = 0.001, 1 }, func(_ *service, send func(string, string)) {
		send(hello, "a")
		send("target=lir&action=get", "a")
		send("target=PLANTED&action=get", "a")
	})
	same(t, got, "- 192.0.2.7 a test helloWorld here 1", "- 192.0.2.7 a lir get here 1", "- 192.0.2.7 a (unknown) (unknown) here 1")
}

// What a caller puts where no secret belongs is not stored.
func TestUsageHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[0], nil)
	f := &first{answer: &legacy.Answer{Status: http.StatusOK, Body: []byte(firstBody)}}
	got := used(t, l, func(o *handlers.Options) {
		o.Original, o.Modes = f, compat.Policies{"*": {Pattern: "*", Mode: compat.ModeLegacy, Share: 100}}
	}, func(_ *service, send func(string, string)) {
		send("target=lir&action=get", "sync/1 (https://ann:PLANTED1@provision.example/; nightly)")
		send("target=lir&action=get", "curl/8 Authorization: Bearer PLANTED2PLANTED2")
		send("target=lir&action=get", strings.Repeat("x", 240)+" password=PLANTED3PLANTED3")
		send("target=password%3DPLANTED4&action=get", "a")
		send("target=ipam&action=get%26apiKey%3DPLANTED5%26hash%3DPLANTED6", "a")
		send("target=ipam&action=getNetworks", "curl/8")
	})
	stored := strings.Join(got, "\n")
	if len(got) != 6 || strings.Contains(stored, "PLANTED") || !strings.Contains(stored, "curl/8 ipam getNetworks original 1") ||
		!strings.Contains(stored, "sync/1 (https://ann:<secret-1>@provision.example/; nightly)") {
		t.Errorf("stored:\n%s", stored)
	}
}

// Two gateways add up, over the ends of either.
func TestUsageOfTwoGateways(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		for n := range 3 {
			got := used(t, l, func(o *handlers.Options) {
				if n == 1 {
					o.Store = l.Another(t)
				}
			}, func(_ *service, send func(string, string)) { send(hello, "a") })
			same(t, got, fmt.Sprint("- 192.0.2.7 a test helloWorld here ", n+1))
		}
	})
}
