package mail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/mail"
	"provision-gateway/backends/mail/mailtest"
	"provision-gateway/models"
)

// fields sets each text of a message that ends up in a header or an envelope.
var fields = map[string]func(*mail.Message, string){
	"ID":         func(m *mail.Message, s string) { m.ID = s },
	"From":       func(m *mail.Message, s string) { m.From = s },
	"ReplyTo":    func(m *mail.Message, s string) { m.ReplyTo = s },
	"To":         func(m *mail.Message, s string) { m.To = s },
	"CC":         func(m *mail.Message, s string) { m.CC = []string{s} },
	"second CC":  func(m *mail.Message, s string) { m.CC = []string{"a@b.example", s} },
	"BCC":        func(m *mail.Message, s string) { m.BCC = []string{s} },
	"second BCC": func(m *mail.Message, s string) { m.BCC = []string{"a@b.example", s} },
	"Subject":    func(m *mail.Message, s string) { m.Subject = s },
}

// Nothing of what could end a line, in any field, may even open a connection.
func TestControlCharactersAreRefusedBeforeConnecting(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	m := newMailer(t, configFor(s, "none"))
	var bad []string
	for c := range rune(0x20) {
		bad = append(bad, string(c))
	}
	for c := rune(0x7f); c <= 0x9f; c++ {
		bad = append(bad, string(c))
	}
	bad = append(bad, "\u2028", "\u2029", "\r\n", "\r\n ", "\n\t", "\r\nBcc: victim@x.example\r\n", "\r\n\r\nbody", "\r\n.\r\nMAIL FROM:<x@y.example>\r\n")
	good := map[string]string{"ID": "request-42", "Subject": "Peering"}
	for name, set := range fields {
		base := good[name]
		if base == "" {
			base = "a@b.example"
		}
		for _, control := range bad {
			for _, text := range []string{control + base, base + control, base[:3] + control + base[3:], "Name" + control + " <" + base + ">"} {
				msg := request()
				set(&msg, text)
				err := m.Send(t.Context(), msg)
				if models.ErrorCode(err) != models.Invalid {
					t.Errorf("%s %q: error %v", name, text, err)
				} else if strings.ContainsAny(err.Error(), "\r\n\x00\u0085\u2028\u2029") {
					t.Errorf("%s %q: error %q", name, text, err)
				}
			}
		}
	}
	if n := s.Connections(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// Where one address is meant, nothing else may stand; a Message-ID is a word.
func TestOneAddressIsMeant(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	m := newMailer(t, configFor(s, "none"))
	for name, set := range fields {
		bad := []string{
			"a@b.example, c@d.example", "a@b.example;c@d.example", "friends: a@b.example;", "friends: a@b.example, c@d.example;", "x:;",
			"<@r.example:a@b.example>", "a@b.example (c)", `"a b"@c.example`, "a@localhost", "a@[127.0.0.1]", "nobody",
			"=?utf-8?q?A=0D=0ABcc:_c@d.example?= <a@b.example>",
		}
		switch name {
		case "Subject":
			continue
		case "ID":
			bad = []string{"", "a b", "a@b", "<a>", "a>", ".a", "a.", "a..b", "ä", "a,b", "a\"b", "(a)", strings.Repeat("a", 201)}
		}
		for _, text := range bad {
			msg := request()
			set(&msg, text)
			if err := m.Send(t.Context(), msg); models.ErrorCode(err) != models.Invalid {
				t.Errorf("%s %q: error %v", name, text, err)
			}
		}
	}
	msg := request()
	msg.To = ""
	if err := m.Send(t.Context(), msg); models.ErrorCode(err) != models.Invalid {
		t.Errorf("no recipient: %v", err)
	}
	msg = request()
	msg.Subject = strings.Repeat("ü", 999)
	if err := m.Send(t.Context(), msg); models.ErrorCode(err) != models.Invalid || len(err.Error()) > 400 {
		t.Errorf("long subject: %v", err)
	}
	if n := s.Connections(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// FuzzHeaders sends whatever passes the checks, and demands that what arrives
// has the header fields and the envelope that were meant and no other.
func FuzzHeaders(f *testing.F) {
	s := mailtest.StartServer(f, mailtest.Options{})
	m := newMailer(f, configFor(s, "none"))
	f.Add("request-42", "ops@6connect.example", "", "a@b.example", "c@d.example", "e@f.example", "Peering", "body\r\n", false)
	f.Add("x", "A B <ops@6connect.example>", "r@s.example", `"D, J" <a@b.example>`, "Jürgen <c@d.example>", "=?utf-8?q?x?= <e@f.example>", "a  =?b", ".\r\n", true)
	f.Add("x", "a@b.example", "a@b.example\r\nBcc: x@y.example", "a@b.example", "g: c@d.example;", "a@b.example,c@d.example", "a\r\nBcc: x@y.example", "\r\n.\r\nQUIT\r\n", false)
	f.Add("x", "=?utf-8?q?=0D=0ABcc:_x?= <a@b.example>", "a@b.example", "\"\\\"\" <a@b.example>", "a@b.example", "a@b.example", strings.Repeat("ü ", 99), "a\nb", false)
	f.Fuzz(func(t *testing.T, id, from, replyTo, to, cc, bcc, subject, body string, html bool) {
		msg := mail.Message{
			ID: id, From: from, ReplyTo: replyTo, To: to, CC: []string{cc}, BCC: []string{bcc}, Subject: subject, Body: body, HTML: html,
		}
		before := len(s.Mails())
		err := m.Send(t.Context(), msg)
		mails := s.Mails()
		if err != nil {
			if models.ErrorCode(err) != models.Invalid || len(mails) != before {
				t.Fatalf("%d mails more, error %v", len(mails)-before, err)
			}
			return
		}
		if len(mails) != before+1 {
			t.Fatalf("%d mails more", len(mails)-before)
		}
		checkArrived(t, msg, mails[before])
	})
}

// checkArrived checks a mail against the message that it came from.
func checkArrived(t *testing.T, msg mail.Message, got mailtest.Mail) {
	t.Helper()
	header := parse(t, got.Raw)
	want := []string{"Cc", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}
	if msg.ReplyTo != "" {
		want = append(want, "Reply-To")
	}
	slices.Sort(want)
	var names []string
	for name, values := range header.header {
		for range values {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, want) {
		t.Fatalf("fields %q, want %q\n%s", names, want, got.Raw)
	}
	if text, want := header.text(t, "Subject"), strings.ToValidUTF8(msg.Subject, "\uFFFD"); text != want {
		t.Errorf("subject %q, want %q", text, want)
	}
	if text := header.header.Get("Message-Id"); text != "<"+msg.ID+"@gateway.example>" {
		t.Errorf("Message-ID %q", text)
	}
	mailboxes := map[string]string{}
	for name, text := range map[string]string{"From": msg.From, "Reply-To": msg.ReplyTo, "To": msg.To, "Cc": msg.CC[0], "bcc": msg.BCC[0]} {
		if text == "" {
			if name == "From" {
				mailboxes[name] = "peering@gateway.example"
			}
			continue
		}
		text = strings.Trim(text, " ")
		mailboxes[name] = strings.TrimSuffix(text[strings.LastIndexByte(text, '<')+1:], ">")
		if name == "bcc" {
			continue
		}
		list, err := header.header.AddressList(name)
		if err != nil || len(list) != 1 || list[0].Address != mailboxes[name] {
			t.Errorf("%s: %v, error %v, want %s", name, list, err, mailboxes[name])
		}
	}
	if got.From != mailboxes["From"] || len(got.To) == 0 || len(got.To) > 3 {
		t.Errorf("envelope %q to %q", got.From, got.To)
	}
	for _, to := range got.To {
		if to != mailboxes["To"] && to != mailboxes["Cc"] && to != mailboxes["bcc"] {
			t.Errorf("sent to %q", to)
		}
	}
	canonical := strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n").Replace(msg.Body)
	if header.body != canonical {
		t.Errorf("body %q, want %q", header.body, canonical)
	}
	checkLines(t, fmt.Sprintf("%q", msg.Subject), got.Raw)
}
