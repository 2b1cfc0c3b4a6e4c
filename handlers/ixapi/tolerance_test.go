package ixapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

const tolerated = ixapitest.HeaderTolerated + ": 1"

// contact is a contact of the member, with more properties in front of the end.
func contact(m *ixapitest.Member, more string) string {
	return fmt.Sprintf(`{"managing_account":%q,"consuming_account":%q%s}`, m.Account, m.Account, more)
}

// TestContentTypes sends what clients send: a type with a semicolon, a wrong one,
// none.
func TestContentTypes(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	for _, kind := range []string{"application/json;", "application/json; charset=utf-8", "application/vnd.api+json", "text/plain", "application/x-www-form-urlencoded", ""} {
		a := m.Send("POST", "/contacts", contact(m, `,"name":"NOC"`), "Content-Type: "+kind, "Accept: application/json;", tolerated)
		if a.Status != http.StatusCreated || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%q: %d %s", kind, a.Status, a.Body)
		}
	}
	for _, accept := range []string{"", "application/json;", "text/html", "application/xml;q=1, */*;q=0", "nonsense"} {
		if a := m.Send("GET", "/contacts", "", "Accept: "+accept); a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%q: %d %s", accept, a.Status, a.Body)
		}
	}
}

// TestEmptyBodies deletes and changes without a body, with an empty object and
// with null.
func TestEmptyBodies(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	for _, body := range []string{"", "{}", "null", " null\n"} {
		id := m.Create(ix.Contacts, contact(m, `,"name":"NOC"`))
		a := m.Send("PATCH", "/contacts/"+id, body, tolerated)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, `"name":"NOC"`) {
			t.Errorf("PATCH %q: %d %s", body, a.Status, a.Body)
		}
		if a := m.Send("DELETE", "/contacts/"+id, body, tolerated); a.Status != http.StatusOK || !strings.Contains(a.Body, id) {
			t.Errorf("DELETE %q: %d %s", body, a.Status, a.Body)
		}
		if a := m.Send("GET", "/contacts/"+id, ""); a.Problem() != "not-found" {
			t.Errorf("after DELETE %q: %d %s", body, a.Status, a.Body)
		}
	}
	for _, body := range []string{"[]", "1", `"x"`, "{", "{} {}", "nul", "\x00", "name=NOC"} {
		id := m.Create(ix.Contacts, contact(m, ""))
		for _, method := range []string{"PUT", "PATCH", "DELETE"} {
			if a := m.Send(method, "/contacts/"+id, body); a.Status != http.StatusBadRequest || a.Problem() != "parse-error" {
				t.Errorf("%s %q: %d %s", method, body, a.Status, a.Body)
			}
		}
	}
}

// TestAbsentIsEmpty creates with absent, null and empty properties, and with some
// that are not known or cannot be set.
func TestAbsentIsEmpty(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	for _, more := range []string{"", `,"name":null,"external_ref":null`, `,"shoe_size":44,"id":"mine","name":null`, `,"email":null,"":1`} {
		a := m.Send("POST", "/contacts", contact(m, more))
		var made ix.Contact
		a.Decode(&made)
		if a.Status != http.StatusCreated || made.Name != nil || made.ExternalRef != nil || made.ID == "mine" || strings.Contains(a.Body, "shoe_size") {
			t.Errorf("%s: %d %s", more, a.Status, a.Body)
		}
	}
	address := `"address":{"country":"XA","locality":"Anytown","postal_code":"1","street_address":"Main Street 1"}`
	for _, more := range []string{"", `,"discoverable":false`, `,"discoverable":null,"metro_area_network_presence":null`, `,"metro_area_network_presence":[]`} {
		a := m.Send("POST", "/accounts", `{"name":"Customer",`+address+more+`}`, tolerated)
		if a.Status != http.StatusCreated || !strings.Contains(a.Body, `"discoverable":false`) || !strings.Contains(a.Body, `"metro_area_network_presence":[]`) {
			t.Errorf("%s: %d %s", more, a.Status, a.Body)
		}
	}
}

// TestWholeObjectsComeBack sends what was read, with the properties that cannot
// be set, and finds nothing changed but what was.
func TestWholeObjectsComeBack(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	id := m.Create(ix.Contacts, contact(m, `,"name":"NOC","email":"noc@example.net"`))
	for _, method := range []string{"PUT", "PATCH"} {
		var whole map[string]any
		m.Send("GET", "/contacts/"+id, "").Decode(&whole)
		whole["telephone"], whole["id"], whole["unknown"] = "+4912345", "other", []int{1}
		body, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		a := m.Send(method, "/contacts/"+id, string(body))
		if a.Status != http.StatusOK || !strings.Contains(a.Body, id) || !strings.Contains(a.Body, "+4912345") || !strings.Contains(a.Body, "noc@example.net") || strings.Contains(a.Body, "unknown") {
			t.Errorf("%s: %d %s", method, a.Status, a.Body)
		}
	}
	// What is absent is emptied by PUT alone.
	if a := m.Send("PATCH", "/contacts/"+id, `{"name":"Desk"}`); !strings.Contains(a.Body, "noc@example.net") {
		t.Errorf("PATCH: %s", a.Body)
	}
	if a := m.Send("PUT", "/contacts/"+id, contact(m, `,"name":"Desk"`)); !strings.Contains(a.Body, `"email":null`) {
		t.Errorf("PUT: %s", a.Body)
	}
}

// TestIDs reads objects whose ids hold what must be escaped elsewhere, escaped
// and not.
func TestIDs(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	ids := []string{"role:noc", "a/b", "a b", "ä", "{id}", "..", "100%"}
	err := s.Objects.Write(t.Context(), "", func(tx *ix.Tx) error {
		for _, id := range ids {
			if err := tx.Insert(ix.Roles, &ix.Role{Header: ix.Header{ID: id}, Name: id, RequiredFields: []string{}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ path, id string }{
		{"role:noc", "role:noc"}, {"role%3Anoc", "role:noc"}, {"role%3anoc/", "role:noc"}, {"a%2Fb", "a/b"}, {"a%20b", "a b"}, {"%C3%A4", "ä"},
		{"%7Bid%7D", "{id}"}, {"100%25", "100%"}, {"a/b", ""}, {"a+b", ""}, {"nothing", ""},
	} {
		a := m.Send("GET", "/roles/"+tc.path, "")
		if tc.id == "" {
			if a.Problem() != "not-found" {
				t.Errorf("%s: %d %s", tc.path, a.Status, a.Body)
			}
			continue
		}
		var role ix.Role
		a.Decode(&role)
		if role.ID != tc.id {
			t.Errorf("%s: %d %s", tc.path, a.Status, a.Body)
		}
	}
	if a := m.Send("GET", "/roles?id=role:noc,a%20b&id=100%25", ""); strings.Count(a.Body, `"id"`) != 3 {
		t.Errorf("%s", a.Body)
	}
}
