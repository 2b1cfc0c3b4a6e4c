package golden_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"provision-gateway/compat/golden"
)

const (
	dashes = "\n----------------------------------------\n"
	equals = "\n========================================\n"
)

// goldenFiles are the golden files of this project.
func goldenFiles(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/*/*/*" + golden.Extension)
	if err != nil || len(paths) < 200 {
		t.Fatalf("%d golden files: %v", len(paths), err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = data
	}
	return files
}

func TestTestdataRoundTrip(t *testing.T) {
	t.Parallel()
	for path, data := range goldenFiles(t) {
		f, err := golden.Parse(data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		again, err := golden.Format(f)
		if err != nil || string(again) != string(data) {
			t.Errorf("%s is written otherwise than it was read: %v\n%s", path, err, again)
		}
		for _, pair := range f.Pairs {
			if pair.Answer == nil || pair.Answer.Body == "" {
				t.Errorf("%s: no answer", path)
			}
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	ok := func(body string) *golden.Answer {
		return &golden.Answer{Status: 200, ContentType: "application/json", Body: body}
	}
	tests := []struct {
		name, text string
		want       golden.File
	}{
		{"one", "GET /a?b=1" + dashes + "{}", golden.File{Pairs: []golden.Pair{{golden.Request{Line: "GET /a?b=1"}, ok("{}")}}}},
		{"line end at the end", "GET /" + dashes + "{}\n", golden.File{Pairs: []golden.Pair{{golden.Request{Line: "GET /"}, ok("{}\n")}}}},
		{"empty answer", "GET /" + dashes, golden.File{Pairs: []golden.Pair{{golden.Request{Line: "GET /"}, ok("")}}}},
		{"no answer yet", "GET /", golden.File{Pairs: []golden.Pair{{Request: golden.Request{Line: "GET /"}}}}},
		{"settings", "# time: 2014-05-22 23:14:54\n# none: \nGET /" + dashes + "{}", golden.File{
			Settings: []golden.Setting{{"time", "2014-05-22 23:14:54"}, {"none", ""}},
			Pairs:    []golden.Pair{{golden.Request{Line: "GET /"}, ok("{}")}}}},
		{"headers and body", "POST /\nA: 1\nb:2\n\nx=1\n\ny\r\n" + dashes + "{}", golden.File{Pairs: []golden.Pair{{
			golden.Request{Line: "POST /", Headers: []string{"A: 1", "b:2"}, Body: "x=1\n\ny\r\n"}, ok("{}")}}}},
		{"two", "GET /1" + dashes + "1" + equals + "GET /2" + equals + "GET /3" + dashes + "3", golden.File{Pairs: []golden.Pair{
			{golden.Request{Line: "GET /1"}, ok("1")}, {Request: golden.Request{Line: "GET /2"}}, {golden.Request{Line: "GET /3"}, ok("3")}}}},
		{"status", "GET /" + dashes + "401 Unauthorized\n{}", golden.File{Pairs: []golden.Pair{{
			golden.Request{Line: "GET /"}, &golden.Answer{Status: 401, ContentType: "application/json", Body: "{}"}}}}},
		{"unknown status", "GET /" + dashes + "599\n{}", golden.File{Pairs: []golden.Pair{{
			golden.Request{Line: "GET /"}, &golden.Answer{Status: 599, ContentType: "application/json", Body: "{}"}}}}},
		{"status in other words", "GET /" + dashes + "401 No\n{}", golden.File{Pairs: []golden.Pair{{golden.Request{Line: "GET /"}, ok("401 No\n{}")}}}},
		{"type", "GET /" + dashes + "text/html; charset=UTF-8\n<p>", golden.File{Pairs: []golden.Pair{{
			golden.Request{Line: "GET /"}, &golden.Answer{Status: 200, ContentType: "text/html; charset=UTF-8", Body: "<p>"}}}}},
		{"status and type", "GET /" + dashes + "500 Internal Server Error\ntext/html\n", golden.File{Pairs: []golden.Pair{{
			golden.Request{Line: "GET /"}, &golden.Answer{Status: 500, ContentType: "text/html"}}}}},
		{"no type", "GET /" + dashes + "no type\nx", golden.File{Pairs: []golden.Pair{{golden.Request{Line: "GET /"}, &golden.Answer{Status: 200, Body: "x"}}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := golden.Parse([]byte(test.text))
			if err != nil || !reflect.DeepEqual(*got, test.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, test.want)
			}
			if again, err := golden.Format(&test.want); err != nil || string(again) != test.text {
				t.Errorf("written as %q, %v", again, err)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"nothing", "", "METHOD PATH"},
		{"only settings", "# a: b\n", "METHOD PATH"},
		{"setting without value", "# a\nGET /", "# NAME: VALUE"},
		{"setting without name", "# : b\nGET /", "setting"},
		{"setting twice", "# a: b\n# a: c\nGET /", "twice"},
		{"no method", " /x", "METHOD PATH"},
		{"no path", "GET" + dashes + "{}", "METHOD PATH"},
		{"whole address", "GET http://x/", "METHOD PATH"},
		{"carriage return", "GET /\r\nA: 1", "METHOD PATH"},
		{"empty line without body", "GET /\n\n" + dashes + "{}", "no body"},
		{"no header", "GET /\nhello" + dashes + "{}", "header"},
		{"header with space in its name", "GET /\nA b: 1", "header"},
		{"second pair", "GET /" + dashes + "{}" + equals + "\n", "pair 2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, err := golden.Parse([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%+v, error %v, want one with %q", f, err, test.want)
			}
		})
	}
}

func TestFormatRefuses(t *testing.T) {
	t.Parallel()
	get := golden.Request{Line: "GET /"}
	answer := func(a golden.Answer) golden.File { return golden.File{Pairs: []golden.Pair{{get, &a}}} }
	tests := []struct {
		name string
		file golden.File
	}{
		{"no pair", golden.File{}},
		{"line end in a setting", golden.File{Settings: []golden.Setting{{"a", "b\nc"}}, Pairs: []golden.Pair{{Request: get}}}},
		{"colon in the name of a setting", golden.File{Settings: []golden.Setting{{"a:", "b"}}, Pairs: []golden.Pair{{Request: get}}}},
		{"line end in a line", golden.File{Pairs: []golden.Pair{{Request: golden.Request{Line: "GET /\nA: b"}}}}},
		{"line end in a header", golden.File{Pairs: []golden.Pair{{Request: golden.Request{Line: "GET /", Headers: []string{"A: b\nC: d"}}}}}},
		{"dashes in a body", golden.File{Pairs: []golden.Pair{{Request: golden.Request{Line: "POST /", Body: "a" + dashes}}}}},
		{"dashes at the end of a body", golden.File{Pairs: []golden.Pair{{golden.Request{Line: "POST /", Body: "a" + dashes[:len(dashes)-1]}, &golden.Answer{Status: 200, ContentType: "application/json"}}}}},
		{"equals in an answer", answer(golden.Answer{Status: 200, ContentType: "application/json", Body: "a" + equals + "b"})},
		{"equals at the start of an answer", answer(golden.Answer{Status: 200, ContentType: "application/json", Body: equals[1:]})},
		{"body like a status", answer(golden.Answer{Status: 200, ContentType: "application/json", Body: "404 Not Found\n"})},
		{"body like a type", answer(golden.Answer{Status: 200, ContentType: "application/json", Body: "text/html\n"})},
		{"no status", answer(golden.Answer{ContentType: "application/json"})},
		{"odd type", answer(golden.Answer{Status: 200, ContentType: "x\ny"})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if data, err := golden.Format(&test.file); err == nil {
				t.Errorf("written as %q", data)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	r := golden.Request{
		Line:    "POST /api/v1/api.php?target=lir&action=get&a[x]=%20?",
		Headers: []string{"content-type:  application/x-www-form-urlencoded", "X: 1", "x: 2"},
		Body:    "action=delete&id=5",
	}
	if r.Method() != "POST" || r.Query() != "target=lir&action=get&a[x]=%20?" {
		t.Errorf("method %q, query %q", r.Method(), r.Query())
	}
	if r.Header("Content-Type") != "application/x-www-form-urlencoded" || r.Header("X") != "1" || r.Header("Y") != "" {
		t.Errorf("headers %q, %q, %q", r.Header("Content-Type"), r.Header("X"), r.Header("Y"))
	}
	if a := r.Action(); a == nil || a.Key() != "lir.delete" {
		t.Errorf("action %v", a)
	}
	if id, ok := r.Parameters().Get("id"); !ok || id.Text() != "5" {
		t.Errorf("id %v, %v", id, ok)
	}
	if a := (golden.Request{Line: "GET /?target=ipam&action=get"}).Action(); a != nil {
		t.Errorf("action %v", a)
	}
}

// FuzzParse looks for texts that are read and cannot be written back as they
// were.
func FuzzParse(f *testing.F) {
	for _, data := range goldenFiles(f) {
		f.Add(data)
	}
	f.Add([]byte("# a: b\nGET /" + dashes + "no type\n500 Internal Server Error\n" + equals + "GET /x"))
	f.Add([]byte("POST /\nA: b\n\n" + dashes[1:] + dashes + "599\ntext/x;y\n" + equals[1:]))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := golden.Parse(data)
		if err != nil {
			return
		}
		again, err := golden.Format(file)
		if err != nil || string(again) != string(data) {
			t.Errorf("%q is written as %q, %v", data, again, err)
		}
	})
}
