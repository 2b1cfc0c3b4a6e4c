package mail

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"provision-gateway/models"
)

// Message is a mail to send.
type Message struct {
	// ID names the mail for ever: the Message-ID is <ID@DOMAIN> each time it is
	// sent, so that who gets it twice can tell. It consists of letters, digits,
	// '-', '_' and single dots, for example "request-42".
	ID string
	// From, ReplyTo and To are one address each, with or without a name. Where
	// From or ReplyTo is empty, that of the configuration is taken.
	From, ReplyTo, To string
	// CC and BCC are one address per element. BCC appears in no header.
	CC, BCC []string
	// Subject is one line.
	Subject string
	// Body is UTF-8. Line ends arrive as CRLF, which is what a mail knows;
	// nothing else of it changes.
	Body string
	// HTML says that the body is text/html; otherwise it is text/plain.
	HTML bool
}

// mostRecipients is what RFC 5321 section 4.5.3.1.8 makes every server accept
// in one mail.
const mostRecipients = 100

// letter is a mail ready for the wire.
type letter struct {
	from       string
	recipients []string
	raw        []byte
}

// body is what stands behind the header, encoded.
func (l *letter) body() string {
	_, body, _ := bytes.Cut(l.raw, []byte("\r\n\r\n"))
	return string(body)
}

// letter checks every field of a message and writes it.
func (m *Mailer) letter(msg Message) (*letter, error) {
	if len(msg.ID) > 200 || !isDotAtom(msg.ID) || strings.Trim(msg.ID, idCharacters) != "" {
		return nil, invalid("message id", msg.ID)
	}
	from, replyTo := m.from, m.replyTo
	var to address
	var cc, bcc []address
	var err error
	if msg.From != "" || from.mailbox == "" {
		if from, err = parseAddress("email_from", msg.From); err != nil {
			return nil, err
		}
	}
	if msg.ReplyTo != "" {
		if replyTo, err = parseAddress("reply_to", msg.ReplyTo); err != nil {
			return nil, err
		}
	}
	if to, err = parseAddress("email_to", msg.To); err != nil {
		return nil, err
	}
	if cc, err = parseAddresses("cc", msg.CC); err != nil {
		return nil, err
	}
	if bcc, err = parseAddresses("bcc", msg.BCC); err != nil {
		return nil, err
	}
	if !isSubject(msg.Subject) {
		return nil, invalid("subject", msg.Subject)
	}
	l := &letter{from: from.mailbox, recipients: mailboxes([]address{to}, cc, bcc)}
	if len(l.recipients) > mostRecipients {
		return nil, models.Errorf(models.Invalid, "Too many recipients: %d, at most %d", len(l.recipients), mostRecipients)
	}
	fields := []field{
		{"Date", m.config.Now().UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + msg.ID + "@" + m.config.Domain + ">"},
		{"From", from.header()},
		{"Subject", headerText(msg.Subject)},
	}
	if replyTo.mailbox != "" {
		fields = append(fields, field{"Reply-To", replyTo.header()})
	}
	if m.redirect == nil {
		fields = append(fields, field{"To", to.header()}, field{"Cc", headerList(cc)})
	} else {
		l.recipients = []string{m.redirect.mailbox}
		fields = append(fields, field{"To", m.redirect.header()}, field{"X-Original-To", to.header()},
			field{"X-Original-Cc", headerList(cc)}, field{"X-Original-Bcc", headerList(bcc)})
	}
	l.raw, err = write(fields, msg.Body, msg.HTML)
	return l, err
}

// isSubject accepts one line of at most 998 characters.
func isSubject(s string) bool { return !hasControl(s) && utf8.RuneCountInString(s) <= 998 }

const idCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

// field is a header field whose value is ASCII and may be folded at spaces. One
// without a value is left out, but for the subject.
type field struct{ name, value string }

// write puts header fields and a body together. The body is written as
// quoted-printable, so that a person can read what passed by, or as base64
// where it does not end in a line end, since quoted-printable would gain one.
func write(fields []field, body string, html bool) ([]byte, error) {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	for _, f := range fields {
		if f.value != "" || f.name == "Subject" {
			message.SetGenHeader(gomail.Header(f.name), f.value)
		}
	}
	kind := gomail.TypeTextPlain
	if html {
		kind = gomail.TypeTextHTML
	}
	body, encoding := canonical(body), gomail.EncodingQP
	if body != "" && !strings.HasSuffix(body, "\r\n") {
		encoding = gomail.EncodingB64
	}
	message.SetBodyString(kind, body, gomail.WithPartEncoding(encoding))
	var out bytes.Buffer
	if _, err := message.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	return out.Bytes(), nil
}

// canonical writes every line end as CRLF (RFC 2046 section 4.1.1).
func canonical(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.ReplaceAll(s, "\n", "\r\n")
}

func parseAddresses(field string, list []string) ([]address, error) {
	out := make([]address, len(list))
	for i, text := range list {
		var err error
		if out[i], err = parseAddress(field, text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mailboxes lists every mailbox once, so that nobody gets a mail twice.
func mailboxes(lists ...[]address) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, a := range list {
			local, domain, _ := cutLast(a.mailbox, '@')
			if key := local + "@" + strings.ToLower(domain); !seen[key] {
				seen[key] = true
				out = append(out, a.mailbox)
			}
		}
	}
	return out
}
