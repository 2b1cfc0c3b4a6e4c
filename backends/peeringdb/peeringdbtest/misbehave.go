package peeringdbtest

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

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
