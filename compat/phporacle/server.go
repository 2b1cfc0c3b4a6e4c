package phporacle

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

//go:embed request.php
var requestScript []byte

// Request is what is sent to a Server.
type Request struct {
	Method      string
	Query       string // the raw query string, plain ASCII
	ContentType string // "" sends no such header
	Body        string
}

// Server is PHP's built-in web server, for what only a real request shows: what
// PHP reads from bodies.
type Server struct {
	address string
	client  *http.Client
}

// StartServer starts a server on a free port of the loopback address that takes
// maxVars variables from a request. It ends with the test.
func StartServer(tb testing.TB, maxVars int) *Server {
	tb.Helper()
	php, err := Command()
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(tb.TempDir(), "request.php")
	if err := os.WriteFile(file, requestScript, 0o600); err != nil {
		tb.Fatal(err)
	}
	// The port is free when it is chosen and may be taken a moment later by
	// somebody else, so there are a few attempts.
	for range 5 {
		s := &Server{address: freeAddress(tb), client: &http.Client{Timeout: 30 * time.Second}}
		cmd := exec.Command(php, append(settings(maxVars), "-S", s.address, file)...)
		if err := cmd.Start(); err != nil {
			tb.Fatalf("starting php: %v", err)
		}
		ended := make(chan struct{})
		go func() {
			_ = cmd.Wait() // the server is killed, which is an error to Wait
			close(ended)
		}()
		if s.ready(ended) {
			tb.Cleanup(func() {
				s.client.CloseIdleConnections()
				_ = cmd.Process.Kill()
				<-ended
			})
			return s
		}
		_ = cmd.Process.Kill()
		<-ended
	}
	tb.Fatal("php's built-in web server does not answer")
	return nil
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// ready waits until the server answers, and reports false when it ends or takes
// too long.
func (s *Server) ready(ended <-chan struct{}) bool {
	for range 200 {
		if _, err := s.Ask(Request{Method: "GET"}); err == nil {
			return true
		}
		select {
		case <-ended:
			return false
		case <-time.After(50 * time.Millisecond):
		}
	}
	return false
}

// Ask gives, for a request, the serialized array of $_GET, $_POST and $_REQUEST.
func (s *Server) Ask(r Request) ([]byte, error) {
	request, err := http.NewRequest(r.Method, "http://"+s.address+"/", bytes.NewReader([]byte(r.Body)))
	if err != nil {
		return nil, fmt.Errorf("asking php's web server: %w", err)
	}
	request.URL.RawQuery = r.Query
	if r.ContentType != "" {
		request.Header.Set("Content-Type", r.ContentType)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking php's web server: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer of php's web server: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("php's web server answers %s", response.Status)
	}
	return answer, nil
}
