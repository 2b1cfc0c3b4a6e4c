package ixapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

var update = flag.Bool("update", false, "write golden files anew")

const walkthrough = "../../testdata/ixapi"

// TestWalkthrough goes through the guide to IX-API v2 in its order, on a
// database of each kind: every file holds requests, each with its answer. What
// differs from run to run has a name of its own: ids are <id-1>, <id-2> and so
// on, in the order in which they are first seen. Moments are <time>, since the steps
// of the background work take as long as they do; days are those of a clock that
// begins on the first of August 2026. The lines are
//
//	> as NAME         the requests that follow are those of an account
//	> provision       the background work runs until nothing is due
//	> accept ID       the exchange has the signed terms of an account
//	> METHOD PATH     a request; its body may follow
//	< STATUS          the answer; its body follows
func TestWalkthrough(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		if *update && kind.Name != "sqlite" {
			continue
		}
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			w := newWalker(t, kind)
			files, err := filepath.Glob(walkthrough + "/*.golden")
			if err != nil || len(files) == 0 {
				t.Fatalf("no files: %v", err)
			}
			for _, file := range files {
				w.walk(t, file)
			}
		})
	}
}

// walker is a script that follows the guide.
type walker struct {
	server *httptest.Server
	store  *ix.Store
	clock  *modelstest.Clock
	tokens map[string]string
	as     string
	// names are the names of ids, ids the ids of names.
	names, ids map[string]string
}

func newWalker(t *testing.T, kind modelstest.Kind) *walker {
	t.Helper()
	clock := modelstest.NewClock(1785542400) // 2026-08-01
	store := ix.New(modelstest.Lend(t, kind, clock.Now).Store)
	store.TermsURL = "https://www.example.net/terms"
	demo, err := store.SeedDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	handler, err := ixapi.New(ixapi.Config{Store: store, ServiceVersion: "test"})
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{clock: clock, server: httptest.NewServer(handler), store: store, tokens: map[string]string{}, names: map[string]string{}, ids: map[string]string{}}
	t.Cleanup(w.server.Close)
	for i, account := range demo.Accounts {
		_, body := w.send(t, http.MethodPost, "/auth/token", fmt.Sprintf(`{"api_key":%q,"api_secret":%q}`, account.APIKey, account.APISecret))
		var pair struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(body, &pair); err != nil || pair.AccessToken == "" {
			t.Fatalf("no token: %s", body)
		}
		w.tokens[[]string{"moon", "mars"}[i]] = pair.AccessToken
	}
	w.as = "moon"
	return w
}

func (w *walker) walk(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	var request []string
	for line := range strings.Lines(string(data) + "> end\n") {
		if !strings.HasPrefix(line, "> ") {
			request = append(request, line)
			continue
		}
		w.step(t, &out, request)
		request = []string{line}
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := out.String(); got != string(data) {
		t.Errorf("%s:\n%s", filepath.Base(file), modelstest.Differences(strings.Split(string(data), "\n"), strings.Split(got, "\n")))
	}
}

// step does what the lines of a step say, and writes them with the answer.
func (w *walker) step(t *testing.T, out *strings.Builder, lines []string) {
	t.Helper()
	// What is in front of the answer: a comment before the first request, or the
	// request.
	asked := lines
	for i, line := range lines {
		if strings.HasPrefix(line, "< ") {
			asked = lines[:i]
			break
		}
	}
	for _, line := range asked {
		out.WriteString(line)
	}
	if len(asked) == 0 || !strings.HasPrefix(asked[0], "> ") {
		return
	}
	words := strings.Fields(asked[0])[1:]
	switch words[0] {
	case "as":
		w.as = words[1]
		return
	case "provision":
		w.provision(t)
		return
	case "accept":
		if err := w.store.AcceptTerms(t.Context(), w.real(words[1])); err != nil {
			t.Fatal(err)
		}
		return
	}
	status, body := w.send(t, words[0], w.real(words[1]), w.real(strings.Join(asked[1:], "")))
	var shown bytes.Buffer
	if err := json.Indent(&shown, body, "", "  "); err != nil {
		t.Fatalf("%s: %v: %q", asked[0], err, body)
	}
	fmt.Fprintf(out, "< %d\n%s\n\n", status, w.named(shown.String()))
}

// provision runs the background work until nothing is due.
func (w *walker) provision(t *testing.T) {
	t.Helper()
	for idle := 0; idle < 3; idle++ {
		w.clock.Advance(w.store.Interval + time.Second)
		worked, err := w.store.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if worked > 0 {
			idle = 0
		}
	}
}

func (w *walker) send(t *testing.T, method, path, body string) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.server.URL+ixapi.Base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	// As some clients send it.
	request.Header.Set("Content-Type", "application/json;")
	if token := w.tokens[w.as]; token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := (&http.Client{Transport: ixapitest.Validated(t, http.DefaultTransport)}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

var (
	anyID   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)
	anyName = regexp.MustCompile(`<id-\d+>`)
	anyWord = regexp.MustCompile(`"(connection|port|cloud|p2p|vc)-[0-9a-f]{8}"`)
	anyTime = regexp.MustCompile(`"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"`)
)

// named replaces what differs from run to run.
func (w *walker) named(text string) string {
	text = anyID.ReplaceAllStringFunc(text, func(id string) string {
		if w.names[id] == "" {
			w.names[id] = fmt.Sprintf("<id-%d>", len(w.names)+1)
			w.ids[w.names[id]] = id
		}
		return w.names[id]
	})
	text = anyWord.ReplaceAllString(text, `"$1-<word>"`)
	return anyTime.ReplaceAllString(text, `"<time>"`)
}

// real puts ids where their names are.
func (w *walker) real(text string) string {
	return anyName.ReplaceAllStringFunc(text, func(name string) string {
		if id := w.ids[name]; id != "" {
			return id
		}
		return name
	})
}
