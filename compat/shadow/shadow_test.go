package shadow

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"provision-gateway/compat/redact"
)

func answer(body string) Answer {
	return Answer{Status: http.StatusOK, ContentType: "application/json", Body: []byte(body)}
}

// short writes differences as kind path, one after the other.
func short(list []Difference) string {
	var texts []string
	for _, d := range list {
		texts = append(texts, string(d.Kind)+" "+d.Path)
	}
	return strings.Join(texts, "; ")
}

func TestCompare(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ original, own, want string }{
		"equal":                  {`{"a":[1,"x"]}`, `{"a":[1,"x"]}`, ""},
		"missing":                {`{"a":1,"b":2}`, `{"a":1}`, "missing $.b"},
		"extra":                  {`{"a":1}`, `{"b":2,"a":1}`, "extra $.b"},
		"number as string":       {`{"a":[{"x":"1"}]}`, `{"a":[{"x":1}]}`, "type $.a[0].x"},
		"null as empty":          {`[null]`, `[""]`, "type $[0]"},
		"list as object":         {`{"a":[]}`, `{"a":{}}`, "type $.a"},
		"boolean":                {`[true]`, `[false]`, "value $[0]"},
		"value":                  {`{"a.b":"x"}`, `{"a.b":"y"}`, `value $["a.b"]`},
		"odd names":              {`{"":1,"api-key":1,"1":1,"\u00e9":1}`, `{"":2,"api-key":2,"1":2,"\u00e9":2}`, `value $[""]; value $.api-key; value $["1"]; value $["é"]`},
		"integer as float":       {`[1]`, `[1.0]`, "type $[0]"},
		"float in another way":   {`[10.0,1e2]`, `[1e1,1.00e+2]`, "escapes $[0]; escapes $[1]"},
		"other float":            {`[1]`, `[1.5]`, "value $[0]"},
		"big numbers":            {`[123456789012345678901,9007199254740993]`, `[123456789012345678902,9007199254740992]`, "value $[0]; value $[1]"},
		"exponents beyond limit": {`[1e99999999999999]`, `[1e99999999999998]`, "value $[0]"},
		"slashes":                {`["http:\/\/x"]`, `["http://x"]`, "escapes $[0]"},
		"letters":                {`["\u00e9"]`, `["é"]`, "escapes $[0]"},
		"lone surrogate":         {`["\ud800"]`, `["\ufffd"]`, "value $[0]"},
		"escaped name":           {`{"a\/b":1}`, `{"a/b":1}`, `escapes $["a/b"]`},
		"key order":              {`{"a":{"x":1,"y":2,"z":3}}`, `{"a":{"x":1,"z":3,"y":2}}`, "key_order $.a"},
		"key order and missing":  {`{"a":1,"b":2,"c":3}`, `{"c":3,"a":1}`, "missing $.b; key_order $"},
		"duplicate keys":         {`{"a":1,"a":2,"b":3}`, `{"a":1,"b":3}`, "missing $.a"},
		"duplicate values":       {`{"a":1,"a":2}`, `{"a":1,"a":3}`, "value $.a"},
		"white space":            {`{"a":1,"b":[ ]}`, `{"a":1, "b":[]}`, "white_space $.b"},
		"white space at colon":   {`{"a" :1}`, `{"a":1}`, "white_space $.a"},
		"white space at end":     {`{"a":[1]}`, "{\"a\":[1]}\n", "white_space $"},
		"white space in empty":   {`{"a":[ ]}`, `{"a":[]}`, "white_space $.a"},
		"white space and more":   {`{"a":1,"b":2}`, `{ "b":2,"c":1}`, "missing $.a; white_space $.b; extra $.c"},
		"order of scalars":       {`["a","b","c"]`, `["c","b","a"]`, "order $"},
		"order of objects":       {`[{"id":"1","x":1},{"id":"2","x":2}]`, `[{"id":"2","x":2},{"id":"1","x":1}]`, "order $"},
		"order and value":        {`[{"id":"1","x":1},{"id":"2","x":2}]`, `[{"id":"2","x":3},{"id":"1","x":1}]`, "order $; value $[1].x"},
		"order and bytes":        {`["\/",{"a":1,"b":2}]`, `[{"b":2,"a":1},"/"]`, "order $; escapes $[0]; key_order $[1]"},
		"one element less":       {`["a","b","c","d"]`, `["a","b","d"]`, "length $"},
		"one object less":        {`{"l":[{"id":"1"},{"id":"2"},{"id":"3"}]}`, `{"l":[{"id":"1"},{"id":"3"}]}`, "length $.l"},
		"one object more":        {`[{"id":"1"}]`, `[{"id":"1"},{"id":"3"}]`, "length $"},
		"none at all":            {`[1,2]`, `[]`, "length $"},
		"length and value":       {`["a","b","c","d"]`, `["a","x","d"]`, "length $; value $[1]"},
		"length and others":      {`[{"id":1},{"id":2},{"id":3}]`, `[{"id":1},{"id":4}]`, "length $; missing $[1]; missing $[2]; extra $[1]"},
		"changed id":             {`[{"id":"1","x":1},{"id":"2","x":2}]`, `[{"id":"1","x":1},{"id":"9","x":2}]`, "value $[1].id"},
		"id of another type":     {`[{"id":"1"},{"id":"2"}]`, `[{"id":"1"},{"id":2}]`, "type $[1].id"},
		"id that is gone":        {`[{"id":"1","x":1},{"id":"2","x":2}]`, `[{"id":"1","x":1},{"x":2}]`, "missing $[1].id"},
		"not JSON":               {`{"a":1}`, `<html>`, "not_json $"},
		"neither is JSON":        {`<a>`, `<b>`, "value $"},
		"equal and not JSON":     {`<a>`, `<a>`, ""},
		"empty":                  {``, ``, ""},
		"byte order mark":        {"\ufeff{}", `{}`, "not_json $"},
		"deep":                   {strings.Repeat("[", 600) + strings.Repeat("]", 600), `[]`, "not_json $"},
		"scalars":                {`1`, `"1"`, "type $"},
	}
	for name, test := range tests {
		if got := short(Compare("peering.getPeers", answer(test.original), answer(test.own), nil).Differences); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestCompareHeaders(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		own  Answer
		want string
	}{
		"status":            {Answer{401, "application/json", []byte("{}")}, "status status"},
		"type":              {Answer{200, "text/html", []byte("{}")}, "status content_type"},
		"type in capitals":  {Answer{200, "Application/JSON", []byte("{}")}, ""},
		"type with charset": {Answer{200, "application/json; charset=utf-8", []byte("{}")}, "status content_type"},
		"no type":           {Answer{200, "", []byte("{}")}, "status content_type"},
	} {
		if got := short(Compare("a.b", answer("{}"), test.own, nil).Differences); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 300)
	options := Options{Text: func(path, text string) string {
		return strings.ReplaceAll(text, "geheim", "<"+path+">")
	}}
	got := options.Compare("a.b", answer(`{"p":"geheim","l":[1,2],"x":"`+long+`"}`), answer(`{"p":"other","l":[1],"x":"","y":"geheim"}`))
	want := []Difference{
		{"$.p", Value, `"<$.p>"`, `"other"`, ""},
		{"$.l", Length, "2", "1", ""},
		{"$.x", Value, `"` + strings.Repeat("é", 99) + "…", `""`, ""},
		{"$.y", Extra, "", `"<$.y>"`, ""},
	}
	if fmt.Sprint(got.Differences) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got.Differences, want)
	}
}

// TestRedactedTexts holds that nothing secret gets into a result through the
// redactor, however it differs.
func TestRedactedTexts(t *testing.T) {
	t.Parallel()
	const secret = "geheim/1234"
	for name, test := range map[string]struct{ original, own string }{
		"value":      {`{"a":{"password":"geheim/1234"}}`, `{"a":{"password":"other"}}`},
		"escapes":    {`{"password":"geheim\/1234"}`, `{"password":"geheim/1234"}`},
		"member":     {`{"a":{"api_key":"geheim/1234","b":1}}`, `{}`},
		"element":    {`{"api-key":["x","geheim/1234"]}`, `{"api-key":["x"]}`},
		"order":      {`[{"id":1,"hash":"geheim/1234"},{"id":2}]`, `[{"id":2},{"id":1,"hash":"geheim/1234"}]`},
		"not JSON":   {`<b>geheim/1234</b>`, `{}`},
		"cut":        {`{"note":"` + strings.Repeat("x", 190) + `geheim/1234"}`, `{"note":""}`},
		"key order":  {`{"geheim/1234":1,"b":1}`, `{"b":1,"geheim/1234":1}`},
		"whole text": {`{"data":"` + strings.Repeat("x", 300) + `"}`, `{"data":{"password":"geheim/1234"}}`},
	} {
		options := Options{Text: redact.New(secret).Value}
		r := options.Compare("a.b", answer(test.original), answer(test.own))
		if r.Matches() {
			t.Errorf("%s: no difference", name)
		}
		for _, d := range r.Differences {
			if text := d.Original + " " + d.Own; strings.Contains(text, "geheim") {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	var original, own strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&original, `{"id":"%d","a":1,"n%dx":1},`, i, i%1500)
		fmt.Fprintf(&own, `{"id":"%d","a":2,"n%dx":2},`, i, i%1500)
	}
	r := Compare("a.b", answer("["+original.String()+"0]"), answer("["+own.String()+"0]"), nil)
	if r.Total != 6000 || len(r.Differences) != MaxDifferences || len(r.Counts) != maxGroups || r.Matches() {
		t.Errorf("total %d, %d listed, %d counts", r.Total, len(r.Differences), len(r.Counts))
	}
	if r.Counts[0] != (Count{"$[*].a", Value, 3000}) {
		t.Errorf("first count %v", r.Counts[0])
	}
	if rest := r.Without([]string{"$[*].a value"}); rest.Total != 3000 || rest.NoisyTotal != 3000 || len(rest.Noisy) != maxPerGroup {
		t.Errorf("without noise: total %d, noisy %d, %d listed", rest.Total, rest.NoisyTotal, len(rest.Noisy))
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	a := answer(`{"message":"x","data":[{"id":"1","modified":"a"},{"id":"2","modified":"b"}],"tags":["a","b"],"by":{"17":{"t":1}}}`)
	b := answer(`{"message":"x","data":[{"id":"1","modified":"c"},{"id":"2","modified":"d"}],"tags":["b","a"],"by":{"17":{"t":2}}}`)
	noise := Noise("peering.getPeers", a, b)
	if got := strings.Join(noise, "|"); got != "$.by.*.t value|$.data[*].modified value|$.tags order" {
		t.Fatalf("noise %s", got)
	}
	own := answer(`{"message":"y","data":[{"id":"1","modified":"e"},{"id":"2","modified":"b"}],"tags":["b","a"],"by":{"17":{"t":3}}}`)
	r := Compare("peering.getPeers", a, own, nil).Without(noise)
	if got := short(r.Differences); got != "value $.message" || r.Total != 1 || r.NoisyTotal != 3 || len(r.Counts) != 1 {
		t.Errorf("left %s, total %d, noisy %d", got, r.Total, r.NoisyTotal)
	}
	if got := short(r.Noisy); got != "value $.data[0].modified; order $.tags; value $.by[\"17\"].t" {
		t.Errorf("noisy %s", got)
	}
	for name, other := range map[string]Answer{
		"status":   {500, "application/json", a.Body},
		"not JSON": {200, "application/json", []byte("<x>")},
		"type":     {200, "application/json", []byte("[]")},
	} {
		noise := Noise("a.b", a, other)
		if left := Compare("a.b", a, own, nil).Without(noise); left.NoisyTotal != 0 {
			t.Errorf("%s: noise %v takes away %d", name, noise, left.NoisyTotal)
		}
		if left := Compare("a.b", a, other, nil).Without(noise); !left.Matches() {
			t.Errorf("%s: noise %v leaves %v", name, noise, left.Differences)
		}
	}
	// Only the kinds that were seen are hidden, and nothing below.
	lists, others := answer(`{"data":{"at":"x","of":[{"id":"1"}]}}`), answer(`{"data":{"at":"y","of":[{"id":"1"},{"id":"2"}]}}`)
	hidden := Noise("a.b", lists, others)
	if got := strings.Join(hidden, "|"); got != "$.data.at value|$.data.of length" {
		t.Errorf("noise %s", got)
	}
	for body, want := range map[string]string{
		`{"data":{"at":"z","of":[{"id":"1"},{"id":"2"},{"id":"3"}]}}`: "",
		`{"data":{"at":7,"of":[{"id":"1"}]}}`:                         "type $.data.at",
		`{"data":{"of":[{"id":"1"}]}}`:                                "missing $.data.at",
		`{"data":{"at":{"x":1},"of":[{"id":1},{"id":"2"}]}}`:          "type $.data.at; type $.data.of[0].id",
	} {
		if got := short(Compare("a.b", lists, answer(body), nil).Without(hidden).Differences); got != want {
			t.Errorf("%s: left %q, want %q", body, got, want)
		}
	}
	// Which answer came first is chance.
	gone := Noise("a.b", answer(`{"a":1}`), answer(`{}`))
	if left := Compare("a.b", answer(`{}`), answer(`{"a":1}`), nil).Without(gone); !left.Matches() {
		t.Errorf("noise %v leaves %v", gone, left.Differences)
	}
	if noise := Noise("a.b", a, a); len(noise) != 0 {
		t.Errorf("noise of equal answers: %v", noise)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	const action = "peering.getPeers"
	one := Fingerprint(action, Difference{Path: "$.data[3].is_peer", Kind: Type, Original: "0"})
	if one != "9cd538304811f03f" {
		t.Errorf("the fingerprint changed to %s", one)
	}
	if Fingerprint(action, Difference{Path: "$.data[12].is_peer", Kind: Type}) != one {
		t.Error("another index gives another fingerprint")
	}
	for name, other := range map[string]string{
		"action": Fingerprint("peering.getSessions", Difference{Path: "$.data[3].is_peer", Kind: Type}),
		"path":   Fingerprint(action, Difference{Path: "$.data[3].name", Kind: Type}),
		"kind":   Fingerprint(action, Difference{Path: "$.data[3].is_peer", Kind: Value}),
	} {
		if other == one {
			t.Errorf("another %s gives the same fingerprint", name)
		}
	}
	if Fingerprint(action, Difference{Path: `$["17"].x`, Kind: Value}) != Fingerprint(action, Difference{Path: `$["18"].x`, Kind: Value}) {
		t.Error("names of digits are not generalised")
	}
}
