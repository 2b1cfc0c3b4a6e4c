package phpvalue_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpvalue"
)

// text of an array: its entries in order, integer keys marked.
func entries(a *phpvalue.Array) string {
	var b strings.Builder
	for key, v := range a.All() {
		if key.IsInt() {
			b.WriteByte('#')
		}
		b.WriteString(key.Text() + "=" + v.Text() + " ")
	}
	return strings.TrimSpace(b.String())
}

func TestKey(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"0", "7", "-1", "10", "2147483648", "9223372036854775807", "-9223372036854775808"} {
		want, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		key := phpvalue.NewKey(name)
		if !key.IsInt() || key.Int() != want || key.Text() != name || key != phpvalue.IntKey(want) {
			t.Errorf("the key of %q is %v, want the integer", name, key)
		}
	}
	for _, name := range []string{"", "-", "-0", "00", "01", "-01", "+1", "1.5", " 1", "1 ", "1e3", "0x1", "1a", "a", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "10000000000000000000000"} {
		key := phpvalue.NewKey(name)
		if key.IsInt() || key.Int() != 0 || key.Text() != name {
			t.Errorf("the key of %q is %v, want the text", name, key)
		}
	}
}

func TestArray(t *testing.T) {
	t.Parallel()
	v := phpvalue.String
	tests := []struct {
		name string
		do   func(a *phpvalue.Array)
		want string
		list bool
	}{
		{"empty", func(*phpvalue.Array) {}, "", true},
		{"appended", func(a *phpvalue.Array) { a.Append(v("x")); a.Append(v("y")) }, "#0=x #1=y", true},
		{"set in order", func(a *phpvalue.Array) { a.Set("0", v("x")); a.Set("1", v("y")) }, "#0=x #1=y", true},
		{"set out of order", func(a *phpvalue.Array) { a.Set("1", v("x")); a.Set("0", v("y")) }, "#1=x #0=y", false},
		{"replaced", func(a *phpvalue.Array) { a.Set("b", v("x")); a.Set("a", v("y")); a.Set("b", v("z")) }, "b=z a=y", false},
		{"append behind a key", func(a *phpvalue.Array) { a.Set("5", v("x")); a.Append(v("y")) }, "#5=x #6=y", false},
		{"append behind a lower key", func(a *phpvalue.Array) { a.Set("5", v("x")); a.Set("3", v("y")); a.Append(v("z")) }, "#5=x #3=y #6=z", false},
		{"append behind a negative key", func(a *phpvalue.Array) { a.Set("-5", v("x")); a.Append(v("y")) }, "#-5=x #-4=y", false},
		{"append behind text", func(a *phpvalue.Array) { a.Set("a", v("x")); a.Append(v("y")) }, "a=x #0=y", false},
		{"deleted at the end", func(a *phpvalue.Array) { a.Append(v("x")); a.Append(v("y")); a.Delete("1") }, "#0=x", true},
		{"deleted and appended", func(a *phpvalue.Array) { a.Append(v("x")); a.Append(v("y")); a.Delete("1"); a.Append(v("z")) }, "#0=x #2=z", false},
		{"deleted in front", func(a *phpvalue.Array) { a.Append(v("x")); a.Append(v("y")); a.Delete("0") }, "#1=y", false},
		{"deleted and set again", func(a *phpvalue.Array) { a.Append(v("x")); a.Append(v("y")); a.Delete("0"); a.Set("0", v("z")) }, "#1=y #0=z", false},
		{"list around a hole", func(a *phpvalue.Array) { a.Set("a", v("x")); a.Append(v("y")); a.Append(v("z")); a.Delete("a") }, "#0=y #1=z", true},
		{"deleted twice", func(a *phpvalue.Array) { a.Set("a", v("x")); a.Set("b", v("y")); a.Delete("a"); a.Delete("a") }, "b=y", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := phpvalue.NewArray()
			test.do(a)
			for what, a := range map[string]*phpvalue.Array{"array": a, "clone": a.Clone()} {
				if got := entries(a); got != test.want {
					t.Errorf("%s holds %q, want %q", what, got, test.want)
				}
				if a.IsList() != test.list {
					t.Errorf("IsList of the %s = %t, want %t", what, a.IsList(), test.list)
				}
				if want := len(strings.Fields(test.want)); a.Len() != want {
					t.Errorf("Len of the %s = %d, want %d", what, a.Len(), want)
				}
			}
		})
	}
}

func TestArrayNil(t *testing.T) {
	t.Parallel()
	var a *phpvalue.Array
	if _, found := a.Get("x"); found || a.Len() != 0 || !a.IsList() || entries(a) != "" || a.Clone().Len() != 0 {
		t.Error("the nil array is not empty")
	}
}

func TestArrayHighestKey(t *testing.T) {
	t.Parallel()
	a := phpvalue.NewArray()
	a.SetKey(phpvalue.IntKey(math.MaxInt64-1), phpvalue.Null())
	if !a.Append(phpvalue.Null()) {
		t.Error("the highest key cannot be appended")
	}
	if a.Append(phpvalue.Null()) || a.Clone().Append(phpvalue.Null()) || a.Len() != 2 {
		t.Errorf("behind the highest key an entry was appended: %s", entries(a))
	}
}

func TestArrayCloneIsIndependent(t *testing.T) {
	t.Parallel()
	a := phpvalue.NewArray()
	a.Append(phpvalue.String("x"))
	b := a.Clone()
	b.Set("0", phpvalue.String("y"))
	b.Append(phpvalue.String("z"))
	if entries(a) != "#0=x" || entries(b) != "#0=y #1=z" {
		t.Errorf("array %q, clone %q", entries(a), entries(b))
	}
}

// TestArrayStops makes sure that an iteration can be left early.
func TestArrayStops(t *testing.T) {
	t.Parallel()
	a := phpvalue.NewArray()
	for i := range 5 {
		a.Append(phpvalue.Int(int64(i)))
	}
	var last int64
	for _, v := range a.All() {
		if last = v.IntVal(); last == 2 {
			break
		}
	}
	if last != 2 {
		t.Errorf("the iteration went on to %d", last)
	}
}

// TestArrayAgainstModel does random changes to an array and to a slice of pairs,
// in sizes below and above the one from which a map is kept.
func TestArrayAgainstModel(t *testing.T) {
	t.Parallel()
	random := phporacle.Random(t)
	for range 2000 {
		model(t, random)
		if t.Failed() {
			return
		}
	}
}

func model(t *testing.T, random *rand.Rand) {
	t.Helper()
	type pair struct{ name, value string }
	var pairs []pair
	find := func(name string) int {
		for i, p := range pairs {
			if p.name == name {
				return i
			}
		}
		return -1
	}
	a := phpvalue.NewArray()
	names := 2 + random.IntN(60)
	texts := random.IntN(2) == 0
	next := 0
	for step := range random.IntN(150) {
		name := strconv.Itoa(random.IntN(names))
		number, err := strconv.Atoi(name)
		if err != nil {
			t.Fatal(err)
		}
		if texts && number%2 == 0 {
			name, number = "k"+name, -1
		}
		value := strconv.Itoa(step)
		switch random.IntN(5) {
		case 0:
			a.Delete(name)
			if i := find(name); i >= 0 {
				pairs = append(pairs[:i], pairs[i+1:]...)
			}
		case 1, 2:
			a.Append(phpvalue.String(value))
			pairs = append(pairs, pair{strconv.Itoa(next), value})
			next++
		default:
			a.Set(name, phpvalue.String(value))
			if i := find(name); i >= 0 {
				pairs[i].value = value
			} else {
				pairs = append(pairs, pair{name, value})
			}
			next = max(next, number+1)
		}
		probe := strconv.Itoa(random.IntN(names))
		got, found := a.Get(probe)
		if i := find(probe); found != (i >= 0) || (found && got.Text() != pairs[i].value) {
			t.Errorf("Get(%q) = %q, %t, want it from %v", probe, got.Text(), found, pairs)
		}
	}
	var want strings.Builder
	list := true
	for i, p := range pairs {
		mark := "#"
		if strings.HasPrefix(p.name, "k") {
			mark = ""
		}
		fmt.Fprintf(&want, "%s%s=%s ", mark, p.name, p.value)
		list = list && p.name == strconv.Itoa(i)
	}
	if got := entries(a); got != strings.TrimSpace(want.String()) {
		t.Errorf("the array holds %q, want %q", got, want.String())
	}
	if a.Len() != len(pairs) || a.IsList() != list {
		t.Errorf("Len = %d and IsList = %t, want %d and %t", a.Len(), a.IsList(), len(pairs), list)
	}
}
