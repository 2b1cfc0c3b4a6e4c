package ixapi_test

import (
	"net/http"
	"strings"
	"testing"

	"provision-gateway/models/ix"
)

// No answer writes <, > and & as it would be needed within a page.
func TestAnswersAreNotEscapedForPages(t *testing.T) {
	t.Parallel()
	m := serve(t, nil).Member("Example")
	m.Create(ix.Contacts, contact(m, `,"name":"a < b & c"`))
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
		contains                 string
	}{
		{"list", "GET", "/contacts", "", http.StatusOK, `"name":"a < b & c"`},
		{"create", "POST", "/contacts", contact(m, `,"name":"\u003cd>"`), http.StatusCreated, `"name":"<d>"`},
		{"problem", "POST", "/product-offerings", "", http.StatusMethodNotAllowed, "method-not-allowed"},
		{"problem with what was sent", "GET", "/contacts/a%3Cb%26", "", http.StatusNotFound, "/contacts/a<b&"},
		{"document", "GET", "/openapi.json", "", http.StatusOK, `"openapi":`},
	} {
		a := m.Send(tc.method, tc.path, tc.body)
		if a.Status != tc.status || !strings.Contains(a.Body, tc.contains) || strings.Contains(a.Body, `\u00`) {
			t.Errorf("%s: %d, no %s or escaped in %.600s", tc.name, a.Status, tc.contains, a.Body)
		}
	}
}
