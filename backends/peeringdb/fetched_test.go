package peeringdb

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// parts makes what a run fetched from texts.
func parts(t testing.TB, texts ...string) *fetched {
	t.Helper()
	f := &fetched{}
	for _, text := range texts {
		heads, _, err := readHeads(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		part, err := newSpool(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, text); err != nil {
			t.Fatal(err)
		}
		f.add(part, heads)
	}
	t.Cleanup(f.close)
	return f
}

func names(t testing.TB, f *fetched) []string {
	t.Helper()
	var out []string
	err := eachFetched(f, func(row *Net, misfit *json.UnmarshalTypeError) error {
		if misfit != nil {
			out = append(out, "misfit "+misfit.Field)
			return nil
		}
		name := "none"
		if row.Name != nil {
			name = *row.Name
		}
		out = append(out, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheLatestOfSeveralRowsCounts(t *testing.T) {
	t.Parallel()
	row := func(id, second, name string) string {
		return `{"id":` + id + `,"name":"` + name + `","updated":"2025-01-01T00:00:` + second + `Z"}`
	}
	list := func(rows ...string) string { return `{"data":[` + strings.Join(rows, ",") + `]}` }
	tests := []struct {
		name  string
		parts []string
		want  []string
	}{
		{"one each", []string{list(row("1", "01", "a"), row("2", "01", "b"))}, []string{"a", "b"}},
		{"twice the same", []string{list(row("1", "01", "a"), row("1", "01", "a"))}, []string{"a"}},
		{"later behind", []string{list(row("1", "01", "a"), row("2", "01", "b"), row("1", "02", "c"))}, []string{"b", "c"}},
		{"later in front", []string{list(row("1", "02", "a"), row("2", "01", "b"), row("1", "01", "c"))}, []string{"a", "b"}},
		{"same second", []string{list(row("1", "01", "a"), row("1", "01", "b"))}, []string{"b"}},
		{"in the next part", []string{list(row("1", "01", "a"), row("2", "01", "b")), list(row("1", "02", "c"), row("3", "02", "d"))}, []string{"b", "c", "d"}},
		{"older in the next part", []string{list(row("1", "03", "a")), list(row("1", "02", "c"))}, []string{"a"}},
		{"no id", []string{list(`{"name":"a"}`, `{"name":"b"}`, `7`, `{"id":"1","name":"c"}`)}, []string{"a", "b", "misfit ", "misfit Base.id"}},
		{"no time", []string{list(`{"id":1,"name":"a"}`, row("1", "01", "b"), `{"id":1,"name":"c","updated":"yesterday"}`)}, []string{"b"}},
		{"misfit", []string{list(row("1", "01", "a"), `{"id":1,"name":7,"updated":"2025-01-01T00:00:02Z"}`)}, []string{"misfit name"}},
		{"nothing", []string{list()}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := names(t, parts(t, test.parts...)); !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestCursorComesFromTheRows(t *testing.T) {
	t.Parallel()
	const hour = 3600
	base := time.Date(2025, 1, 10, 0, 0, 0, 0, time.UTC).Unix()
	for _, test := range []struct {
		name         string
		latest, held int64
		want         int64
	}{
		{"no rows", 0, 0, 0},
		{"nothing held", base, 0, base},
		{"held", base, base - hour, base - hour},
		{"held at the end", base, base, base},
		{"held for two days", base, base - 48*hour, base - 48*hour},
		{"held for longer", base, base - 49*hour, base - 48*hour},
		{"held by an ancient row", base, 1, base - 48*hour},
	} {
		if got := (&fetched{latest: test.latest}).cursor(test.held); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
	f := parts(t, `{"data":[{"id":1,"updated":"2025-01-10T00:00:00Z"},{"id":2,"updated":"2025-01-10T02:00:00+02:00"},{"id":3,"updated":"x"},{"id":4,"updated":null}]}`)
	if f.latest != base || f.rows != 4 {
		t.Errorf("latest %d of %d rows", f.latest, f.rows)
	}
}

func TestFetchedEndsWithTheError(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	f := parts(t, `{"data":[{"id":1},{"id":2}]}`, `{"data":[{"id":3}]}`)
	calls := 0
	err := eachFetched(f, func(*Net, *json.UnmarshalTypeError) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// FuzzFetched checks that no answer makes a run take a row twice, and that
// both looks at an answer agree on its rows.
func FuzzFetched(f *testing.F) {
	f.Add(`{"data":[{"id":1,"name":"a","updated":"2025-01-01T00:00:00Z"},{"id":1,"name":2},{"id":1.5},[],{"ID":1}],"meta":{"generated":1.5}}`)
	f.Add(`{"data":[{"id":7,"ixlan_id":"x"},{"id":7,"status":"deleted"}],"meta":[]}`)
	f.Add(`{"data":[{"id":18446744073709551615},{"id":-1},null,{"id":9,"id":8}],"meta":{"truncated":true}}`)
	f.Fuzz(func(t *testing.T, text string) {
		heads, _, err := readHeads(strings.NewReader(text))
		rows := 0
		other := ReadList(strings.NewReader(text), func(*Net, *json.UnmarshalTypeError) error { rows++; return nil })
		if (err == nil) != (other == nil) || rows != len(heads) {
			t.Fatalf("%d heads, %v; %d rows, %v", len(heads), err, rows, other)
		}
		if err != nil {
			return
		}
		seen := map[uint64]bool{}
		fetched := parts(t, text, text)
		err = eachFetched(fetched, func(row *Net, _ *json.UnmarshalTypeError) error {
			if id := row.Key(); id != 0 && seen[id] {
				t.Errorf("row %d came twice", id)
			} else {
				seen[id] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		delete(seen, 0)
		delete(fetched.last, 0)
		if len(seen) != len(fetched.last) {
			t.Errorf("%d rows of %d ids", len(seen), len(fetched.last))
		}
	})
}

func FuzzRetryAt(f *testing.F) {
	now := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Add("60")
	f.Add("Wed, 01 Jan 2025 00:01:06 GMT")
	f.Add("-5")
	f.Add("18446744073709551615")
	f.Fuzz(func(t *testing.T, value string) {
		at := retryAt(value, now)
		if !at.IsZero() && at.Before(now) && !strings.Contains(value, ":") && !strings.ContainsAny(value, " -") {
			t.Errorf("%q gives %v", value, at)
		}
	})
}

func TestRetryAt(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Time{
		"": {}, "soon": {}, "-1": {}, "1.5": {}, "99999999999999": {},
		"0": now, " 60 ": now.Add(time.Minute), "2200": now.Add(2200 * time.Second),
		"Wed, 01 Jan 2025 00:00:30 GMT": now.Add(30 * time.Second), "Wednesday, 01-Jan-25 00:00:30 GMT": now.Add(30 * time.Second),
	} {
		if got := retryAt(value, now); !got.Equal(want) {
			t.Errorf("%q gives %v, want %v", value, got, want)
		}
	}
}
