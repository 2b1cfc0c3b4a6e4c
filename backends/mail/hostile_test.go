package mail_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/backends/mail/mailtest"
)

// The stages of a session at which a hostile server can go wrong, in order. The
// handshake is that of TLS; content is in the middle of it, end is behind it.
const (
	atGreeting  = "greeting"
	atEHLO      = "EHLO"
	atSTARTTLS  = "STARTTLS"
	atHandshake = "handshake"
	atAUTH      = "AUTH"
	atMAIL      = "MAIL"
	atRCPT      = "RCPT"
	atDATA      = "DATA"
	atContent   = "content"
	atEnd       = "end"
	atQUIT      = "QUIT"
)

// fault is how a server goes wrong: it writes to the client, and the session is
// over when it returns false.
type fault func(h *hostile, wire net.Conn, w io.Writer) bool

// faults are those that give no definite answer. Every one but closing may last
// until the client gives up.
var faults = map[string]fault{
	"closed": func(_ *hostile, wire net.Conn, _ io.Writer) bool { wire.Close(); return false },
	"reset": func(_ *hostile, wire net.Conn, _ io.Writer) bool {
		wire.(*net.TCPConn).SetLinger(0)
		wire.Close()
		return false
	},
	"silent": func(h *hostile, _ net.Conn, _ io.Writer) bool { <-h.gone; return false },
	"drips": func(h *hostile, _ net.Conn, w io.Writer) bool {
		for i := 0; ; i++ {
			if _, err := w.Write([]byte{"250-fine\r\n"[i%10]}); err != nil || !h.pause(20*time.Millisecond) {
				return false
			}
		}
	},
	"garbage":      says("\x00\xff\xfe\x16\x03\r\n\r\n"),
	"no code":      says("Hello there, how are you?\r\n"),
	"short":        says("2\r\n"),
	"odd code":     says("999 What\r\n"),
	"code between": says("354 Go on, whatever it is\r\n"),
	"half a line": func(_ *hostile, wire net.Conn, w io.Writer) bool {
		io.WriteString(w, "250 o")
		wire.Close()
		return false
	},
	"endless line":  endless("250 "+strings.Repeat("x", 1000), strings.Repeat("x", 4096)),
	"endless lines": endless("", strings.Repeat("250-and more\r\n", 300)),
}

// lasting are the faults that end with the client's patience only.
var lasting = map[string]bool{"silent": true, "drips": true}

func says(text string) fault {
	return func(h *hostile, _ net.Conn, w io.Writer) bool {
		io.WriteString(w, text)
		return true
	}
}

func endless(first, again string) fault {
	return func(h *hostile, _ net.Conn, w io.Writer) bool {
		_, err := io.WriteString(w, first)
		for err == nil {
			_, err = io.WriteString(w, again)
		}
		return false
	}
}

// hostile is a mail server that goes wrong at one stage.
type hostile struct {
	address, caFile string

	tls      *tls.Config
	gone     chan struct{}
	accepted atomic.Int64

	mu      sync.Mutex
	stage   string
	do      fault
	refusal bool
}

func startHostile(t testing.TB) *hostile {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{address: listener.Addr().String(), gone: make(chan struct{})}
	h.tls, h.caFile = mailtest.NewCertificate(t)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				stop := make(chan struct{})
				defer close(stop)
				go func() {
					select {
					case <-h.gone:
						conn.Close()
					case <-stop:
					}
				}()
				h.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		close(h.gone)
		running.Wait()
	})
	return h
}

// wrong makes the server go wrong from now on; nil makes it behave.
func (h *hostile) wrong(stage string, do fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stage, h.do, h.refusal = stage, do, false
}

// refuse makes the server answer 4xx or 5xx at a stage; what it refuses at the
// end it does not have.
func (h *hostile) refuse(stage, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stage, h.do, h.refusal = stage, says(text), true
}

func (h *hostile) pause(d time.Duration) bool {
	select {
	case <-h.gone:
		return false
	case <-time.After(d):
		return true
	}
}

// answer answers at a stage, or goes wrong; false ends the session.
func (h *hostile) answer(stage string, wire net.Conn, w io.Writer, text string) bool {
	h.mu.Lock()
	at, do := h.stage, h.do
	h.mu.Unlock()
	if do != nil && at == stage {
		return do(h, wire, w) && stage != atHandshake
	}
	_, err := io.WriteString(w, text)
	return err == nil
}

func (h *hostile) serve(wire net.Conn) {
	conn := wire
	r := bufio.NewReader(conn)
	if !h.answer(atGreeting, wire, conn, "220 hostile ready\r\n") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		more := true
		switch verb {
		case "EHLO", "HELO":
			more = h.answer(atEHLO, wire, conn, "250-hostile\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
		case "STARTTLS":
			if more = h.answer(atSTARTTLS, wire, conn, "220 go\r\n") && h.answer(atHandshake, wire, conn, ""); more {
				conn = tls.Server(wire, h.tls)
				r = bufio.NewReader(conn)
			}
		case "AUTH":
			more = h.answer(atAUTH, wire, conn, "235 ok\r\n")
		case "MAIL":
			more = h.answer(atMAIL, wire, conn, "250 ok\r\n")
		case "RCPT":
			more = h.answer(atRCPT, wire, conn, "250 ok\r\n")
		case "DATA":
			if more = h.answer(atDATA, wire, conn, "354 go\r\n"); more {
				more = h.content(wire, conn, r)
			}
		case "QUIT":
			h.answer(atQUIT, wire, conn, "221 bye\r\n")
			return
		default:
			_, err = io.WriteString(conn, "502 what\r\n")
			more = err == nil
		}
		if !more {
			return
		}
	}
}

func (h *hostile) content(wire, conn net.Conn, r *bufio.Reader) bool {
	wire.(*net.TCPConn).SetReadBuffer(64 << 10)
	if _, err := r.Peek(1); err != nil || !h.answer(atContent, wire, conn, "") {
		return false
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
	}
	h.mu.Lock()
	refusal, stage := h.refusal, h.stage
	h.mu.Unlock()
	if refusal && stage == atContent {
		return true
	}
	if !refusal || stage != atEnd {
		h.accepted.Add(1)
	}
	return h.answer(atEnd, wire, conn, "250 queued\r\n")
}
