package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// result is what a run of the program left.
type result struct {
	code           int
	stdout, stderr string
}

// run runs the program in this process.
func run(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := Program{Args: args, Environ: environ, Stdout: &stdout, Stderr: &stderr}
	code := p.Run(t.Context())
	return result{code, stdout.String(), stderr.String()}
}

// must runs a command that has to succeed without a word on standard error,
// and returns what it printed.
func must(t *testing.T, environ []string, args ...string) string {
	t.Helper()
	r := run(t, environ, args...)
	if r.code != exitOK || r.stderr != "" {
		t.Fatalf("%v: exit code %d\n%s%s", args, r.code, r.stdout, r.stderr)
	}
	return r.stdout
}

// mustJSON is must for a command that prints JSON.
func mustJSON[T any](t *testing.T, environ []string, args ...string) T {
	t.Helper()
	var v T
	out := must(t, environ, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v printed %q: %v", args, out, err)
	}
	return v
}

// fails runs a command that has to fail with a code and a text.
func fails(t *testing.T, environ []string, code int, text string, args ...string) {
	t.Helper()
	r := run(t, environ, args...)
	if r.code != code || !strings.Contains(r.stderr, text) {
		t.Errorf("%v: exit code %d, want %d with %q; said %s%s", args, r.code, code, text, r.stdout, r.stderr)
	}
}

// onSQLite is the environment of a program whose database is a file of this
// test that does not exist yet.
func onSQLite(t *testing.T) (environ []string, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "gateway.db")
	return []string{"PROVISION_GATEWAY_DATABASE=sqlite:" + path}, path
}

// credential is what `key add --json` prints.
type credential struct {
	APIKey    string `json:"api_key"`
	SecretKey string `json:"secret_key"`
}

func (c credential) sign(query string) string {
	query += "&apiKey=" + c.APIKey
	mac := hmac.New(sha256.New, []byte(c.SecretKey))
	mac.Write([]byte(query))
	return query + "&hash=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// server is a gateway that runs in this process.
type server struct {
	t      *testing.T
	url    string
	addr   net.Addr
	stop   context.CancelFunc
	stdout lockedBuffer
	log    lockedBuffer
	ended  chan int
}

// serve starts a gateway; it ends with the test. Its port is any free one
// unless the arguments say otherwise.
func serve(t *testing.T, environ []string, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &server{t: t, stop: cancel, ended: make(chan int, 1)}
	listening := make(chan net.Addr, 1)
	p := Program{
		Args:    append([]string{"serve"}, args...),
		Environ: append([]string{"PROVISION_GATEWAY_LISTEN=127.0.0.1:0", "PROVISION_GATEWAY_LOG_LEVEL=debug"}, environ...),
		Stdout:  &s.stdout, Stderr: &s.log,
		Listening: func(a net.Addr) { listening <- a },
	}
	go func() { s.ended <- p.Run(ctx) }()
	select {
	case s.addr = <-listening:
	case code := <-s.ended:
		cancel()
		t.Fatalf("serve %v ended with code %d: %s", args, code, s.log.String())
	}
	s.url = "http://" + s.addr.String()
	t.Cleanup(func() { s.end() })
	return s
}

// end stops the gateway and returns its exit code.
func (s *server) end() int {
	s.t.Helper()
	s.stop()
	select {
	case code := <-s.ended:
		s.ended <- code
		return code
	case <-time.After(30 * time.Second):
		s.t.Fatal("serve does not end")
		return -1
	}
}

// answer is the envelope of an answer.
type answer struct {
	status  int
	Success int             `json:"success"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// client keeps no connections, so that a server that ends is noticed.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}

// get sends a request with a query string.
func (s *server) get(query string) answer {
	s.t.Helper()
	return get(s.t, s.url, query)
}

func get(t *testing.T, url, query string) answer {
	t.Helper()
	a, err := tryGet(t.Context(), url, query)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func tryGet(ctx context.Context, url, query string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/v1/api.php?"+query, nil)
	if err != nil {
		return answer{}, err
	}
	return send(r)
}

func send(r *http.Request) (answer, error) {
	response, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: response.StatusCode}
	if err := json.Unmarshal(body, &a); err != nil {
		return a, fmt.Errorf("%s: %q: %w", r.URL, body, err)
	}
	return a, nil
}

// lockedBuffer may be read while a program writes to it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// eventually waits until something is so.
func eventually(t *testing.T, s *server, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come to that\n%s", s.log.String())
		}
	}
}

func decode(t *testing.T, data []byte, to any) {
	t.Helper()
	if err := json.Unmarshal(data, to); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
}
