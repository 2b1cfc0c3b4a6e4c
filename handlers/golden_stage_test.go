package handlers_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// stage has the databases of one kind that golden files are replayed on.
type stage struct {
	// whole is the test of all files; what several share ends with it.
	whole *testing.T
	pool  *modelstest.Pool
	mu    sync.Mutex
	// shared are databases by the names of their fixtures, for files that only
	// read.
	shared map[string]*modelstest.Lent
}

// database gives a database with the fixtures of a file.
func (s *stage) database(t *testing.T, settings map[string]string, pairs []string) *modelstest.Lent {
	clock, err := time.Parse(time.DateTime, settings["time"])
	if err != nil {
		t.Fatal(err)
	}
	if settings["allow"] != "" || slices.ContainsFunc(pairs, writes) {
		return s.fill(t, settings["fixture"], func() time.Time { return clock })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shared[settings["fixture"]] == nil {
		s.shared[settings["fixture"]] = s.fill(s.whole, settings["fixture"], nil)
	}
	return s.shared[settings["fixture"]]
}

func (s *stage) fill(t *testing.T, names string, now func() time.Time) *modelstest.Lent {
	database := s.pool.Get(t, now)
	var fixtures []modelstest.Fixture
	for name := range strings.SplitSeq(names, ", ") {
		fixtures = append(fixtures, modelstest.ReadFixture(t, os.DirFS(filepath.Join(testdata, "fixtures")), name))
	}
	modelstest.Insert(t, database.Raw, database.Keyring, fixtures...)
	return database
}

// writes reports whether a request may change the database: its action is no
// read, or is not known.
func writes(pair string) bool {
	request, _, _ := strings.Cut(pair, line)
	action := parseGoldenRequest(request).action()
	return action == nil || action.Effect != compat.Read
}

// serveGolden starts a gateway with the settings of a file:
//
//	fixture: names of testdata/fixtures, in order
//	time: what the clock shows
//	timezone: of times in answers
//	allow: permissions of the caller; all when missing
//	sign: none or wrong, with allow
//	mail, router: what the world outside answers: accepts (when missing),
//	refuses, fails, rejects, or missing (the gateway has no way out)
//	own: our AS numbers
//	rirs: the registries that an LIR may have
//	body-limit: bytes; variables: how many
func serveGolden(t *testing.T, database *modelstest.Lent, settings map[string]string) *golden {
	clock, err := time.Parse(time.DateTime, settings["time"])
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return clock }
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
	if settings["rirs"] != "" {
		options.RIRs = strings.Split(settings["rirs"], ", ")
	}
	if limit := settings["body-limit"]; limit != "" {
		options.MaxBody = int64(asn(t, limit))
	}
	if most := settings["variables"]; most != "" {
		options.MaxVariables = int(asn(t, most))
	}
	g := &golden{how: settings["sign"]}
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

// golden is a running gateway and how to sign the requests to it.
type golden struct{ address, key, secret, how string }

// sign signs a request line where there is a key.
func (g *golden) sign(line string) string {
	if g.key == "" || g.how == "none" {
		return line
	}
	secret := g.secret
	if g.how == "wrong" {
		secret = strings.Repeat("0", len(secret))
	}
	return signLine(line, g.key, secret)
}

// exchange sends a request as it stands in the file, byte for byte but for the
// headers that HTTP needs, and returns the body of the answer. An answer that is
// not HTTP 200 or not JSON has its status, or its type, in front.
func exchange(t *testing.T, g *golden, text string) string {
	t.Helper()
	request := parseGoldenRequest(text)
	requestLine := g.sign(request.line)
	var b bytes.Buffer
	b.WriteString(requestLine + " HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n")
	for _, header := range request.headers {
		b.WriteString(header + "\r\n")
	}
	b.WriteString("Content-Length: " + itoa(len(request.body)) + "\r\n\r\n" + request.body)
	conn, err := net.Dial("tcp", g.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: request.method()})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if kind := response.Header.Get("Content-Type"); kind != "application/json" {
		return kind + "\n" + string(answer)
	}
	if response.StatusCode != http.StatusOK {
		return response.Status + "\n" + string(answer)
	}
	return string(answer)
}
