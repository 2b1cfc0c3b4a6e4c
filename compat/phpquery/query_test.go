package phpquery_test

import (
	"fmt"
	"strings"
	"testing"

	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// jsonOf gives an array as JSON, which shows order, nesting and whether it is a
// list.
func jsonOf(a *phpvalue.Array) string {
	return string(phpjson.AppendLenient(nil, phpvalue.FromArray(a)))
}

func TestParseQuery(t *testing.T) {
	t.Parallel()
	deep := func(levels int) string { return "a" + strings.Repeat("[b]", levels) }
	tests := []struct{ name, query, want string }{
		{"empty", "", `[]`},
		{"order is kept", "b=1&a=2", `{"b":"1","a":"2"}`},
		{"a later value keeps the place", "a=1&b=2&a=3", `{"a":"3","b":"2"}`},
		{"no value", "a&b=", `{"a":"","b":""}`},
		{"semicolon is no separator", "a=1;b=2", `{"a":"1;b=2"}`},
		{"HTML entity", "a=1&amp;b=2", `{"a":"1","amp;b":"2"}`},
		{"stray percent signs", "a=%zz&b=%&c=%4", `{"a":"%zz","b":"%","c":"%4"}`},
		{"plus and hexadecimal in both cases", "a+b=%2f+%2F", `{"a_b":"\/ \/"}`},
		{"NUL in the value stays", "a=1%002", `{"a":"1\u00002"}`},
		{"NUL ends the name", "a%00b=1", `{"a":"1"}`},
		{"raw NUL ends the query", "a=1&b=2\x003&c=4", `{"a":"1","b":"2"}`},
		{"dots and spaces", "a.b=1&a b=2", `{"a_b":"2"}`},
		{"leading spaces, not tabs", "  a=1&\tb=2", `{"a":"1","\tb":"2"}`},
		{"append", "a[]=1&a[]=2", `{"a":["1","2"]}`},
		{"append with a space", "a[ ]=1", `{"a":["1"]}`},
		{"numbered from zero", "a[0]=1&a[1]=2", `{"a":["1","2"]}`},
		{"numbered backwards", "a[1]=x&a[0]=y", `{"a":{"1":"x","0":"y"}}`},
		{"brackets encoded", "fields%5Brir%5D%5B0%5D=ARIN", `{"fields":{"rir":["ARIN"]}}`},
		{"the index is not mangled", "a[b.c]=1", `{"a":{"b.c":"1"}}`},
		{"space before the index stays", "a[ b]=1", `{"a":{" b":"1"}}`},
		{"not closed", "a[b=1", `{"a_b":"1"}`},
		{"not closed, mangled", "a[b.c d[e=1", `{"a_b_c_d_e":"1"}`},
		{"not closed further on", "a[b][c=1", `{"a":{"b":"1"}}`},
		{"bracket in the index", "a[[b]]=1", `{"a":{"[b":"1"}}`},
		{"text behind the index", "a[b]c=1", `{"a":{"b":"1"}}`},
		{"closing bracket first", "a]b=1", `{"a]b":"1"}`},
		{"no name", "=1&[]=1&[a]=1&[a=1& =1", `[]`},
		{"scalar to array", "a=1&a[]=2", `{"a":["2"]}`},
		{"array to scalar", "a[]=1&a=2", `{"a":"2"}`},
		{"append behind a negative index", "a[-5]=1&a[]=2", `{"a":{"-5":"1","-4":"2"}}`},
		{"append behind the highest index", "a[9223372036854775807]=1&a[]=2&a[][b]=3", `{"a":{"9223372036854775807":"1"}}`},
		{"64 levels", deep(64) + "=1", `{"a":` + strings.Repeat(`{"b":`, 64) + `"1"` + strings.Repeat("}", 65)},
		{"65 levels drop the variable", "c=1&a=0&" + deep(65) + "=1", `{"c":"1"}`},
		{"cookie prefix from mangling", "..Host-a=1&__Host-b=2&_.Secure-c[d]=3", `{"__Host-b":"2"}`},
		{"cookie prefix as an index", "a[__Host-x]=1&__Host-[__Host-y]=2", `{"a":[],"__Host-":{"__Host-y":"2"}}`},
		{"cookie prefix without its dash", "..Host=1&..Secure=2", `{"__Host":"1","__Secure":"2"}`},
		{"cookie prefix in another case", "a[__host-x]=1", `{"a":{"__host-x":"1"}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := jsonOf(phpquery.ParseQuery(test.query, phpquery.DefaultMaxVars)); got != test.want {
				t.Errorf("ParseQuery(%q) = %s, want %s", test.query, got, test.want)
			}
		})
	}
}

func TestMaxVars(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, input string
		most        int
		query, form string
	}{
		{"below", "a=1&b=2", 3, `{"a":"1","b":"2"}`, `{"a":"1","b":"2"}`},
		{"a form takes one more", "a=1&b=2&c=3&d=4", 2, `{"a":"1","b":"2"}`, `{"a":"1","b":"2","c":"3"}`},
		{"empty pieces count in a form", "&&a=1&b=2", 2, `{"a":"1","b":"2"}`, `{"a":"1"}`},
		{"discarded variables count", "=1&[]=2&a=3", 2, `[]`, `{"a":"3"}`},
		{"none", "a=1&b=2", 0, `[]`, `{"a":"1"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := jsonOf(phpquery.ParseQuery(test.input, test.most)); got != test.query {
				t.Errorf("ParseQuery(%q, %d) = %s, want %s", test.input, test.most, got, test.query)
			}
			if got := jsonOf(phpquery.ParseForm(test.input, test.most)); got != test.form {
				t.Errorf("ParseForm(%q, %d) = %s, want %s", test.input, test.most, got, test.form)
			}
		})
	}
}

// TestManyVariables makes sure that a thousand variables in one array take time
// in proportion: with a scan for each, a hundred thousand would take minutes.
func TestManyVariables(t *testing.T) {
	t.Parallel()
	const count = 100_000
	for _, form := range []string{"k%d=v", "a[k%d]=v", "a[]=%d", "-%d=v"} {
		var b strings.Builder
		for i := range count {
			fmt.Fprintf(&b, form+"&", i+1)
		}
		vars := phpquery.ParseQuery(b.String(), count)
		got := vars.Len()
		if a, ok := vars.Get("a"); ok {
			got = a.Array().Len()
		}
		if got != count {
			t.Errorf("%s gives %d variables, want %d", form, got, count)
		}
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, get, post, want string }{
		{"nothing", "", "", `[]`},
		{"query only", "a=1", "", `{"a":"1"}`},
		{"body only", "", "a=1", `{"a":"1"}`},
		{"body wins and keeps the place", "a=1&b=2", "c=3&a=4", `{"a":"4","b":"2","c":"3"}`},
		{"arrays by key", "f[x]=1&f[z]=g", "f[y]=2&f[z]=p", `{"f":{"x":"1","z":"p","y":"2"}}`},
		{"lists by position", "l[]=g0&l[]=g1", "l[]=p0", `{"l":["p0","g1"]}`},
		{"deep", "a[b][c]=1&a[b][d]=2", "a[b][d]=3&a[e]=4", `{"a":{"b":{"c":"1","d":"3"},"e":"4"}}`},
		{"scalar over array", "a[]=1", "a=2", `{"a":"2"}`},
		{"array over scalar", "a=1", "a[]=2", `{"a":["2"]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			get := phpquery.ParseQuery(test.get, phpquery.DefaultMaxVars)
			post := phpquery.ParseForm(test.post, phpquery.DefaultMaxVars)
			before := jsonOf(get) + jsonOf(post)
			if got := jsonOf(phpquery.Merge(get, post)); got != test.want {
				t.Errorf("Merge(%s, %s) = %s, want %s", jsonOf(get), jsonOf(post), got, test.want)
			}
			if after := jsonOf(get) + jsonOf(post); after != before {
				t.Errorf("Merge has changed its arguments from %s to %s", before, after)
			}
		})
	}
	if got := phpquery.Merge(nil, nil); got == nil || got.Len() != 0 {
		t.Errorf("Merge(nil, nil) = %v, want an empty array", got)
	}
}
