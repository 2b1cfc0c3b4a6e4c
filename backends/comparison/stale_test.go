package comparison_test

import (
	"context"
	"errors"
	"testing"

	"provision-gateway/compat"
	"provision-gateway/models/modelstest"
)

// What differs because this side is known to be behind is no mismatch, whenever
// that becomes known; what is the same is a match all the same.
func TestStale(t *testing.T) {
	t.Parallel()
	const one, two = `{"data":[1]}`, `{"data":[2]}`
	for _, test := range []struct {
		name          string
		original, own *side
		stale         bool
		// outdated is what is said each time, the last one for ever.
		outdated []bool
		err      error
		want     string
	}{
		{"known to be behind", says(one), says(two), true, nil, nil, "stale"},
		{"behind at first", says(one), says(two), false, []bool{true}, nil, "stale"},
		{"behind the second time", says(one), says(two), false, []bool{false, true}, nil, "stale"},
		{"not behind", says(one), says(two), false, []bool{false}, nil, "mismatched"},
		{"behind, and the same", says(one), says(one), false, []bool{true}, nil, "matched"},
		{"nobody knows", says(one), says(two), false, []bool{false}, errors.New("database"), "stale"},
	} {
		for _, mode := range []compat.Mode{compat.ModeShadow, compat.ModeVerify} {
			t.Run(test.name+"/"+string(mode), func(t *testing.T) {
				t.Parallel()
				l := modelstest.Lend(t, modelstest.Kinds()[0], nil)
				g := compareOn(t, l.Store, nil)
				p := pair(t, action, mode, says(test.original.bodies...), says(test.own.bodies...))
				p.Stale = test.stale
				asked := 0
				p.Outdated = func(context.Context) (bool, error) {
					asked++
					if test.outdated == nil {
						return false, errors.New("asked")
					}
					return test.outdated[min(asked, len(test.outdated))-1], test.err
				}
				g.Offer(p)
				if err := g.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				sums, err := l.Store.ComparisonSum(t.Context(), action, 3600, 0)
				if err != nil || sums["requests"] != 1 || sums[test.want] != 1 {
					t.Errorf("%v, %v", sums, err)
				}
				if differences, _ := l.Store.ComparisonDifferences(t.Context(), 0); (len(differences) > 0) != (test.want == "mismatched") {
					t.Errorf("kept %+v", differences)
				}
			})
		}
	}
}
