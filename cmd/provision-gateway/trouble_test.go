package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// trouble is what a wire does to the connections through it.
type trouble string

const (
	none      trouble = ""
	refused   trouble = "refused"
	reset     trouble = "reset"
	blackHole trouble = "black hole"
	slow      trouble = "slow"
	cut       trouble = "closed half-way"
	garbage   trouble = "garbage"
)

// wire is a TCP proxy in front of a real server. It can be told to fail as
// networks and servers do, for connections that are open as for new ones.
type wire struct {
	t       testing.TB
	address string
	target  string

	mu       sync.Mutex
	listener net.Listener
	trouble  trouble
	// after is how many bytes of the server pass before a connection is cut.
	after int
	open  map[net.Conn]bool
}

func newWire(t testing.TB, target string) *wire {
	t.Helper()
	w := &wire{t: t, target: target, address: "127.0.0.1:0", open: map[net.Conn]bool{}}
	w.listen()
	t.Cleanup(func() { w.set(refused, 0) })
	return w
}

func (w *wire) listen() {
	w.t.Helper()
	var l net.Listener
	var err error
	// Another test may have been lent the port for a moment.
	for range 100 {
		if l, err = net.Listen("tcp", w.address); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		w.t.Fatalf("wire: %v", err)
	}
	w.address, w.listener = l.Addr().String(), l
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(conn)
		}
	}()
}

// set makes the wire fail from now on; connections that are open feel it too.
// With none it works again, for new connections.
func (w *wire) set(as trouble, after int) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.trouble
	w.trouble, w.after = as, after
	switch {
	case as == refused && was != refused:
		_ = w.listener.Close()
	case was == refused && as != refused:
		w.listen()
	}
	// What hangs stays open, as it would.
	if as != blackHole && as != slow {
		for conn := range w.open {
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}
}

func (w *wire) state() (trouble, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trouble, w.after
}

func (w *wire) keep(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[conn] = true
}

func (w *wire) drop(conn net.Conn) {
	_ = conn.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, conn)
}

func (w *wire) carry(client net.Conn) {
	w.keep(client)
	defer w.drop(client)
	switch as, _ := w.state(); as {
	case reset:
		_ = client.(*net.TCPConn).SetLinger(0)
		return
	case garbage:
		noise := make([]byte, 4096)
		for i := range noise {
			noise[i] = byte(rand.Uint32())
		}
		_, _ = client.Write(append(noise, bytes.Repeat([]byte("\r\n"), 8)...))
		_, _ = io.Copy(io.Discard, client)
		return
	}
	server, err := net.Dial("tcp", w.target)
	if err != nil {
		return
	}
	w.keep(server)
	defer w.drop(server)
	go func() {
		w.pass(server, client, false)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	w.pass(client, server, true)
}

// pass copies one way; answers tells the way of the server's answers.
func (w *wire) pass(to io.Writer, from io.Reader, answers bool) {
	buffer, passed := make([]byte, 16<<10), 0
	for {
		n, err := from.Read(buffer)
		data := buffer[:n]
		switch as, after := w.state(); {
		case as == blackHole:
			data = nil
		case as == cut && answers && passed+n >= after:
			_, _ = to.Write(data[:min(n, max(0, after-passed))])
			return
		case as == slow && answers:
			for i := range data {
				time.Sleep(100 * time.Millisecond)
				if _, err := to.Write(data[i : i+1]); err != nil {
					return
				}
			}
			data = nil
		}
		passed += n
		if _, failed := to.Write(data); failed != nil || err != nil {
			return
		}
	}
}
