package mail_test

import (
	"encoding/base64"
	"flag"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/mail"
	"provision-gateway/backends/mail/mailtest"
)

var update = flag.Bool("update", false, "write what was rendered into the golden files")

// noon is what the clock of the tests shows.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))

// configFor is a configuration that suits a server.
func configFor(s *mailtest.Server, kind string) mail.Config {
	return mail.Config{
		Server: s.Address, TLS: kind, CAFile: s.CAFile, From: "Peering <peering@gateway.example>",
		Domain: "gateway.example", Timeout: 10 * time.Second, Now: func() time.Time { return noon },
	}
}

func newMailer(t testing.TB, c mail.Config) *mail.Mailer {
	t.Helper()
	m, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// request is a message with nothing special about it.
func request() mail.Message {
	return mail.Message{
		ID: "request-42", From: "ops@6connect.example", To: "operations@as28929.example",
		Subject: "Peering request from 6connect, Inc.", Body: "Peering,\r\n\r\nwould you like to?\r\n",
	}
}

// parsed is what a mail program makes of a mail.
type parsed struct {
	header netmail.Header
	body   string
}

func parse(t testing.TB, raw []byte) parsed {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	var r io.Reader = m.Body
	switch encoding := m.Header.Get("Content-Transfer-Encoding"); encoding {
	case "quoted-printable":
		r = quotedprintable.NewReader(m.Body)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, m.Body)
	default:
		t.Fatalf("encoding %q", encoding)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return parsed{m.Header, string(body)}
}

// text decodes a header field.
func (p parsed) text(t testing.TB, name string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(p.header.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
