package phpquery_test

import (
	"fmt"
	"strings"
	"testing"

	"provision-gateway/compat/phpquery"
)

func TestParsePost(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	tests := []struct{ name, method, contentType, body, want string }{
		{"form", "POST", form, "a=1\r\n", `{"a":"1\r\n"}`},
		{"raw NUL", "POST", form, "a=1\x002&b=3", `{"a":"1\u00002","b":"3"}`},
		{"any case, charset", "POST", "Application/X-WWW-Form-URLEncoded;charset=UTF-8", "a=1", `{"a":"1"}`},
		{"comma and space end the type", "POST", form + ",x", "a=1", `{"a":"1"}`},
		{"tab does not", "POST", form + "\t; x", "a=1", `[]`},
		{"longer type", "POST", form + "x", "a=1", `[]`},
		{"JSON", "POST", "application/json", `{"a":1}`, `[]`},
		{"no type", "POST", "", "a=1", `[]`},
		{"PUT", "PUT", form, "a=1", `[]`},
		{"GET", "GET", form, "a=1", `[]`},
		{"lower-case method", "post", form, "a=1", `[]`},
		{"large body", "POST", form, "a=1&b=" + strings.Repeat("x", 9<<20), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := phpquery.ParsePost(test.method, test.contentType, []byte(test.body), phpquery.DefaultMaxVars)
			if test.want == "" {
				if v, ok := got.Get("a"); !ok || v.Text() != "1" {
					t.Errorf("a is missing from a body of %d bytes", len(test.body))
				}
				return
			}
			if jsonOf(got) != test.want {
				t.Errorf("ParsePost(%q, %q, %.40q) = %s, want %s", test.method, test.contentType, test.body, jsonOf(got), test.want)
			}
		})
	}
}

// part gives a part of a multipart body with the boundary X.
func part(disposition, content string) string {
	return "--X\r\nContent-Disposition: " + disposition + "\r\n\r\n" + content + "\r\n"
}

func field(name, content string) string { return part(`form-data; name="`+name+`"`, content) }

func TestParseMultipart(t *testing.T) {
	t.Parallel()
	const usual, end = "multipart/form-data; boundary=X", "--X--\r\n"
	long := strings.Repeat("0123456789", 1000)
	tests := []struct{ name, contentType, body, want string }{
		{"fields", usual, field("a", "1") + field("b", "2") + end, `{"a":"1","b":"2"}`},
		{"brackets and mangling", usual, field("f[x][]", "1") + field("f[x][]", "2") + field("a.b c", "3") + end, `{"f":{"x":["1","2"]},"a_b_c":"3"}`},
		{"names are not decoded", usual, field("a%5B%5D", "%31+") + end, `{"a%5B%5D":"%31+"}`},
		{"several lines", usual, field("a", "l1\r\nl2\r\n") + end, `{"a":"l1\r\nl2\r\n"}`},
		{"longer than the buffer", usual, field("a", long) + field("b", "1") + end, `{"a":"` + long + `","b":"1"}`},
		{"LF only", usual, "--X\nContent-Disposition: form-data; name=a\n\n1\n--X--\n", `{"a":"1"}`},
		{"preamble", usual, "ignored\r\n" + field("a", "1") + end, `{"a":"1"}`},
		{"no end", usual, field("a", "1"), `{"a":"1"}`},
		{"cut off in the boundary", usual, field("a", "1") + "--", `{"a":"1"}`},
		{"upload is left out", usual, part(`form-data; name="a"; filename="f"`, "data") + field("b", "1") + end, `{"b":"1"}`},
		{"field with the name of an upload", usual, part(`form-data; name="a"; filename="f"`, "data") + field("a", "1") + end, `{"a":"1"}`},
		{"no name ends reading", usual, field("a", "1") + part("form-data", "2") + field("b", "3") + end, `{"a":"1"}`},
		{"no disposition is passed over", usual, "--X\r\nX: y\r\n\r\n1\r\n" + field("a", "1") + end, `{"a":"1"}`},
		{"boundary like text in a value", usual, field("a", "1\r\n--Xx\r\n2") + field("b", "3") + end, `{"a":"1","b":"3"}`},
		{"quotes and backslashes", usual, part(`form-data; name="a\"b\\c\d"`, "1") + part(`form-data; name='e;f'`, "2") + end, `{"a\"b\\c\\d":"1","e;f":"2"}`},
		{"last name counts", usual, part(`form-data; name=a; NAME=b`, "1") + end, `{"b":"1"}`},
		{"folded header", usual, "--X\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\n1\r\n" + end, `{"a":"1"}`},
		{"header in another case", usual, "--X\r\ncontent-DISPOSITION:form-data; name=a\r\n\r\n1\r\n" + end, `{"a":"1"}`},
		{"header with a letter that folds to ASCII", usual, "--X\r\nContent-Di\u017fposition:form-data; name=a\r\n\r\n1\r\n" + end, `[]`},
		{"quoted boundary", `multipart/form-data; boundary="X"; x`, field("a", "1") + end, `{"a":"1"}`},
		{"boundary ends at a comma", "multipart/form-data; BOUNDARY=X,y", field("a", "1") + end, `{"a":"1"}`},
		{"boundary without end quote", `multipart/form-data; boundary="X`, field("a", "1") + end, `[]`},
		{"no boundary", "multipart/form-data", field("a", "1") + end, `[]`},
		{"boundary without value", "multipart/form-data; boundary", field("a", "1") + end, `[]`},
		{"boundary too long", "multipart/form-data; boundary=" + strings.Repeat("X", 5117), strings.ReplaceAll(field("a", "1")+end, "X", strings.Repeat("X", 5117)), `[]`},
		{"longest boundary", "multipart/form-data; boundary=" + strings.Repeat("X", 5116), strings.ReplaceAll(field("a", "1")+end, "X", strings.Repeat("X", 5116)), `{"a":"1"}`},
		{"empty body", usual, "", `[]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := jsonOf(phpquery.ParsePost("POST", test.contentType, []byte(test.body), phpquery.DefaultMaxVars))
			if got != test.want {
				t.Errorf("got %.200s, want %.200s", got, test.want)
			}
		})
	}
}

func TestMultipartLimits(t *testing.T) {
	t.Parallel()
	fields := func(from, count int) string {
		var b strings.Builder
		for i := range count {
			b.WriteString(field(fmt.Sprint("f", from+i), "1"))
		}
		return b.String()
	}
	upload := part(`form-data; name="u"; filename="f"`, "data")
	tests := []struct {
		name, body string
		most, want int
	}{
		{"fields below the limit", fields(0, 3), 3, 3},
		{"fields beyond the limit", fields(0, 5), 3, 3},
		{"uploads do not count as fields", strings.Repeat(upload, 20) + fields(0, 3), 3, 3},
		{"uploads count as parts", strings.Repeat(upload, 22) + fields(0, 3), 3, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := phpquery.ParseMultipart("multipart/form-data; boundary=X", []byte(test.body+"--X--\r\n"), test.most)
			if got.Len() != test.want {
				t.Errorf("%d fields, want %d: %s", got.Len(), test.want, jsonOf(got))
			}
		})
	}
}

// TestMultipartUploadSize shows where reading goes on behind an upload that PHP
// does not read completely: a part hidden in its content counts when it stands
// exactly there.
func TestMultipartUploadSize(t *testing.T) {
	t.Parallel()
	const block = 5*1024 - 1                   // what PHP reads in one go
	const blocks = (2<<20 + block - 1) / block // as many exceed upload_max_filesize
	const hidden = "--X\r\nContent-Disposition: form-data; name=\"hidden\"\r\n\r\n1"
	tests := []struct {
		name, limit, filename string
		content               int // bytes in front of the hidden part
		seen                  bool
	}{
		{"no limit", "0", "f", block, false},
		{"within MAX_FILE_SIZE", "5119", "f", block, false},
		{"beyond MAX_FILE_SIZE", "5118", "f", block, true},
		{"beyond MAX_FILE_SIZE elsewhere", "5118", "f", block - 1, false},
		{"negative MAX_FILE_SIZE", " -1x", "f", block, true},
		{"huge MAX_FILE_SIZE", "99999999999999999999", "f", block, false},
		{"MAX_FILE_SIZE with an exponent", "1e9", "f", block, true},
		{"within the size of uploads", "", "f", (blocks - 1) * block, false},
		{"beyond the size of uploads", "", "f", blocks * block, true},
		{"no file chosen", "", "", 0, true},
		{"file chosen", "", "f", 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			body := field("MAX_FILE_SIZE", test.limit) +
				part(`form-data; name="u"; filename="`+test.filename+`"`, strings.Repeat("x", test.content)+hidden) + "--X--\r\n"
			got := phpquery.ParseMultipart("multipart/form-data; boundary=X", []byte(body), phpquery.DefaultMaxVars)
			if v, _ := got.Get("MAX_FILE_SIZE"); v.Text() != test.limit {
				t.Errorf("MAX_FILE_SIZE = %q, want %q", v.Text(), test.limit)
			}
			if _, seen := got.Get("hidden"); seen != test.seen {
				t.Errorf("the hidden part is seen: %t, want %t", seen, test.seen)
			}
		})
	}
}
