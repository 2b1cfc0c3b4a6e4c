package handlers_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestMethods checks which methods are served.
func TestMethods(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, test := range []struct {
		method string
		served bool
	}{
		{"GET", true}, {"HEAD", true}, {"POST", true},
		{"PUT", false}, {"PATCH", false}, {"DELETE", false}, {"OPTIONS", false}, {"TRACE", false}, {"PROPFIND", false},
		{"get", false}, {"NONSENSE", false},
	} {
		t.Run(test.method, func(t *testing.T) {
			t.Parallel()
			answer := s.send(t, test.method+" "+api+"?"+hello+" HTTP/1.1", "")
			if got := answer.status == http.StatusOK; got != test.served {
				t.Errorf("status %d", answer.status)
			}
			if !test.served && (answer.status != http.StatusMethodNotAllowed || answer.success() || !strings.HasPrefix(answer.body, `{"success":0,`)) {
				t.Errorf("%d %s, want 405 with an envelope", answer.status, answer.body)
			}
		})
	}
}

// TestHead checks that HEAD on a read gives the headers of GET and no body, and
// that on anything else it does nothing.
func TestHead(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, query := range []string{hello, "target=peering&action=getPeers&public_id=20", "target=peering&action=getPeers&public_id=99", "target=lir&action=nothing"} {
		get := s.get(t, query)
		head := s.send(t, "HEAD "+api+"?"+query+" HTTP/1.1", "")
		if head.status != get.status || head.body != "" {
			t.Errorf("%s: %d with %d bytes", query, head.status, len(head.body))
		}
		for _, name := range []string{"Content-Type", "Content-Length"} {
			if head.header.Get(name) != get.header.Get(name) || get.header.Get(name) == "" {
				t.Errorf("%s: %s is %q, and %q with GET", query, name, head.header.Get(name), get.header.Get(name))
			}
		}
	}
}

// TestHeaders checks what every answer carries.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	id := regexp.MustCompile(`^[0-9a-f]{16}$`)
	seen := map[string]bool{}
	for _, line := range []string{
		"GET " + api + "?" + hello, "GET " + api, "POST " + api + "?" + hello, "PUT " + api, "GET /elsewhere",
		"GET " + api + "?target=peering&action=getPeers",
	} {
		answer := s.send(t, line+" HTTP/1.1", "")
		got := answer.header.Get("X-Request-Id")
		if !id.MatchString(got) || seen[got] {
			t.Errorf("%s: X-Request-Id %q (seen before: %t)", line, got, seen[got])
		}
		seen[got] = true
		if answer.header.Get("Content-Type") != "application/json" || answer.header.Get("Content-Length") != itoa(len(answer.body)) || answer.chunked {
			t.Errorf("%s: %v with %d bytes, chunked %t", line, answer.header, len(answer.body), answer.chunked)
		}
		for _, name := range []string{"Set-Cookie", "Location", "Access-Control-Allow-Origin"} {
			if value := answer.header.Get(name); value != "" {
				t.Errorf("%s: %s: %s", line, name, value)
			}
		}
		if strings.HasSuffix(answer.body, "\n") {
			t.Errorf("%s: a line ends the body", line)
		}
	}
}

// TestHTTP10 checks that a client of HTTP/1.0, as PHP's file_get_contents was,
// gets an answer without chunks whose end is the end of the connection.
func TestHTTP10(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, query := range []string{hello, "target=peering&action=getPeers"} {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "GET "+api+"?"+query+" HTTP/1.0\r\nHost: gateway.example\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
		if strings.Contains(strings.ToLower(head), "transfer-encoding") || !strings.HasPrefix(head, "HTTP/1.0 200 OK\r\n") {
			t.Errorf("%s: %s", query, head)
		}
		if want := s.get(t, query).body; body != want {
			t.Errorf("%s: got %q, want %q", query, body, want)
		}
	}
}

// TestExpectContinue checks that a client which waits for leave to send its
// body, as curl does with a long one, gets it.
func TestExpectContinue(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	const body = hello + "&a=1"
	_, err = io.WriteString(conn, "POST "+api+" HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\nExpect: 100-continue\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "+itoa(len(body))+"\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	if first, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(first, "HTTP/1.1 100 ") {
		t.Fatalf("%q, %v", first, err)
	}
	if _, err := r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(r)
	if want := `{"success":1,"message":"Hello World","data":{"a":"1"}}`; err != nil || !strings.HasSuffix(string(rest), want) {
		t.Errorf("%q, %v", rest, err)
	}
}
