package contract_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provision-gateway/backends/contract"
	"provision-gateway/compat/golden"
)

func TestMisses(t *testing.T) {
	t.Parallel()
	const query = "target=peering&action=getSessions"
	tests := []struct {
		name, expected, got string
		where               string
		at                  int
		// shown are parts of what is printed.
		shown []string
	}{
		{"value", `{"data":[{"a":"1"},{"a":"2","b":3}]}`, `{"data":[{"a":"1"},{"a":"5","b":3}]}`, "$.data[1].a value", 25, []string{"$.data[1].a (value), byte 25", `"a":"2"`, `"a":"5"`}},
		{"number", `{"data":{"a":[1,23]}}`, `{"data":{"a":[1,24]}}`, "$.data.a[1] value", 17, nil},
		{"missing at the end", `{"data":[{"a":1},{"a":2}]}`, `{"data":[{"a":1}]}`, "$.data length", 16, nil},
		{"extra", `{"data":[]}`, `{"data":[{"a":1}]}`, "$.data length", 9, nil},
		{"other name", `{"data":{"a":1}}`, `{"data":{"b":1}}`, "$.data.a missing", 10, nil},
		{"null", `{"a":null}`, `{"a":""}`, "$.a type", 5, nil},
		{"ends early", `{"a":1}`, ``, "$ not_json", 0, []string{"(ends here)"}},
		{"not JSON", `{"a":1}`, "hello\n\x1b[31m", "$ not_json", 0, []string{"<11 bytes that are not JSON>"}},
		{"status", "401 Unauthorized\n{}", `{}`, "status status", 0, []string{`401 Unauthorized\n{}`}},
		{"only a secret", `{"password":"topsecret-1"}`, `{"password":"topsecret-2"}`, "$.password value", 21, []string{"<secret-1>"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := file(t, "GET "+script+query+dashes+test.expected)
			c := client(t, contract.ClientOptions{URL: serves(t, map[string]string{query: test.got}).URL})
			report := contract.Verify(t.Context(), []contract.Case{{Name: "f", File: f}}, contract.VerifyOptions{Client: c})
			if report.Count(contract.Missed) != 1 || len(report.Files[0].Misses) != 1 {
				t.Fatalf("%+v", report)
			}
			m := report.Files[0].Misses[0]
			if where := m.Path + " " + string(m.Kind); where != test.where || m.GotAt != test.at || m.Pair != 1 {
				t.Errorf("at %q, byte %d, of pair %d, want %q, byte %d", where, m.GotAt, m.Pair, test.where, test.at)
			}
			text := m.String()
			for _, want := range append(test.shown, "GET "+script+query) {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			if strings.Contains(text, "topsecret") || strings.Contains(text, "\x1b") {
				t.Errorf("it shows what it must not:\n%q", text)
			}
		})
	}
}

// TestPlaceholdersOverPairs sends later requests with what the server gave, also
// when the answer that gave it is missed.
func TestPlaceholdersOverPairs(t *testing.T) {
	t.Parallel()
	f := file(t, "# placeholders: ids, times\nGET "+script+"target=lir&action=get"+dashes+`{"x":1,"id":"<id-1>","at":"<time-1>"}`+equals+
		"GET "+script+"target=lir&action=get&id=<id-1>&at=<time-1>"+dashes+`{"id":"<id-1>"}`)
	const later = "target=lir&action=get&id=77&at=2014-05-22+23%3A14%3A54"
	for name, test := range map[string]struct {
		first, second string
		misses        []int
	}{
		"ok":               {`{"x":1,"id":"77","at":"2014-05-22 23:14:54"}`, `{"id":"77"}`, nil},
		"another id later": {`{"x":1,"id":"77","at":"2014-05-22 23:14:54"}`, `{"id":"78"}`, []int{2}},
		"first missed":     {`{"x":2,"id":"77","at":"2014-05-22 23:14:54"}`, `{"id":"77"}`, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, contract.ClientOptions{URL: serves(t, map[string]string{"target=lir&action=get": test.first, later: test.second}).URL})
			done, err := contract.Run(t.Context(), c, f)
			if err != nil {
				t.Fatal(err)
			}
			var misses []int
			for _, exchange := range done {
				if exchange.Miss != nil {
					misses = append(misses, exchange.Miss.Pair)
				}
			}
			if fmt.Sprint(misses) != fmt.Sprint(test.misses) || len(done) != 2 {
				t.Errorf("missed %v of %d, want %v", misses, len(done), test.misses)
			}
		})
	}
	c := client(t, contract.ClientOptions{URL: serves(t, map[string]string{"target=lir&action=get": `{"x":1}`}).URL})
	if _, err := contract.Run(t.Context(), c, f); err == nil || err.Error() != "request 2: it needs <id-1>, which no answer before it gave" {
		t.Errorf("error %v", err)
	}
}

func TestLeavesOut(t *testing.T) {
	t.Parallel()
	const query = "target=lir&action=get"
	server := serves(t, map[string]string{query: "{}", "target=lir&action=delete&id=1": "{}", "target=ipam&action=get": "{}"})
	read, write := "GET "+script+query+dashes+"{}", "GET "+script+"target=lir&action=delete&id=1"+dashes+"{}"
	tests := []struct {
		name, text string
		options    contract.VerifyOptions
		outcome    contract.Outcome
		reason     string
	}{
		{"plain", read, contract.VerifyOptions{}, contract.OK, ""},
		{"placeholders", "# placeholders: ids\n" + read, contract.VerifyOptions{}, contract.OK, ""},
		{"settings", "# fixture: a, b\n# time: x\n" + read, contract.VerifyOptions{}, contract.LeftOut, "needs a server prepared with fixture: a, b; time: x"},
		{"one setting given", "# fixture: a, b\n# time: x\n" + read, contract.VerifyOptions{Settings: map[string]string{"time": "x"}}, contract.LeftOut, "needs a server prepared with fixture: a, b"},
		{"another value given", "# time: x\n" + read, contract.VerifyOptions{Settings: map[string]string{"time": "y"}}, contract.LeftOut, "needs a server prepared with time: x"},
		{"settings given", "# fixture: a, b\n# time: x\n" + read, contract.VerifyOptions{Settings: map[string]string{"time": "x", "fixture": "a, b", "own": "1"}}, contract.OK, ""},
		{"prepared", "# fixture: a, b\n" + read, contract.VerifyOptions{Prepared: true}, contract.OK, ""},
		{"write", read + equals + write, contract.VerifyOptions{Prepared: true}, contract.LeftOut, "request 2 is a write (lir.delete), and writes are not allowed"},
		{"write allowed", write, contract.VerifyOptions{Writes: true}, contract.OK, ""},
		{"unknown action", "GET " + script + "target=ipam&action=get" + dashes + "{}", contract.VerifyOptions{}, contract.LeftOut, "request 1 asks for an action that is not known to read only, and writes are not allowed"},
		{"unknown action allowed", "GET " + script + "target=ipam&action=get" + dashes + "{}", contract.VerifyOptions{Writes: true}, contract.OK, ""},
		{"no answer yet", "GET " + script + query, contract.VerifyOptions{}, contract.Troubled, "pair 1 has no answer yet"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.options.Client = client(t, contract.ClientOptions{URL: server.URL})
			report := contract.Verify(t.Context(), []contract.Case{{Name: "f", File: file(t, test.text)}}, test.options)
			if f := report.Files[0]; f.Outcome != test.outcome || f.Reason != test.reason {
				t.Errorf("%s: %s, want %s: %s", f.Outcome, f.Reason, test.outcome, test.reason)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	const list, one, other = "target=lir&action=get", "target=lir&action=get&id=1", "target=peering&action=getPeers"
	server := serves(t, map[string]string{list: `{"success":0,"message":"none"}`, one: `{"success":0,"message":"none"}`, other: `{"success":0,"message":"none"}`})
	pair := func(query, answer string) *golden.File { return file(t, "GET "+script+query+dashes+answer) }
	cases := []contract.Case{
		{Name: "list", File: pair(list, `{"success":1,"message":"7 objects found"}`)},
		{Name: "none", File: pair(one, `{"success":0,"message":"none"}`)},
		{Name: "other", File: pair(other, `{"success":0,"message":"other"}`)},
	}
	report := contract.Verify(t.Context(), cases, contract.VerifyOptions{Client: client(t, contract.ClientOptions{URL: server.URL})})
	if n := report.Files[0].Misses[0].Nearest; n == nil || *n != (contract.Nearest{File: "none", Pair: 1, Same: true}) {
		t.Errorf("nearest is %+v", n)
	}
	if n := report.Files[2].Misses[0].Nearest; n != nil {
		t.Errorf("nearest is of another action: %+v", n)
	}
}

func TestTroubleEndsEarly(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(server.Close)
	f := file(t, "GET "+script+"target=lir&action=get"+dashes+"{}")
	var cases []contract.Case
	for i := range 6 {
		cases = append(cases, contract.Case{Name: fmt.Sprint(i), File: f})
	}
	report := contract.Verify(t.Context(), cases, contract.VerifyOptions{Client: client(t, contract.ClientOptions{URL: server.URL})})
	if report.Count(contract.Troubled) != 6 || asked != 3 {
		t.Errorf("%d files in trouble, %d requests", report.Count(contract.Troubled), asked)
	}
	if got := report.Files[0].Reason; got != "request 1: the server answers 502 Bad Gateway" {
		t.Error(got)
	}
	if got := report.Files[5].Reason; got != "not tried, after trouble with 3 files in a row" {
		t.Error(got)
	}
	// A file that expects the status is answered as it says.
	f = file(t, "GET "+script+"target=lir&action=get"+dashes+"502 Bad Gateway\nno type\n")
	if _, err := contract.Run(t.Context(), client(t, contract.ClientOptions{URL: server.URL}), f); err != nil {
		t.Error(err)
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	report := contract.Report{Files: []contract.FileReport{
		{Name: "a/ok.golden", Outcome: contract.OK, Requests: 1},
		{Name: "a/b/miss.golden", Outcome: contract.Missed, Requests: 2, Misses: []*contract.Miss{{Pair: 2, Request: "GET /?a<b", Expected: "\x00<", Got: "&", Path: "data"}}},
		{Name: "trouble.golden", Outcome: contract.Troubled, Reason: "the server \"is\" away"},
		{Name: "left.golden", Outcome: contract.LeftOut, Reason: "needs x"},
	}}
	data, err := report.JUnit()
	if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Class   string  `xml:"classname,attr"`
			Name    string  `xml:"name,attr"`
			Failure *string `xml:"failure"`
			Error   *struct {
				Message string `xml:"message,attr"`
			} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(data, &suite); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if suite.Tests != 4 || suite.Failures != 1 || suite.Errors != 1 || suite.Skipped != 1 {
		t.Errorf("%+v", suite)
	}
	if c := suite.Cases[1]; c.Class != "a/b" || c.Name != "miss.golden" || c.Failure == nil || !strings.Contains(*c.Failure, "GET /?a<b") {
		t.Errorf("%+v", c)
	}
	if c := suite.Cases[2]; c.Error == nil || c.Error.Message != `the server "is" away` || suite.Cases[3].Skipped == nil {
		t.Errorf("%+v", suite.Cases)
	}
}

func TestReadCases(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{"b/2.golden": "GET /", "a.golden": "GET /", "x.txt": "no", "bad.golden.txt": "no"} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases, err := contract.ReadCases(folder, filepath.Join(folder, "a.golden"))
	if err != nil || len(cases) != 2 || !strings.HasSuffix(cases[1].Name, "2.golden") {
		t.Errorf("%+v, %v", cases, err)
	}
	for _, path := range []string{filepath.Join(folder, "x.txt"), filepath.Join(folder, "nothing"), t.TempDir()} {
		if _, err := contract.ReadCases(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", path, err)
		}
	}
}

// FuzzMiss holds answers of any bytes against any expected ones: nothing panics,
// and what is printed is one line each.
func FuzzMiss(f *testing.F) {
	f.Add(`{"a":[1,"<id-1>"]}`, `{"a":[1,"2"],"b":`)
	f.Add(`{"a":"\`, "[\x00\n\"")
	f.Add("]}", "{,:,\"")
	f.Fuzz(func(t *testing.T, expected, got string) {
		p, err := golden.NewPlaceholders(golden.IDs, golden.Secrets)
		if err != nil {
			t.Fatal(err)
		}
		m := contract.Compare(p, golden.Pair{Request: golden.Request{Line: "GET /"}, Answer: &golden.Answer{Status: 200, ContentType: "application/json", Body: expected}}, 1,
			golden.Answer{Status: 200, ContentType: "application/json", Body: got}, golden.Bindings{})
		if m == nil {
			return
		}
		for range 2 {
			if n := strings.Count(m.String(), "\n"); n < 4 || n > 6 || strings.ContainsAny(m.String(), "\r\x00\x1b") {
				t.Errorf("%d lines: %q", n, m.String())
			}
			contract.Redact(m)
		}
	})
}
