package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// Without its database the gateway goes on passing on, for a while, for those whom
// it knows, and does nothing else.
func TestOriginalAnswersWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[0], nil)
	store, log, p := l.Another(t), &logBook{}, &pairs{}
	f := &first{answer: &legacy.Answer{Status: http.StatusOK, Body: []byte(firstBody)}}
	var passed atomic.Int64
	gateway, err := handlers.New(handlers.Options{
		Store: store, Logger: log.logger(), Original: f, Comparer: p, Now: func() time.Time { return moment.Add(time.Duration(passed.Load())) },
		Modes: compat.Policies{
			"*": {Pattern: "*", Mode: compat.ModeLegacy, Share: 100}, "peering.getPeers": {Pattern: "peering.getPeers", Mode: compat.ModeShadow, Share: 100},
			"lir.get": {Pattern: "lir.get", Mode: compat.ModeVerify, Share: 100}, "peering.addSession": {Pattern: "peering.addSession", Mode: compat.ModeLocal, Share: 100},
			"test.helloWorld": {Pattern: "test.helloWorld", Mode: compat.ModeLocal, Share: 100},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	// What it keeps in memory cannot be written at the end.
	t.Cleanup(func() { _ = gateway.Close(t.Context()) })
	s := &service{Gateway: gateway, database: l}
	ask := func(query string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, api+"?"+query, nil)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	const failed, unauthenticated = `{"success":0,"message":"Internal error"}`, `{"success":0,"message":"Unable to authenticate"}`
	known, other := s.addKey(t, "known", models.Permissions()...), s.addKey(t, "other", models.PermissionRead)
	reader := s.addKey(t, "reader", models.PermissionRead)
	for _, key := range []credentials{known, reader} {
		if status, body := ask(key.sign("target=resource&action=get")); status != http.StatusOK || body != firstBody {
			t.Fatalf("before: %d %s", status, body)
		}
	}
	f.take()
	p.take()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, query, want string }{
		{"legacy", known.sign("target=resource&action=get"), firstBody},
		{"shadow", known.sign("target=peering&action=getPeers"), firstBody},
		{"verify", known.sign("target=lir&action=get"), firstBody},
		{"local", known.sign(hello), failed},
		{"a local write", known.sign("target=peering&action=addSession&peer_asn=1"), failed},
		{"a write", known.sign("target=lir&action=add"), failed},
		{"a write with a token", known.sign("target=lir&action=add&request_id=7"), failed},
		{"an unknown action", known.sign("target=ipam&action=getRequest&request_id=7"), firstBody},
		{"what a key may not do", reader.sign("target=ipam&action=get"), `{"success":0,"message":"Permission denied"}`},
		{"a wrong hash", credentials{known.key, "wrong"}.sign("target=resource&action=get"), unauthenticated},
		{"a key not asked for before", other.sign("target=resource&action=get"), failed},
	} {
		_, body := ask(test.query)
		if asked := len(f.take()); body != test.want || (asked == 1) != (test.want == firstBody) {
			t.Errorf("%s: %s, asked %d times", test.name, body, asked)
		}
		if offered := p.take(); len(offered) != 0 {
			t.Errorf("%s: offered for comparison", test.name)
		}
	}
	warned := func() (n int) {
		for _, line := range log.lines(t) {
			if text, _ := line["msg"].(string); strings.HasPrefix(text, "the database is away") && line["level"] == "WARN" {
				n++
			}
		}
		return n
	}
	if n := warned(); n != 1 {
		t.Errorf("%d warnings", n)
	}
	passed.Store(int64(14 * time.Minute))
	if _, body := ask(known.sign("target=resource&action=get")); body != firstBody || warned() != 2 {
		t.Errorf("after 14 minutes: %s, %d warnings", body, warned())
	}
	passed.Store(int64(15 * time.Minute))
	if _, body := ask(known.sign("target=resource&action=get")); body != failed {
		t.Errorf("after 15 minutes: %s", body)
	}
}

// Without an original there is nothing to go on with, and a database that is back
// is asked again.
func TestDatabaseIsBack(t *testing.T) {
	t.Parallel()
	alone := serve(t, nil)
	both, _, p := serveBoth(t, compat.Policy{Pattern: "lir.get", Mode: compat.ModeShadow})
	for s, want := range map[*service]string{alone: `{"success":0,"message":"Internal error"}`, both: firstBody} {
		s.get(t, "target=lir&action=get")
		execute(t, s.database, "ALTER TABLE generations RENAME TO away")
		if got := s.get(t, "target=lir&action=get").body; got != want {
			t.Errorf("away: %s", got)
		}
		execute(t, s.database, "ALTER TABLE away RENAME TO generations")
		p.take()
		if got := s.get(t, "target=lir&action=get"); !got.success() || len(p.take()) != 1 && s == both {
			t.Errorf("back: %s", got.body)
		}
	}
}
