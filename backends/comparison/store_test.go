package comparison_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/compat"
	"provision-gateway/compat/redact"
	"provision-gateway/models/modelstest"
)

// Two gateways on one database add up what they find.
func TestTwoGatewaysAddUp(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		const each = 60
		var wg sync.WaitGroup
		for range 2 {
			g := compareOn(t, l.Another(t), func(c *comparison.Config) { c.Interval, c.Queue = 10*time.Millisecond, each })
			wg.Go(func() {
				for n := range each {
					original, own := says(one), says(one)
					if n%3 == 0 {
						own = says(two)
					}
					g.Offer(pair(t, action, compat.ModeShadow, original, own))
					time.Sleep(time.Millisecond)
				}
				g.close(t)
			})
		}
		wg.Wait()
		if got, want := counted(t, l.Store, action), "matched=80 mismatched=40 requests=120"; got != want {
			t.Errorf("counts %q, want %q", got, want)
		}
		if got, want := differences(t, l.Store), []string{action + " $.data[*].name value 40"}; !slices.Equal(got, want) {
			t.Errorf("differences %q, want %q", got, want)
		}
		sums, err := l.Store.ComparisonSum(t.Context(), action, 3600, 0)
		if err != nil {
			t.Fatal(err)
		}
		// All fake answers take 3 ms.
		if own, original := sums["own_10"], sums["original_10"]; own != 120 || original != 120 {
			t.Errorf("latencies: %v", sums)
		}
	})
}

func TestADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		rename := func(from, to string) {
			t.Helper()
			if _, err := l.Raw.Exec("ALTER TABLE " + from + " RENAME TO " + to); err != nil {
				t.Fatal(err)
			}
		}
		g := compareOn(t, l.Another(t), func(c *comparison.Config) { c.Interval = 10 * time.Millisecond })
		rename("comparison_counts", "away")
		g.Offer(pair(t, action, compat.ModeShadow, says(one), says(two)))
		wait(t, "the failure", func() bool { return strings.Contains(g.log.String(), "could not be stored") })
		g.Offer(pair(t, action, compat.ModeShadow, says(one), says(one)))
		time.Sleep(50 * time.Millisecond)
		if n := strings.Count(g.log.String(), "could not be stored"); n != 1 {
			t.Errorf("the failure is logged %d times", n)
		}
		rename("away", "comparison_counts")
		wait(t, "the recovery", func() bool { return strings.Contains(g.log.String(), "could be stored again") })
		g.close(t)
		if got, want := counted(t, l.Store, action), "matched=1 mismatched=1 requests=2"; got != want {
			t.Errorf("counts %q, want %q", got, want)
		}
		if got, want := differences(t, l.Store), []string{action + " $.data[*].name value 1"}; !slices.Equal(got, want) {
			t.Errorf("differences %q, want %q", got, want)
		}
	})
}

// counting is an original whose answers differ each time.
func counting(from int) *side {
	s := &side{}
	for n := range 200 {
		s.bodies = append(s.bodies, fmt.Sprintf(`{"success":1,"data":{"now":"%d","a":1}}`, from+n))
	}
	return s
}

func TestNoiseIsSetAside(t *testing.T) {
	t.Parallel()
	const own, wrong = `{"success":1,"data":{"now":"x","a":1}}`, `{"success":1,"data":{"now":"x","a":2}}`
	store := sqlite(t)
	g := compareOn(t, store, func(c *comparison.Config) { c.Workers, c.Noise = 1, 50 })
	for n := range 20 {
		g.Offer(pair(t, action, compat.ModeShadow, counting(1000*n), says(own)))
	}
	g.close(t)
	sums, err := store.ComparisonSum(t.Context(), action, 3600, 0)
	if err != nil {
		t.Fatal(err)
	}
	if sums["noisy"]+sums["unsettled"] != 20 || sums["noisy"] < 10 || sums["mismatched"] != 0 {
		t.Errorf("counts %v", sums)
	}
	noise, err := store.ComparisonNoise(t.Context(), 0)
	if err != nil || len(noise) != 1 || noise[0].Path != "$.data.now value" || noise[0].Count < 3 {
		t.Errorf("noise %+v, %v", noise, err)
	}
	// Another gateway knows it from the start, and finds what is wrong beside it.
	g = compareOn(t, store, func(c *comparison.Config) { c.Interval = 10 * time.Millisecond })
	g.Offer(pair(t, "lir.get", compat.ModeShadow, says(one), says(one)))
	wait(t, "the first flush", func() bool { return counted(t, store, "lir.get") != "" })
	g.Offer(pair(t, action, compat.ModeShadow, counting(1), says(own)))
	g.Offer(pair(t, action, compat.ModeShadow, counting(1), says(wrong)))
	g.close(t)
	after, err := store.ComparisonSum(t.Context(), action, 3600, 0)
	if err != nil {
		t.Fatal(err)
	}
	if after["noisy"] != sums["noisy"]+1 || after["mismatched"] != 1 {
		t.Errorf("counts %v after %v", after, sums)
	}
	if got, want := differences(t, store), []string{action + " $.data.a value 1"}; !slices.Equal(got, want) {
		t.Errorf("differences %q, want %q", got, want)
	}
}

// A record that changes between a request and the second time is no noise, however
// often that happens: what is wrong there afterwards is found.
func TestChangesAreNoNoise(t *testing.T) {
	t.Parallel()
	store := sqlite(t)
	g := compareOn(t, store, func(c *comparison.Config) { c.Workers = 1 })
	for range 20 {
		g.Offer(pair(t, action, compat.ModeShadow, says(one, two), says(three)))
	}
	g.close(t)
	g = compareOn(t, store, nil)
	g.Offer(pair(t, action, compat.ModeShadow, says(three), says(one)))
	g.close(t)
	if got, want := counted(t, store, action), "mismatched=1 requests=21 unsettled=20"; got != want {
		t.Errorf("counts %q, want %q", got, want)
	}
	if noise, err := store.ComparisonNoise(t.Context(), 0); err != nil || len(noise) != 0 {
		t.Errorf("noise %v, %v", noise, err)
	}
}

// What is set aside was seen by the probes of all gateways within the last seven
// days, three times and in five of a hundred.
func TestWhenNoiseIsBelieved(t *testing.T) {
	t.Parallel()
	const now = `{"success":1,"data":{"now":"x"}}`
	type seen struct {
		ago         time.Duration
		seen, quiet int
	}
	for _, test := range []struct {
		name string
		// probes are of one gateway each.
		probes []seen
		want   string
	}{
		{"three of three", []seen{{0, 3, 0}}, "noisy"},
		{"two of two", []seen{{0, 2, 0}}, "mismatched"},
		{"two gateways", []seen{{0, 2, 0}, {0, 1, 0}}, "noisy"},
		{"over days", []seen{{6 * day, 1, 0}, {day, 1, 0}, {0, 1, 0}}, "noisy"},
		{"not since seven days", []seen{{8*day + time.Hour, 30, 0}, {0, 2, 0}}, "mismatched"},
		{"five of a hundred", []seen{{day, 5, 95}}, "noisy"},
		{"rarely", []seen{{day, 5, 96}}, "mismatched"},
		{"rarely over all gateways", []seen{{day, 5, 50}, {0, 0, 46}}, "mismatched"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store := sqlite(t)
			for _, p := range test.probes {
				g := compareOn(t, store, func(c *comparison.Config) { c.Noise, c.Queue = 100, 1000 })
				g.clock.Advance(-p.ago)
				for range p.seen {
					// The caller got its answer long before, so that alone says nothing.
					g.Offer(pair(t, action, compat.ModeVerify, counting(1), says(`{"success":1,"data":{"now":"1"}}`)))
				}
				for range p.quiet {
					g.Offer(pair(t, action, compat.ModeVerify, says(now), says(now)))
				}
				g.close(t)
			}
			before, err := store.ComparisonSum(t.Context(), action, 3600, 0)
			if err != nil {
				t.Fatal(err)
			}
			g := compareOn(t, store, func(c *comparison.Config) { c.Interval = time.Millisecond })
			g.Offer(pair(t, "lir.get", compat.ModeShadow, says(one), says(one)))
			wait(t, "the first flush", func() bool { return counted(t, store, "lir.get") != "" })
			g.Offer(pair(t, action, compat.ModeShadow, says(now), says(`{"success":1,"data":{"now":"y"}}`)))
			// Of another kind, at the same place.
			g.Offer(pair(t, action, compat.ModeShadow, says(now), says(`{"success":1,"data":{"now":7}}`)))
			g.close(t)
			after, err := store.ComparisonSum(t.Context(), action, 3600, 0)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]int64{"mismatched": 1}
			want[test.want]++
			for name, n := range want {
				if after[name]-before[name] != n {
					t.Errorf("counts %v after %v, want %v more", after, before, want)
				}
			}
		})
	}
}

// What a caller of shadow got may be old when it is compared: a probe asks the
// original twice afterwards.
func TestProbesAskAtOnce(t *testing.T) {
	t.Parallel()
	store := sqlite(t)
	g := compareOn(t, store, func(c *comparison.Config) { c.Noise = 100 })
	for range 5 {
		// It changed once, between the request and the probe.
		g.Offer(pair(t, action, compat.ModeShadow, says(one, two), says(two)))
	}
	g.close(t)
	if noise, err := store.ComparisonNoise(t.Context(), 0); err != nil || len(noise) != 0 {
		t.Errorf("noise %v, %v", noise, err)
	}
	if got, want := counted(t, store, action), "probes=5 requests=5 unsettled=5"; got != want {
		t.Errorf("counts %q, want %q", got, want)
	}
}

func TestSamplesHoldNoSecrets(t *testing.T) {
	t.Parallel()
	store := sqlite(t)
	g := compareOn(t, store, nil)
	const secret = "Tr0ub4dor-and-3"
	original := says(`{"success":1,"message":"password is ` + secret + `","data":[{"password":"` + secret + `","note":"a ` + secret + `","body":"Dear Sir"}]}`)
	own := says(`{"success":1,"message":"other","data":[{"password":"0ther-secret","note":"b","body":"Dear Madam"}]}`)
	p := pair(t, action, compat.ModeVerify, original, own)
	p.Request.Method, p.Request.ContentType = "POST", "application/x-www-form-urlencoded"
	p.Request.Query = "target=peering&action=getPeers&note=" + secret + "&apiKey=38-TMHQV8CV2XZYC2ZS&hash=abcdefabcdefabcdefabcdefabcdefab"
	p.Request.Body = []byte("password=" + secret + "&x=" + strings.Repeat("y", 1970) + "&password=" + secret + secret)
	g.Offer(p)
	g.close(t)
	rows, err := store.ComparisonDifferences(t.Context(), 0)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d differences, %v", len(rows), err)
	}
	for _, row := range rows {
		var sample comparison.Sample
		if err := json.Unmarshal([]byte(row.Sample), &sample); err != nil {
			t.Fatal(err)
		}
		if sample.Mode != "verify" || sample.Caller != "script" || sample.Path == "" || sample.Original == "" || sample.Own == "" || !strings.Contains(sample.Query, "action=getPeers") {
			t.Errorf("sample %+v", sample)
		}
		for _, planted := range []string{secret, "0ther-secret", "Dear", "TMHQ", "abcdef"} {
			if strings.Contains(row.Sample, planted) {
				t.Errorf("%s is in %s", planted, row.Sample)
			}
		}
		if leaks := redact.Leaks([]byte(row.Sample)); len(leaks) > 0 {
			t.Errorf("%s: %q", row.Sample, leaks)
		}
	}
}

func TestCapIsSaid(t *testing.T) {
	t.Parallel()
	store := sqlite(t)
	g := compareOn(t, store, func(c *comparison.Config) { c.Samples, c.SamplesOfAction = 2, 2 })
	g.Offer(pair(t, action, compat.ModeShadow, says(`{"a":1,"b":1,"c":1,"d":1}`), says(`{"a":2,"b":2,"c":2,"d":2}`)))
	g.close(t)
	if got, want := counted(t, store, action), "mismatched=1 not_kept=2 requests=1"; got != want {
		t.Errorf("counts %q, want %q", got, want)
	}
	if got := differences(t, store); len(got) != 2 {
		t.Errorf("differences %q", got)
	}
}

func TestOldCountsAreRemoved(t *testing.T) {
	t.Parallel()
	store := sqlite(t)
	g := compareOn(t, store, nil)
	g.Offer(pair(t, action, compat.ModeShadow, says(one), says(one)))
	g.close(t)
	for _, test := range []struct {
		later        time.Duration
		short, hours int64
	}{{30 * time.Minute, 2, 2}, {2 * time.Hour, 1, 3}, {93 * 24 * time.Hour, 1, 1}} {
		g = compareOn(t, store, nil)
		g.clock.Advance(test.later)
		g.Offer(pair(t, action, compat.ModeShadow, says(one), says(one)))
		g.close(t)
		for seconds, want := range map[int64]int64{10: test.short, 3600: test.hours} {
			sums, err := store.ComparisonSum(context.Background(), action, seconds, 0)
			if err != nil || sums["requests"] != want {
				t.Errorf("after %v in slots of %d s: %v, %v, want %d requests", test.later, seconds, sums, err, want)
			}
		}
	}
}
