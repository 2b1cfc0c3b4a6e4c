package ixapi_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

// TestProblems provokes each type of problem that the protocol has of its own.
func TestProblems(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *ixapi.Config) { c.MaxBody = 1000 })
	m, other := s.Member("Example"), s.Member("Other")
	id := m.Create(ix.Contacts, contact(m, `,"name":"NOC"`))
	theirs := other.Create(ix.Contacts, contact(other, ""))
	for _, tc := range []struct {
		name, method, path, body, problem string
		status                            int
		properties                        string
	}{
		{"required", "POST", "/contacts", `{"managing_account":"` + m.Account + `"}`, "validation-error", 400, "consuming_account"},
		{"empty body", "POST", "/contacts", "", "validation-error", 400, "managing_account consuming_account"},
		{"wrong type", "POST", "/contacts", contact(m, `,"name":1`), "validation-error", 400, "name"},
		{"too long", "PATCH", "/contacts/" + id, `{"email":"` + strings.Repeat("x", 81) + `"}`, "validation-error", 400, "email"},
		{"foreign account", "POST", "/contacts", contact(other, ""), "validation-error", 400, "managing_account consuming_account"},
		{"unknown reference", "POST", "/role-assignments", `{"role":"role:none","contact":"` + id + `"}`, "validation-error", 400, "role"},
		{"filter", "GET", "/accounts?state=asleep", "", "validation-error", 400, "state"},
		{"body too long", "PATCH", "/contacts/" + id, `{"name":"` + strings.Repeat("x", 2000) + `"}`, "parse-error", 400, ""},
		{"not found", "GET", "/contacts/nothing", "", "not-found", 404, ""},
		{"not seen", "GET", "/contacts/" + theirs, "", "not-found", 404, ""},
		{"not seen, changed", "PATCH", "/contacts/" + theirs, `{"name":"x"}`, "not-found", 404, ""},
		{"not seen, deleted", "DELETE", "/contacts/" + theirs, "", "not-found", 404, ""},
		{"unknown path", "GET", "/ports/x/statistics", "", "not-found", 404, ""},
		{"loa", "GET", "/connections/x/loa", "", "not-found", 404, ""},
		{"routing functions", "GET", "/routing-functions", "", "not-found", 404, ""},
		{"no policy", "GET", "/contacts/" + id + "/cancellation-policy", "", "not-found", 404, ""},
		{"base", "GET", "/", "", "not-found", 404, ""},
		{"below", "POST", "/auth/token/more", "", "not-found", 404, ""},
		{"the form's path below the base", "POST", "/api/v2/oauth2/token", "", "not-found", 404, ""},
		{"method of a collection", "DELETE", "/contacts", "", "method-not-allowed", 405, ""},
		{"method of an object", "POST", "/contacts/" + id, "{}", "method-not-allowed", 405, ""},
		{"nobody makes roles", "POST", "/roles", "{}", "method-not-allowed", 405, ""},
		{"options", "OPTIONS", "/contacts", "", "method-not-allowed", 405, ""},
		{"word", "FROBNICATE", "/contacts", "", "method-not-allowed", 405, ""},
		{"auth", "GET", "/auth/token", "", "method-not-allowed", 405, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := m.Send(tc.method, tc.path, tc.body)
			if a.Status != tc.status || a.Problem() != tc.problem {
				t.Fatalf("%d %q, want %d %q: %s", a.Status, a.Problem(), tc.status, tc.problem, a.Body)
			}
			if tc.problem == "" {
				return
			}
			var p ix.Problem
			a.Decode(&p)
			var names []string
			for _, property := range p.Properties {
				names = append(names, property.Name)
			}
			path, _, _ := strings.Cut(strings.TrimPrefix(tc.path, ixapi.Base), "?")
			if p.Status != tc.status || p.Title == "" || p.Detail == "" || p.Instance != ixapi.Base+path || strings.Join(names, " ") != tc.properties {
				t.Errorf("%s", a.Body)
			}
			if allow := a.Header.Get("Allow"); (allow != "") != (tc.status == http.StatusMethodNotAllowed) || strings.Contains(allow, tc.method) {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}

// TestServerError breaks the database: the answer is a problem that does not say
// why, and the log does.
func TestServerError(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	s := serve(t, func(c *ixapi.Config) { c.Logger = book.logger() })
	m := s.Member("Example")
	if _, err := s.Raw.Exec("DROP TABLE ix_allocations"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Raw.Exec("ALTER TABLE ix_objects RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	a := m.Send("GET", "/contacts", "")
	if a.Status != http.StatusInternalServerError || a.Problem() != "server-error" || strings.Contains(a.Body, "ix_objects") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	lines := book.lines(t)
	last := lines[len(lines)-1]
	if last["level"] != "ERROR" || !strings.Contains(last["error"].(string), "ix_objects") {
		t.Errorf("%v", last)
	}
	// The legacy face may use the database; this one says that it cannot.
	if _, err := s.Raw.Exec("ALTER TABLE gone RENAME TO ix_objects"); err != nil {
		t.Fatal(err)
	}
	if a := m.Send("GET", "/contacts", ""); a.Status != http.StatusOK {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

// TestHealth answers without a token and with any.
func TestHealth(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, path := range []string{"/health", "/implementation"} {
		for _, header := range []string{"Authorization: ", "Authorization: Bearer nonsense", "Authorization: Basic eDp5"} {
			if a := s.Send("GET", path, "", header); a.Status != http.StatusOK {
				t.Errorf("%s with %q: %d %s", path, header, a.Status, a.Body)
			}
		}
	}
	if a := s.Send("GET", "/health", ""); !strings.Contains(a.Body, `"status":"pass"`) {
		t.Errorf("%s", a.Body)
	}
	if err := s.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if a := s.Send("GET", "/health", ""); a.Status != http.StatusOK || !strings.Contains(a.Body, `"status":"fail"`) {
		t.Errorf("without a database: %d %s", a.Status, a.Body)
	}
}

// TestAccountOfToken reads the own account.
func TestAccountOfToken(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	var own ix.Account
	m.Send("GET", "/account", "").Decode(&own)
	if own.ID != m.Account || own.Name != "Example" {
		t.Errorf("%+v", own)
	}
	a := m.Send("HEAD", "/account", "")
	full := m.Send("GET", "/account", "")
	if a.Body != "" || a.Status != http.StatusOK || a.Header.Get("Content-Length") != full.Header.Get("Content-Length") {
		t.Errorf("HEAD: %d %v", a.Status, a.Header)
	}
}

// TestNew refuses to serve without a store.
func TestNew(t *testing.T) {
	t.Parallel()
	if _, err := ixapi.New(ixapi.Config{}); err == nil {
		t.Error("no error without a store")
	}
}

// TestProblemEmbeds keeps the conflict of a deletion in the problem itself.
func TestProblemEmbeds(t *testing.T) {
	t.Parallel()
	p := ix.NewProblem(ix.ProblemConstraintViolation, "It is used.")
	p.Conflict = &ix.Conflict{ResourceType: "contacts", ResourceID: "1", RemoteResourceType: "role-assignments", RemoteResourceID: "2"}
	text, err := json.Marshal(p)
	if err != nil || !strings.Contains(string(text), `"remote_resource_id":"2"`) || !strings.Contains(p.Error(), "It is used.") {
		t.Errorf("%s %v", text, err)
	}
	var other *ix.Problem
	if !errors.As(error(p), &other) {
		t.Error("it is no problem")
	}
	document, err := ixapitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	if err := document.Components.Schemas["Problem"].Value.VisitJSON(value); err != nil {
		t.Error(err)
	}
}
