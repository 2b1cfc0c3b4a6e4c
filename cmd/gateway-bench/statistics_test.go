package main

import (
	"slices"
	"testing"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"none", nil, 0}, {"one", []float64{3}, 3}, {"odd", []float64{9, 1, 5}, 5}, {"even", []float64{4, 1, 3, 2}, 2.5},
	} {
		before := slices.Clone(test.values)
		if got := median(test.values); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if !slices.Equal(before, test.values) {
			t.Errorf("%s: the values were put into another order", test.name)
		}
	}
}

func TestSpreadOf(t *testing.T) {
	t.Parallel()
	if got := spreadOf([]float64{2, 9, 4}); got != (spread{4, 2, 9}) {
		t.Errorf("got %v", got)
	}
	if got := spreadOf(nil); got != (spread{}) {
		t.Errorf("of nothing: %v", got)
	}
}

func TestRatiosGoRoundByRound(t *testing.T) {
	t.Parallel()
	// The machine was half as fast in the second round; the ratio stays.
	if got := ratios([]float64{200, 100}, []float64{100, 50}); !slices.Equal(got, []float64{2, 2}) {
		t.Errorf("got %v", got)
	}
	if got := ratios([]float64{200, 100}, []float64{0, 50}); !slices.Equal(got, []float64{2}) {
		t.Errorf("a reference of nothing: %v", got)
	}
	if got := ratios([]float64{1}, nil); len(got) != 0 {
		t.Errorf("without a reference: %v", got)
	}
}
