package peeringdb

import (
	"fmt"
	"io"
	"strings"
)

// SyncReport is what a run of Sync did.
type SyncReport struct {
	// Mode is ModeFull or ModeIncremental.
	Mode string `json:"mode"`
	// Requests is how many requests were sent, those that were tried again
	// counted each time.
	Requests int64 `json:"requests"`
	// Bytes is how long the lists were, unpacked.
	Bytes int64 `json:"bytes"`
	// Seconds is how long the run took.
	Seconds float64 `json:"seconds"`
	// Cursors is how far each type has come: the latest change that was taken
	// over, in Unix seconds.
	Cursors map[string]int64 `json:"cursors,omitempty"`
	// Report is what became of the rows, by type in the order they were taken
	// over. It is empty when nothing was.
	Report
}

// Wrote reports whether the run changed a row.
func (r *SyncReport) Wrote() bool {
	for _, t := range r.Types {
		if t.Added+t.Changed+t.Removed > 0 {
			return true
		}
	}
	return false
}

// WriteTo writes the report as a text for people.
func (r *SyncReport) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, r.String())
	return int64(n), err
}

// String is the text that WriteTo writes: what it took, and below it the table
// of Report.
func (r *SyncReport) String() string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s run: %d requests, %s, %.1f seconds\n", r.Mode, r.Requests, size(r.Bytes), r.Seconds)
	if len(r.Types) == 0 {
		b.WriteString("nothing was taken over\n")
		return b.String()
	}
	b.WriteString(r.Report.String())
	return b.String()
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	default:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
}
