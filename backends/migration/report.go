package migration

// Change is an object that an import wrote.
type Change struct {
	Kind   Kind   `json:"kind"`
	Object string `json:"object"`
	// Done is added, changed or removed.
	Done string `json:"done"`
}

// Counts is what an import did with the objects of a kind.
type Counts struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Removed   int `json:"removed"`
	Unchanged int `json:"unchanged"`
	// Refused objects are in conflict with what is here.
	Refused int `json:"refused"`
	// Own objects are only here and stay.
	Own int `json:"own"`
}

// Report is what an import did.
type Report struct {
	Kinds map[Kind]*Counts `json:"kinds"`
	// Conflicts say which objects were refused, and why.
	Conflicts []string `json:"conflicts"`
	// Notes are what was odd in the answers of the original, and what it does not
	// show.
	Notes []string `json:"notes"`
	// NextIDs are the smallest ids of new rows, by table.
	NextIDs map[string]uint64 `json:"next_ids"`
}

// Wrote reports whether anything was written.
func (r *Report) Wrote() bool {
	for _, c := range r.Kinds {
		if c.Added+c.Changed+c.Removed > 0 {
			return true
		}
	}
	return false
}
