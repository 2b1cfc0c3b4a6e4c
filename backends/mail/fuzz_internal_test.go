package mail

import (
	netmail "net/mail"
	"strings"
	"testing"
)

// FuzzAddress checks that an address that is accepted is one, that it means the
// same to a reader of the header, and that it cannot end a line or a command.
func FuzzAddress(f *testing.F) {
	for _, seed := range refusedAddresses {
		f.Add(seed)
	}
	for _, seed := range []string{"a@b.example", "A B <a@b.example>", `"D, \"J\"" <a@b.example>`, "=?utf-8?b?w7w=?= <a@b.example>", "ü <a@b.example>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAddress("cc", text)
		if err != nil {
			return
		}
		if !strings.HasSuffix(strings.Trim(text, " "), a.mailbox) && !strings.HasSuffix(strings.Trim(text, " "), "<"+a.mailbox+">") {
			t.Errorf("%q became %q", text, a.mailbox)
		}
		if strings.ContainsAny(a.mailbox, " <>,;:\"()[]\\\r\n\x00") || strings.Count(a.mailbox, "@") != 1 {
			t.Errorf("mailbox %q", a.mailbox)
		}
		list, err := netmail.ParseAddressList(headerList([]address{a, a}))
		if err != nil || len(list) != 2 || list[1].Name != a.name || list[1].Address != a.mailbox || hasControl(a.header()) {
			t.Errorf("%q: header %q, error %v", text, a.header(), err)
		}
	})
}

// FuzzTemplateFile checks that a file is either refused or a template whose
// mails have a subject of one line. Loops are left out: an operator may write
// one that takes for ever.
func FuzzTemplateFile(f *testing.F) {
	for _, seed := range []string{"Subject: x\n\nbody", "Subject: {{.We.Name}}\r\n\r\n{{.Peer.ASN}}", "subject:{{\"\\n\"}}\n\n", "\n\n", "Subject: a\nSubject: b\n\n", "Subject: {{/*\n\n*/}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, loop := range []string{"range", "template", "block", "printf"} {
			if strings.Contains(source, loop) {
				return
			}
		}
		p, err := parseTemplate("noc.txt", source)
		if err != nil {
			if !strings.Contains(err.Error(), "noc.txt") && !strings.Contains(err.Error(), "subject") {
				t.Errorf("error %v", err)
			}
			return
		}
		for _, data := range samples() {
			text, err := p.render(data)
			if err != nil || !isSubject(text.Subject) || text.Subject == "" || canonical(text.Body) != text.Body {
				t.Errorf("%+v, error %v", text, err)
			}
		}
	})
}
