package golden_test

import (
	"maps"
	"net/url"
	"slices"
	"testing"

	"provision-gateway/compat/golden"
)

func placeholders(t testing.TB, kinds ...golden.Kind) golden.Placeholders {
	t.Helper()
	p, err := golden.NewPlaceholders(kinds...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var everyKind = []golden.Kind{golden.IDs, golden.Times, golden.Secrets, golden.Bodies}

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want, got string
		kinds           []golden.Kind
		before, after   golden.Bindings
		wantAt, gotAt   int
		ok              bool
	}{
		{name: "literal", want: "abc", got: "abc", kinds: everyKind, wantAt: 3, gotAt: 3, ok: true},
		{name: "literal differs", want: "abc", got: "abd", kinds: everyKind, wantAt: 2, gotAt: 2},
		{name: "too short", want: "abc", got: "ab", kinds: everyKind, wantAt: 2, gotAt: 2},
		{name: "too long", want: "ab", got: "abc", kinds: everyKind, wantAt: 2, gotAt: 2},
		{name: "switched off", want: "<id-1>", got: "5", wantAt: 0, gotAt: 0},
		{name: "switched off, the same text", want: "<id-1>", got: "<id-1>", wantAt: 6, gotAt: 6, ok: true},
		{name: "of another kind", want: "<time-1><id-1>", got: "<time-1>7", kinds: []golden.Kind{golden.IDs}, after: golden.Bindings{"id-1": "7"}, wantAt: 14, gotAt: 9, ok: true},
		{name: "id bound", want: `"<id-1>",<id-1>`, got: `"51",51`, kinds: everyKind, after: golden.Bindings{"id-1": "51"}, wantAt: 15, gotAt: 7, ok: true},
		{name: "id changes", want: `"<id-1>","<id-1>"`, got: `"51","52"`, kinds: everyKind, after: golden.Bindings{"id-1": "51"}, wantAt: 10, gotAt: 6},
		{name: "id is longer later", want: `"<id-1>","<id-1>"`, got: `"5","51"`, kinds: everyKind, after: golden.Bindings{"id-1": "5"}, wantAt: 10, gotAt: 5},
		{name: "id known", want: `"<id-2>"`, got: `"51"`, kinds: everyKind, before: golden.Bindings{"id-2": "50"}, after: golden.Bindings{"id-2": "50"}, wantAt: 1, gotAt: 1},
		{name: "id is a word", want: `"<id-1>"`, got: `"x"`, kinds: everyKind, wantAt: 1, gotAt: 1},
		{name: "id is null", want: `"<id-1>"`, got: `null`, kinds: everyKind, wantAt: 0, gotAt: 0},
		{name: "time", want: `"<time-1>"`, got: `"2014-05-22 23:14:54"`, kinds: everyKind, after: golden.Bindings{"time-1": "2014-05-22 23:14:54"}, wantAt: 10, gotAt: 21, ok: true},
		{name: "time of no such day", want: `"<time-1>"`, got: `"2014-02-30 23:14:54"`, kinds: everyKind, wantAt: 1, gotAt: 1},
		{name: "time in another shape", want: `"<time-1>"`, got: `"2014-05-22T23:14:54Z"`, kinds: everyKind, wantAt: 1, gotAt: 1},
		{name: "seconds", want: `<seconds-1>}`, got: `1375846025}`, kinds: everyKind, after: golden.Bindings{"seconds-1": "1375846025"}, wantAt: 12, gotAt: 11, ok: true},
		{name: "too few seconds", want: `<seconds-1>}`, got: `13758460}`, kinds: everyKind, wantAt: 0, gotAt: 0},
		{name: "secret", want: `"<secret-1>","<secret-1>"`, got: `"a\"b","a\"b"`, kinds: everyKind, after: golden.Bindings{"secret-1": `a\"b`}, wantAt: 25, gotAt: 13, ok: true},
		{name: "empty secret", want: `"<secret-1>"`, got: `""`, kinds: everyKind, after: golden.Bindings{"secret-1": ""}, wantAt: 12, gotAt: 2, ok: true},
		{name: "bodies", want: `"<body>","<body>"`, got: `"a","b"`, kinds: everyKind, wantAt: 17, gotAt: 7, ok: true},
		{name: "secret within a text", want: `"key <secret-1> is <secret-2>!"`, got: `"key abc is def!"`, kinds: everyKind, after: golden.Bindings{"secret-1": "abc", "secret-2": "def"}, wantAt: 31, gotAt: 17, ok: true},
		{name: "secret and another end", want: `"<secret-1>!"`, got: `"abc?"`, kinds: everyKind, after: golden.Bindings{"secret-1": "abc?"}, wantAt: 11, gotAt: 5},
		{name: "hashes and lengths", want: `"<hash>","<hash>","<12 bytes>"`, got: `"a","b","c"`, kinds: everyKind, wantAt: 30, gotAt: 11, ok: true},
		{name: "quoted", want: `<lt>id-1>`, got: `<id-1>`, kinds: everyKind, wantAt: 9, gotAt: 6, ok: true},
		{name: "quoted twice", want: `<lt>lt>`, got: `<lt>`, kinds: everyKind, wantAt: 7, gotAt: 4, ok: true},
		{name: "no number", want: `<id-0><id-01><id->`, got: `<id-0><id-01><id->`, kinds: everyKind, wantAt: 18, gotAt: 18, ok: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			values := golden.Bindings{}
			maps.Copy(values, test.before)
			wantAt, gotAt, ok := placeholders(t, test.kinds...).Match(test.want, test.got, values)
			if wantAt != test.wantAt || gotAt != test.gotAt || ok != test.ok {
				t.Errorf("Match gives %d, %d, %v, want %d, %d, %v", wantAt, gotAt, ok, test.wantAt, test.gotAt, test.ok)
			}
			if !maps.Equal(values, test.after) {
				t.Errorf("bound %v, want %v", values, test.after)
			}
		})
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	p := placeholders(t, golden.IDs, golden.Times)
	got, missing := p.Fill("a=<id-1>&b=<time-1>&c=<id-2>&d=<lt>id-1>&e=<secret-1>", golden.Bindings{"id-1": "7", "time-1": "2014-05-22 23:14:54"}, url.QueryEscape)
	if want := "a=7&b=2014-05-22+23%3A14%3A54&c=<id-2>&d=<id-1>&e=<secret-1>"; got != want || !slices.Equal(missing, []string{"id-2"}) {
		t.Errorf("%q, missing %v", got, missing)
	}
}

func TestPlaceholdersSetting(t *testing.T) {
	t.Parallel()
	p := placeholders(t, golden.Times, golden.IDs, golden.Times)
	setting, ok := p.Setting()
	if !ok || setting != (golden.Setting{Name: "placeholders", Value: "ids, times"}) {
		t.Errorf("%v, %v", setting, ok)
	}
	f, err := golden.Parse([]byte("# placeholders: ids, times\nGET /"))
	if err != nil {
		t.Fatal(err)
	}
	if p, err = f.Placeholders(); err != nil || p.Quote("<id-1><body>") != "<lt>id-1><body>" {
		t.Errorf("%q, %v", p.Quote("<id-1><body>"), err)
	}
	for _, bad := range []string{"", "id", "ids,times", "ids, "} {
		f.Settings[0].Value = bad
		if _, err := f.Placeholders(); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	f.Settings = nil
	if p, err = f.Placeholders(); err != nil || p.Quote("<id-1>") != "<id-1>" {
		t.Errorf("without the setting: %v", err)
	}
	if _, ok := p.Setting(); ok {
		t.Error("no placeholders have a setting")
	}
}

// FuzzQuote looks for texts that, once quoted, are not the same text any more.
func FuzzQuote(f *testing.F) {
	f.Add("<id-1>", "<lt>time-2>")
	f.Add("<", "id-1>")
	f.Add("<lt>", "<<body>>")
	p := placeholders(f, everyKind...)
	f.Fuzz(func(t *testing.T, front, back string) {
		values := golden.Bindings{"id-7": "12345"}
		if wantAt, _, ok := p.Match(p.Quote(front+back), front+back, values); !ok {
			t.Errorf("%q quoted is another text from %d on", front+back, wantAt)
		}
		// A placeholder between two literal texts stays one.
		filled, missing := p.Fill(p.Quote(front)+"<id-7>"+p.Quote(back), values, nil)
		if filled != front+"12345"+back || len(missing) != 0 {
			t.Errorf("%q, missing %v", filled, missing)
		}
	})
}
