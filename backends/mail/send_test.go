package mail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/mail/mailtest"
	"provision-gateway/models"
)

// Whatever the connection is like, the envelope, the header and the body must
// arrive as they were meant.
func TestSendOverEveryConnection(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"none", "starttls", "implicit"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := mailtest.StartServer(t, mailtest.Options{TLS: kind})
			m := newMailer(t, configFor(s, kind))
			msg := request()
			msg.ReplyTo = "Peering <peering@6connect.example>"
			msg.CC = []string{"noc@as28929.example", `"Doe, Jane" <jane@as28929.example>`}
			msg.BCC = []string{"archive@6connect.example"}
			if err := m.Send(t.Context(), msg); err != nil {
				t.Fatal(err)
			}
			got := s.Mails()
			if len(got) != 1 {
				t.Fatalf("%d mails", len(got))
			}
			to := []string{"operations@as28929.example", "noc@as28929.example", "jane@as28929.example", "archive@6connect.example"}
			if got[0].From != "ops@6connect.example" || !slices.Equal(got[0].To, to) || got[0].TLS != (kind != "none") || got[0].Hello != "gateway.example" {
				t.Errorf("envelope %+v", got[0])
			}
			golden(t, "request.eml", got[0].Raw)
			if bytes.Contains(bytes.ToLower(got[0].Raw), []byte("bcc")) || bytes.Contains(got[0].Raw, []byte("archive@")) {
				t.Errorf("the header shows the blind copy:\n%s", got[0].Raw)
			}
		})
	}
}

// golden compares with testdata/NAME.golden.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDefaultsOfTheConfiguration(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	c := configFor(s, "none")
	c.ReplyTo, c.Hello = "answers@gateway.example", "host7.gateway.example"
	msg := request()
	msg.From = ""
	if err := newMailer(t, c).Send(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	got := s.Mails()[0]
	header := parse(t, got.Raw).header
	if got.From != "peering@gateway.example" || got.Hello != "host7.gateway.example" || header.Get("From") != `"Peering" <peering@gateway.example>` ||
		header.Get("Reply-To") != "<answers@gateway.example>" {
		t.Errorf("envelope %+v\n%s", got, got.Raw)
	}
	c.From = ""
	if err := newMailer(t, c).Send(t.Context(), msg); models.ErrorCode(err) != models.Invalid || !strings.Contains(err.Error(), "email_from") {
		t.Errorf("no sender: %v", err)
	}
}

func TestBodiesArriveUnchanged(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	m := newMailer(t, configFor(s, "none"))
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, test := range []struct{ name, body, want string }{
		{"empty", "", ""},
		{"one line", "a\r\n", "a\r\n"},
		{"no line end at the end", "a\r\nb", "a\r\nb"},
		{"LF", "a\nb\n", "a\r\nb\r\n"},
		{"CR", "a\rb\r", "a\r\nb\r\n"},
		{"all of them", "a\r\r\n\n\nb", "a\r\n\r\n\r\n\r\nb"},
		{"documented", "\r\nPeering,\r\n\r\n6connect, Inc.\r\n", "\r\nPeering,\r\n\r\n6connect, Inc.\r\n"},
		{"dots", ".\r\n..\r\n.a\r\n...\r\n", ".\r\n..\r\n.a\r\n...\r\n"},
		{"end of a mail within", "a\r\n.\r\nMAIL FROM:<x@y.example>\r\n", "a\r\n.\r\nMAIL FROM:<x@y.example>\r\n"},
		{"smuggled ends", "a\n.\nb\r.\rc\n.\r\nd\r\n", "a\r\n.\r\nb\r\n.\r\nc\r\n.\r\nd\r\n"},
		{"lines like headers", "Bcc: x@y.example\r\n\r\nFrom here\r\n", "Bcc: x@y.example\r\n\r\nFrom here\r\n"},
		{"blanks at the end", "a \r\nb\t\r\n \r\n", "a \r\nb\t\r\n \r\n"},
		{"equals signs", "=3D =\r\n=0D=0A\r\n", "=3D =\r\n=0D=0A\r\n"},
		{"UTF-8", "Zürich 東京 🛰\r\n", "Zürich 東京 🛰\r\n"},
		{"long line", strings.Repeat("x", 100_000) + "\r\n", strings.Repeat("x", 100_000) + "\r\n"},
		{"long line of UTF-8", strings.Repeat("東", 5000), strings.Repeat("東", 5000)},
		{"many lines", strings.Repeat("line\r\n", 50_000), strings.Repeat("line\r\n", 50_000)},
		{"every byte but line ends", strings.NewReplacer("\r", "", "\n", "").Replace(string(every)), strings.NewReplacer("\r", "", "\n", "").Replace(string(every))},
		{"every byte but line ends, then one", strings.NewReplacer("\r", "", "\n", "").Replace(string(every)) + "\r\n", strings.NewReplacer("\r", "", "\n", "").Replace(string(every)) + "\r\n"},
	} {
		for kind, html := range map[string]bool{"text/plain": false, "text/html": true} {
			msg := request()
			msg.Body, msg.HTML = test.body, html
			before := len(s.Mails())
			if err := m.Send(t.Context(), msg); err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			mails := s.Mails()
			if len(mails) != before+1 {
				t.Fatalf("%s: %d mails, want %d", test.name, len(mails), before+1)
			}
			raw := mails[before].Raw
			got := parse(t, raw)
			if got.body != test.want {
				t.Errorf("%s: body %.200q, want %.200q", test.name, got.body, test.want)
			}
			if want := kind + "; charset=UTF-8"; got.header.Get("Content-Type") != want {
				t.Errorf("%s: type %q, want %q", test.name, got.header.Get("Content-Type"), want)
			}
			checkLines(t, test.name, raw)
		}
	}
}

// checkLines checks that every mail server can carry a mail: 7 bits, CRLF, and
// lines of at most 78 bytes, but for addresses that cannot be folded.
func checkLines(t *testing.T, name string, raw []byte) {
	t.Helper()
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 78 && bytes.Count(line, []byte("@")) == 0 || len(line) > 998 {
			t.Errorf("%s: line of %d bytes: %.100q", name, len(line), line)
		}
		for _, c := range line {
			if c != '\t' && (c < ' ' || c > '~') {
				t.Fatalf("%s: byte %#x in %.100q", name, c, line)
			}
		}
	}
}

func TestSubjectsArriveUnchanged(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	m := newMailer(t, configFor(s, "none"))
	for i, subject := range []string{
		"", "Peering", "a  b   c", "  a ", "=?UTF-8?q?x?=", "Zürich – 東京 🛰", strings.Repeat("long words ", 90), strings.Repeat("x", 998),
		strings.Repeat("東", 998), "a" + strings.Repeat(" ", 300) + "b", "a, b; c: <d@e.example> \"f\" (g) \\",
	} {
		msg := request()
		msg.Subject = subject
		if err := m.Send(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
		raw := s.Mails()[i].Raw
		if got := parse(t, raw).text(t, "Subject"); got != subject {
			t.Errorf("%q, want %q", got, subject)
		}
		checkLines(t, subject, raw)
	}
}

func TestRecipients(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	m := newMailer(t, configFor(s, "none"))
	msg := request()
	msg.CC = []string{msg.To, "Operations <operations@AS28929.example>", "Operations@as28929.example"}
	msg.BCC = msg.CC
	if err := m.Send(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Mails()[0].To, []string{"operations@as28929.example", "Operations@as28929.example"}; !slices.Equal(got, want) {
		t.Errorf("recipients %q, want %q", got, want)
	}
	many := func(n int) (list []string) {
		for i := range n {
			list = append(list, "n"+strings.Repeat("x", i%40)+string(rune('a'+i%26))+"@as"+strings.Repeat("9", 1+i/26)+".example")
		}
		return list
	}
	msg.CC, msg.BCC = many(99), nil
	if err := m.Send(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Mails()[1].To); n != 100 {
		t.Errorf("%d recipients, want 100", n)
	}
	msg.BCC = []string{"one@too.many.example"}
	if err := m.Send(t.Context(), msg); models.ErrorCode(err) != models.Invalid || err.Error() != "Too many recipients: 101, at most 100" {
		t.Errorf("error %v", err)
	}
}

// In the test mode nobody but the one address may get anything.
func TestRedirect(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	c := configFor(s, "none")
	c.Redirect = "Test Inbox <tests@gateway.example>"
	m := newMailer(t, c)
	msg := request()
	msg.To = "Öffentlich <operations@as28929.example>"
	msg.CC = []string{"noc@as28929.example", `"Doe, Jane" <jane@as28929.example>`}
	msg.BCC = []string{"archive@6connect.example"}
	msg.Subject = "Peering – Zürich"
	if err := m.Send(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	got := s.Mails()[0]
	if !slices.Equal(got.To, []string{"tests@gateway.example"}) || got.From != "ops@6connect.example" {
		t.Errorf("envelope %+v", got)
	}
	golden(t, "redirected.eml", got.Raw)
	p := parse(t, got.Raw)
	for name, want := range map[string]string{
		"To": `"Test Inbox" <tests@gateway.example>`, "Cc": "", "Bcc": "", "Subject": msg.Subject,
		"X-Original-To":  "Öffentlich <operations@as28929.example>",
		"X-Original-Cc":  `<noc@as28929.example>, "Doe, Jane" <jane@as28929.example>`,
		"X-Original-Bcc": "<archive@6connect.example>",
	} {
		if text := p.text(t, name); text != want {
			t.Errorf("%s: %q, want %q", name, text, want)
		}
	}
	if p.body != msg.Body {
		t.Errorf("body %q", p.body)
	}
	for _, bad := range []string{"", "a@localhost", "a@b.example\r\nCc: c@d.example"} {
		msg.To = bad
		if err := m.Send(t.Context(), msg); models.ErrorCode(err) != models.Invalid {
			t.Errorf("%q is not checked: %v", bad, err)
		}
	}
}

// Sending again must give the same mail, so that it can be recognised.
func TestSendingAgainGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	m := newMailer(t, configFor(s, "none"))
	msg := request()
	msg.CC, msg.Subject = []string{"Jürgen <a@b.example>"}, strings.Repeat("ü ", 100)
	for range 5 {
		if err := m.Send(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	mails := s.Mails()
	for _, again := range mails[1:] {
		if !bytes.Equal(again.Raw, mails[0].Raw) {
			t.Errorf("got\n%s\nwant\n%s", again.Raw, mails[0].Raw)
		}
	}
	if lower := bytes.ToLower(mails[0].Raw); bytes.Contains(lower, []byte("user-agent")) || bytes.Contains(lower, []byte("x-mailer")) || bytes.Contains(lower, []byte("go-mail")) {
		t.Errorf("the library names itself:\n%s", mails[0].Raw)
	}
}
