package main

import (
	"slices"
	"testing"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	got := judge([]caseResult{exampleCase()}, []aim{
		{"getPeers", nameMariaDB, namePHP, 3}, {"getPeers", nameMariaDB, namePHP, 3.1}, {"getPeers", nameMariaDB, nameBare, 0.1},
		{"getPeers", nameMariaDB, nameBare, 0.2}, {"getPeers", nameSQLite, namePHP, 1}, {"lirGet", nameMariaDB, namePHP, 1},
	})
	want := []aimResult{
		{"getPeers", nameMariaDB, namePHP, 3, 3, true, 20}, {"getPeers", nameMariaDB, namePHP, 3.1, 3, false, 20},
		{"getPeers", nameMariaDB, nameBare, 0.1, 0.1, true, 20}, {"getPeers", nameMariaDB, nameBare, 0.2, 0.1, false, 20},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if allMet(got) {
		t.Error("all are met, with one that is not")
	}
	if !allMet(got[:1]) {
		t.Error("not all are met, with one that is")
	}
}

// Every case that PHP answers too has an aim for each database.
func TestAimsCoverCases(t *testing.T) {
	t.Parallel()
	for _, c := range makeCases(caseNames, credential{}, &dataset{token: "t"}) {
		if c.ofExchange() {
			continue
		}
		name := c.name
		for _, variants := range [][]string{{nameMariaDB, nameMariaDBCached}, {nameSQLite, nameSQLiteCached}} {
			if !slices.ContainsFunc(aims(), func(a aim) bool { return a.caseName == name && slices.Contains(variants, a.variant) }) {
				t.Errorf("no aim for %s on %s", name, variants[0])
			}
		}
	}
}
