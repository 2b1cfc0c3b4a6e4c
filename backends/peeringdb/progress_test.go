package peeringdb

import (
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestMeterTellsNowAndThen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		size, total int64
		want        []int64
	}{
		{"empty", 0, 0, []int64{0, 0, 0, 0}},
		{"small", 100, 100, []int64{0, 100, 100, 100}},
		{"larger", 200000, 200000, []int64{0, 200000, 65536, 200000, 131072, 200000, 196608, 200000, 200000, 200000}},
		{"grown meanwhile", 70000, 100, []int64{0, 100, 65536, 65536, 70000, 70000}},
		{"shrunk meanwhile", 100, 70000, []int64{0, 70000, 70000, 70000}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []int64
			m := &meter{file: iotest.OneByteReader(strings.NewReader(strings.Repeat("x", int(test.size)))), total: test.total,
				tell: func(done, total int64) { got = append(got, done, total) }}
			n, err := io.Copy(io.Discard, m)
			m.end()
			if n != test.size || err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%d bytes, %v, told %v, want %v", n, err, got, test.want)
			}
		})
	}
}
