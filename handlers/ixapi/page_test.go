package ixapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

// names reads the names of listed contacts, which are numbers.
func names(t *testing.T, a ixapitest.Answer) string {
	t.Helper()
	var list []struct{ Name string }
	a.Decode(&list)
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

// many makes contacts 0 to n-1.
func many(m *ixapitest.Member, n int) {
	for i := range n {
		m.Create(ix.Contacts, contact(m, fmt.Sprintf(`,"name":"%d"`, i)))
	}
}

// TestPages asks for pages by all parameters, and for none.
func TestPages(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	many(m, 7)
	for _, tc := range []struct {
		query, names string
		status       int
		// limit, offset, items, pages, page
		header string
		more   bool
	}{
		{"", "0 1 2 3 4 5 6", 200, "    ", false},
		{"?page=2&limit=1&pagelimit=1", "0 1 2 3 4 5 6", 200, "    ", false},
		{"?page_limit=3", "0 1 2", 206, "3 0 7 3 1", true},
		{"?page_limit=3&page_offset=3", "3 4 5", 206, "3 3 7 3 2", true},
		{"?page_limit=3&page_offset=6", "6", 206, "3 6 7 3 3", false},
		{"?page_limit=7", "0 1 2 3 4 5 6", 206, "7 0 7 1 1", false},
		{"?page_offset=5", "5 6", 206, "100 5 7 1 1", false},
		{"?page_offset=7", "", 206, "100 7 7 1 1", false},
		{"?page_limit=2&page_offset=2000000000", "", 206, "2 2000000000 7 4 1000000001", false},
		{"?page_limit=1&external_ref=none", "", 206, "1 0 0 0 1", false},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := m.Send(method, "/contacts"+tc.query, "")
			h := a.Header
			header := strings.Join([]string{h.Get("X-Pagination-Limit"), h.Get("X-Pagination-Offset"), h.Get("X-Pagination-Items"), h.Get("X-Pagination-Pages"), h.Get("X-Pagination-Page")}, " ")
			if a.Status != tc.status || header != tc.header || (h.Get("X-Pagination-Token") != "") != tc.more || (h.Get("X-Pagination-Next") != "") != tc.more {
				t.Errorf("%s %q: %d %v", method, tc.query, a.Status, h)
			}
			if method == "GET" && names(t, a) != tc.names {
				t.Errorf("%q: %s", tc.query, a.Body)
			}
		}
	}
	// Every list can be paged.
	for _, o := range s.Handler.Operations() {
		if !strings.HasSuffix(o.Name, "_list") {
			continue
		}
		if a := m.Send("GET", o.Path, ""); a.Status != http.StatusOK {
			t.Errorf("%s: %d", o.Name, a.Status)
		}
		if a := m.Send("GET", o.Path+"?page_limit=1", ""); a.Status != http.StatusPartialContent || a.Body[0] != '[' {
			t.Errorf("%s: %d %s", o.Name, a.Status, a.Body)
		}
	}
}

// TestPagesFollowed reads a filtered list by the latest token, by the address of
// the next page, and by offsets with the first token.
func TestPagesFollowed(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	many(m, 5)
	query := url.Values{"managing_account": {m.Account}}.Encode()
	for name, following := range map[string]func(first, last ixapitest.Answer, offset int) string{
		"token": func(_, last ixapitest.Answer, _ int) string {
			if token := last.Header.Get("X-Pagination-Token"); token != "" {
				return "/contacts?" + query + "&page_token=" + token
			}
			return ""
		},
		"next": func(_, last ixapitest.Answer, _ int) string { return last.Header.Get("X-Pagination-Next") },
		"first token and offsets": func(first, _ ixapitest.Answer, offset int) string {
			if offset >= 5 {
				return ""
			}
			return fmt.Sprintf("/contacts?%s&page_token=%s&page_offset=%d", query, first.Header.Get("X-Pagination-Token"), offset)
		},
	} {
		first := m.Send("GET", "/contacts?"+query+"&page_limit=2", "")
		all := []string{names(t, first)}
		for offset, last := 2, first; ; offset += 2 {
			path := following(first, last, offset)
			if path == "" {
				break
			}
			last = m.Send("GET", path, "")
			if last.Status != http.StatusPartialContent || last.Header.Get("X-Pagination-Limit") != "2" {
				t.Fatalf("%s: %d %v %s", name, last.Status, last.Header, last.Body)
			}
			all = append(all, names(t, last))
		}
		if got := strings.Join(all, " | "); got != "0 1 | 2 3 | 4" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestInvalidPages sends values that are none, and a token of another list.
func TestInvalidPages(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	many(m, 3)
	token := m.Send("GET", "/contacts?page_limit=1", "").Header.Get("X-Pagination-Token")
	for _, tc := range []struct{ path, properties string }{
		{"/contacts?page_limit=0", "page_limit"}, {"/contacts?page_limit=", "page_limit"}, {"/contacts?page_limit=-1", "page_limit"},
		{"/contacts?page_limit=x&page_offset=y", "page_limit page_offset"}, {"/contacts?page_limit=1&page_limit=2", "page_limit"},
		{"/contacts?page_offset=-1", "page_offset"}, {"/contacts?page_offset=99999999999999999999", "page_offset"}, {"/contacts?page_limit=1.5", "page_limit"},
		{"/contacts?page_token=", "page_token"}, {"/contacts?page_token=nonsense", "page_token"}, {"/contacts?page_token=e30", "page_token"},
		{"/roles?page_token=" + token, "page_token"}, {"/contacts?external_ref=x&page_token=" + token, "page_token"},
		{"/extensions?page_limit=0", "page_limit"},
	} {
		a := m.Send("GET", tc.path, "")
		var p ix.Problem
		a.Decode(&p)
		var properties []string
		for _, property := range p.Properties {
			properties = append(properties, property.Name)
		}
		if a.Status != http.StatusBadRequest || a.Problem() != "validation-error" || strings.Join(properties, " ") != tc.properties {
			t.Errorf("%s: %d %s", tc.path, a.Status, a.Body)
		}
	}
}
