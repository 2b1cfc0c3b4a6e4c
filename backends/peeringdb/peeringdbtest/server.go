package peeringdbtest

import (
	"errors"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a running server. Its methods are safe for concurrent use, and
// fail the test when they are used wrongly.
type Server struct {
	t       testing.TB
	address string
	closed  chan struct{}

	mu       sync.Mutex
	tables   map[string]table
	cached   map[string]cache
	key      string
	faults   []*Fault
	requests []Request
	before   func(list string)
	serving  *http.Server
}

// Request is what a client asked.
type Request struct {
	// List is the list that was asked for, such as net.
	List string
	// Query is the query as it came.
	Query string
	// Header is the header as it came.
	Header http.Header
	// At is when it came.
	At time.Time
}

// New starts a server on the loopback interface that has the rows of a folder
// of list answers: ix.json, net.json, netixlan.json, ixpfx.json, poc.json and
// ixlan.json, of which any may be missing. Without the last one, the peering
// LANs are those that the ports name, and one for each exchange. The server
// ends with the test.
func New(t testing.TB, dir fs.FS) *Server {
	t.Helper()
	s := &Server{t: t, closed: make(chan struct{}), tables: map[string]table{}, cached: map[string]cache{}}
	for _, name := range lists {
		rows, err := readTable(dir, name)
		if err != nil {
			t.Fatalf("peeringdbtest: %s: %v", name, err)
		}
		s.tables[name] = rows
	}
	s.deriveLANs()
	s.address = "127.0.0.1:0"
	s.listen()
	t.Cleanup(func() {
		close(s.closed)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.hangUp()
	})
	return s
}

// URL is the base of the API.
func (s *Server) URL() string { return "http://" + s.address + "/api" }

// SetKey makes the server accept one API key and refuse others; an empty one
// refuses all. Callers without a key are always answered, but see no contacts
// other than public ones.
func (s *Server) SetKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = key
}

// Requests returns what was asked since the last call.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

// Before makes the server call f before it looks at a request for a list, for
// rows that change in the middle of a run. f may call the server's methods, and
// nil ends it.
func (s *Server) Before(f func(list string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

// listen begins to serve, on the port it had before if any.
func (s *Server) listen() {
	s.t.Helper()
	var listener net.Listener
	for try := 0; ; try++ {
		var err error
		if listener, err = net.Listen("tcp", s.address); err == nil {
			break
		}
		if try == 100 {
			s.t.Fatalf("peeringdbtest: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.address = listener.Addr().String()
	s.serving = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: time.Minute}
	go func(server *http.Server) {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.t.Errorf("peeringdbtest: %v", err)
		}
	}(s.serving)
}

// hangUp ends all connections and listens no more.
func (s *Server) hangUp() {
	if s.serving != nil {
		_ = s.serving.Close()
		s.serving = nil
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	name, found := strings.CutPrefix(r.URL.Path, "/api/")
	s.mu.Lock()
	before := s.before
	s.mu.Unlock()
	if before != nil {
		before(name)
	}
	s.mu.Lock()
	s.requests = append(s.requests, Request{name, r.URL.RawQuery, r.Header.Clone(), time.Now()})
	fault := s.hit(name)
	status, answer := http.StatusNotFound, errorAnswer("Not found.")
	if found {
		status, answer = s.answer(name, r)
	}
	s.mu.Unlock()
	if fault != nil {
		s.misbehave(fault, w, r, answer)
		return
	}
	send(w, r, status, answer)
}
