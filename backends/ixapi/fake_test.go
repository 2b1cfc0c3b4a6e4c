package ixapi_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/ixapi"
)

const (
	key    = "planted-key"
	secret = "planted-secret"
)

// fake is a server that gives the answers it is told, and tokens.
type fake struct {
	t      *testing.T
	server *httptest.Server
	mu     sync.Mutex
	// answers are by method and path; each request takes the next one, and the
	// last stays.
	answers map[string][]http.HandlerFunc
	// requests are the method and path of what was asked, with the body.
	requests []string
	// logins and refreshes count what was asked of auth.
	logins, refreshes int
	// lifetime is that of tokens, which are JSON Web Tokens unless it is 0.
	lifetime time.Duration
	// valid is the access token that is taken.
	valid string
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, answers: map[string][]http.HandlerFunc{}, lifetime: time.Hour}
	f.on("GET /implementation", says(404, `{}`))
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

// on adds an answer.
func (f *fake) on(what string, answer http.HandlerFunc) {
	f.answers[what] = append(f.answers[what], answer)
}

// says is an answer.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangsUp cuts the connection without an answer.
func hangsUp(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }

func (f *fake) token() string {
	f.valid = fmt.Sprintf("token-%d-%d", f.logins, f.refreshes)
	if f.lifetime > 0 {
		claims := fmt.Sprintf(`{"exp":%d,"n":%q}`, time.Now().Add(f.lifetime).Unix(), f.valid)
		f.valid = "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	return f.valid
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, "/api/v2")
	what := r.Method + " " + path
	f.mu.Lock()
	f.requests = append(f.requests, strings.TrimSpace(what+" "+r.URL.RawQuery+" "+string(body)))
	answer := says(404, `{"type":"https://errors.ix-api.net/v2/not-found.html","title":"Not found","status":404}`)
	if list := f.answers[what]; len(list) > 0 {
		answer = list[0]
		if len(list) > 1 {
			f.answers[what] = list[1:]
		}
	} else if path == "/auth/token" {
		f.logins++
		answer = says(201, fmt.Sprintf(`{"access_token":%q,"refresh_token":"refresh"}`, f.token()))
	} else if path == "/auth/refresh" {
		f.refreshes++
		answer = says(201, fmt.Sprintf(`{"access_token":%q,"refresh_token":"refresh"}`, f.token()))
	}
	if !strings.HasPrefix(path, "/auth") && path != "/oauth2/token" && path != "/implementation" && r.Header.Get("Authorization") != "Bearer "+f.valid {
		answer = says(401, `{"type":"https://errors.ix-api.net/v2/authentication-error.html","title":"Authentication failed","status":401}`)
	}
	f.mu.Unlock()
	answer(w, r)
}

// count is how often something was asked for.
func (f *fake) count(what string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.requests {
		if strings.HasPrefix(r+" ", what+" ") {
			n++
		}
	}
	return n
}

func (f *fake) client(change func(*ixapi.Config)) *ixapi.Client {
	f.t.Helper()
	config := ixapi.Config{URL: f.server.URL + "/api/v2/", Key: key, Secret: secret, Backoff: time.Millisecond, Timeout: 5 * time.Second,
		// On a kept connection net/http itself sends a read again.
		Transport: &http.Transport{DisableKeepAlives: true}}
	if change != nil {
		change(&config)
	}
	c, err := ixapi.New(config)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// answers is a transport without a network.
type answers func(*http.Request) (status int, body string)

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := f(r)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
