package handlers_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

var update = flag.Bool("update", false, "write the answers into the golden files")

const (
	testdata = "../testdata"
	// line separates a request from its answer, and next one pair from another.
	line = "\n----------------------------------------\n"
	next = "\n========================================\n"
)

// TestGolden replays testdata/TARGET/ACTION/*.golden on every kind of
// database. A file holds lines of settings (# name: value), a request (its
// line, header lines, an empty line and a body where there is one), a line of
// dashes, and the exact bytes of the answer; a line of equal signs starts
// another request to the same gateway.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(testdata + "/*/*/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, kind := range modelstest.Kinds() {
		pool := modelstest.NewPool(kind)
		t.Run(kind.Name, func(t *testing.T) {
			if !*update {
				t.Parallel()
			}
			for _, file := range files {
				name, _ := filepath.Rel(testdata, file)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					replay(t, pool, file)
				})
			}
		})
	}
}

// TestGoldenCoversEveryAction fails for an action of the table without files.
func TestGoldenCoversEveryAction(t *testing.T) {
	t.Parallel()
	for _, action := range compat.Actions() {
		files, err := filepath.Glob(filepath.Join(testdata, action.Target, action.Name, "*.golden"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no golden file", action.Key())
		}
	}
}

func replay(t *testing.T, pool *modelstest.Pool, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	settings, pairs := parseGolden(string(data))
	server := serveGolden(t, pool, settings)
	var got []string
	for _, pair := range pairs {
		request, _, _ := strings.Cut(pair, line)
		got = append(got, request+line+exchange(t, server, request))
	}
	after := strings.TrimSuffix(string(data), strings.Join(pairs, next)) + strings.Join(got, next)
	if *update {
		if err := os.WriteFile(file, []byte(after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(data), after); diff != "" {
		t.Errorf("%s (-file +answer):\n%s", file, diff)
	}
}

// parseGolden splits a file into its settings and its pairs.
func parseGolden(data string) (settings map[string]string, pairs []string) {
	settings = map[string]string{"fixture": "lirs, documentation", "time": "2014-05-22 23:14:54"}
	for strings.HasPrefix(data, "# ") {
		var setting string
		setting, data, _ = strings.Cut(data[2:], "\n")
		name, value, _ := strings.Cut(setting, ": ")
		settings[name] = value
	}
	return settings, strings.Split(data, next)
}

// serveGolden starts a gateway with the settings of a file:
//
//	fixture: names of testdata/fixtures, in order
//	time: what the clock shows
//	timezone: of times in answers
//	allow: permissions of the caller; all when missing
//	mail, router: what the world outside answers: accepts (when missing),
//	refuses, or missing (the gateway has no way out)
//	own: our AS numbers
//	body-limit: bytes
func serveGolden(t *testing.T, pool *modelstest.Pool, settings map[string]string) *golden {
	clock, err := time.Parse(time.DateTime, settings["time"])
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return clock }
	database := pool.Get(t, now)
	var fixtures []modelstest.Fixture
	for name := range strings.SplitSeq(settings["fixture"], ", ") {
		fixtures = append(fixtures, modelstest.ReadFixture(t, os.DirFS(filepath.Join(testdata, "fixtures")), name))
	}
	modelstest.Insert(t, database.Raw, database.Keyring, fixtures...)
	options := handlers.Options{
		Store: database.Store, Now: now, OwnASNs: []uint32{8038}, CacheSize: 1 << 20,
		RIRs:   []string{"ARIN", "RIPE", "LACNIC", "AfriNIC", "APNIC", "1918"},
		Mailer: outside(settings["mail"]), Router: outside(settings["router"]),
	}
	if settings["mail"] == "missing" {
		options.Mailer = nil
	}
	if settings["router"] == "missing" {
		options.Router = nil
	}
	if zone := settings["timezone"]; zone != "" {
		if options.Location, err = time.LoadLocation(zone); err != nil {
			t.Fatal(err)
		}
	}
	if settings["own"] != "" {
		options.OwnASNs = nil
		for word := range strings.SplitSeq(settings["own"], ", ") {
			options.OwnASNs = append(options.OwnASNs, asn(t, word))
		}
	}
	if limit := settings["body-limit"]; limit != "" {
		options.MaxBody = int64(asn(t, limit))
	}
	g := &golden{}
	if allow := settings["allow"]; allow != "" {
		permissions, err := models.ParsePermissions(allow)
		if err != nil {
			t.Fatal(err)
		}
		if g.key, g.secret, err = database.Store.AddKey(t.Context(), models.NewKey{Name: "golden", Allow: permissions}); err != nil {
			t.Fatal(err)
		}
	}
	gateway, err := handlers.New(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gateway)
	t.Cleanup(func() {
		server.Close()
		if err := gateway.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	g.address = server.Listener.Addr().String()
	return g
}

// golden is a running gateway and the key to sign requests with, if any.
type golden struct{ address, key, secret string }

// exchange sends a request as it stands in the file, byte for byte but for the
// headers that HTTP needs, and returns the body of the answer.
func exchange(t *testing.T, g *golden, text string) string {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	requestLine, headers, _ := strings.Cut(head, "\n")
	if g.key != "" {
		requestLine = signLine(requestLine, g.key, g.secret)
	}
	var b bytes.Buffer
	b.WriteString(requestLine + " HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n")
	for header := range strings.SplitSeq(headers, "\n") {
		if header != "" {
			b.WriteString(header + "\r\n")
		}
	}
	b.WriteString("Content-Length: " + itoa(len(body)) + "\r\n\r\n" + body)
	conn, err := net.Dial("tcp", g.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: strings.Fields(requestLine)[0]})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "application/json" {
		return response.Status + "\n" + string(answer)
	}
	return string(answer)
}

// outside plays what is beyond the machine.
type outside string

var errOutside = errors.New("outside: connection lost")

func (o outside) Send(context.Context, handlers.Mail) error {
	if o == "refuses" {
		return errOutside
	}
	return nil
}

func (o outside) Configure(context.Context, handlers.Configuration) error {
	switch o {
	case "refuses":
		return handlers.ErrRouterCredentials
	case "fails":
		return errOutside
	}
	return nil
}

func (o outside) Remove(ctx context.Context, s *models.Session) error {
	return o.Configure(ctx, handlers.Configuration{Session: s})
}
