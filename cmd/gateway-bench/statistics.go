package main

import "slices"

// spread is a median with what it lies between.
type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	return spread{median(values), slices.Min(values), slices.Max(values)}
}

// median is the middle value, or the mean of the two in the middle; 0 for
// none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// ratios divides round by round, so that what slowed the machine down for a
// while is in both values of a ratio.
func ratios(values, by []float64) []float64 {
	var out []float64
	for i := range min(len(values), len(by)) {
		if by[i] > 0 {
			out = append(out, values[i]/by[i])
		}
	}
	return out
}
