package shadow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Noise compares two answers of the original to the same request and returns
// where it differs with itself: patterns such as $.data[*].modified, which stand
// for every kind of difference there and below; or, where that would hide too
// much, a pattern, a space and a kind: $.data order. They are sorted, each
// occurs once.
func Noise(action string, a, b Answer) []string {
	var patterns []string
	for _, count := range Compare(action, a, b, nil).Counts {
		pattern := count.Pattern
		switch count.Kind {
		case Missing, Extra, Type, Value, Escapes:
			if pattern == "$" {
				pattern += " " + string(count.Kind)
			}
		default:
			pattern += " " + string(count.Kind)
		}
		patterns = append(patterns, pattern)
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

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

func isNoise(noise []string, pattern string, kind Kind) bool {
	return slices.ContainsFunc(noise, func(n string) bool {
		if base, some := strings.CutSuffix(n, " "+string(kind)); some {
			return base == pattern
		}
		rest, below := strings.CutPrefix(pattern, n)
		return below && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// Fingerprint names a way in which answers of an action differ: it is the same
// for every difference with the same action, generalised path and kind, in every
// process. It has 16 hexadecimal digits.
func Fingerprint(action string, d Difference) string {
	sum := sha256.Sum256([]byte(action + "\x00" + generalise(d.Path) + "\x00" + string(d.Kind)))
	return hex.EncodeToString(sum[:8])
}
