package migration

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Verification is what a comparison of both sides found.
type Verification struct {
	// Objects were compared, and Differences fields, or whole objects, differ.
	Objects     int `json:"objects"`
	Differences int `json:"differences"`
	// Same of Answers answers are the same byte for byte.
	Same    int      `json:"same_answers"`
	Answers int      `json:"answers"`
	Notes   []string `json:"notes"`
}

// Verify compares every object of both sides and tells each of what differs. It
// changes nothing. withDirectory compares networks, exchanges, ports and contacts
// too.
func Verify(ctx context.Context, original, own Asker, o Reading, withDirectory bool, each func(Difference)) (*Verification, error) {
	theirs, ours, err := readBoth(ctx, original, own, o)
	if err != nil {
		return nil, err
	}
	v := &Verification{}
	v.Same, v.Answers = SameAnswers(theirs, ours)
	v.Objects = Compare(theirs, ours, func(d Difference) {
		if withDirectory || !d.Kind.isDirectory() {
			v.Differences++
			each(d)
		}
	})
	slices.Sort(theirs.notes)
	v.Notes = append([]string{}, slices.Compact(theirs.notes)...)
	return v, nil
}

// readBoth reads the original, then this side for the same exchanges.
func readBoth(ctx context.Context, original, own Asker, o Reading) (theirs, ours *Snapshot, err error) {
	if theirs, err = Read(ctx, original, o); err != nil {
		return nil, nil, fmt.Errorf("read the original server: %w", err)
	}
	// This side answers in this process: what fails here fails again.
	o.Exchanges, o.Progress, o.Pauses = theirs.Exchanges(), nil, []time.Duration{}
	if ours, err = Read(ctx, own, o); err != nil {
		return nil, nil, fmt.Errorf("read this side: %w", err)
	}
	return theirs, ours, nil
}
