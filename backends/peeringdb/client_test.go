package peeringdb_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
)

// waits runs a Sync whose client does not really wait, and returns how long it
// would have waited each time.
func waits(t *testing.T, d *database, client *peeringdb.Client) ([]time.Duration, error) {
	t.Helper()
	var waited []time.Duration
	client.Fake(at(0), func(d time.Duration) { waited = append(waited, d) })
	_, err := peeringdb.Sync(t.Context(), d.Store, client, peeringdb.SyncOptions{Full: true, Now: func() time.Time { return at(0) }})
	return waited, err
}

func TestClientWaits(t *testing.T) {
	t.Parallel()
	const s = time.Second
	throttled := func(times int, after string) peeringdbtest.Fault {
		return peeringdbtest.Fault{Kind: peeringdbtest.Throttled, List: "ix", Times: times, RetryAfter: after}
	}
	tests := []struct {
		name  string
		key   bool
		fault peeringdbtest.Fault
		want  []time.Duration
		err   string
	}{
		{"without a key", false, peeringdbtest.Fault{Kind: peeringdbtest.Reset, List: "fac"}, []time.Duration{3 * s, 3 * s, 3 * s, 3 * s}, ""},
		{"with a key", true, peeringdbtest.Fault{Kind: peeringdbtest.Reset, List: "fac"}, []time.Duration{2 * s, 2 * s, 2 * s, 2 * s}, ""},
		{"seconds", true, throttled(1, "17"), []time.Duration{2 * s, 2 * s, 2 * s, 17 * s, 2 * s}, ""},
		{"seconds twice", true, throttled(2, "17"), []time.Duration{2 * s, 2 * s, 2 * s, 17 * s, 17 * s, 2 * s}, ""},
		{"date", true, throttled(1, "Wed, 01 Jan 2025 00:01:06 GMT"), []time.Duration{2 * s, 2 * s, 2 * s, 60 * s, 2 * s}, ""},
		{"date gone by", true, throttled(1, "Wed, 01 Jan 2020 00:01:06 GMT"), []time.Duration{2 * s, 2 * s, 2 * s, 2 * s, 2 * s}, ""},
		{"none", true, throttled(3, ""), []time.Duration{2 * s, 2 * s, 2 * s, 2 * s, 4 * s, 8 * s, 2 * s}, ""},
		{"nonsense", true, throttled(1, "soon"), []time.Duration{2 * s, 2 * s, 2 * s, 2 * s, 2 * s}, ""},
		{"none for too long", true, throttled(4, ""), []time.Duration{2 * s, 2 * s, 2 * s, 2 * s, 4 * s, 8 * s},
			`PeeringDB list ix: too many requests: "Request was throttled."`},
		{"too long", true, throttled(1, "2200"), []time.Duration{2 * s, 2 * s, 2 * s},
			`PeeringDB list ix: too many requests: "Request was throttled. Expected available in 2200 seconds."; try again after 2025-01-01 00:36:46 UTC`},
		{"date too far", true, throttled(1, "Thu, 02 Jan 2025 00:00:00 GMT"), []time.Duration{2 * s, 2 * s, 2 * s},
			`PeeringDB list ix: too many requests: "Request was throttled. Expected available in Thu, 02 Jan 2025 00:00:00 GMT seconds."; try again after 2025-01-02 00:00:00 UTC`},
		{"server error", true, peeringdbtest.Fault{Kind: peeringdbtest.ServerError, List: "ix", Times: 2}, []time.Duration{2 * s, 2 * s, 2 * s, 2 * s, 4 * s, 2 * s}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := peeringdbtest.New(t, peeringdb.Demo())
			config := peeringdb.Config{URL: server.URL()}
			if test.key {
				config.Key = keyed(server).Key
			}
			server.Fail(test.fault)
			waited, err := waits(t, sqlite(t), newClient(t, config))
			text := ""
			if err != nil {
				text = err.Error()
			}
			if text != test.err || !slices.Equal(waited, test.want) {
				t.Errorf("waited %v, error %q\nwant %v, %q", waited, text, test.want, test.err)
			}
		})
	}
}

// Who was told to stay away does not come back with the next run.
func TestClientStaysAwayAsLongAsItWasTold(t *testing.T) {
	t.Parallel()
	server := peeringdbtest.New(t, peeringdb.Demo())
	server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Throttled, RetryAfter: "1000"})
	client := newClient(t, quick(server))
	d := sqlite(t)
	now := at(0)
	sync := func(want string, requests int) {
		t.Helper()
		client.Fake(now, func(time.Duration) {})
		report, err := peeringdb.Sync(t.Context(), d.Store, client, peeringdb.SyncOptions{})
		if err == nil && want != "" || err != nil && err.Error() != want || report.Requests != int64(requests) {
			t.Errorf("%d requests, error %v, want %s", report.Requests, err, want)
		}
	}
	sync(`PeeringDB list poc: too many requests: "Request was throttled. Expected available in 1000 seconds."; try again after 2025-01-01 00:16:40 UTC`, 1)
	server.Recover()
	now = at(900)
	sync("PeeringDB is not asked: the server said to stay away for longer; try again after 2025-01-01 00:16:40 UTC", 0)
	now = at(1000)
	sync("", 5)
}

func TestClientBoundsTheSizeOfAList(t *testing.T) {
	t.Parallel()
	server := peeringdbtest.New(t, peeringdb.Demo())
	config := quick(server)
	config.MaxBytes = 7000
	config.TempDir = t.TempDir()
	report, err := peeringdb.Sync(t.Context(), sqlite(t).Store, newClient(t, config), peeringdb.SyncOptions{})
	if err == nil || err.Error() != "PeeringDB list net: the answer is larger than allowed: more than 7000 bytes" || report.Requests != 5 {
		t.Errorf("%d requests, error %v", report.Requests, err)
	}
	checkEmpty(t, config.TempDir)
}

func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A process that dies must leave no files, so they have no names.
func TestSyncLeavesNoFiles(t *testing.T) {
	t.Parallel()
	server := peeringdbtest.New(t, peeringdb.Demo())
	config := quick(server)
	config.TempDir = t.TempDir()
	server.Before(func(string) { checkEmpty(t, config.TempDir) })
	c := &copying{sqlite(t), server, newClient(t, config)}
	c.sync(peeringdb.SyncOptions{})
	checkEmpty(t, config.TempDir)
	server.Before(nil)
	config.TempDir += "/missing"
	_, err := peeringdb.Sync(t.Context(), c.Store, newClient(t, config), peeringdb.SyncOptions{})
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "PeeringDB list poc: no place for the answer: ") {
		t.Errorf("error %v", err)
	}
}

func TestClientSaysWhatIsWrongWithTheKey(t *testing.T) {
	t.Parallel()
	server := peeringdbtest.New(t, peeringdb.Demo())
	config := quick(server)
	config.Key = "wrong"
	_, err := peeringdb.Sync(t.Context(), sqlite(t).Store, newClient(t, config), peeringdb.SyncOptions{})
	if want := `PeeringDB list poc: the API key was not accepted: "Invalid API key"`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	config.URL, config.Key = strings.TrimSuffix(config.URL, "/api")+"/", ""
	_, err = peeringdb.Sync(t.Context(), sqlite(t).Store, newClient(t, config), peeringdb.SyncOptions{})
	if want := `PeeringDB list poc: there is no such list below the configured URL: "Not found."`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// Answers that the server of the tests does not give.
func TestClientUnderstandsOtherAnswers(t *testing.T) {
	t.Parallel()
	answer := func(status int, kind, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(text))
		}
	}
	long := strings.Repeat("x", 10000)
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"HTML that does not say so", answer(200, "application/json", "\r\n \t<!DOCTYPE html>"), "HTML came instead of a list: a firewall, a proxy or a maintenance page answered, not the API"},
		{"HTML with 403 that does not say so", answer(403, "", "  <html>"), "access was denied to this API key (HTML: a firewall, a proxy or a maintenance page answered, not the API)"},
		{"nothing", answer(200, "application/json", ""), "the answer is broken: byte 0: unexpected EOF"},
		{"no content", answer(204, "", ""), "status 204"},
		{"not modified", answer(304, "", ""), "status 304"},
		{"teapot", answer(418, "text/plain", "short and stout\n"), `status 418: "short and stout"`},
		{"long text", answer(400, "text/plain", long), `the request was refused: "` + long[:160] + `…"`},
		{"detail", answer(403, "application/json", `{"detail":"Not yours."}`), `access was denied to this API key: "Not yours."`},
		{"key in the list", answer(200, "application/json", `{"data":[],"meta":{"error":"this is not one of the good keys: `+secretKey+`"}}`), `the answer is an error of the API: "this is not one of the good keys: <secret>"`},
		{"key in the cut", answer(200, "application/json", `{"data":[],"meta":{"truncated":"the rows that the user of this key: `+secretKey+` sees"}}`), `the answer is not the whole list: "\"the rows that the user of this key: <secret> sees\""`},
		{"key in the text", answer(401, "text/plain", "not "+secretKey), `the API key was not accepted: "not <secret>"`},
		{"unavailable", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, "the server failed with status 503; try again after 2025-01-01 01:00:00 UTC"},
		{"no gzip", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte(`{"data":[]}` + strings.Repeat(" ", 100)))
		}, "the answer was cut off after 0 bytes: gzip: invalid header"},
		{"redirected forever", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "no answer from HOST: redirected more than 5 times"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.handler)
			defer server.Close()
			client := newClient(t, peeringdb.Config{URL: server.URL, Key: secretKey, Attempts: 1})
			_, err := waits(t, sqlite(t), client)
			if err == nil {
				t.Fatal("no error")
			}
			if got := strings.ReplaceAll(err.Error(), strings.TrimPrefix(server.URL, "http://"), "HOST"); got != "PeeringDB list poc: "+test.want {
				t.Errorf("error %q\nwant  %q", got, test.want)
			}
		})
	}
}

func TestClientKeepsTheKeyToItsServer(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Header.Get("Authorization") }))
	defer other.Close()
	var first *httptest.Server
	first = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved/poc" {
			http.Redirect(w, r, other.URL+"/poc", http.StatusMovedPermanently)
			return
		}
		http.Redirect(w, r, first.URL+"/moved/poc", http.StatusMovedPermanently)
	}))
	defer first.Close()
	_, err := waits(t, sqlite(t), newClient(t, peeringdb.Config{URL: first.URL, Key: secretKey}))
	if err == nil || !strings.Contains(err.Error(), `redirected to "`+other.URL+`", which is another server`) {
		t.Errorf("error %v", err)
	}
	if len(asked) != 0 {
		t.Errorf("the other server was asked, with %q", <-asked)
	}
}
