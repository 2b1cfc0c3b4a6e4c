package mailtest

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Options say what a Server offers.
type Options struct {
	// TLS is "starttls", "implicit" or, also when empty, "none".
	TLS string
	// Expired gives the server a certificate that is no longer valid.
	Expired bool
	// Login lists the mechanisms of AUTH: SCRAM-SHA-256, CRAM-MD5, PLAIN, LOGIN.
	// Where there are any, nobody may send without.
	Login []string
	// Username and Password are what a login needs.
	Username, Password string
	// Size is the largest mail in bytes that the server takes; 0 means 32 MiB.
	Size int64
}

// Mail is a mail that a server was handed.
type Mail struct {
	// From and To are the envelope.
	From string
	To   []string
	// Raw is the header and the body as they were sent.
	Raw []byte
	// User is who had logged in, empty for nobody.
	User string
	// Hello is the name that the client gave.
	Hello string
	// TLS says that the connection was encrypted.
	TLS bool
}

// Server is a mail server inside of the test. It accepts everything until
// SetAnswer tells it otherwise.
type Server struct {
	// Address is host:port.
	Address string
	// CAFile holds the CA of the server's certificate; empty without TLS.
	CAFile string

	options  Options
	listener net.Listener
	server   *smtp.Server
	gone     chan struct{}

	mu      sync.Mutex
	down    bool
	open    map[net.Conn]bool
	opened  int
	answer  func(Stage, string) *Answer
	mails   []Mail
	arrived chan struct{}
}

// StartServer starts a server that ends with the test.
func StartServer(t testing.TB, o Options) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{
		Address: listener.Addr().String(), options: o, listener: listener,
		gone: make(chan struct{}), open: map[net.Conn]bool{}, arrived: make(chan struct{}),
	}
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = ServerName
	s.server.AllowInsecureAuth = true
	s.server.MaxMessageBytes = 32 << 20
	s.server.EnableSMTPUTF8 = true
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	if o.Size != 0 {
		s.server.MaxMessageBytes = o.Size
	}
	var wrap *tls.Config
	if o.TLS == "starttls" || o.TLS == "implicit" {
		own := newIdentity(t, o.Expired)
		s.CAFile = own.writeCA(t)
		if s.server.TLSConfig = own.config(t); o.TLS == "implicit" {
			wrap = s.server.TLSConfig
		}
	}
	var serving sync.WaitGroup
	serving.Go(func() { s.server.Serve(door{s, wrap}) })
	t.Cleanup(func() {
		close(s.gone)
		s.server.Close()
		// Where serving has not begun yet, the server knows no listener.
		listener.Close()
		s.hangUp()
		serving.Wait()
	})
	return s
}

// door lets connections in, or hangs up on them while the server is down.
type door struct {
	*Server
	wrap *tls.Config
}

// Accept gives the next connection that may come in.
func (d door) Accept() (net.Conn, error) {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		d.opened++
		down := d.down
		if !down {
			d.open[conn] = true
		}
		d.mu.Unlock()
		if down {
			conn.Close()
			continue
		}
		if d.wrap != nil {
			conn = tls.Server(conn, d.wrap)
		}
		return conn, nil
	}
}

// Addr is where the server listens.
func (d door) Addr() net.Addr { return d.listener.Addr() }

// Close stops listening.
func (d door) Close() error { return d.listener.Close() }

// SetDown makes the server hang up on everybody, at once and until it is up
// again. The port stays taken, so that no other test can get it.
func (s *Server) SetDown(down bool) {
	s.mu.Lock()
	s.down = down
	s.mu.Unlock()
	if down {
		s.hangUp()
	}
}

func (s *Server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		conn.Close()
		delete(s.open, conn)
	}
}

// Connections is how many connections there have been.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Mails lists what was handed over, oldest first.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Wait waits until there are at least n mails and gives them all. It fails the
// test after ten seconds.
func (s *Server) Wait(t testing.TB, n int) []Mail {
	t.Helper()
	timeout := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		mails, arrived := slices.Clone(s.mails), s.arrived
		s.mu.Unlock()
		if len(mails) >= n {
			return mails
		}
		select {
		case <-arrived:
		case <-timeout:
			t.Fatalf("%d mails arrived, want %d", len(mails), n)
		}
	}
}

func (s *Server) keep(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	close(s.arrived)
	s.arrived = make(chan struct{})
}
