package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"provision-gateway/backends/comparison"
	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// first plays the original server.
type first struct {
	mu     sync.Mutex
	asked  []legacy.Request
	answer *legacy.Answer
	err    error
	// aside is how often it was asked for nobody.
	aside int
}

func (f *first) Do(_ context.Context, r *legacy.Request) (*legacy.Answer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, *r)
	return f.answer, f.err
}

func (f *first) DoAside(ctx context.Context, r *legacy.Request) (*legacy.Answer, error) {
	answer, err := f.Do(ctx, r)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside++
	return answer, err
}

func (f *first) take() []legacy.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := f.asked
	f.asked = nil
	return asked
}

// pairs keeps what is offered for comparison.
type pairs struct {
	mu      sync.Mutex
	offered []comparison.Pair
}

func (p *pairs) Offer(pair comparison.Pair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offered = append(p.offered, pair)
}

func (p *pairs) take() []comparison.Pair {
	p.mu.Lock()
	defer p.mu.Unlock()
	offered := p.offered
	p.offered = nil
	return offered
}

const firstBody = "{\"success\":1, \"message\":\"from the first\"}\n"

// serveBoth starts a gateway with an original server before it.
func serveBoth(t *testing.T, modes ...compat.Policy) (*service, *first, *pairs) {
	t.Helper()
	f := &first{answer: &legacy.Answer{
		Status: http.StatusOK, Body: []byte(firstBody),
		Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}, "X-Powered-By": {"PHP/7.1"}},
	}}
	p := &pairs{}
	policies := compat.Policies{}
	for _, mode := range modes {
		if mode.Share == 0 {
			mode.Share = 100
		}
		policies[mode.Pattern] = mode
	}
	return serve(t, func(o *handlers.Options) { o.Original, o.Comparer, o.Modes = f, p, policies }), f, p
}

// Who answers is what the mode says, for every action, and only reads are ever
// offered for comparison: whatever anybody stored.
func TestModesOfEveryAction(t *testing.T) {
	t.Parallel()
	for _, mode := range compat.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s, f, p := serveBoth(t)
			for _, a := range compat.Actions() {
				// Past every check of a person's wishes.
				err := s.database.Store.SetActionMode(t.Context(), models.ActionMode{Pattern: a.Key(), Mode: string(mode), Share: 100, ChangedBy: "test"})
				if err != nil {
					t.Fatal(err)
				}
				// Without parameters no action changes anything here.
				answer := s.get(t, "target="+a.Target+"&action="+a.Name)
				asked, offered := f.take(), p.take()
				read := a.Effect == compat.Read
				if got := answer.body == firstBody; got != mode.Original() {
					t.Errorf("%s: answered %s", a.Key(), answer.body)
				}
				if len(asked) != 0 != mode.Original() {
					t.Errorf("%s: the original was asked %d times", a.Key(), len(asked))
				}
				if mode.Original() && asked[0].Repeatable != read {
					t.Errorf("%s: repeatable is %v", a.Key(), asked[0].Repeatable)
				}
				if want := read && mode.Twice(); (len(offered) == 1) != want || len(offered) > 1 {
					t.Errorf("%s: offered %d times", a.Key(), len(offered))
				}
			}
		})
	}
}

// The original's answer arrives as it was sent, whatever it is, and the request
// as it was received.
func TestOriginalIsPassedThrough(t *testing.T) {
	t.Parallel()
	s, f, _ := serveBoth(t, compat.Policy{Pattern: "*", Mode: compat.ModeLegacy})
	for _, test := range []struct {
		name, query string
		answer      legacy.Answer
	}{
		{"an action of ours", "target=peering&action=getPeers&public_id=1", legacy.Answer{Status: 200, Body: []byte(firstBody)}},
		{"without a required parameter", "target=peering&action=getCommunications", legacy.Answer{Status: 200, Body: []byte("{}")}},
		{"an unknown target", "target=ipam&action=smartAssign&a[b][]=%zz", legacy.Answer{Status: 200, Body: []byte("{ }")}},
		{"an unknown action", "target=peering&action=x", legacy.Answer{Status: 200}},
		{"no target", "", legacy.Answer{Status: 200, Body: []byte(`{"success":0}`)}},
		{"a refused key", "target=lir&action=get", legacy.Answer{Status: 401, Body: []byte("no")}},
		{"a broken server", "target=lir&action=add", legacy.Answer{Status: 500, Body: []byte("<html>\xff")}},
		{"a redirect", "target=lir&action=get", legacy.Answer{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}}},
		{"no type", "target=lir&action=get", legacy.Answer{Status: 200, Body: []byte("<html>")}},
	} {
		f.answer = &test.answer
		for _, method := range []string{"GET", "POST"} {
			body := ""
			if method == "POST" {
				body = "x=%ff+&y[]=\x00"
			}
			answer := s.send(t, method+" /6c_1"+api+"?"+test.query+" HTTP/1.1", body, "Content-Type: text/odd", "User-Agent: script/1")
			if answer.status != test.answer.Status || answer.body != string(test.answer.Body) || answer.chunked {
				t.Errorf("%s %s: %d %q", test.name, method, answer.status, answer.body)
			}
			if got, want := answer.header.Get("Content-Type"), test.answer.Header.Get("Content-Type"); got != want {
				t.Errorf("%s %s: type %q, want %q", test.name, method, got, want)
			}
			if answer.header.Get("Location") != test.answer.Header.Get("Location") {
				t.Errorf("%s: %v", test.name, answer.header)
			}
			asked := f.take()
			if len(asked) != 1 || asked[0].Method != method || asked[0].Query != test.query || string(asked[0].Body) != body ||
				asked[0].ContentType != "text/odd" || asked[0].UserAgent != "script/1" {
				t.Errorf("%s %s: asked %+v", test.name, method, asked)
			}
		}
	}
}

// Keys, rates and permissions are the gateway's own business in every mode.
func TestOriginalIsGuarded(t *testing.T) {
	t.Parallel()
	s, f, _ := serveBoth(t, compat.Policy{Pattern: "*", Mode: compat.ModeLegacy})
	reader := s.addKey(t, "reader", models.PermissionRead)
	writer := s.addKey(t, "writer", models.PermissionRead, models.PermissionWrite)
	all := s.addKey(t, "all", models.PermissionRead, models.PermissionWrite, models.PermissionMail, models.PermissionDevice)
	for _, test := range []struct {
		name, method, query string
		by                  credentials
		want                string
	}{
		{"no signature", "GET", "target=lir&action=get", credentials{}, "Unable to authenticate"},
		{"a read", "GET", "target=lir&action=get", reader, ""},
		{"a head of a read", "HEAD", "target=lir&action=get", reader, ""},
		{"a write of a reader", "GET", "target=lir&action=add", reader, "Permission denied"},
		{"a write", "GET", "target=lir&action=add", writer, ""},
		{"a head of a write", "HEAD", "target=lir&action=add", writer, "-"},
		{"a mail of a writer", "GET", "target=peering&action=sendEmail", writer, "Permission denied"},
		{"what nobody knows, of a writer", "GET", "target=ipam&action=get", writer, "Permission denied"},
		{"what nobody knows", "GET", "target=ipam&action=get", all, ""},
		{"a head of what nobody knows", "HEAD", "target=ipam&action=get", all, "-"},
	} {
		query := test.query
		if test.by.key != "" {
			query = test.by.sign(query)
		}
		answer := s.send(t, test.method+" "+api+"?"+query+" HTTP/1.1", "")
		asked := f.take()
		if test.want == "" && len(asked) != 1 || test.want != "" && len(asked) != 0 {
			t.Errorf("%s: the original was asked %d times", test.name, len(asked))
		}
		if test.method == "GET" && test.want != "" && answer.message(t) != test.want {
			t.Errorf("%s: %s", test.name, answer.body)
		}
	}
}

// In mode verify a caller does not feel what this side cannot do yet.
func TestVerifyFallsBack(t *testing.T) {
	t.Parallel()
	s, f, p := serveBoth(t, compat.Policy{Pattern: "lir.get", Mode: compat.ModeVerify})
	own := s.get(t, "target=lir&action=get")
	if offered := p.take(); !own.success() || own.body == firstBody || len(offered) != 1 || offered[0].Failed ||
		string(offered[0].Answer.Body) != own.body || len(f.take()) != 0 {
		t.Fatalf("%s, offered %+v", own.body, offered)
	}
	execute(t, s.database, "ALTER TABLE resources RENAME TO hidden")
	execute(t, s.database, "UPDATE generations SET version = version + 1")
	answer := s.get(t, "target=lir&action=get")
	offered := p.take()
	if answer.body != firstBody || len(offered) != 1 || !offered[0].Failed || offered[0].Mode != compat.ModeVerify {
		t.Errorf("%s, offered %+v", answer.body, offered)
	}
	f.answer, f.err = nil, errors.New("gone")
	if answer := s.get(t, "target=lir&action=get"); answer.message(t) != "Internal error" {
		t.Errorf("with neither side: %s", answer.body)
	}
}

// What is offered can be asked of both sides later, when its caller has gone.
func TestPairsCanBeAskedLater(t *testing.T) {
	t.Parallel()
	s, f, p := serveBoth(t, compat.Policy{Pattern: "lir.get", Mode: compat.ModeShadow}, compat.Policy{Pattern: "peering.getPeers", Mode: compat.ModeShadow})
	key := s.addKey(t, "k", models.PermissionRead)
	s.get(t, key.sign("target=lir&action=get"))
	f.take()
	pair := p.take()[0]
	if pair.Caller != "k" || pair.Action.Key() != "lir.get" || string(pair.Answer.Body) != firstBody {
		t.Errorf("%+v", pair)
	}
	own, err := pair.Own(t.Context())
	if err != nil || own.Status != http.StatusOK || own.ContentType() != "application/json" || !strings.Contains(string(own.Body), "objects found") {
		t.Errorf("%+v, %v", own, err)
	}
	if again, err := pair.Original(t.Context()); err != nil || string(again.Body) != firstBody || len(f.take()) != 1 || f.aside != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	s.get(t, key.sign("target=peering&action=getCommunications"))
	if len(p.take()) != 0 {
		t.Error("an action in mode local is offered")
	}
}

// A share goes by the request: the same one is always answered by the same side.
func TestShare(t *testing.T) {
	t.Parallel()
	s, _, p := serveBoth(t, compat.Policy{Pattern: "test.helloWorld", Mode: compat.ModeVerify, Share: 25})
	here := 0
	for n := range 200 {
		query := fmt.Sprintf("target=test&action=helloWorld&n=%d", n)
		body := s.get(t, query).body
		if again := s.get(t, query+"&apiKey="); again.body != body {
			t.Fatalf("%s: %s, then %s", query, body, again.body)
		}
		want := compat.ModeVerify
		if body == firstBody {
			want = compat.ModeShadow
		} else {
			here++
		}
		for _, pair := range p.take() {
			if pair.Mode != want {
				t.Errorf("%s is compared in mode %s", query, pair.Mode)
			}
		}
	}
	if here < 25 || here > 75 {
		t.Errorf("%d of 200 requests were answered here", here)
	}
}

// A mode changes for all gateways with the next request.
func TestModesAreFollowedAtOnce(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		insertFixtures(t, l, "lirs, example")
		f := &first{answer: &legacy.Answer{Status: 200, Body: []byte(firstBody)}}
		var gateways []*service
		for _, store := range []*models.Store{l.Store, l.Another(t)} {
			gateways = append(gateways, serveOn(t, l, store, func(o *handlers.Options) {
				o.Original, o.Modes = f, compat.Policies{"lir.*": {Pattern: "lir.*", Mode: compat.ModeLegacy, Share: 100}}
			}))
		}
		for n, mode := range []string{"", "local", "legacy", "local", ""} {
			var err error
			if mode == "" {
				err = l.Store.UnsetActionMode(t.Context(), "lir.get", "test", "")
			} else {
				err = gateways[n%2].database.Store.SetActionMode(t.Context(), models.ActionMode{Pattern: "lir.get", Mode: mode, Share: 100, ChangedBy: "test"})
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, g := range gateways {
				if got := g.get(t, "target=lir&action=get").body == firstBody; got != (mode != "local") {
					t.Errorf("step %d, mode %q, gateway %d: by the original is %v", n, mode, i, got)
				}
			}
		}
	})
}

// Without an original server nothing is quietly answered by somebody else.
func TestModeWithoutOriginal(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *handlers.Options) {
		o.Modes = compat.Policies{"*": {Pattern: "*", Mode: compat.ModeLegacy, Share: 100}}
	})
	if answer := s.get(t, "target=lir&action=get"); answer.message(t) != "No original server is configured on this gateway" {
		t.Error(answer.body)
	}
}
