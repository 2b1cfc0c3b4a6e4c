package handlers_test

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"provision-gateway/compat/golden"
)

// multipart gives a multipart body and the header for it.
func multipart(fields [][2]string) (body, header string) {
	const boundary = "----FormBoundary7MA4YWxkTrZu0gW"
	var b strings.Builder
	for _, field := range fields {
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + field[0] + "\"\r\n\r\n" + field[1] + "\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return b.String(), "Content-Type: multipart/form-data; boundary=" + boundary
}

// TestEncodings sends the same calls in every form that clients use: the
// answers are the same to the byte.
func TestEncodings(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, fields := range [][][2]string{
		{{"target", "resource"}, {"action", "get"}, {"resource__in[]", "301"}, {"resource__in[]", "302"}, {"orderby", "resource__in"}, {"order", "DESC"}},
		{{"target", "peering"}, {"action", "getPeers"}, {"name", "Éclair & Söhne/AG 🚀"}, {"include_contacts", "TRUE"}},
		{{"target", "peering"}, {"action", "getSessions"}, {"note", "First line\r\nÉtage 2 <b>&</b>"}},
		{{"target", "test"}, {"action", "helloWorld"}, {"meta[name]", "A+B = 100%;"}, {"meta[x y.z]", "1"}, {"f[rir][]", "ARIN"}, {"f[rir][]", "RIPE"}, {"f[asn][0]", "1"}},
		{{"target", "lir"}, {"action", "add"}, {"meta[type]", "entry"}, {"fields[rir][]", "ARIN"}},
	} {
		var raw, plus, percent []string
		for _, f := range fields {
			value := url.QueryEscape(f[1])
			spaced := strings.ReplaceAll(value, "+", "%20")
			raw = append(raw, strings.ReplaceAll(f[0], " ", "%20")+"="+spaced)
			plus = append(plus, url.QueryEscape(f[0])+"="+value)
			percent = append(percent, url.PathEscape(f[0])+"="+spaced)
		}
		body, header := multipart(fields)
		restBody, restHeader := multipart(fields[1:])
		want := s.get(t, strings.Join(plus, "&"))
		for name, answer := range map[string]answered{
			"brackets as they are":           s.get(t, strings.Join(raw, "&")),
			"brackets and spaces in percent": s.get(t, strings.Join(percent, "&")),
			"urlencoded body":                s.post(t, "", strings.Join(plus, "&")),
			"body with raw brackets":         s.post(t, "", strings.Join(raw, "&")),
			"query and body":                 s.post(t, plus[0], strings.Join(plus[1:], "&")),
			"charset behind the type": s.send(t, "POST "+api+" HTTP/1.1", strings.Join(plus, "&"),
				"Content-Type: application/x-www-form-urlencoded;charset=UTF-8"),
			"type in capitals":         s.send(t, "POST "+api+" HTTP/1.1", strings.Join(plus, "&"), "Content-Type: APPLICATION/X-WWW-FORM-URLENCODED"),
			"multipart body":           s.send(t, "POST "+api+" HTTP/1.1", body, header),
			"query and multipart body": s.send(t, "POST "+api+"?"+plus[0]+" HTTP/1.1", restBody, restHeader),
		} {
			if answer.status != want.status || answer.body != want.body {
				t.Errorf("%v, %s:\n got %s\nwant %s", fields, name, answer.body, want.body)
			}
		}
	}
}

// TestEncodingsOfAddedLIR compares the golden files in which the same LIR is
// added in different forms.
func TestEncodingsOfAddedLIR(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		return readGolden(t, filepath.Join(testdata, "lir", "add", name+golden.Extension)).Pairs[0].Answer.String()
	}
	want := read("success_arin")
	for _, name := range []string{"success_encoded", "success_numbered", "success_scalar", "success_post", "success_multipart"} {
		if got := read(name); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}
