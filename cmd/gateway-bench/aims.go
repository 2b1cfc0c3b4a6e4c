package main

import "slices"

// aim is what a variant should reach in a case: a multiple of a reference.
type aim struct {
	caseName, variant, reference string
	least                        float64
}

// aims are all aims. Lists that come from the database, lists of unchanged
// data, and writes have one each, whatever the database.
func aims() []aim {
	var out []aim
	for _, name := range []string{"getPeers", "getSessions", "lirGet"} {
		out = append(out,
			aim{name, nameMariaDB, namePHP, 2}, aim{name, nameSQLite, namePHP, 2},
			aim{name, nameMariaDBCached, namePHP, 10}, aim{name, nameSQLiteCached, namePHP, 10},
			aim{name, nameMariaDBCached, nameBare, 0.5}, aim{name, nameSQLiteCached, nameBare, 0.5})
	}
	return append(out, aim{"addSession", nameMariaDBCached, namePHP, 1.5}, aim{"addSession", nameSQLiteCached, namePHP, 1.5})
}

// aimResult is an aim and what was measured.
type aimResult struct {
	Case      string  `json:"case"`
	Variant   string  `json:"variant"`
	Reference string  `json:"reference"`
	Least     float64 `json:"least"`
	Measured  float64 `json:"measured"`
	Met       bool    `json:"met"`
	// BareToPHP is what the bare handler reached in the case: nothing that
	// answers over net/http can reach more.
	BareToPHP float64 `json:"bare_to_php"`
}

// judge compares the measured cases with their aims.
func judge(cases []caseResult, aims []aim) []aimResult {
	var out []aimResult
	for _, a := range aims {
		i := slices.IndexFunc(cases, func(c caseResult) bool { return c.Name == a.caseName })
		if i < 0 {
			continue
		}
		v := cases[i].find(a.variant)
		if v == nil {
			continue
		}
		measured := v.ToPHP.Median
		if a.reference == nameBare {
			measured = v.ToBare.Median
		}
		r := aimResult{Case: a.caseName, Variant: a.variant, Reference: a.reference, Least: a.least, Measured: measured, Met: measured >= a.least}
		if bare := cases[i].find(nameBare); bare != nil {
			r.BareToPHP = bare.ToPHP.Median
		}
		out = append(out, r)
	}
	return out
}

func allMet(results []aimResult) bool {
	return !slices.ContainsFunc(results, func(r aimResult) bool { return !r.Met })
}
