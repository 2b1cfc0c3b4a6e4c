package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"provision-gateway/handlers"
	"provision-gateway/models"
)

// variables gives n variables with numbered names, joined as a query string.
func variables(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("v%d=%d", i, i)
	}
	return strings.Join(names, "&")
}

// TestMostVariables checks PHP's limit of 1,000 variables: those of the query
// string and those of the body count on their own, one more enters by a body.
func TestMostVariables(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	count := func(a answered) int { return strings.Count(a.body, `":"`) }
	for _, test := range []struct {
		name   string
		answer answered
		want   int
	}{
		{"as many as allowed", s.get(t, hello+"&"+variables(998)), 998},
		{"one more", s.get(t, hello+"&"+variables(999)), 998},
		{"many more", s.get(t, hello+"&"+variables(3000)), 998},
		{"in a body", s.post(t, hello, variables(3000)), 1001},
		{"in both", s.post(t, hello+"&x=1&"+variables(3000), variables(3000)), 1001 + 1},
	} {
		// One text of the envelope has the same form.
		if got := count(test.answer) - 1; got != test.want {
			t.Errorf("%s: %d variables, want %d", test.name, got, test.want)
		}
	}
	if answer := s.get(t, variables(1000)+"&"+hello); answer.message(t) != "Invalid target: " {
		t.Errorf("target is the 1,001st variable: %s", answer.body)
	}
}

// TestLongBody checks that a body up to the limit is read, whatever its form,
// and that one byte more is refused as a whole.
func TestLongBody(t *testing.T) {
	t.Parallel()
	const limit = 1 << 10
	s := serve(t, func(o *handlers.Options) { o.MaxBody = limit })
	if answer := s.post(t, hello, "a="+strings.Repeat("x", limit-2)); !answer.success() || !strings.Contains(answer.body, "xxx") {
		t.Errorf("as long as allowed: %s", answer.body)
	}
	for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json", "text/plain"} {
		answer := s.send(t, "POST "+api+"?"+hello+" HTTP/1.1", strings.Repeat("x", limit+1), "Content-Type: "+kind)
		if answer.status != http.StatusOK || answer.body != `{"success":0,"message":"Request body exceeds 1024 bytes"}` {
			t.Errorf("%s: %d %s", kind, answer.status, answer.body)
		}
	}
}

// TestRaisedLimit checks that a body within a limit which was raised beyond
// PHP's own is read whole.
func TestRaisedLimit(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *handlers.Options) { o.MaxBody = 100 << 20 })
	if answer := s.post(t, hello, "b="+strings.Repeat("x", 9<<20)+"&a=1"); !answer.success() || !strings.Contains(answer.body, `"a":"1"`) {
		t.Errorf("%.100s", answer.body)
	}
}

// TestKeyRate checks the limit of requests per key.
func TestKeyRate(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *handlers.Options) { o.KeyRate, o.KeyBurst = 0.001, 3 })
	busy := s.addKey(t, "busy", models.PermissionRead)
	idle := s.addKey(t, "idle", models.PermissionRead)
	for range 3 {
		accepted(t, "within the burst", s.get(t, busy.sign(hello)))
	}
	for range 2 {
		answer := s.get(t, busy.sign(hello))
		if answer.status != http.StatusOK || answer.body != `{"success":0,"message":"Rate limit exceeded"}` {
			t.Errorf("beyond the burst: %d %s", answer.status, answer.body)
		}
	}
	accepted(t, "another key", s.get(t, idle.sign(hello)))
	refused(t, "a wrong hash takes from nobody's rate", s.get(t, credentials{idle.key, busy.secret}.sign(hello)))
	accepted(t, "another key again", s.get(t, idle.sign(hello)))
}
