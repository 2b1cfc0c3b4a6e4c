package mail

import (
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
)

// texts are what a header field must bring over unchanged.
var texts = []string{
	"plain", "Peering request from 6connect, Inc.", "two  spaces", " leading", "trailing ", "   ", "=?UTF-8?q?not_encoded?=", "a =?b",
	"Zürich – 東京 🛰", strings.Repeat("ü", 400), strings.Repeat("x", 900), strings.Repeat("ab ", 300) + "c", `"quoted" \ (comment) <x@y>, z:;`,
	strings.Repeat("wörd ", 150), "a" + strings.Repeat(" ", 200) + "b", "?=", "tab is no text", strings.Repeat("東", 10) + " x",
}

func TestHeaderTextComesBack(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		value := headerText(text)
		for _, c := range []byte(value) {
			if c < ' ' || c > '~' {
				t.Fatalf("%q: %q", text, value)
			}
		}
		got, err := new(mime.WordDecoder).DecodeHeader(value)
		if err != nil || got != text {
			t.Errorf("%q came back as %q, error %v", text, got, err)
		}
		for word := range strings.SplitSeq(value, " ") {
			if len(word) > 75 {
				t.Errorf("%q: %d bytes in %q", text, len(word), word)
			}
		}
	}
	if got := headerText("a\xffb"); got != encodedWords("a\uFFFDb") {
		t.Errorf("not UTF-8: %q", got)
	}
}

func TestAddressNamesComeBack(t *testing.T) {
	t.Parallel()
	for _, name := range append([]string{""}, texts...) {
		a := address{name: name, mailbox: "a@b.example"}
		got, err := netmail.ParseAddress(a.header())
		if err != nil || got.Name != name || got.Address != a.mailbox {
			t.Errorf("%q: %q became %+v, error %v", name, a.header(), got, err)
		}
	}
}
