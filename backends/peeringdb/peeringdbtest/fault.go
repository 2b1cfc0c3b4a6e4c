package peeringdbtest

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
