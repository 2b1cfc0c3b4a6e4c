package handlers_test

import (
	"net/http"
	"testing"

	"provision-gateway/models"
)

// TestPaths checks where the API answers: at its path, at the root and below
// any prefix, always without a redirect.
func TestPaths(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, test := range []struct {
		path  string
		found bool
	}{
		{"/api/v1/api.php", true},
		{"/6c_375/api/v1/api.php", true},
		{"/peering-demo/api/v1/api.php", true},
		{"/ex/some/where/else/api/v1/api.php", true},
		{"//api/v1/api.php", true},
		{"/6c_375//api/v1/api.php", true},
		{"///api/v1/api.php", true},
		{"/a/../api/v1/api.php", true},
		{"/api/v1/api.php/api/v1/api.php", true},

		{"/", false},
		{"/api.php", false},
		{"/api/v1/", false},
		{"/api/v1/api.php/", false},
		{"/api/v1/api.php/x", false},
		{"/api/v1/api.phpx", false},
		{"/api/v1/API.php", false},
		{"/api/v2/api.php", false},
		{"/xapi/v1/api.php", false},
		{"/api//v1/api.php", false},
		{"/index.php", false},
	} {
		for _, method := range []string{"GET", "POST"} {
			t.Run(method+" "+test.path, func(t *testing.T) {
				t.Parallel()
				answer := s.send(t, method+" "+test.path+"?"+hello+" HTTP/1.1", "")
				status, body := http.StatusOK, `{"success":1,"message":"Hello World","data":[]}`
				if !test.found {
					status, body = http.StatusNotFound, `{"success":0,"message":"Not found"}`
				}
				if answer.status != status || answer.body != body || answer.header.Get("Location") != "" {
					t.Errorf("%d %s %v, want %d %s", answer.status, answer.body, answer.header, status, body)
				}
			})
		}
	}
}

// TestHealth checks what load balancers ask.
func TestHealth(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.addKey(t, "somebody", models.PermissionRead)
	for _, path := range []string{"/healthz", "/readyz"} {
		if answer := s.send(t, "GET "+path+" HTTP/1.1", ""); answer.status != http.StatusOK || answer.body != "ok\n" {
			t.Errorf("%s: %d %q", path, answer.status, answer.body)
		}
	}
	if err := s.database.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if answer := s.send(t, "GET /healthz HTTP/1.1", ""); answer.status != http.StatusOK {
		t.Errorf("alive without a database: %d", answer.status)
	}
	if answer := s.send(t, "GET /readyz HTTP/1.1", ""); answer.status != http.StatusServiceUnavailable {
		t.Errorf("ready without a database: %d %q", answer.status, answer.body)
	}
	if answer := s.get(t, hello); answer.status != http.StatusOK || answer.body != `{"success":0,"message":"Internal error"}` {
		t.Errorf("a call without a database: %d %s", answer.status, answer.body)
	}
}
