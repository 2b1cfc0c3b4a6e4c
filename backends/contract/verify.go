package contract

import (
	"context"
	"fmt"
	"strings"
	"time"

	"provision-gateway/compat"
	"provision-gateway/compat/golden"
)

// Case is a golden file by the name under which it is reported.
type Case struct {
	Name string
	File *golden.File
}

// Outcome is what became of a file.
type Outcome string

// The outcomes.
const (
	// OK is that every answer is the expected one.
	OK Outcome = "ok"
	// Missed is that at least one is not.
	Missed Outcome = "miss"
	// Troubled is that the server could not be asked, or not to the end.
	Troubled Outcome = "trouble"
	// LeftOut is that nothing was sent, for the Reason of the report.
	LeftOut Outcome = "left_out"
)

// FileReport is what became of a file.
type FileReport struct {
	Name    string  `json:"file"`
	Outcome Outcome `json:"outcome"`
	// Reason is why there was trouble, or why the file was left out.
	Reason string `json:"reason,omitempty"`
	// Requests is how many of its requests were answered.
	Requests int     `json:"requests"`
	Misses   []*Miss `json:"misses,omitempty"`
	// Took is how long that was.
	Took time.Duration `json:"-"`
}

// Report is what became of all files, in their order.
type Report struct {
	Files []FileReport `json:"files"`
}

// Count is how many files had an outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for _, f := range r.Files {
		if f.Outcome == o {
			n++
		}
	}
	return n
}

// VerifyOptions say which files are sent. A file that is not sent is left out
// with its reason, never in silence.
type VerifyOptions struct {
	Client *Client
	// Prepared says that the server is prepared for every file, whatever its
	// settings say.
	Prepared bool
	// Settings are what the server is prepared with. Without Prepared, a file is
	// sent when each of its settings, but for placeholders, is here with the
	// same value.
	Settings map[string]string
	// Writes lets files be sent that ask for more than to read, or for an action
	// that is not known.
	Writes bool
	// Done, when set, is told each report as soon as it is known.
	Done func(FileReport)
}

// patience is after how many files in a row with trouble the rest is not tried.
const patience = 3

// Verify runs files against a server, one after the other. The answers in the
// report are without secrets.
func Verify(ctx context.Context, cases []Case, o VerifyOptions) *Report {
	report, troubled := &Report{Files: []FileReport{}}, 0
	for _, c := range cases {
		began := time.Now()
		f := o.verify(ctx, c, troubled)
		f.Took = time.Since(began)
		if f.Outcome == Troubled {
			troubled = min(troubled+1, patience)
		} else if f.Outcome != LeftOut {
			troubled = 0
		}
		for _, m := range f.Misses {
			m.Nearest = nearest(cases, c, m)
			m.redact(o.Client.secrets()...)
		}
		report.Files = append(report.Files, f)
		if o.Done != nil {
			o.Done(f)
		}
	}
	return report
}

func (o VerifyOptions) verify(ctx context.Context, c Case, troubled int) FileReport {
	f := FileReport{Name: c.Name, Outcome: OK}
	if reason := o.leavesOut(c.File); reason != "" {
		f.Outcome, f.Reason = LeftOut, reason
		return f
	}
	for i, pair := range c.File.Pairs {
		if pair.Answer == nil {
			f.Outcome, f.Reason = Troubled, fmt.Sprintf("pair %d has no answer yet", i+1)
			return f
		}
	}
	if troubled >= patience {
		f.Outcome, f.Reason = Troubled, fmt.Sprintf("not tried, after trouble with %d files in a row", troubled)
		return f
	}
	done, err := Run(ctx, o.Client, c.File)
	f.Requests = len(done)
	for _, exchange := range done {
		if exchange.Miss != nil {
			f.Misses = append(f.Misses, exchange.Miss)
			f.Outcome = Missed
		}
	}
	if err != nil {
		f.Outcome, f.Reason = Troubled, err.Error()
	}
	return f
}

// leavesOut gives the reason why a file is not sent, or nothing.
func (o VerifyOptions) leavesOut(f *golden.File) string {
	var needs []string
	for _, s := range f.Settings {
		if value, given := o.Settings[s.Name]; s.Name != golden.PlaceholdersSetting && !o.Prepared && (!given || value != s.Value) {
			needs = append(needs, s.Name+": "+s.Value)
		}
	}
	if len(needs) > 0 {
		return "needs a server prepared with " + strings.Join(needs, "; ")
	}
	if what := mayWrite(f); what != "" && !o.Writes {
		return what + ", and writes are not allowed"
	}
	return ""
}

// mayWrite says which request of a file may do more than read; empty when none
// does.
func mayWrite(f *golden.File) string {
	for i, pair := range f.Pairs {
		switch a := pair.Request.Action(); {
		case a == nil:
			return fmt.Sprintf("request %d asks for an action that is not known to read only", i+1)
		case a.Effect != compat.Read:
			return fmt.Sprintf("request %d is a %s (%s)", i+1, a.Effect, a.Key())
		}
	}
	return ""
}

// nearest looks for a pair of the same action, other than the missed one, whose
// answer is nearer to what came than the expected one.
func nearest(cases []Case, missed Case, m *Miss) *Nearest {
	action := missed.File.Pairs[m.Pair-1].Request.Action()
	if action == nil {
		return nil
	}
	best, found := likeness(m.Expected, m.Got), (*Nearest)(nil)
	for _, c := range cases {
		placeholders, err := c.File.Placeholders()
		if err != nil {
			continue
		}
		for i, pair := range c.File.Pairs {
			if pair.Answer == nil || c.Name == missed.Name && i+1 == m.Pair || pair.Request.Action() != action {
				continue
			}
			_, _, same := placeholders.Match(pair.Answer.String(), m.Got, golden.Bindings{})
			like := likeness(pair.Answer.String(), m.Got)
			if same {
				like = 1
			}
			if like > best {
				best, found = like, &Nearest{File: c.Name, Pair: i + 1, Same: same}
			}
		}
	}
	return found
}

// likeness is the share of bytes that two texts have in common at their starts
// and ends, from 0 to 1.
func likeness(a, b string) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if b == "" {
		return 1
	}
	front := 0
	for front < len(a) && a[front] == b[front] {
		front++
	}
	back := 0
	for back < len(a)-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	return float64(front+back) / float64(len(b))
}
