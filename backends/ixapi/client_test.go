package ixapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/ixapi"
)

// TestConfigIsChecked refuses what could not work, or would show credentials,
// without showing the URL.
func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		config ixapi.Config
		says   string
	}{
		{"no URL", ixapi.Config{Key: key, Secret: secret}, "must be https://"},
		{"no host", ixapi.Config{URL: "https:///api", Key: key, Secret: secret}, "must be https://"},
		{"another scheme", ixapi.Config{URL: "ftp://a.example.net", Key: key, Secret: secret}, "must be https://"},
		{"a user", ixapi.Config{URL: "https://u:planted-secret@a.example.net", Key: key, Secret: secret}, "no user"},
		{"a query", ixapi.Config{URL: "https://a.example.net?x=1", Key: key, Secret: secret}, "no query"},
		{"in clear", ixapi.Config{URL: "http://a.example.net", Key: key, Secret: secret}, "over https only"},
		{"no key", ixapi.Config{URL: "https://a.example.net", Secret: secret}, "a key and a secret"},
		{"no secret", ixapi.Config{URL: "https://a.example.net", Key: key}, "a key and a secret"},
		{"another log-in", ixapi.Config{URL: "https://a.example.net", Key: key, Secret: secret, Auth: "basic"}, "neither jwt nor oauth2"},
		{"a token URL in clear", ixapi.Config{URL: "https://a.example.net", Key: key, Secret: secret, Auth: ixapi.AuthOAuth2, TokenURL: "http://b.example.net/t"}, "over https only"},
		{"a negative limit", ixapi.Config{URL: "https://a.example.net", Key: key, Secret: secret, Attempts: -1}, "not be negative"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := ixapi.New(tc.config); err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "planted") {
				t.Errorf("%v", err)
			}
		})
	}
	for _, base := range []string{"https://a.example.net/api/v2", "http://127.0.0.1:1/api/v2/", "http://localhost", "http://[::1]:1"} {
		if _, err := ixapi.New(ixapi.Config{URL: base, Key: key, Secret: secret}); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
}

// TestReadsAreTriedAgain has a read fail for the moment, and counts.
func TestReadsAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fails http.HandlerFunc
		asked int
	}{
		{"502", says(502, "<html>"), 3}, {"503", says(503, "", "Retry-After: 0"), 3}, {"504", says(504, ""), 3},
		{"429", says(429, `{"title":"Slow down"}`), 3}, {"408", says(408, ""), 3}, {"hung up", hangsUp, 3},
		{"500", says(500, ""), 1}, {"400", says(400, ""), 1}, {"403", says(403, ""), 1}, {"404", says(404, ""), 1}, {"redirect", says(302, "", "Location: https://b.example.net/"), 1},
		{"HTML", says(200, "<!DOCTYPE html>"), 1}, {"no JSON", says(200, "[{]"), 1}, {"a long wait", says(503, "", "Retry-After: 3600"), 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.on("GET /roles", tc.fails)
			_, err := f.client(nil).Roles(t.Context())
			if n := f.count("GET /roles"); err == nil || n != tc.asked || strings.Contains(err.Error(), "b.example.net") {
				t.Errorf("asked %d times: %v", n, err)
			}
			if tc.asked == 1 {
				return
			}
			f = newFake(t)
			f.on("GET /roles", tc.fails)
			f.on("GET /roles", tc.fails)
			f.on("GET /roles", says(200, `[{"id":"1","name":"noc"}]`))
			if roles, err := f.client(nil).Roles(t.Context()); err != nil || len(roles) != 1 {
				t.Errorf("the third time: %v, %v", roles, err)
			}
		})
	}
}

// TestWritesAreSentOnce has every write fail in every way: it is sent once, and
// what may have been carried out is uncertain.
func TestWritesAreSentOnce(t *testing.T) {
	t.Parallel()
	writes := map[string]func(context.Context, *ixapi.Client) error{
		"POST /network-feature-configs": func(ctx context.Context, c *ixapi.Client) error {
			_, err := c.CreateFeatureConfig(ctx, ixapi.NewFeatureConfig{Password: "planted-password"})
			return err
		},
		"PATCH /network-feature-configs/1": func(ctx context.Context, c *ixapi.Client) error {
			_, err := c.UpdateFeatureConfig(ctx, "1", map[string]any{"password": "planted-password"})
			return err
		},
		"DELETE /network-feature-configs/1": func(ctx context.Context, c *ixapi.Client) error {
			_, err := c.DeleteFeatureConfig(ctx, "1")
			return err
		},
	}
	for _, tc := range []struct {
		name               string
		fails              http.HandlerFunc
		uncertain, refused bool
	}{
		{"502", says(502, ""), true, false}, {"503", says(503, ""), true, false}, {"500", says(500, `{}`), true, false}, {"408", says(408, ""), true, false},
		{"hung up", hangsUp, true, false}, {"HTML", says(201, "<html>"), true, false}, {"half an answer", says(201, `{"id":"1"`, "Content-Length: 4000"), true, false},
		{"400", says(400, `{"type":"https://errors.ix-api.net/v2/validation-error.html"}`), false, true}, {"403", says(403, ""), false, true},
		{"404", says(404, ""), false, true}, {"409", says(409, ""), false, true}, {"429", says(429, ""), false, false}, {"redirect", says(307, "", "Location: /"), false, false},
	} {
		for what, write := range writes {
			t.Run(tc.name+" "+what, func(t *testing.T) {
				t.Parallel()
				f := newFake(t)
				f.on(what, tc.fails)
				err := write(t.Context(), f.client(nil))
				var e *ixapi.Error
				if !errors.As(err, &e) || e.Uncertain() != tc.uncertain || e.Refused() != tc.refused || f.count(what) != 1 || strings.Contains(err.Error(), "planted") {
					t.Errorf("%d times: %v", f.count(what), err)
				}
			})
		}
	}
}

// TestNobodyListens has no server: then nothing was carried out.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.client(nil)
	f.on("GET /roles", says(200, "[]"))
	if _, err := c.Roles(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.server.Close()
	_, err := c.CreateFeatureConfig(t.Context(), ixapi.NewFeatureConfig{})
	var e *ixapi.Error
	if !errors.As(err, &e) || e.Uncertain() || e.Refused() || e.Status != 0 {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	slow := newFake(t)
	slow.on("GET /roles", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if _, err := slow.client(nil).Roles(ctx); !errors.Is(err, context.DeadlineExceeded) || slow.count("GET /roles") != 1 {
		t.Errorf("%v", err)
	}
}

// TestProblems turns answers into words.
func TestProblems(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, body, reason string }{
		{"properties", `{"type":"https://errors.ix-api.net/v2/validation-error.html","title":"Invalid","properties":[{"name":"asn","reason":"is none"},{"name":"ip","reason":["a","b"]}]}`, "asn: is none; ip: a, b"},
		{"title and detail", `{"title":"Unable to fulfill.","detail":"It is in use."}`, "Unable to fulfill: It is in use."},
		{"the same twice", `{"title":"No","detail":"No"}`, "NoNo"},
		{"only a title", `{"title":"No"}`, "No"},
		{"an object as reason", `{"properties":[{"name":"x","reason":{"a":1}}]}`, `x: {"a":1}`},
		{"none", `<html>`, "the server answers 400 Bad Request"},
		{"empty", ``, "the server answers 400 Bad Request"},
		{"an array", `[1]`, "the server answers 400 Bad Request"},
		{"secrets", `{"detail":"the secret planted-secret of planted-key\u0000and planted-password\nare wrong"}`, "the secret <secret> of <secret> and <secret> are wrong"},
		{"long", `{"detail":"` + strings.Repeat("x", 400) + `"}`, strings.Repeat("x", 300) + "…"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.on("POST /network-feature-configs", says(400, tc.body))
			_, err := f.client(nil).CreateFeatureConfig(t.Context(), ixapi.NewFeatureConfig{Password: "planted-password"})
			var e *ixapi.Error
			if !errors.As(err, &e) || e.Reason() != tc.reason && tc.name != "the same twice" || strings.ContainsAny(err.Error(), "\n\x00") {
				t.Errorf("%v", err)
			}
			if tc.name == "properties" && e.Type != "validation-error" {
				t.Errorf("the type is %q", e.Type)
			}
		})
	}
}

// TestTolerance reads what servers of other versions send.
func TestTolerance(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.on("GET /network-services", says(200, `[{"id":"1","type":"exchange_lan","name":"X","new_property":{"a":[1]}},{"id":"2","type":"p2p_vc"}]`, "Content-Type: application/json;"))
	f.on("GET /network-features", says(200, `null`))
	f.on("GET /roles", says(200, ``))
	f.on("GET /network-feature-configs", says(200, `[{"id":"1","external_ref":null,"password":null,"asn":4294967295,"status":null},{"id":"2","external_ref":"r"}]`))
	f.on("GET /accounts", says(200, `[{"id":"1","managing_account":"2"},{"id":"2"}]`))
	f.on("DELETE /network-feature-configs/1", says(204, ``))
	c, ctx := f.client(nil), t.Context()
	if s, err := c.PeeringLANs(ctx); err != nil || len(s) != 1 || s[0].ID != "1" || s[0].SubnetV4 != nil || s[0].PeeringDBIXID != nil {
		t.Errorf("services %+v, %v", s, err)
	}
	if s, err := c.Features(ctx, "1"); err != nil || len(s) != 0 {
		t.Errorf("features %+v, %v", s, err)
	}
	if s, err := c.Roles(ctx); err != nil || len(s) != 0 {
		t.Errorf("roles %+v, %v", s, err)
	}
	if s, err := c.FeatureConfigsByRef(ctx, "r"); err != nil || len(s) != 1 || s[0].ID != "2" {
		t.Errorf("by reference %+v, %v", s, err)
	}
	if a, err := c.Account(ctx); err != nil || a.ID != "2" {
		t.Errorf("account %+v, %v", a, err)
	}
	if _, err := c.DeleteFeatureConfig(ctx, "1"); err != nil {
		t.Errorf("204: %v", err)
	}
	f.answers["GET /accounts"] = []http.HandlerFunc{says(200, `[{"id":"1"},{"id":"2"}]`)}
	if _, err := c.Account(ctx); err == nil || !strings.Contains(err.Error(), "name it in the configuration") {
		t.Errorf("two accounts: %v", err)
	}
	if _, err := f.client(func(c *ixapi.Config) { c.MaxBytes = 10 }).PeeringLANs(ctx); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a long answer: %v", err)
	}
}

// TestPages reads from servers that announce pages and do odd things.
func TestPages(t *testing.T) {
	t.Parallel()
	const announced = `{"supported_features":{"pagination":true}}`
	page := func(status int, body string, headers ...string) http.HandlerFunc {
		return says(status, body, headers...)
	}
	for _, tc := range []struct {
		name    string
		answers []http.HandlerFunc
		want    int
	}{
		{"the whole at once", []http.HandlerFunc{page(200, `[{"id":"1"},{"id":"2"},{"id":"3"}]`)}, 3},
		{"without headers", []http.HandlerFunc{page(206, `[{"id":"1"}]`), page(206, `[{"id":"2"}]`), page(206, `[]`)}, 2},
		{"the same page for ever", []http.HandlerFunc{page(206, `[{"id":"1"},{"id":"2"}]`)}, 2},
		{"an object moved", []http.HandlerFunc{page(206, `[{"id":"1"},{"id":"2"}]`, "X-Pagination-Items: 3"), page(206, `[{"id":"2"},{"id":"3"}]`, "X-Pagination-Items: 3")}, 3},
		{"nothing", []http.HandlerFunc{page(206, `[]`, "X-Pagination-Items: 0")}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.answers["GET /implementation"] = []http.HandlerFunc{says(200, announced)}
			f.answers["GET /roles"] = tc.answers
			c := f.client(func(c *ixapi.Config) { c.PageLimit = 2 })
			if roles, err := c.Roles(t.Context()); err != nil || len(roles) != tc.want {
				t.Errorf("%+v, %v", roles, err)
			}
			if n := f.count("GET /implementation"); n != 1 {
				t.Errorf("asked %d times whether there are pages", n)
			}
		})
	}
	f := newFake(t)
	f.on("GET /roles", says(200, `[]`))
	if _, err := f.client(nil).Roles(t.Context()); err != nil || f.count("GET /roles") != 1 || strings.Contains(strings.Join(f.requests, "\n"), "page_") {
		t.Errorf("a server without pages was asked %q, %v", f.requests, err)
	}
}

// TestOneLogIn has many calls at once log in once, be refused once, and refresh
// once.
func TestOneLogIn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.on("GET /roles", says(200, `[]`))
	c := f.client(nil)
	all := func() {
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() {
				if _, err := c.Roles(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
	}
	all()
	if f.logins != 1 || f.refreshes != 0 {
		t.Errorf("%d log-ins, %d refreshes", f.logins, f.refreshes)
	}
	f.mu.Lock()
	f.valid = "another"
	f.mu.Unlock()
	all()
	if f.logins != 1 || f.refreshes != 1 {
		t.Errorf("after a refusal: %d log-ins, %d refreshes", f.logins, f.refreshes)
	}
	// A refresh token that is refused too.
	f.mu.Lock()
	f.valid = "another"
	f.answers["POST /auth/refresh"] = []http.HandlerFunc{says(401, `{}`)}
	f.mu.Unlock()
	all()
	if f.logins != 2 {
		t.Errorf("after the refresh was refused: %d log-ins", f.logins)
	}
}

// TestTokensEnd replaces tokens before their end, those that say when, and
// repeats even a write whose token is refused.
func TestTokensEnd(t *testing.T) {
	t.Parallel()
	now := time.Now()
	f := newFake(t)
	f.on("GET /roles", says(200, `[]`))
	f.on("POST /network-feature-configs", says(201, `{"id":"1"}`))
	c := f.client(func(c *ixapi.Config) { c.Now = func() time.Time { return now } })
	ask := func(logins, refreshes int) {
		t.Helper()
		if _, err := c.Roles(t.Context()); err != nil || f.logins != logins || f.refreshes != refreshes {
			t.Errorf("%d log-ins, %d refreshes, %v", f.logins, f.refreshes, err)
		}
	}
	ask(1, 0)
	now = now.Add(59 * time.Minute)
	ask(1, 0)
	now = now.Add(50 * time.Second)
	ask(1, 1)
	f.valid = "another"
	if made, err := c.CreateFeatureConfig(t.Context(), ixapi.NewFeatureConfig{}); err != nil || made.ID != "1" || f.count("POST /network-feature-configs") != 2 {
		t.Errorf("%+v, %v", made, err)
	}
}

// TestWrongCredentials ends after one try, without a word of the credentials.
func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	for _, auth := range []string{ixapi.AuthJWT, ixapi.AuthOAuth2} {
		f := newFake(t)
		f.on("POST /auth/token", says(401, `{"title":"Authentication failed","detail":"planted-secret is wrong"}`))
		f.on("POST /oauth2/token", says(401, `{"error":"invalid_client","error_description":"planted-secret is wrong"}`))
		var log bytes.Buffer
		c := f.client(func(c *ixapi.Config) { c.Auth, c.Logger = auth, slog.New(slog.NewTextHandler(&log, nil)) })
		_, err := c.CreateFeatureConfig(t.Context(), ixapi.NewFeatureConfig{})
		var e *ixapi.Error
		if !errors.As(err, &e) || e.Status != 401 || e.Uncertain() || !e.Refused() || strings.Contains(err.Error()+log.String(), "planted") || f.count("POST /network-feature-configs") != 0 {
			t.Errorf("%s: %v", auth, err)
		}
	}
}

// TestOAuth2InTheForm logs in where Basic authentication is not taken.
func TestOAuth2InTheForm(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.valid = "opaque"
	f.on("POST /token", func(w http.ResponseWriter, r *http.Request) {
		if _, _, ok := r.BasicAuth(); ok {
			says(400, `{"error":"invalid_request"}`)(w, r)
			return
		}
		says(200, `{"access_token":"opaque","token_type":"Bearer","expires_in":3600}`)(w, r)
	})
	f.answers["GET /roles"] = []http.HandlerFunc{says(200, `[]`)}
	// The path is none of auth, so it is let through by its own token.
	c := f.client(func(c *ixapi.Config) {
		c.Auth, c.TokenURL, c.Scope = ixapi.AuthOAuth2, f.server.URL+"/auth/form", "more"
	})
	f.answers["POST /auth/form"] = f.answers["POST /token"]
	if _, err := c.Roles(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked := strings.Join(f.requests, "\n")
	if !strings.Contains(asked, "grant_type=client_credentials&scope=more") || !strings.Contains(asked, "client_id=planted-key") {
		t.Errorf("asked %s", asked)
	}
}

// FuzzAnswers reads any answer without a panic, and shows no secret.
func FuzzAnswers(f *testing.F) {
	f.Add(400, `{"type":1,"properties":[{"name":null,"reason":["planted-secret"]}]}`, "1")
	f.Add(206, `[{"id":"1"}]`, "soon")
	f.Add(503, `[`, "Wed, 21 Oct 2015 07:28:00 GMT")
	f.Add(200, `{"id":{}}`, "-1")
	f.Fuzz(func(t *testing.T, status int, body, header string) {
		if status < 200 || status > 599 || strings.ContainsAny(header, "\r\n\x00") {
			return
		}
		transport := answers(func(r *http.Request) (int, string) {
			if strings.HasSuffix(r.URL.Path, "/auth/token") {
				return 201, `{"access_token":"a"}`
			}
			return status, body
		})
		c, err := ixapi.New(ixapi.Config{URL: "http://localhost/", Key: key, Secret: secret, Transport: transport, Attempts: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			second(c.Roles(t.Context())), second(c.CreateFeatureConfig(t.Context(), ixapi.NewFeatureConfig{})), second(c.Account(t.Context())),
		} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%v", err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
