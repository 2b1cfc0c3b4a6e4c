// Package ixapitest serves IX-API to tests, and checks what passes against the
// OpenAPI document.
package ixapitest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// Service is the API on a database of its own.
type Service struct {
	*modelstest.Lent
	Objects *ix.Store
	Handler *ixapi.Handler
	Server  *httptest.Server
	// Client checks all that passes, and fails the test where it is not as the
	// document says.
	Client *http.Client
	t      testing.TB
}

// New serves on a database. change may set what the handler is made of.
func New(t testing.TB, database *modelstest.Lent, change func(*ixapi.Config)) *Service {
	t.Helper()
	s := &Service{Lent: database, Objects: ix.New(database.Store), t: t}
	c := ixapi.Config{Store: s.Objects, ServiceVersion: "1.2.3"}
	if change != nil {
		change(&c)
	}
	var err error
	if s.Handler, err = ixapi.New(c); err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(s.Handler)
	t.Cleanup(s.Server.Close)
	s.Client = &http.Client{Transport: Validated(t, s.Server.Client().Transport)}
	return s
}

// Member is an account that can log in.
type Member struct {
	*Service
	// Account is its id.
	Account     string
	Key, Secret string
	// Token is an access token.
	Token string
}

// Member makes an account in production with a key.
func (s *Service) Member(name string) *Member {
	s.t.Helper()
	m := &Member{Service: s}
	err := s.Objects.Write(s.t.Context(), "", func(tx *ix.Tx) error {
		account := &ix.Account{Name: name, MetroAreaNetworkPresence: []string{}, ASNs: []uint32{}, Address: &ix.Address{
			Country: "XA", Locality: "Anytown", PostalCode: "1000", StreetAddress: "Main Street 1",
		}}
		account.State, account.Status = ix.StateProduction, []ix.Status{}
		err := tx.Insert(ix.Accounts, account)
		m.Account = account.ID
		if err == nil {
			m.Key, m.Secret, err = tx.AddCredential(account.ID)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	var tokens struct {
		Access string `json:"access_token"`
	}
	s.Send("POST", "/auth/token", `{"api_key":"`+m.Key+`","api_secret":"`+m.Secret+`"}`).Decode(&tokens)
	m.Token = tokens.Access
	return m
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	t      testing.TB
}

// Decode reads the body.
func (a Answer) Decode(place any) {
	a.t.Helper()
	if err := json.Unmarshal([]byte(a.Body), place); err != nil {
		a.t.Fatalf("%v: %d %s", err, a.Status, a.Body)
	}
}

// Problem is the last part of the type of a problem, without .html, and empty for
// what is none.
func (a Answer) Problem() string {
	var p ix.Problem
	if a.Status < 400 || json.Unmarshal([]byte(a.Body), &p) != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(p.Type, ix.ProblemBase), ".html")
}

// Send sends a request as nobody. A path that begins with /api or /oauth2 is sent
// as it is, others are below the base. headers are NAME: VALUE, or
// empty.
func (s *Service) Send(method, path, body string, headers ...string) Answer {
	s.t.Helper()
	if !strings.HasPrefix(path, "/api") && !strings.HasPrefix(path, "/oauth2") {
		path = ixapi.Base + path
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.Server.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		if name, value, ok := strings.Cut(header, ": "); ok {
			r.Header.Set(name, value)
		}
	}
	response, err := s.Client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return Answer{response.StatusCode, response.Header, string(content), s.t}
}

// Send sends a request as the member.
func (m *Member) Send(method, path, body string, headers ...string) Answer {
	m.t.Helper()
	return m.Service.Send(method, path, body, append([]string{"Authorization: Bearer " + m.Token}, headers...)...)
}

// Create makes an object and returns its id.
func (m *Member) Create(c ix.Collection, body string) string {
	m.t.Helper()
	a := m.Send("POST", "/"+string(c), body)
	if a.Status != http.StatusCreated {
		m.t.Fatalf("POST %s: %d %s", c, a.Status, a.Body)
	}
	var made struct{ ID string }
	a.Decode(&made)
	return made.ID
}

// Clock is a clock that begins in 2026 and can be moved.
func Clock() *modelstest.Clock {
	return modelstest.NewClock(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC).Unix())
}
