package phpquery_test

import (
	"strings"
	"testing"

	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// TestMultipartBuffer puts lines and values at the ends of the buffer through
// which PHP reads a body, where it shows how large that is. PHP itself confirms
// each case.
func TestMultipartBuffer(t *testing.T) {
	t.Parallel()
	server := phporacle.StartServer(t, phpquery.DefaultMaxVars)
	const rest = "\nContent-Disposition: form-data; name=a\n\n1\n"
	long := strings.Repeat("b", 5116) // enlarges the buffer by two bytes
	header := "--X\nContent-Disposition: form-data; name=a\nX: "
	header += strings.Repeat("x", bufferSize-len(header)-1) + "\n"
	tests := []struct{ name, boundary, body, want string }{
		{"boundary behind a full buffer", "X", strings.Repeat("x", bufferSize) + "--X" + rest, "1"},
		{"boundary before the buffer is full", "X", strings.Repeat("x", bufferSize-1) + "--X" + rest, ""},
		{"boundary behind an enlarged buffer", long, strings.Repeat("x", bufferSize+2) + "--" + long + rest, "1"},
		{"boundary behind the usual buffer", long, strings.Repeat("x", bufferSize) + "--" + long + rest, ""},
		{"value that ends with the buffer", "X", header + "\n" + strings.Repeat("v", bufferSize-2) + "\r\n--X--\n", strings.Repeat("v", bufferSize-2)},
		{"CR at the end of what is read in one go", "X", "--X\nContent-Disposition: form-data; name=a\n\n" + strings.Repeat("v", bufferSize-2) + "\r\r\nw\r\n--X--\n", strings.Repeat("v", bufferSize-2) + "\r\r\nw"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := phporacle.Request{Method: "POST", ContentType: "multipart/form-data; boundary=" + test.boundary, Body: test.body}
			got := phpquery.ParseMultipart(request.ContentType, []byte(test.body), phpquery.DefaultMaxVars)
			want := phpvalue.NewArray()
			if test.want != "" {
				want.Set("a", phpvalue.String(test.want))
			}
			if jsonOf(got) != jsonOf(want) {
				t.Errorf("got %.80s… (%d fields), want %.80s…", jsonOf(got), got.Len(), jsonOf(want))
			}
			theirs, err := server.Ask(request)
			if err != nil {
				t.Fatal(err)
			}
			if ours := received(request, phpquery.DefaultMaxVars); string(ours) != string(theirs) {
				t.Errorf("PHP gives %.120q, ours is %.120q", theirs, ours)
			}
		})
	}
}
