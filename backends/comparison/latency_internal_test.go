package comparison

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		took time.Duration
		want int
	}{
		{-time.Second, 0}, {0, 0}, {100 * time.Microsecond, 0}, {101 * time.Microsecond, 1}, {142 * time.Microsecond, 2}, {200 * time.Microsecond, 2},
		{3 * time.Millisecond, 10}, {time.Hour, lastBucket}, {1 << 62, lastBucket},
	} {
		if got := bucketOf(test.took); got != test.want {
			t.Errorf("%v is in bucket %d, want %d", test.took, got, test.want)
		}
	}
	for bucket := range lastBucket {
		if got := bucketOf(bucketEnd(bucket) - 10*time.Microsecond); got != bucket && bucket > 1 {
			t.Errorf("the end of bucket %d is in bucket %d", bucket, got)
		}
	}
}

// What the buckets tell is the true time or up to the square root of two longer.
func TestLatenciesAreNear(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		var l latencies
		var took []time.Duration
		for range 1000 {
			d := 100*time.Microsecond + time.Duration(random.ExpFloat64()*float64(5*time.Millisecond))
			took = append(took, d)
			l.add("own", bucketName("own", bucketOf(d)), 1)
			l.add("own", bucketName("original", 40), 1)
		}
		slices.Sort(took)
		for _, part := range []float64{0.5, 0.99} {
			is, says := took[int(part*1000)-1], l.within(part)
			if says+10*time.Microsecond < is || float64(says) > 1.45*float64(is)+float64(20*time.Microsecond) {
				t.Errorf("seed %d: %v of the answers came within %v, not %v", seed, part, is, says)
			}
		}
	}
	if got := (&latencies{}).within(0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		most int
		want string
	}{
		{"short", 5, "short"}, {"longer", 5, "longe…"}, {"aé", 2, "a…"}, {"é", 1, "…"}, {"a\xffb", 9, "a\ufffdb"},
		{"p=<secret-12>&q=1", 8, "p=…"}, {"p=<secret-12>&q=1", 14, "p=<secret-12>&…"}, {"a<b" + "0123456789012345678901234567890123456789012345678901234567890", 60,
			"a<b012345678901234567890123456789012345678901234567890123456…"},
	} {
		if got := cut(test.text, test.most); got != test.want {
			t.Errorf("cut %q after %d: %q, want %q", test.text, test.most, got, test.want)
		}
	}
}
