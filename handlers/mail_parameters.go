package handlers

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"unicode"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/mail"
	"provision-gateway/compat/phpvalue"
)

// newMail reads and checks the parameters of a mail. What goes into a header
// must be free of line ends and other control characters, and where one
// address is meant there must be one: a mail is never sent to more than it
// seems.
func (k *call) newMail() (*delivery.Mail, error) {
	p, m := k.params, &delivery.Mail{}
	for _, f := range []struct {
		name  string
		store *string
	}{{"email_from", &m.From}, {"email_to", &m.To}} {
		v, sent := p.get(f.name)
		if !sent || textOf(v) == "" {
			continue
		}
		var err error
		if *f.store, err = mailbox(f.name, v); err != nil {
			return nil, err
		}
	}
	for _, f := range []struct {
		name  string
		store *[]string
	}{{"cc", &m.CC}, {"bcc", &m.BCC}} {
		v, _ := p.get(f.name)
		list := delivery.Mailboxes(textOf(v))
		if len(textOf(v)) > mostMailboxes {
			return nil, invalid(f.name, v)
		}
		for _, one := range list {
			if _, err := mailbox(f.name, phpvalue.String(one)); err != nil {
				return nil, invalid(f.name, v)
			}
		}
		*f.store = list
	}
	const mostSubject = 998 // RFC 5322 section 2.1.1
	subject, err := p.stored("subject", mostSubject)
	if err != nil {
		return nil, err
	}
	if subject != nil {
		if m.Subject = strings.TrimSpace(*subject); hasControl(m.Subject) {
			return nil, invalid("subject", phpvalue.String(*subject))
		}
	}
	body, err := p.stored("body", mostText)
	if err != nil {
		return nil, err
	}
	if body != nil {
		m.Body = *body
	}
	if v, sent := p.get("type"); sent && textOf(v) != "" {
		kind, err := p.choice(k.action, "type")
		if err != nil {
			return nil, err
		}
		m.HTML = *kind == "html"
	}
	return m, nil
}

// mostMailboxes is how many bytes a list of addresses may take.
const mostMailboxes = 16_000

// mailbox checks one address, with or without a name, by the rules of what will
// send to it: nothing is stored that cannot be sent.
func mailbox(name string, v phpvalue.Value) (string, error) {
	const most = 512
	text := strings.TrimSpace(v.Text())
	if v.IsArray() || len(text) > most || mail.CheckAddress(name, text) != nil {
		return "", invalid(name, v)
	}
	return text, nil
}

// hasControl reports whether a text holds what could end a header line: control
// characters and the line and paragraph separators of Unicode.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
}

// newMailID names a mail that no request stands for.
func newMailID() (string, error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	return "email-" + hex.EncodeToString(raw), nil
}
