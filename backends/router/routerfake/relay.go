package routerfake

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Trouble is what a Relay does after its Limit.
type Trouble int

// The troubles.
const (
	// None passes everything on.
	None Trouble = iota
	// Close ends the connection in order.
	Close
	// Reset ends it with a reset.
	Reset
	// Silence keeps it open and passes nothing on any more.
	Silence
	// Garbage sends bytes that are no SSH, and goes on doing so.
	Garbage
	// Drip passes on one byte every 20 ms.
	Drip
)

// Relay stands between a client and a router and makes trouble at the level of
// TCP.
type Relay struct {
	listener net.Listener
	target   string
	done     sync.WaitGroup

	mutex   sync.Mutex
	trouble Trouble
	limit   int
	passed  int
	conns   map[net.Conn]bool
	closing chan struct{}
}

// NewRelay starts a relay to a router; it stops with the test. It makes no
// trouble before Make.
func NewRelay(t testing.TB, r *Router) *Relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	y := &Relay{listener: listener, target: r.listener.Addr().String(), conns: map[net.Conn]bool{}, closing: make(chan struct{})}
	y.done.Go(y.serve)
	t.Cleanup(y.stop)
	return y
}

// Make chooses the trouble, and after how many bytes from the router it starts.
// It counts anew.
func (y *Relay) Make(trouble Trouble, limit int) {
	y.mutex.Lock()
	defer y.mutex.Unlock()
	y.trouble, y.limit, y.passed = trouble, limit, 0
}

// Passed returns how many bytes of the router were passed on since Make.
func (y *Relay) Passed() int {
	y.mutex.Lock()
	defer y.mutex.Unlock()
	return y.passed
}

// Address is where clients connect to.
func (y *Relay) Address() (host string, port int) { return split(y.listener.Addr()) }

// Connections returns how many clients are connected.
func (y *Relay) Connections() int {
	y.mutex.Lock()
	defer y.mutex.Unlock()
	return len(y.conns)
}

func (y *Relay) stop() {
	close(y.closing)
	_ = y.listener.Close()
	y.mutex.Lock()
	for c := range y.conns {
		_ = c.Close()
	}
	y.mutex.Unlock()
	y.done.Wait()
}

func (y *Relay) serve() {
	for {
		client, err := y.listener.Accept()
		if err != nil {
			return
		}
		y.mutex.Lock()
		y.conns[client] = true
		y.mutex.Unlock()
		y.done.Go(func() {
			y.carry(client)
			y.mutex.Lock()
			delete(y.conns, client)
			y.mutex.Unlock()
		})
	}
}

// carry serves one client until it goes.
func (y *Relay) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	router, err := net.Dial("tcp", y.target)
	if err != nil {
		return
	}
	gone := make(chan struct{})
	y.done.Go(func() {
		_, _ = io.Copy(router, client)
		close(gone)
		_ = router.Close()
	})
	defer func() { _ = router.Close() }()
	b := make([]byte, 4096)
	for {
		trouble, left := y.left()
		if trouble != None && left <= 0 {
			if !y.make(trouble, client, router, gone) {
				return
			}
			continue
		}
		n, err := router.Read(b[:min(len(b), left)])
		if _, failed := client.Write(b[:n]); err != nil || failed != nil {
			return
		}
		y.mutex.Lock()
		y.passed += n
		y.mutex.Unlock()
	}
}

// left returns the trouble and how much to pass on before it.
func (y *Relay) left() (Trouble, int) {
	y.mutex.Lock()
	defer y.mutex.Unlock()
	if y.trouble == None {
		return None, 4096
	}
	return y.trouble, y.limit - y.passed
}

// make does what is to be done at the limit. It reports whether to go on.
func (y *Relay) make(trouble Trouble, client, router net.Conn, gone <-chan struct{}) bool {
	switch trouble {
	case Reset:
		_ = client.(*net.TCPConn).SetLinger(0)
	case Silence:
		select {
		case <-gone:
		case <-y.closing:
		}
	case Garbage:
		for {
			if _, err := client.Write([]byte("\x00\xff 220 mail.example.net ESMTP\r\n")); err != nil {
				return false
			}
			select {
			case <-gone:
				return false
			case <-time.After(10 * time.Millisecond):
			}
		}
	case Drip:
		var b [1]byte
		if _, err := router.Read(b[:]); err != nil {
			return false
		}
		time.Sleep(20 * time.Millisecond)
		_, err := client.Write(b[:])
		return err == nil
	}
	return false
}
