package handlers_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

const api = "/api/v1/api.php"

// moment is what the clock of a service shows.
var moment = time.Date(2014, 5, 22, 23, 14, 54, 0, time.UTC)

// service is a gateway that runs on a database with the example fixture.
type service struct {
	*handlers.Gateway
	database *modelstest.Lent
	address  string
}

// serve starts a gateway on a fresh SQLite database. change may set options.
func serve(t *testing.T, change func(*handlers.Options)) *service {
	t.Helper()
	database := modelstest.Lend(t, modelstest.Kinds()[0], func() time.Time { return moment })
	insertFixtures(t, database, "lirs, example")
	return serveOn(t, database, database.Store, change)
}

// serveOn starts a gateway on a database.
func serveOn(t testing.TB, database *modelstest.Lent, store *models.Store, change func(*handlers.Options)) *service {
	t.Helper()
	options := handlers.Options{
		Store: store, Now: func() time.Time { return moment }, OwnASNs: []uint32{8038}, CacheSize: 1 << 20,
		RIRs: []string{"ARIN", "RIPE", "1918"}, Mailer: outside("accepts"), Router: outside("accepts"),
	}
	if change != nil {
		change(&options)
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
	return &service{Gateway: gateway, database: database, address: server.Listener.Addr().String()}
}

// answered is what came back.
type answered struct {
	status int
	header http.Header
	body   string
	// chunked tells that the length was not stated in front.
	chunked bool
}

// success tells whether the answer says success 1.
func (a answered) success() bool { return strings.HasPrefix(a.body, `{"success":1,`) }

// message is the message of the answer.
func (a answered) message(t *testing.T) string {
	t.Helper()
	var envelope struct{ Message string }
	if err := json.Unmarshal([]byte(a.body), &envelope); err != nil {
		t.Fatalf("%q: %v", a.body, err)
	}
	return envelope.Message
}

// get asks for a query string at the usual path.
func (s *service) get(t *testing.T, query string) answered {
	t.Helper()
	return s.send(t, "GET "+api+"?"+query+" HTTP/1.1", "")
}

// post sends a urlencoded body.
func (s *service) post(t *testing.T, query, body string, headers ...string) answered {
	t.Helper()
	headers = append(headers, "Content-Type: application/x-www-form-urlencoded")
	return s.send(t, "POST "+api+"?"+query+" HTTP/1.1", body, headers...)
}

// send writes a request to a connection of its own, byte for byte.
func (s *service) send(t *testing.T, requestLine, body string, headers ...string) answered {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	var b bytes.Buffer
	b.WriteString(requestLine + "\r\nHost: gateway.example\r\nConnection: close\r\n")
	for _, header := range headers {
		b.WriteString(header + "\r\n")
	}
	b.WriteString("Content-Length: " + itoa(len(body)) + "\r\n\r\n" + body)
	if _, err := conn.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(requestLine, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{
		status: response.StatusCode, header: response.Header, body: string(content),
		chunked: len(response.TransferEncoding) > 0 || response.ContentLength < 0,
	}
}
