package shadow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Noise compares two answers of the original to the same request and returns
// where and how it differs with itself: a pattern, a space and a kind, such as
// "$.data[*].modified value". Which answer came first is chance, so what is missing
// can as well be extra, and the other way round. They are sorted, each occurs once.
func Noise(action string, a, b Answer) []string {
	var patterns []string
	for _, count := range Compare(action, a, b, nil).Counts {
		patterns = append(patterns, noiseOf(count.Pattern, count.Kind))
		switch count.Kind {
		case Missing:
			patterns = append(patterns, noiseOf(count.Pattern, Extra))
		case Extra:
			patterns = append(patterns, noiseOf(count.Pattern, Missing))
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

func noiseOf(pattern string, kind Kind) string { return pattern + " " + string(kind) }

// Without returns the result with those differences set aside that are in noise,
// which are patterns as the function Noise returns them. The result itself does
// not change.
func (r Result) Without(noise []string) Result {
	if len(noise) == 0 || r.Total == 0 {
		return r
	}
	var rest, noisy []Difference
	for _, d := range r.Differences {
		if isNoise(noise, generalise(d.Path), d.Kind) {
			noisy = append(noisy, d)
		} else {
			rest = append(rest, d)
		}
	}
	var counts []Count
	for _, count := range r.Counts {
		if isNoise(noise, count.Pattern, count.Kind) {
			r.Total -= count.Number
			r.NoisyTotal += count.Number
		} else {
			counts = append(counts, count)
		}
	}
	r.Differences, r.Counts = rest, counts
	r.Noisy = append(slices.Clip(r.Noisy), noisy...)
	return r
}

// isNoise heeds the kind, and nothing below the pattern: where a time differs,
// a number in place of it is still a difference.
func isNoise(noise []string, pattern string, kind Kind) bool {
	return slices.Contains(noise, noiseOf(pattern, kind))
}

// Fingerprint names a way in which answers of an action differ: it is the same
// for every difference with the same action, generalised path and kind, in every
// process. It has 16 hexadecimal digits.
func Fingerprint(action string, d Difference) string {
	sum := sha256.Sum256([]byte(action + "\x00" + generalise(d.Path) + "\x00" + string(d.Kind)))
	return hex.EncodeToString(sum[:8])
}
