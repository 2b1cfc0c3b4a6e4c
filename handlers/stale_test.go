package handlers_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// reading are the reads of the table, with what each needs.
var reading = map[string]string{
	"peering.getPeers": "&public_id=1", "peering.getCommunications": "&public_id=1", "peering.getSessions": "", "peering.getRequests": "",
	"lir.get": "", "resource.get": "", "test.helloWorld": "",
}

// byOriginal are the reads that the original answers, in the order of the table.
func byOriginal(t *testing.T, s *service) string {
	t.Helper()
	var found []string
	for _, a := range compat.Actions() {
		more, ok := reading[a.Key()]
		if ok && s.get(t, "target="+a.Target+"&action="+a.Name+more).body == firstBody {
			found = append(found, a.Key())
		}
	}
	return strings.Join(found, " ")
}

func verifyAll() compat.Policies {
	policies := compat.Policies{"*": {Pattern: "*", Mode: compat.ModeLegacy, Share: 100}}
	for key := range reading {
		policies[key] = compat.Policy{Pattern: key, Mode: compat.ModeVerify, Share: 100}
	}
	return policies
}

// importAll does what an import does for what was passed on.
func importAll(t *testing.T, store *models.Store) {
	t.Helper()
	mark, err := store.MarkPassedWrites(t.Context())
	if err == nil {
		err = store.CoverPassedWrites(t.Context(), mark)
	}
	if err != nil {
		t.Fatal(err)
	}
}

const (
	peeringReads  = "peering.getCommunications peering.getPeers peering.getRequests peering.getSessions"
	resourceReads = "peering.getSessions lir.get resource.get"
)

// What a passed-on write may have changed is read from the original, on every
// gateway with its next request, until an import.
func TestReadsFollowPassedWrites(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		insertFixtures(t, l, "lirs, example")
		f := &first{answer: &legacy.Answer{Status: 200, Body: []byte(firstBody)}}
		var gateways []*service
		for _, store := range []*models.Store{l.Store, l.Another(t)} {
			gateways = append(gateways, serveOn(t, l, store, func(o *handlers.Options) { o.Original, o.Modes = f, verifyAll() }))
		}
		for n, test := range []struct {
			name, query string
			answer      *legacy.Answer
			err         error
			want        string
		}{
			{"a session", "target=peering&action=addSession", nil, nil, peeringReads},
			{"a session with a token", "target=peering&action=addSession&request_id=r", nil, nil, peeringReads},
			{"a mail", "target=peering&action=sendEmail", nil, nil, peeringReads},
			{"a router", "target=peering&action=configureSession", nil, nil, peeringReads},
			{"what the table does not know", "target=peering&action=x", nil, nil, peeringReads},
			{"another case", "target=Peering&action=addSession", nil, nil, peeringReads},
			{"an LIR", "target=lir&action=update", nil, nil, resourceReads},
			{"a resource", "target=resource&action=delete", nil, nil, resourceReads},
			{"what the API refuses", "target=lir&action=add", &legacy.Answer{Status: 200, Body: []byte(`{"success":0}`)}, nil, resourceReads},
			{"a broken server", "target=lir&action=add", &legacy.Answer{Status: 502}, nil, resourceReads},
			{"an unknown outcome", "target=lir&action=add", nil, legacyTimeout(t), resourceReads},
			{"an unknown error", "target=lir&action=add", nil, errors.New("odd"), resourceReads},
			{"a refused key", "target=lir&action=add", &legacy.Answer{Status: 401, Body: []byte("no")}, nil, ""},
			{"never sent", "target=lir&action=add", nil, &legacy.Error{}, ""},
			{"never sent with a token", "target=lir&action=add&request_id=s", nil, &legacy.Error{}, ""},
			{"another target", "target=ipam&action=add", nil, nil, ""},
			{"a read", "target=lir&action=get", nil, nil, ""},
		} {
			f.answer, f.err = test.answer, test.err
			if test.answer == nil && test.err == nil {
				f.answer = &legacy.Answer{Status: 200, Body: []byte(firstBody)}
			}
			gateways[n%2].get(t, test.query)
			f.answer, f.err = &legacy.Answer{Status: 200, Body: []byte(firstBody)}, nil
			for i := range gateways {
				if got := byOriginal(t, gateways[(n+1+i)%2]); got != test.want {
					t.Errorf("%s: gateway %d has the original answer %q, want %q", test.name, (n+1+i)%2, got, test.want)
				}
			}
			importAll(t, gateways[n%2].database.Store)
			for i, g := range gateways {
				if got := byOriginal(t, g); got != "" {
					t.Errorf("%s: after an import gateway %d has the original answer %q", test.name, i, got)
				}
			}
		}
	})
}

// What cannot be noted is not passed on: nothing would tell that this side is
// behind.
func TestWritesAreNotedFirst(t *testing.T) {
	t.Parallel()
	s, f, _ := serveBoth(t, compat.Policy{Pattern: "*", Mode: compat.ModeLegacy})
	// So that the modes are known.
	s.get(t, "target=lir&action=get")
	f.take()
	execute(t, s.database, "ALTER TABLE passed_writes RENAME TO hidden")
	if answer := s.get(t, "target=lir&action=add"); answer.message(t) != "Internal error" || len(f.take()) != 0 {
		t.Errorf("%s, and the original was asked", answer.body)
	}
	if answer := s.get(t, "target=lir&action=get"); answer.body != firstBody {
		t.Error(answer.body)
	}
}

// A stale read is offered as such, also in mode shadow, and a pair that was offered
// before a write knows of it afterwards.
func TestStalePairs(t *testing.T) {
	t.Parallel()
	s, f, p := serveBoth(t, compat.Policy{Pattern: "*", Mode: compat.ModeLegacy}, compat.Policy{Pattern: "lir.get", Mode: compat.ModeShadow},
		compat.Policy{Pattern: "resource.get", Mode: compat.ModeVerify}, compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeShadow},
		compat.Policy{Pattern: "peering.getRequests", Mode: compat.ModeLocal})
	queries := []string{"target=lir&action=get", "target=resource&action=get", "target=peering&action=getPeers&public_id=1"}
	outdated := func(i int, stale, want bool) func() {
		s.get(t, queries[i])
		pair := p.take()[0]
		if pair.Stale != stale {
			t.Errorf("%s: stale %v", queries[i], pair.Stale)
		}
		return func() {
			t.Helper()
			if got, err := pair.Outdated(t.Context()); got != want || err != nil {
				t.Errorf("%s: outdated %v, %v", queries[i], got, err)
			}
		}
	}
	before := []func(){outdated(0, false, true), outdated(1, false, true), outdated(2, false, false)}
	outdated(0, false, false)()
	s.get(t, "target=lir&action=add")
	for _, check := range append(before, outdated(0, true, true), outdated(1, true, true), outdated(2, false, false)) {
		check()
	}
	importAll(t, s.database.Store)
	// What was asked before the write may differ although nothing is stale now.
	for _, check := range append(before, outdated(0, false, false), outdated(1, false, false)) {
		check()
	}
	s.get(t, "target=peering&action=addSession")
	f.take()
	if answer := s.get(t, "target=peering&action=getRequests"); answer.body == firstBody || len(f.take()) != 0 {
		t.Errorf("in mode local the original is asked: %s", answer.body)
	}
}

// Which reads show what the original still writes.
func TestPasses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, pattern, want string }{
		{"nothing", "test.*", ""}, {"all", "*", "peering.getCommunications peering.getPeers peering.getRequests peering.getSessions lir.get resource.get"},
		{"one of peering", "peering.sendEmail", peeringReads}, {"one of resources", "lir.delete", resourceReads}, {"a read", "lir.get", ""},
	} {
		var found []string
		for _, a := range compat.Actions() {
			if a.Effect == compat.Read && handlers.Passes(a, compat.Policies{test.pattern: {Pattern: test.pattern, Mode: compat.ModeLegacy, Share: 100}}) {
				found = append(found, a.Key())
			}
		}
		if got := strings.Join(found, " "); got != test.want {
			t.Errorf("%s: %s", test.name, got)
		}
	}
}

// BenchmarkPassedWrite measures what it costs to note that a write is passed on: a
// transaction before, and one after.
func BenchmarkPassedWrite(b *testing.B) {
	for _, kind := range modelstest.Kinds() {
		for name, query := range map[string]string{"noted": "target=lir&action=add", "of a target that is not here": "target=ipam&action=add"} {
			b.Run(kind.Name+"/"+name, func(b *testing.B) {
				l := modelstest.Lend(b, kind, nil)
				f := &first{answer: &legacy.Answer{Status: http.StatusOK, Body: []byte(firstBody)}}
				s := serveOn(b, l, l.Store, func(o *handlers.Options) { o.Original, o.Modes = f, verifyAll() })
				for b.Loop() {
					response, err := http.Get("http://" + s.address + api + "?" + query)
					if err != nil {
						b.Fatal(err)
					}
					_ = response.Body.Close()
				}
			})
		}
	}
}
