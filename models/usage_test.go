package models_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func use(key, agent, action string, first, last, count int64) models.LegacyUse {
	return models.LegacyUse{
		LegacyCall: models.LegacyCall{KeyName: key, Source: "192.0.2.1", UserAgent: agent, Target: "peering", Action: action, Answered: "here"},
		FirstSeen:  first, LastSeen: last, Count: count,
	}
}

func addUses(t *testing.T, s *models.Store, most int, uses ...models.LegacyUse) {
	t.Helper()
	if err := s.AddLegacyUses(t.Context(), uses, most); err != nil {
		t.Fatal(err)
	}
}

func uses(t *testing.T, s *models.Store, since int64) []string {
	t.Helper()
	rows, err := s.LegacyUses(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%s %s %s %s.%s %s %d-%d %d", r.KeyName, r.Source, r.UserAgent, r.Target, r.Action, r.Answered, r.FirstSeen, r.LastSeen, r.Count))
	}
	return lines
}

// Counts of all gateways add up, in whichever order they come.
func TestLegacyUsesAddUp(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		other := l.Another(t)
		addUses(t, l.Store, 10, use("a", "curl", "getPeers", 100, 120, 3), use("b", "curl", "getPeers", 90, 110, 1), use("a", "curl", "getPeers", 95, 96, 1))
		addUses(t, other, 10, use("a", "curl", "getPeers", 80, 130, 2))
		addUses(t, l.Store, 10, use("a", "curl", "getPeers", 85, 100, 1), use("a", "curl ", "getPeers", 140, 140, 1), use("A", "curl", "getPeers", 70, 70, 1))
		all := []string{
			"a 192.0.2.1 curl  peering.getPeers here 140-140 1", "a 192.0.2.1 curl peering.getPeers here 80-130 7",
			"b 192.0.2.1 curl peering.getPeers here 90-110 1", "A 192.0.2.1 curl peering.getPeers here 70-70 1",
		}
		equal(t, "all", uses(t, l.Store, 0), all)
		equal(t, "since", uses(t, l.Store, 110), all[:3])
		if err := other.ForgetLegacyUses(t.Context(), 130); err != nil {
			t.Fatal(err)
		}
		equal(t, "after forgetting", uses(t, l.Store, 0), all[:2])
		addUses(t, l.Store, 10)
		equal(t, "nothing added", uses(t, l.Store, 0), all[:2])
	})
}

// The place of a text matters: a b is not ab.
func TestLegacyUsesAreToldApart(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		calls := []models.LegacyCall{
			{}, {KeyName: "a"}, {Source: "a"}, {UserAgent: "a"}, {Target: "a"}, {Action: "a"}, {Answered: "a"}, {KeyName: "1:a"},
			{KeyName: "a", Source: "b"}, {KeyName: "ab"}, {KeyName: "a0:", Source: ""}, {UserAgent: strings.Repeat("ü", 127)}, {UserAgent: strings.Repeat("\U0001F600", 63)},
			{UserAgent: strings.Repeat("x", 255), KeyName: strings.Repeat("x", 255), Target: strings.Repeat("x", 64), Action: strings.Repeat("x", 64)},
		}
		var rows []models.LegacyUse
		for _, c := range calls {
			rows = append(rows, models.LegacyUse{LegacyCall: c, FirstSeen: 1, LastSeen: 1, Count: 1})
		}
		addUses(t, l.Store, 100, rows...)
		stored, err := l.Store.LegacyUses(t.Context(), 0)
		if err != nil || len(stored) != len(calls) {
			t.Fatalf("%d rows, %v", len(stored), err)
		}
		for _, row := range stored {
			if !slices.Contains(calls, row.LegacyCall) || len(row.ID) != 64 {
				t.Errorf("%+v", row)
			}
		}
	})
}

// When the table is full, no call is lost and what is known is still told apart.
func TestLegacyUsesAreBounded(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		const most = 10
		addUses(t, l.Store, most, use("known", "curl", "getPeers", 1, 1, 1))
		for n := range 40 {
			agent, action := fmt.Sprint("agent ", n), fmt.Sprint("odd", n%5)
			addUses(t, l.Store, most, use("k", agent, action, 10, 20, 1), use("known", "curl", "getPeers", 2, 2, 1), use("k", agent+"b", action, 5, 6, 1))
		}
		rows, err := l.Store.LegacyUses(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		sum, wide, widest := int64(0), 0, 0
		for _, r := range rows {
			sum += r.Count
			switch {
			case r.Action == models.OtherCallers:
				widest++
				if r.FirstSeen != 5 || r.LastSeen != 20 || r.Source != models.OtherCallers {
					t.Errorf("%+v", r)
				}
			case r.Source == models.OtherCallers:
				wide++
			case r.KeyName == "known" && r.Count != 41:
				t.Errorf("%+v", r)
			}
		}
		if sum != 121 || len(rows) != most+2+1 || wide != 2 || widest != 1 {
			t.Errorf("%d calls in %d rows, %d wide, %d widest: %v", sum, len(rows), wide, widest, uses(t, l.Store, 0))
		}
	})
}

func TestLegacyUsesOfManyGateways(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, nil, func(t *testing.T, l *modelstest.Lent) {
		var group sync.WaitGroup
		for g := range 4 {
			store := l.Store
			if g > 0 {
				store = l.Another(t)
			}
			group.Go(func() {
				for n := range 10 {
					var rows []models.LegacyUse
					for i := range 30 {
						rows = append(rows, use(fmt.Sprint("key ", (i*7+g)%30), "curl", "getPeers", int64(100*g+n), int64(100*g+n), 1))
					}
					if err := store.AddLegacyUses(t.Context(), rows, 100); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		rows, err := l.Store.LegacyUses(t.Context(), 0)
		if err != nil || len(rows) != 30 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, r := range rows {
			if r.Count != 40 || r.FirstSeen != 0 || r.LastSeen != 309 {
				t.Errorf("%+v", r)
			}
		}
	})
}

func TestWider(t *testing.T) {
	t.Parallel()
	c := use("k", "curl", "getPeers", 0, 0, 1).LegacyCall
	once, twice := c.Wider(), c.Wider().Wider()
	if once != (models.LegacyCall{KeyName: "k", Source: "(others)", UserAgent: "(others)", Target: "peering", Action: "getPeers", Answered: "here"}) {
		t.Errorf("%+v", once)
	}
	if twice != (models.LegacyCall{KeyName: "k", Source: "(others)", UserAgent: "(others)", Target: "(others)", Action: "(others)", Answered: "here"}) || twice.Wider() != twice {
		t.Errorf("%+v", twice)
	}
}

func TestCutText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		most int
		want string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc"}, {"abü", 3, "ab"}, {"aü", 3, "aü"}, {"aüb", 3, "aü"}, {"\U0001F600\U0001F600", 7, "\U0001F600"},
		{"a\xff\xfeb", 9, "a?b"}, {"ab\xc3", 9, "ab?"}, {"ab\xff\xff", 3, "ab?"}, {"\x80\x80\x80\x80\x80\x80", 5, "?"},
	} {
		if got := models.CutText(test.text, test.most); got != test.want {
			t.Errorf("%q at %d: %q, want %q", test.text, test.most, got, test.want)
		}
	}
}

func FuzzCutText(f *testing.F) {
	f.Add("curl/8.0 \xf0\x9f\x98", 10)
	f.Fuzz(func(t *testing.T, s string, most int) {
		if most < 0 || most > 1000 {
			return
		}
		got := models.CutText(s, most)
		if !utf8.ValidString(got) || len(got) > most {
			t.Errorf("%q at %d: %q", s, most, got)
		}
		if utf8.ValidString(s) && !strings.HasPrefix(s, got) {
			t.Errorf("%q at %d is no beginning: %q", s, most, got)
		}
	})
}
