package comparison

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Latencies are counted in buckets: the first ends at a tenth of a millisecond,
// each next one at the square root of two times that.
const (
	firstBucket = 100 * time.Microsecond
	lastBucket  = 48
)

func bucketOf(took time.Duration) int {
	if took <= firstBucket {
		return 0
	}
	return min(lastBucket, int(math.Ceil(2*math.Log2(float64(took)/float64(firstBucket))-1e-9)))
}

// bucketEnd is the longest time that is counted in a bucket.
func bucketEnd(bucket int) time.Duration {
	return time.Duration(float64(firstBucket) * math.Pow(2, float64(bucket)/2)).Round(10 * time.Microsecond)
}

// bucketName is the name of a bucket's count: own_12.
func bucketName(side string, bucket int) string { return side + "_" + strconv.Itoa(bucket) }

// latencies are counts by bucket.
type latencies [lastBucket + 1]int64

// add takes a count in, when its name is that of a bucket of the side.
func (l *latencies) add(side, name string, count int64) {
	digits, ok := strings.CutPrefix(name, side+"_")
	if bucket, err := strconv.Atoi(digits); ok && err == nil && bucket >= 0 && bucket <= lastBucket {
		l[bucket] += count
	}
}

// within is the time within which a part of the answers came, up to the end of
// its bucket; 0 when there are none.
func (l *latencies) within(part float64) time.Duration {
	var all, seen int64
	for _, n := range l {
		all += n
	}
	for bucket, n := range l {
		seen += n
		if n > 0 && float64(seen) >= part*float64(all) {
			return bucketEnd(bucket)
		}
	}
	return 0
}
