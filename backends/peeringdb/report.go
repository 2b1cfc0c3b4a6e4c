package peeringdb

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"provision-gateway/models"
)

// Report is what a load did.
type Report struct {
	// Types are the types in the order they were loaded.
	Types []TypeReport `json:"types"`
}

// TypeReport is what a load did with one type.
type TypeReport struct {
	// Type is ix, net, netixlan, ixpfx or poc.
	Type string `json:"type"`
	// File is the name of the file in the folder; empty when it came from the
	// API.
	File string `json:"file,omitempty"`
	// Missing is true when there was no such file; the type stayed as it was.
	Missing bool `json:"missing"`
	// Rows is how many rows the file had.
	Rows int `json:"rows"`
	models.DirectoryChanges
	// Rejected is how many rows were not taken, and Reasons why.
	Rejected int      `json:"rejected"`
	Reasons  []Reason `json:"reasons,omitempty"`
	// Notes are what could not be taken of rows that were.
	Notes []Reason `json:"notes,omitempty"`
}

// Reason is something that was found with one or more rows.
type Reason struct {
	Text string `json:"text"`
	// Count is how many times it was found.
	Count int `json:"count"`
	// Examples are the first few rows it was found with.
	Examples []Example `json:"examples"`
}

// Example is a row that something was found with.
type Example struct {
	// ID is the row's id, 0 when it has none.
	ID uint64 `json:"id"`
	// Detail is what it was about this row; it may be empty.
	Detail string `json:"detail,omitempty"`
}

// maxExamples is how many rows are named for one reason.
const maxExamples = 5

func (t *TypeReport) reject(id uint64, err *models.RowError) {
	t.Rejected++
	t.Reasons = count(t.Reasons, err.Reason, Example{ID: id, Detail: err.Detail})
}

func (t *TypeReport) note(id uint64, notes []Note) {
	for _, n := range notes {
		t.Notes = count(t.Notes, n.Reason, Example{ID: id, Detail: n.Detail})
	}
}

func count(reasons []Reason, text string, example Example) []Reason {
	i := slices.IndexFunc(reasons, func(r Reason) bool { return r.Text == text })
	if i < 0 {
		i = len(reasons)
		reasons = append(reasons, Reason{Text: text})
	}
	reasons[i].Count++
	if len(reasons[i].Examples) < maxExamples {
		reasons[i].Examples = append(reasons[i].Examples, example)
	}
	return reasons
}

// WriteTo writes the report as a table for people, and below it why rows were
// rejected and what was left out of others.
func (r *Report) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, r.String())
	return int64(n), err
}

// String is the text that WriteTo writes.
func (r *Report) String() string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	// Writing to a strings.Builder cannot fail.
	_, _ = fmt.Fprintln(table, "type\trows\tadded\tchanged\tunchanged\tremoved\trejected\t")
	for _, t := range r.Types {
		if t.Missing {
			_, _ = fmt.Fprintf(table, "%s\t-\t-\t-\t-\t-\t-\t\n", t.Type)
			continue
		}
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", t.Type, t.Rows, t.Added, t.Changed, t.Unchanged, t.Removed, t.Rejected)
	}
	_ = table.Flush()
	for _, t := range r.Types {
		if t.Missing {
			fmt.Fprintf(&b, "%s: no file %s, left as it was\n", t.Type, t.File)
		}
		for _, reason := range t.Reasons {
			fmt.Fprintf(&b, "%s: %d rejected: %s\n", t.Type, reason.Count, reason)
		}
		for _, note := range t.Notes {
			fmt.Fprintf(&b, "%s: %d noted: %s\n", t.Type, note.Count, note)
		}
	}
	return b.String()
}

// String is the text of a reason with its examples.
func (r Reason) String() string {
	var ids []string
	for _, e := range r.Examples {
		id := fmt.Sprintf("id %d", e.ID)
		if e.ID == 0 {
			id = "no id"
		}
		if e.Detail != "" {
			id += ": " + e.Detail
		}
		ids = append(ids, id)
	}
	if r.Count > len(ids) {
		ids = append(ids, "…")
	}
	return fmt.Sprintf("%s (%s)", r.Text, strings.Join(ids, "; "))
}
