package peeringdbtest

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Kind is a way to fail.
type Kind int

// The ways to fail.
const (
	// Refused lets nobody connect. It is for all lists and until Recover.
	Refused Kind = iota + 1
	// Reset ends the connection instead of an answer.
	Reset
	// BlackHole takes the request and never answers.
	BlackHole
	// Stuck sends the first half of an answer and then nothing, forever.
	Stuck
	// Slow sends a byte every 20 milliseconds.
	Slow
	// CutLength ends the connection half-way, after the length of the whole
	// answer was announced.
	CutLength
	// CutChunked ends the connection half-way through a chunked answer.
	CutChunked
	// CutSilently ends the connection half-way through an answer whose end is
	// the end of the connection, so that only the content shows that it is cut.
	CutSilently
	// Garbage answers 200 with JSON that turns into noise half-way.
	Garbage
	// NotJSON answers 200 with a text.
	NotJSON
	// Firewall answers 403 with HTML.
	Firewall
	// FirewallOK answers 200 with HTML.
	FirewallOK
	// ServerError answers 502 with HTML.
	ServerError
	// Throttled answers 429, with Fault.RetryAfter as the header.
	Throttled
	// Forbidden answers 403 with JSON.
	Forbidden
	// BadRequest answers 400 with JSON that repeats the key, as no server
	// should.
	BadRequest
	// Elsewhere redirects to Fault.Location.
	Elsewhere
	// Truncated answers with a part of the rows, and says so.
	Truncated
	// Empty answers with no rows.
	Empty
)

// Fault is a failure to come.
type Fault struct {
	Kind Kind
	// List is the list whose requests fail; empty for all.
	List string
	// Skip is how many such requests are answered before the first one fails.
	Skip int
	// Times is how many requests fail; 0 means all until Recover.
	Times int
	// RetryAfter is the header of that name for Throttled; empty for none.
	RetryAfter string
	// Location is where Elsewhere redirects to.
	Location string

	hits int
}

// Fail makes requests fail from now on. Of several faults that match a request,
// the one that came first counts.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Kind == Refused {
		s.hangUp()
		return
	}
	s.faults = append(s.faults, &f)
}

// Recover ends all faults.
func (s *Server) Recover() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	if s.serving == nil {
		s.listen()
	}
}

// hit gives the fault that a request meets, or nil.
func (s *Server) hit(name string) *Fault {
	for _, f := range s.faults {
		if f.List != "" && f.List != name || f.Times > 0 && f.hits >= f.Skip+f.Times {
			continue
		}
		if f.hits++; f.hits > f.Skip {
			return f
		}
	}
	return nil
}

const page = "<!DOCTYPE html>\n<html><head><title>Attention Required!</title></head><body>Sorry, you have been blocked. Ray 1234</body></html>\n"

// misbehave fails instead of sending an answer.
func (s *Server) misbehave(f *Fault, w http.ResponseWriter, r *http.Request, answer []byte) {
	half := answer[:len(answer)/2]
	switch f.Kind {
	case Reset:
		s.raw(w, nil)
	case BlackHole:
		s.forever(r)
	case Stuck:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(half)
		_ = http.NewResponseController(w).Flush()
		s.forever(r)
	case Slow:
		s.trickle(w, r, answer)
	case CutLength:
		s.raw(w, func(c *bufio.ReadWriter) {
			_, _ = fmt.Fprintf(c, head+"Content-Length: %d\r\n\r\n%s", len(answer), half)
		})
	case CutChunked:
		s.raw(w, func(c *bufio.ReadWriter) {
			_, _ = fmt.Fprintf(c, head+"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(half), half)
		})
	case CutSilently:
		s.raw(w, func(c *bufio.ReadWriter) { _, _ = fmt.Fprintf(c, head+"Connection: close\r\n\r\n%s", half) })
	case Garbage:
		send(w, r, http.StatusOK, append(half[:len(half):len(half)], "\x00\xffnoise\x01"...))
	case NotJSON:
		send(w, r, http.StatusOK, []byte("upstream says hello"))
	case Firewall:
		html(w, http.StatusForbidden)
	case FirewallOK:
		html(w, http.StatusOK)
	case ServerError:
		html(w, http.StatusBadGateway)
	case Throttled:
		text := "Request was throttled."
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
			text += " Expected available in " + f.RetryAfter + " seconds."
		}
		send(w, r, http.StatusTooManyRequests, fmt.Appendf(nil, `{"message":%q,"meta":{"error":%q}}`, text, text))
	case Forbidden:
		send(w, r, http.StatusForbidden, errorAnswer("You do not have permission to perform this action."))
	case BadRequest:
		send(w, r, http.StatusBadRequest, errorAnswer("unexpected "+r.Header.Get("Authorization")))
	case Elsewhere:
		http.Redirect(w, r, f.Location, http.StatusFound)
	case Truncated:
		send(w, r, http.StatusOK, listAnswer([]Row{}, Row{"truncated": "too many rows"}))
	case Empty:
		send(w, r, http.StatusOK, listAnswer([]Row{}, nil))
	default:
		panic("peeringdbtest: no such fault")
	}
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

// raw writes to a connection and ends it, or resets it when there is nothing to
// write.
func (s *Server) raw(w http.ResponseWriter, write func(*bufio.ReadWriter)) {
	connection, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.t.Errorf("peeringdbtest: %v", err)
		return
	}
	if write != nil {
		write(buffered)
		_ = buffered.Flush()
	} else if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

// forever waits until the client or the test is gone.
func (s *Server) forever(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closed:
	}
}

func (s *Server) trickle(w http.ResponseWriter, r *http.Request, answer []byte) {
	flush := http.NewResponseController(w).Flush
	w.Header().Set("Content-Type", "application/json")
	for _, b := range answer {
		select {
		case <-r.Context().Done():
			return
		case <-s.closed:
			return
		case <-time.After(20 * time.Millisecond):
		}
		if _, err := w.Write([]byte{b}); err != nil {
			return
		}
		_ = flush()
	}
}

func html(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = strings.NewReader(page).WriteTo(w)
}
