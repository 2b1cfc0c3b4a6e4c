package phporacle

import (
	"bytes"
	"iter"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// The variables of the environment that steer a comparison.
const (
	// CasesVariable sets the number of inputs compared in each direction.
	CasesVariable = "PROVISION_GATEWAY_DIFFERENTIAL"
	// SeedVariable sets the seed of the random inputs, to repeat a run.
	SeedVariable = "PROVISION_GATEWAY_SEED"
)

// Cases gives the number of inputs to compare: what the environment says, or
// 200,000, or 10,000 under the race detector.
func Cases(tb testing.TB) int {
	tb.Helper()
	n := 200_000
	if raceEnabled {
		n = 10_000
	}
	if text := os.Getenv(CasesVariable); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			tb.Fatalf("%s=%q is not a number of cases", CasesVariable, text)
		}
	}
	return n
}

// Random gives a source of random numbers and notes the seed, which is shown
// when the test fails and can be set with SeedVariable.
func Random(tb testing.TB) *rand.Rand {
	tb.Helper()
	seed := rand.Uint64()
	if text := os.Getenv(SeedVariable); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			tb.Fatalf("%s=%q is not a seed", SeedVariable, text)
		}
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("to repeat: %s=%d", SeedVariable, seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

// Comparison is one direction in which an implementation is compared with PHP on
// random inputs.
type Comparison[T any] struct {
	// Generate makes a random input.
	Generate func(*rand.Rand) T
	// Ours gives our answer to an input.
	Ours func(T) []byte
	// Theirs gives PHP's answers to inputs.
	Theirs func([]T) ([][]byte, error)
	// Smaller gives simpler variants of an input, to find the simplest one that
	// shows a difference.
	Smaller func(T) iter.Seq[T]
	// Show gives an input as a reader wants to see it.
	Show func(T) string
}

// Run compares the answers on n inputs. The first difference ends the test, with
// the simplest input that shows it.
func (c Comparison[T]) Run(t *testing.T, random *rand.Rand, n int) {
	t.Helper()
	input, found, err := c.Difference(random, n)
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		return
	}
	theirs, err := c.Theirs([]T{input})
	if err != nil {
		t.Fatal(err)
	}
	t.Fatalf("input %s\n ours %q\n  PHP %q", c.Show(input), c.Ours(input), theirs[0])
}

// Difference compares the answers on n inputs and gives the first one on which
// they differ, made as simple as possible.
func (c Comparison[T]) Difference(random *rand.Rand, n int) (input T, found bool, err error) {
	const batch = 1000
	for n > 0 {
		inputs := make([]T, min(batch, n))
		n -= len(inputs)
		for i := range inputs {
			inputs[i] = c.Generate(random)
		}
		// Both sides work at the same time.
		var theirs [][]byte
		asked := make(chan error)
		go func() {
			var err error
			theirs, err = c.Theirs(inputs)
			asked <- err
		}()
		ours := make([][]byte, len(inputs))
		for i, input := range inputs {
			ours[i] = c.Ours(input)
		}
		if err := <-asked; err != nil {
			return input, false, err
		}
		for i, input := range inputs {
			if bytes.Equal(ours[i], theirs[i]) {
				continue
			}
			for simpler := true; simpler && err == nil; {
				input, simpler, err = c.simplify(input)
			}
			return input, true, err
		}
	}
	return input, false, nil
}

// simplify gives a simpler input that shows a difference too, or the same one
// when there is none.
func (c Comparison[T]) simplify(input T) (simpler T, found bool, err error) {
	for candidate := range c.Smaller(input) {
		theirs, err := c.Theirs([]T{candidate})
		if err != nil {
			return input, false, err
		}
		if !bytes.Equal(c.Ours(candidate), theirs[0]) {
			return candidate, true, nil
		}
	}
	return input, false, nil
}

// SmallerText gives a text with parts left out, large parts first.
func SmallerText(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for size := len(s); size > 0; size /= 2 {
			for at := 0; at+size <= len(s); at += size {
				if !yield(s[:at] + s[at+size:]) {
					return
				}
			}
		}
	}
}

// Asker gives the function that puts inputs, turned into bytes, as a question to
// an Oracle.
func Asker[T any](o *Oracle, question Question, encode func(T) []byte) func([]T) ([][]byte, error) {
	return func(inputs []T) ([][]byte, error) {
		encoded := make([][]byte, len(inputs))
		for i, input := range inputs {
			encoded[i] = encode(input)
		}
		return o.Ask(question, encoded)
	}
}
