package handlers

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"provision-gateway/models/modelstest"
)

// A panic costs only its own request: it is answered as a failure of ours and
// the gateway goes on, also where the answer was to be shared with others.
func TestPanicIsAnInternalError(t *testing.T) {
	t.Parallel()
	g, err := New(Options{Store: modelstest.SQLite(t), CacheSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close(t.Context()) })
	// A location without its pointer is what no configuration can give.
	g.Location = nil
	ask := func(query string) string {
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest(http.MethodGet, endpoint+"?"+query, nil))
		return w.Body.String()
	}
	const want = `{"success":0,"message":"Internal error"}`
	if got := ask("target=peering&action=getPeers&date_created=2013-03-21"); got != want {
		t.Errorf("shared read: %s", got)
	}
	if got := ask("target=peering&action=deleteSession&created=2013-03-21"); got != want {
		t.Errorf("write: %s", got)
	}
	if got := ask("target=test&action=helloWorld"); !strings.Contains(got, "Hello World") {
		t.Errorf("afterwards: %s", got)
	}
}

func TestRecoveredKeepsErrors(t *testing.T) {
	t.Parallel()
	f := func(fail error) (err error) {
		defer recovered(&err)
		return fail
	}
	boom := errors.New("boom")
	if got := f(boom); !errors.Is(got, boom) {
		t.Errorf("got %v", got)
	}
	if got := f(nil); got != nil {
		t.Errorf("got %v", got)
	}
}
