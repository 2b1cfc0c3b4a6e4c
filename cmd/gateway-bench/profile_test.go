package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestProfile(t *testing.T) {
	t.Parallel()
	g, calls := fakeGenerator(t, 1, 1)
	b := benchOf(t, g, nameSQLiteCached)
	v, c := b.variants[0], benchCase{name: "lirGet", target: endpoint + "?a=1"}
	asked := make(chan string, 1)
	v.profiles = serverOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.RawQuery
		_, _ = w.Write([]byte("profile"))
	}))
	if err := b.profile(t.Context(), v, c); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 0 {
		t.Error("a profile was taken that nobody asked for")
	}
	b.settings.profiles, b.settings.duration = filepath.Join(t.TempDir(), "profiles"), 2*time.Second
	if err := b.profile(t.Context(), v, c); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(b.settings.profiles, "lirGet-sqlite-cached.pprof"))
	if err != nil || !bytes.Equal(data, []byte("profile")) {
		t.Errorf("profile %q, %v", data, err)
	}
	if got := <-asked; got != "seconds=2" || len(calls()) != 1 {
		t.Errorf("asked for %s, under %d loads", got, len(calls()))
	}
	v.profiles = serverOf(t, http.NotFoundHandler())
	if err := b.profile(t.Context(), v, c); err == nil {
		t.Error("no error when the gateway gives no profile")
	}
}
