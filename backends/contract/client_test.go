package contract_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/contract"
	"provision-gateway/compat/golden"
	"provision-gateway/compat/signature"
)

func TestSign(t *testing.T) {
	t.Parallel()
	const key, secret = "1-KEY", "0123456789abcdef0123456789abcdef"
	tests := []struct{ name, line, want string }{
		{"usual", "GET /p?b=2&a=1", "GET /p?b=2&a=1&apiKey=1-KEY"},
		{"no query", "GET /p", "GET /p?apiKey=1-KEY"},
		{"empty query", "GET /p?", "GET /p?apiKey=1-KEY"},
		{"encoding kept", "GET /p?a=%2f+%zz&&a[]=x;y?z", "GET /p?a=%2f+%zz&&a[]=x;y?z&apiKey=1-KEY"},
		{"signed already", "GET /p?a=1&apiKey=2-OLD&hash=abc=", "GET /p?a=1&apiKey=1-KEY"},
		{"key in front", "GET /p?apiKey=2-OLD&a=1&hash=x", "GET /p?a=1&apiKey=1-KEY"},
		{"similar names", "GET /p?apiKeys=1&xhash=2&hash[]=3", "GET /p?apiKeys=1&xhash=2&hash[]=3&apiKey=1-KEY"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, query, _ := strings.Cut(test.want, "?")
			want := test.want + "&hash=" + signature.Sign(query, secret)
			if got := (contract.Credentials{Key: key, Secret: secret}).Sign(test.line); got != want {
				t.Errorf("signed as %q, want %q", got, want)
			}
			if got := (contract.Credentials{}).Sign(test.line); got != test.line {
				t.Errorf("without credentials it becomes %q", got)
			}
		})
	}
}

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []contract.ClientOptions{
		{URL: ""}, {URL: "gateway.example"}, {URL: "ftp://gateway.example"}, {URL: "http://"}, {URL: "http://x/?a=1"}, {URL: "http://x/#a"},
		{URL: "http://me:topsecret@x/"}, {URL: "http://x:topsecret/"}, {URL: "http://x", Credentials: contract.Credentials{Key: "1-A"}},
		{URL: "http://x", Credentials: contract.Credentials{Secret: "topsecret"}},
		{URL: "http://x", Credentials: contract.Credentials{Key: "a b", Secret: "topsecret"}},
	} {
		if _, err := contract.NewClient(test); err == nil || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%q: error %v", test.URL, err)
		}
	}
}

// listen answers connections on a port of its own, each in turn, and gives its
// address.
func listen(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				answer(conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// read reads a request as it came.
func read(conn net.Conn) (raw string) {
	var b strings.Builder
	r, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &b)))
	if err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return b.String()
}

func client(t *testing.T, o contract.ClientOptions) *contract.Client {
	t.Helper()
	c, err := contract.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSendsAsWritten(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 1)
	url := listen(t, func(conn net.Conn) {
		seen <- read(conn)
		_, _ = io.WriteString(conn, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
	})
	tests := []struct {
		name, url string
		request   golden.Request
		want      string
	}{
		{"get", url, golden.Request{Line: "GET /api/v1/api.php?b=%2f+%zz&a[]=ä"}, "GET /api/v1/api.php?b=%2f+%zz&a[]=ä HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"prefix", url + "/old/", golden.Request{Line: "GET //api/v1/api.php"}, "GET /old//api/v1/api.php HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"whole address", url + "/old/api/v1/api.php", golden.Request{Line: "GET /api/v1/api.php"}, "GET /old/api/v1/api.php HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"body and headers", url, golden.Request{Line: "POST /", Headers: []string{"content-TYPE:text/x", "Host: other.example"}, Body: "a\r\nb"},
			"POST / HTTP/1.1\r\nConnection: close\r\ncontent-TYPE:text/x\r\nHost: other.example\r\nContent-Length: 4\r\n\r\na\r\nb"},
		{"own length", url, golden.Request{Line: "POST /", Headers: []string{"Content-Length: 1"}, Body: "a"}, "POST / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Length: 1\r\n\r\na"},
	}
	for _, test := range tests {
		a, err := client(t, contract.ClientOptions{URL: test.url}).Send(t.Context(), test.request)
		if err != nil || a != (golden.Answer{Status: 404, ContentType: "application/json", Body: "{}"}) {
			t.Errorf("%s: %+v, %v", test.name, a, err)
		}
		want := strings.ReplaceAll(test.want, "HOST", strings.TrimPrefix(url, "http://"))
		if got := <-seen; got != want {
			t.Errorf("%s: sent\n%q, want\n%q", test.name, got, want)
		}
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	trusts := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	if a, err := client(t, contract.ClientOptions{URL: server.URL, TLS: trusts}).Send(t.Context(), golden.Request{Line: "GET /"}); err != nil || a.Body != "{}" {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := client(t, contract.ClientOptions{URL: server.URL}).Send(t.Context(), golden.Request{Line: "GET /"}); err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("a certificate that nobody trusts: %v", err)
	}
	plain := listen(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	if _, err := client(t, contract.ClientOptions{URL: "https" + strings.TrimPrefix(plain, "http")}).Send(t.Context(), golden.Request{Line: "GET /"}); err == nil || !strings.Contains(err.Error(), "does not speak TLS") {
		t.Errorf("a server without TLS: %v", err)
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	says := func(text string, then func(net.Conn)) string {
		return listen(t, func(conn net.Conn) {
			_ = read(conn)
			_, _ = io.WriteString(conn, text)
			if then != nil {
				then(conn)
			}
		})
	}
	hold := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	tests := []struct{ name, url, want string }{
		{"nobody there", nobody, "the server cannot be reached: it refuses the connection"},
		{"silent", says("", hold), "the server gave no whole answer within 300ms"},
		{"slow body", says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", hold), "the server gave no whole answer within 300ms"},
		{"closes", says("", nil), "the server closed the connection without an answer"},
		{"closes in the head", says("HTTP/1.1 200 OK\r\n", nil), "the server closed the connection without an answer"},
		{"closes in the body", says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", nil), "the server broke off its answer after 2 bytes of the body"},
		{"garbage", says("SSH-2.0-topsecret\r\n", nil), "the server answers with what is not HTTP"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := client(t, contract.ClientOptions{URL: test.url, Timeout: 300 * time.Millisecond}).Send(t.Context(), golden.Request{Line: "GET /"})
			var trouble *contract.Trouble
			if !errors.As(err, &trouble) || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		_, err := client(t, contract.ClientOptions{URL: says("", hold)}).Send(ctx, golden.Request{Line: "GET /"})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}

// TestEarlyAnswer takes the answer of a server that does not read all.
func TestEarlyAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	}))
	t.Cleanup(server.Close)
	a, err := client(t, contract.ClientOptions{URL: server.URL}).Send(t.Context(), golden.Request{Line: "POST /", Body: strings.Repeat("x", 1<<20)})
	if err == nil && a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("%+v", a)
	}
	if err != nil && !strings.Contains(err.Error(), "closed the connection") {
		t.Error(fmt.Errorf("neither an answer nor why there is none: %w", err))
	}
}
