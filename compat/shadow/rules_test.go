package shadow

import (
	"strings"
	"testing"
	"time"
)

// rulesOf reads rules that are written without what is the same in all.
func rulesOf(t *testing.T, text string) *Rules {
	t.Helper()
	var b strings.Builder
	for rule := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		b.WriteString("- {" + rule + ", reason: known, expires: 2030-01-01}\n")
	}
	rules, err := ReadRules(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestRules(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ rules, original, own, left, ignored string }{
		"ignore":             {`action: "*", path: "$.data[*].m", rule: ignore`, `{"data":[{"m":1,"n":1}]}`, `{"data":[{"m":"x","n":2}]}`, "value $.data[0].n", "type $.data[0].m"},
		"ignore below":       {`action: "*", path: $.data, rule: ignore`, `{"data":[{"m":1}]}`, `{"data":[{"m":2}]}`, "", "value $.data[0].m"},
		"ignore any":         {`action: "*", path: "$.data[*].*", rule: ignore`, `{"data":[{"m":1}],"n":1}`, `{"data":[{"x":2}],"n":2}`, "value $.n", "missing $.data[0].m; extra $.data[0].x"},
		"ignore deep":        {`action: "*", path: $..time, rule: ignore`, `{"time":1,"a":[{"b":{"time":1}}],"times":1}`, `{"time":2,"a":[{"b":{"time":2}}],"times":2}`, "value $.times", "value $.time; value $.a[0].b.time"},
		"ignore an index":    {`action: "*", path: "$[1]", rule: ignore`, `[1,2]`, `[3,4]`, "value $[0]", "value $[1]"},
		"ignore quoted":      {`action: "*", path: '$["a.b"]', rule: ignore`, `{"a.b":1}`, `{"a.b":2}`, "", `value $["a.b"]`},
		"ignore a kind":      {`action: "*", path: $, rule: ignore, kinds: [escapes, white_space]`, `["\/",1]`, `["/", 2]`, "value $[1]", "escapes $[0]; white_space $[1]"},
		"of the target":      {`action: a.*, path: $, rule: ignore`, `1`, `2`, "", "value $"},
		"of another target":  {`action: aa.*, path: $, rule: ignore`, `1`, `2`, "value $", ""},
		"of another action":  {`action: a.c, path: $, rule: ignore`, `1`, `2`, "value $", ""},
		"tolerance":          {`action: a.b, path: "$[*]", rule: tolerance, amount: 0.1`, `[0.2,"10.5",1,1,"x","1"]`, `[0.3,"10.4",1.0,2,"y",1]`, "value $[3]; value $[4]; type $[5]", "value $[0]; value $[1]; type $[2]"},
		"unordered":          {`action: a.b, path: $, rule: unordered`, `["a","b","c"]`, `["c","a","x"]`, "value $[1]", "order $"},
		"unordered by":       {`action: a.b, path: $, rule: unordered, by: n`, `[{"n":"x","v":1},{"n":"y","v":2}]`, `[{"n":"y","v":3},{"n":"x","v":1}]`, "value $[1].v", "order $"},
		"unordered in bytes": {`action: a.b, path: $, rule: unordered`, `[{"a":1,"b":"\/"},{"a":2,"b":1}]`, `[{"a":2,"b":1},{"b":"/","a":1}]`, "escapes $[0].b; key_order $[0]", "order $"},
		"timestamp":          {`action: a.b, path: "$[*]", rule: timestamp`, `["2018-01-01 00:00:00","2018-01-01",1470755920,"x","2018-01-01"]`, `["2019-01-01 00:00:00","2019-01-01",1470755921,"y","2018-01-01 00:00:00"]`, "value $[3]; value $[4]", "value $[0]; value $[1]; value $[2]"},
		"timestamp within":   {`action: a.b, path: "$[*]", rule: timestamp, layout: datetime, within: 2s`, `["2018-01-01 00:00:00","2018-01-01 00:00:00","2018-01-01"]`, `["2018-01-01 00:00:02","2018-01-01 00:00:03","2018-01-02"]`, "value $[1]; value $[2]", "value $[0]"},
		"timestamp layout":   {`action: a.b, path: "$[*]", rule: timestamp, layout: "02.01.2006"`, `["01.01.2018"]`, `["02.01.2018"]`, "", "value $[0]"},
		"order with times":   {`action: a.b, path: "$[*].time", rule: timestamp`, `[{"m":"a","time":"2018-01-01"},{"m":"b","time":"2018-01-02"}]`, `[{"m":"b","time":"2018-01-03"},{"m":"a","time":"2018-01-04"}]`, "order $", "value $[0].time; value $[1].time"},
		"ids":                {`action: a.b, path: $..id, rule: ids`, `[{"id":"1"},{"id":"2"},{"x":{"id":"1"}}]`, `[{"id":"7"},{"id":"8"},{"x":{"id":"7"}}]`, "", "value $[0].id; value $[1].id; value $[2].x.id"},
		"ids against":        {`action: a.b, path: $..id, rule: ids`, `[{"id":"1"},{"id":"1"},{"id":"2"},{"id":"2"}]`, `[{"id":"7"},{"id":"8"},{"id":"7"},{"id":"2"}]`, "value $[1].id; value $[2].id", "value $[0].id"},
		"ids stay":           {`action: a.b, path: $..id, rule: ids`, `[{"id":"1"},{"x":{"id":"1"}}]`, `[{"id":"1"},{"x":{"id":"2"}}]`, "value $[1].x.id", ""},
		"ids by type":        {`action: a.b, path: $..id, rule: ids`, `{"id":"1"}`, `{"id":1}`, "type $.id", ""},
		"ids by table":       {"action: a.b, path: \"$[*].id\", rule: ids, table: {1: 7, 2: 8}", `[{"id":"1","x":1},{"id":"2","x":2},{"id":"3"}]`, `[{"id":"8","x":2},{"id":"7","x":1}]`, "length $; order $", "value $[0].id; value $[1].id"},
		"ids share a space":  {"action: a.b, path: $.id, rule: ids, space: s\naction: a.b, path: $.session_id, rule: ids, space: s", `{"id":"1","session_id":"1"}`, `{"id":"7","session_id":"8"}`, "value $.session_id", "value $.id"},
	}
	for name, test := range tests {
		r := Compare("a.b", answer(test.original), answer(test.own), rulesOf(t, test.rules))
		if left, ignored := short(r.Differences), short(r.Ignored); left != test.left || ignored != test.ignored {
			t.Errorf("%s: left %s, want %s; ignored %s, want %s", name, left, test.left, ignored, test.ignored)
		}
		for _, d := range r.Ignored {
			if !strings.HasPrefix(d.Rule, "rule ") {
				t.Errorf("%s: rule %q", name, d.Rule)
			}
		}
	}
	status := Compare("a.b", answer("1"), Answer{Status: 201, ContentType: "text/plain", Body: []byte("1")}, rulesOf(t, `action: a.b, path: content_type, rule: ignore, name: plain`))
	if short(status.Differences) != "status status" || short(status.Ignored) != "status content_type" || status.Ignored[0].Rule != "plain" {
		t.Errorf("status: %+v", status)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	options := Options{Rules: rulesOf(t, `action: a.b, path: $.id, rule: ids, space: s`), Mapping: NewMapping()}
	steps := []struct{ original, own, want string }{
		{`{"id":"1"}`, `{"id":"7"}`, ""},
		{`{"id":"1"}`, `{"id":"8"}`, "value $.id"},
		{`{"id":"2"}`, `{"id":"7"}`, "value $.id"},
		{`{"id":"1"}`, `{"id":"7"}`, ""},
		{`{"id":"3","x":1}`, `{"id":"9","x":2}`, "value $.x"},
		{`{"id":"3"}`, `{"id":"10"}`, ""},
		{`{"id":"5"}`, `{"id":"5"}`, ""},
		{`{"id":"5"}`, `{"id":"6"}`, "value $.id"},
	}
	for i, s := range steps {
		if got := short(options.Compare("a.b", answer(s.original), answer(s.own)).Differences); got != s.want {
			t.Errorf("step %d: got %q, want %q", i, got, s.want)
		}
	}
	if own, known := options.Mapping.Own("s", "3"); own != "10" || !known {
		t.Errorf("3 is %q", own)
	}
	if options.Mapping.Set("s", "4", "10") || !options.Mapping.Set("s", "4", "11") {
		t.Error("a taken id was given away, or a free one refused")
	}
}

func TestReadRules(t *testing.T) {
	t.Parallel()
	const good = `
- name: clock
  action: peering.*
  path: $.data[*].modified
  rule: timestamp
  layout: datetime
  within: 90s
  reason: both sides set it
  expires: 2026-12-31
- {action: lir.get, path: "$.data[*].id", rule: ids, space: lir, table: {1: 2}, reason: imported, expires: "2027-01-01"}
`
	rules, err := ReadRules(strings.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	all := rules.All()
	if len(all) != 2 || all[0].String() != "clock" || all[0].Within != 90*time.Second || all[1].String() != "rule 2" || all[1].Table["1"] != "2" {
		t.Errorf("rules %+v", all)
	}
	for day, want := range map[string]int{"2026-12-31T23:59:59Z": 0, "2027-01-01T00:00:00Z": 1, "2027-01-02T00:00:00Z": 2} {
		now, _ := time.Parse(time.RFC3339, day)
		if got := len(rules.Expired(now)); got != want {
			t.Errorf("%s: %d expired, want %d", day, got, want)
		}
	}
	for _, empty := range []string{"", "---\n", "[]", "# nothing\n"} {
		if rules, err := ReadRules(strings.NewReader(empty)); err != nil || len(rules.All()) != 0 {
			t.Errorf("%q: %v", empty, err)
		}
	}
	var none *Rules
	if len(none.All())+len(none.Expired(time.Now())) != 0 {
		t.Error("no rules are some")
	}
}

func TestReadRulesNamesEveryError(t *testing.T) {
	t.Parallel()
	const bad = `
- {action: getPeers, path: data, rule: ignored}
- {action: a.b, path: $, rule: ignore, amount: 1, colour: red, reason: " ", expires: soon, kinds: [wrong]}
- just text
- {action: a.b, path: status, rule: tolerance, amount: 0, reason: x, expires: 2030-01-01}
- {action: "a*", path: "$[x]", rule: timestamp, layout: later, within: long, reason: x, expires: 2030-01-01, name: n}
- {action: a.b, path: $, rule: tolerance, amount: much, reason: x, expires: 2030-01-01, name: n}
- {action: a.b, path: $, rule: ids, table: {1: 2, 3: 2}, reason: x, expires: 2030-01-01}
`
	_, err := ReadRules(strings.NewReader(bad))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`rule 1: action "getPeers"`, `rule 1: path "data": a path begins with $`, `rule 1: rule "ignored" is none of`, "rule 1: reason is missing", "rule 1: expires is missing",
		"rule 2: field amount belongs to tolerance", `rule 2: field "colour" is none of`, "rule 2: reason is missing", `rule 2: expires "soon"`, `rule 2: kind "wrong" does not exist`,
		"rule 3: line 4 is not a mapping", "rule 4: path status can only be ignored", "rule 4: amount of a tolerance",
		`rule 5: action "a*"`, `rule 5: path "$[x]": [x] is no index`, `rule 5: layout "later"`, `rule 5: within "long"`,
		"rule 6: line 7: cannot unmarshal", `rule 6: name "n" is that of rule 5`, `rule 7: table maps several ids to "2"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	for _, text := range []string{"a: b", "- [", "text"} {
		if _, err := ReadRules(strings.NewReader(text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"$": "$", "$.a[3].b-c": "$.a[*].b-c", `$["17"].x`: "$.*.x", `$["a\"]b"][0]`: `$["a\"]b"][*]`, "$..time": "$..time", "$.*[*]": "$.*[*]", `$..["a b"]`: `$..["a b"]`, `$["*"]`: `$["*"]`, `$..[*]`: `$..[*]`,
	} {
		if got := generalise(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "a", "$a", "$.", "$.a.", "$.a b", "$[", "$[x]", "$[-1]", `$["a`, `$["a"`, "$..", "$...a"} {
		if _, err := parsePath(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
