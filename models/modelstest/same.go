package modelstest

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// Same runs f on a fresh database of every kind and fails unless it returns the
// same lines on each. It returns those of the first kind, for a test to check
// that they are right too. now may be nil for the real clock.
func Same(t *testing.T, now func() time.Time, f func(t *testing.T, l *Lent) []string) []string {
	t.Helper()
	kinds := Kinds()
	results := make([][]string, len(kinds))
	for i, kind := range kinds {
		t.Run(kind.Name, func(t *testing.T) { results[i] = f(t, Lend(t, kind, now)) })
	}
	for i := range kinds[1:] {
		if d := Differences(results[0], results[i+1]); d != "" {
			t.Errorf("%s (-) and %s (+) differ:\n%s", kinds[0].Name, kinds[i+1].Name, d)
		}
	}
	return results[0]
}

// Differences lists the lines that only one of two lists has at a place, a
// minus before those of a and a plus before those of b, quoted so that all
// bytes can be seen. It is empty when the lists are equal.
func Differences(a, b []string) string {
	var out strings.Builder
	at := func(list []string, i int, sign string) {
		if i < len(list) {
			out.WriteString(sign + " " + strconv.QuoteToASCII(list[i]) + "\n")
		}
	}
	for i := range max(len(a), len(b)) {
		if i < len(a) && i < len(b) && a[i] == b[i] {
			continue
		}
		at(a, i, "-")
		at(b, i, "+")
	}
	return out.String()
}
