package comparison_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/compat/shadow"
)

const (
	one   = `{"success":1,"message":"","data":[{"id":"1","name":"a"}]}`
	two   = `{"success":1,"message":"","data":[{"id":"1","name":"b"}]}`
	three = `{"success":1,"message":"","data":[{"id":"1","name":"c"}]}`
)

func rules(t testing.TB, text string) *shadow.Rules {
	t.Helper()
	read, err := shadow.ReadRules(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

const ignoreNames = `
- action: peering.getPeers
  path: $.data[*].name
  rule: ignore
  reason: names are kept up by hand
  expires: 2099-01-01
`

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		mode          compat.Mode
		original, own *side
		rules         string
		// want are the counts, found the differences; asked is how often the
		// original and this program answered.
		want  string
		found []string
		asked [2]int
	}{
		{"the same in shadow", compat.ModeShadow, says(one), says(one), "", "matched=1 requests=1", nil, [2]int{1, 1}},
		{"the same in verify", compat.ModeVerify, says(one), says(one), "", "matched=1 requests=1", nil, [2]int{1, 1}},
		{"another value in shadow", compat.ModeShadow, says(one), says(two), "", "mismatched=1 requests=1",
			[]string{action + " $.data[*].name value 1"}, [2]int{2, 2}},
		{"another value in verify", compat.ModeVerify, says(one), says(two), "", "mismatched=1 requests=1",
			[]string{action + " $.data[*].name value 1"}, [2]int{2, 2}},
		{"another value under a rule", compat.ModeVerify, says(one), says(two), ignoreNames, "ignored=1 requests=1", nil, [2]int{1, 1}},
		{"the original changed in between", compat.ModeShadow, says(one, two), says(two), "", "requests=1 unsettled=1", nil, [2]int{2, 2}},
		{"the original changed in between in verify", compat.ModeVerify, says(two, one), says(one), "", "requests=1 unsettled=1", nil, [2]int{2, 2}},
		{"the caller got what is no more said here", compat.ModeVerify, says(two), says(one, two), "", "mismatched=1 requests=1",
			[]string{action + " $.data[*].name value 1"}, [2]int{2, 2}},
		{"ours changed by itself in shadow", compat.ModeShadow, says(two), says(one, two), "", "mismatched=1 requests=1",
			[]string{action + " $.data[*].name value 1"}, [2]int{2, 2}},
		{"the caller got it wrong in two ways", compat.ModeVerify, says(one), says(two, `{"success":1,"message":"x"}`), "", "mismatched=1 requests=1",
			[]string{action + " $.data[*].name value 1"}, [2]int{2, 2}},
		{"both changed, and differ elsewhere now", compat.ModeShadow, says(one, `{"success":1,"message":"x"}`), says(two, `{"success":1}`), "",
			"requests=1 unsettled=1", nil, [2]int{2, 2}},
		{"the original differs with itself", compat.ModeShadow, says(one, two), says(three), "", "requests=1 unsettled=1", nil, [2]int{2, 2}},
		{"ours differs with itself", compat.ModeShadow, says(one), says(two, three), "", "mismatched=1 requests=1",
			[]string{action + " $.data[*].name value 1"}, [2]int{2, 2}},
		{"no answer here", compat.ModeShadow, says(one), says(""), "", "own_errors=1 requests=1", nil, [2]int{1, 1}},
		{"no answer there", compat.ModeVerify, says(""), says(one), "", "original_errors=1 requests=1", nil, [2]int{1, 1}},
		{"no second answer here", compat.ModeShadow, says(one), says(two, ""), "", "own_errors=1 requests=1", nil, [2]int{2, 2}},
		{"no second answer there", compat.ModeShadow, says(one, ""), says(two), "", "original_errors=1 requests=1", nil, [2]int{2, 1}},
		{"a page in place of an answer", compat.ModeVerify, says("<html>"), says(one), "", "mismatched=1 requests=1",
			[]string{action + " $ not_json 1"}, [2]int{2, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := compareOn(t, sqlite(t), func(c *comparison.Config) { c.Rules = rules(t, test.rules) })
			g.Offer(pair(t, action, test.mode, test.original, test.own))
			g.close(t)
			if got := counted(t, g.store, action); got != test.want {
				t.Errorf("counts %q, want %q", got, test.want)
			}
			if got := differences(t, g.store); !slices.Equal(got, append([]string{}, test.found...)) {
				t.Errorf("differences %q, want %q", got, test.found)
			}
			if got := [2]int{test.original.asked, test.own.asked}; got != test.asked {
				t.Errorf("asked %v times, want %v", got, test.asked)
			}
		})
	}
}

// What came into the database between the two times explains why the first answer
// of shadow, which nobody got, was another one. In verify the caller got it.
func TestOursChangedByAWrite(t *testing.T) {
	t.Parallel()
	for mode, want := range map[compat.Mode]string{compat.ModeShadow: "requests=1 unsettled=1", compat.ModeVerify: "mismatched=1 requests=1"} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			store := sqlite(t)
			g := compareOn(t, store, nil)
			own := says(one, two)
			p := pair(t, action, mode, says(two), own)
			ask := p.Own
			p.Own = func(ctx context.Context) (*legacy.Answer, error) {
				// Before the second answer.
				if own.asked == 1 {
					setMode(t, store, "lir.get", compat.ModeShadow, 100)
				}
				return ask(ctx)
			}
			g.Offer(p)
			g.close(t)
			if got := counted(t, store, action); got != want {
				t.Errorf("counts %q, want %q", got, want)
			}
		})
	}
}

// An answer that is wrong every other time is not ready, although asking again
// finds nothing.
func TestWrongEveryOtherTime(t *testing.T) {
	t.Parallel()
	for _, mode := range []compat.Mode{compat.ModeShadow, compat.ModeVerify} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			g := compareOn(t, sqlite(t), func(c *comparison.Config) {
				c.StepBack, c.Modes = limits, compat.Policies{action: {Pattern: action, Mode: mode, Share: 100}}
			})
			for range 50 {
				g.Offer(pair(t, action, mode, says(one), says(two, one)))
				g.Offer(pair(t, action, mode, says(one), says(one)))
			}
			g.close(t)
			if got, want := counted(t, g.store, action), "matched=50 mismatched=50 requests=100"; got != want {
				t.Errorf("counts %q, want %q", got, want)
			}
			r := report(t, g.store, day, func(o *comparison.ReportOptions) {
				o.Criteria = comparison.Criteria{Matches: 1, Unsettled: 5}
			})
			if mode == compat.ModeShadow && r.Actions[0].Verdict != comparison.Failing {
				t.Errorf("verdict %s", r.Actions[0].Verdict)
			}
			if back := modeOf(t, g.store, action).Mode == "shadow"; back != (mode == compat.ModeVerify) {
				t.Errorf("stepped back: %v", back)
			}
		})
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	g := compareOn(t, sqlite(t), nil)
	broken := pair(t, action, compat.ModeShadow, says("<html>"), says(one))
	broken.Answer.Status = 502
	g.Offer(broken)
	failed := pair(t, action, compat.ModeVerify, says(one), says(one))
	failed.Failed = true
	g.Offer(failed)
	panics := pair(t, action, compat.ModeVerify, says(one), says(one))
	panics.Original = nil
	g.Offer(panics)
	g.close(t)
	if got, want := counted(t, g.store, action), "original_errors=1 own_errors=2 requests=3"; got != want {
		t.Errorf("counts %q, want %q", got, want)
	}
	if !strings.Contains(g.log.String(), "a comparison failed") {
		t.Errorf("the log does not name the panic:\n%s", g.log)
	}
}

// Whatever its mode is said to be, what changes a record, sends a mail or touches
// a router is not taken, and so is what is not known.
func TestOnlyReadsAreTaken(t *testing.T) {
	t.Parallel()
	g := compareOn(t, sqlite(t), nil)
	reads, others := 0, map[compat.Effect]int{}
	for _, a := range compat.Actions() {
		for _, mode := range []compat.Mode{compat.ModeLocal, compat.ModeLegacy, compat.ModeShadow, compat.ModeVerify, "other"} {
			original, own := says(one), says(one)
			p := pair(t, a.Key(), mode, original, own)
			p.Failed = mode == "other"
			g.Offer(p)
			if a.Effect == compat.Read && mode.Twice() {
				reads++
			} else {
				others[a.Effect]++
				t.Cleanup(func() {
					if n := original.asked + own.asked; n != 1 {
						t.Errorf("%s, a %s action in mode %q, was asked %d times", a.Key(), a.Effect, mode, n)
					}
				})
			}
		}
	}
	g.Offer(comparison.Pair{Mode: compat.ModeShadow, Answer: answer(one)})
	g.close(t)
	if reads == 0 || others[compat.Write] == 0 || others[compat.Mail] == 0 || others[compat.Device] == 0 {
		t.Errorf("the table has too little: %d, %v", reads, others)
	}
	sums, err := g.store.ComparisonSums(t.Context(), 3600, 0)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, s := range sums {
		if s.Name == "requests" {
			total += int(s.Count)
			if target, name, _ := strings.Cut(s.Action, "."); true {
				if a, _ := compat.Lookup(target, name); a == nil || a.Effect != compat.Read {
					t.Errorf("%s was compared", s.Action)
				}
			}
		}
	}
	if total != reads {
		t.Errorf("%d requests were taken, want %d", total, reads)
	}
}

func TestSampling(t *testing.T) {
	t.Parallel()
	const all = 4000
	for _, percent := range []int{0, 5, 50, 100} {
		t.Run(fmt.Sprint(percent), func(t *testing.T) {
			t.Parallel()
			g := compareOn(t, sqlite(t), func(c *comparison.Config) { c.Sample, c.Queue = percent, 2*all })
			var sides [][2]*side
			for n := range all {
				// Each twice: both or none are compared.
				both := [2]*side{says(one), says(one)}
				for _, own := range both {
					p := pair(t, action, compat.ModeShadow, says(one), own)
					p.Fingerprint = fmt.Sprint("request ", n)
					g.Offer(p)
				}
				sides = append(sides, both)
			}
			g.close(t)
			asked := 0
			for n, both := range sides {
				if both[0].asked != both[1].asked {
					t.Errorf("request %d was asked %d and %d times", n, both[0].asked, both[1].asked)
				}
				asked += both[0].asked
			}
			if low, high := all*percent*8/1000, all*percent*12/1000; asked < low || asked > min(high, all) {
				t.Errorf("%d of %d were compared, want %d %%", asked, all, percent)
			}
		})
	}
}

func TestAFullQueueDropsAndCounts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*comparison.Config)
		// held is how many are taken while one is being compared.
		held int
	}{
		{"by number", func(c *comparison.Config) { c.Queue = 3 }, 3},
		{"by bytes", func(c *comparison.Config) { c.QueueBytes = len(stuckBody) + 2*len(one) + 3*len(query) }, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := compareOn(t, sqlite(t), func(c *comparison.Config) {
				c.Workers = 1
				test.change(c)
			})
			first := &stuck{let: make(chan struct{})}
			p := pair(t, action, compat.ModeShadow, says(stuckBody), says(stuckBody))
			p.Own = first.ask
			g.Offer(p)
			wait(t, "the first comparison", func() bool { return first.asked.Load() == 1 })
			const offered = 100
			own := says(one)
			begun := time.Now()
			for range offered {
				g.Offer(pair(t, action, compat.ModeShadow, says(one), own))
			}
			if took := time.Since(begun); took > time.Second {
				t.Errorf("offering %d pairs took %v", offered, took)
			}
			close(first.let)
			g.close(t)
			if own.asked != test.held {
				t.Errorf("%d were compared, want %d", own.asked, test.held)
			}
			want := fmt.Sprintf("dropped=%d matched=%d requests=%d", offered-test.held, test.held+1, offered+1)
			if got := counted(t, g.store, action); got != want {
				t.Errorf("counts %q, want %q", got, want)
			}
		})
	}
}

// What waits for its second time holds the answers of both sides. When these take
// too much room, or too many wait, it is dropped and nobody is asked again at once.
func TestWhatIsParkedIsLimited(t *testing.T) {
	t.Parallel()
	const offered = 10
	// What a request with equally long answers holds, before and while it is parked.
	size := len(query) + len(one)
	for _, test := range []struct {
		name   string
		change func(*comparison.Config)
		parked int
	}{
		{"by number", func(c *comparison.Config) { c.Queue = 4 }, 4},
		{"by bytes", func(c *comparison.Config) { c.QueueBytes = 3 * (size + len(one)) }, 3},
		{"by a byte too few", func(c *comparison.Config) { c.QueueBytes = 3*(size+len(one)) - 1 }, 2},
		{"one always", func(c *comparison.Config) { c.QueueBytes = 1 }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := compareOn(t, sqlite(t), func(c *comparison.Config) {
				c.Workers, c.Settle, c.Interval = 1, time.Second, time.Millisecond
				test.change(c)
			})
			asked := 0
			var sides []*side
			for range offered {
				own := says(two)
				sides = append(sides, own)
				g.Offer(pair(t, action, compat.ModeShadow, says(one), own))
				// One after the other: what is offered is compared, then parked.
				time.Sleep(20 * time.Millisecond)
			}
			g.close(t)
			for _, own := range sides {
				asked = max(asked, own.asked)
			}
			want := fmt.Sprintf("dropped=%d mismatched=%d requests=%d", offered-test.parked, test.parked, offered)
			if got := counted(t, g.store, action); got != want || asked != 2 {
				t.Errorf("counts %q, want %q; asked %d times at most", got, want, asked)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	for _, mode := range []compat.Mode{compat.ModeShadow, compat.ModeVerify} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			g := compareOn(t, sqlite(t), func(c *comparison.Config) { c.Timeout = 20 * time.Millisecond })
			slow := &stuck{let: make(chan struct{})}
			p := pair(t, action, mode, says(one), says(one))
			p.Own, p.Original = slow.ask, slow.ask
			g.Offer(p)
			wait(t, "the question", func() bool { return slow.asked.Load() == 1 })
			g.close(t)
			want := map[compat.Mode]string{compat.ModeShadow: "own_errors=1 requests=1", compat.ModeVerify: "original_errors=1 requests=1"}[mode]
			if got := counted(t, g.store, action); got != want {
				t.Errorf("counts %q, want %q", got, want)
			}
		})
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	t.Run("what waits is compared", func(t *testing.T) {
		t.Parallel()
		// Even what waits for its second time.
		g := compareOn(t, sqlite(t), func(c *comparison.Config) { c.Settle = 200 * time.Millisecond })
		for range 50 {
			g.Offer(pair(t, action, compat.ModeShadow, says(one), says(one)))
			g.Offer(pair(t, action, compat.ModeShadow, says(one), says(two)))
		}
		g.close(t)
		if got, want := counted(t, g.store, action), "matched=50 mismatched=50 requests=100"; got != want {
			t.Errorf("counts %q, want %q", got, want)
		}
		// Of no effect, but for the count of what came too late, which is lost.
		g.Offer(pair(t, action, compat.ModeShadow, says(one), says(one)))
		g.close(t)
	})
	t.Run("what would be asked again too early is dropped", func(t *testing.T) {
		t.Parallel()
		g := compareOn(t, sqlite(t), func(c *comparison.Config) { c.Settle = time.Hour })
		original, own := says(one), says(two)
		for range 50 {
			g.Offer(pair(t, action, compat.ModeShadow, says(one), says(one)))
		}
		g.Offer(pair(t, action, compat.ModeShadow, original, own))
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if err := g.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if got, want := counted(t, g.store, action), "dropped=1 matched=50 requests=51"; got != want {
			t.Errorf("counts %q, want %q", got, want)
		}
		if original.asked != 1 || own.asked != 1 {
			t.Errorf("asked %d and %d times", original.asked, own.asked)
		}
		if strings.Contains(g.log.String(), "still ran") {
			t.Errorf("log:\n%s", g.log)
		}
	})
	t.Run("what takes too long is dropped", func(t *testing.T) {
		t.Parallel()
		g := compareOn(t, sqlite(t), func(c *comparison.Config) { c.Workers, c.Timeout = 1, time.Hour })
		slow := &stuck{let: make(chan struct{})}
		for range 10 {
			p := pair(t, action, compat.ModeShadow, says(one), says(one))
			p.Own = slow.ask
			g.Offer(p)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begun := time.Now()
		if err := g.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("closing took %v", took)
		}
		if got, want := counted(t, g.store, action), "dropped=10 requests=10"; got != want {
			t.Errorf("counts %q, want %q", got, want)
		}
	})
	t.Run("a side that heeds nothing holds nobody up", func(t *testing.T) {
		t.Parallel()
		g := compareOn(t, sqlite(t), nil)
		slow := &stuck{let: make(chan struct{})}
		p := pair(t, action, compat.ModeShadow, says(one), says(one))
		p.Own = func(context.Context) (*legacy.Answer, error) { return slow.ask(context.Background()) }
		g.Offer(p)
		wait(t, "the question", func() bool { return slow.asked.Load() == 1 })
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := g.Close(ctx); err != nil {
			t.Fatal(err)
		}
		close(slow.let)
		if !strings.Contains(g.log.String(), "still ran") {
			t.Errorf("the log does not say so:\n%s", g.log)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := comparison.New(comparison.Config{}); err == nil || err.Error() != "comparison: no store" {
		t.Errorf("error %v", err)
	}
}
