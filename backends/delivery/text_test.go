package delivery_test

import (
	"strings"
	"testing"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/mail"
	"provision-gateway/models"
)

// everything is a template that shows all that it is given.
const everything = `Subject: {{.Peer.Name}} and {{.We.Name}}

{{define "party"}}{{.Name}}|{{.ASN}}|{{.Website}}|{{.Contact}}|{{.Email}}|{{.Telephone}}{{end -}}
{{template "party" .Peer}}
{{template "party" .We}}
{{range .Exchanges}}{{.Name}}|{{.City}}|{{.Ours}}|{{.Theirs}}
{{end -}}`

// ours and theirs are the exchanges of the fixture, by name.
const (
	alphaIX = "Alpha IX||[198.51.100.1]|[198.51.100.2]"
	midIX   = "Mid IX|Palo Alto|[192.0.2.1]|[192.0.2.2]"
	zetaIX  = "Zeta IX|Berlin|[203.0.113.1 2001:db8::1]|[203.0.113.2 203.0.113.3]"
)

// send hands over a mail and gives the message that it became.
func (f *fixture) send(t *testing.T, d *delivery.Delivery, m delivery.Mail) mail.Message {
	t.Helper()
	if err := d.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	f.mailer.mu.Lock()
	defer f.mailer.mu.Unlock()
	return f.mailer.mails[len(f.mailer.mails)-1]
}

func bodyLines(body string) []string { return strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n") }

// Templates are filled with what the directory says of the peer, of us, and of
// the exchanges that both share, that of the mail first.
func TestTemplateData(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		contact := func(id, network uint64, role, name, email, telephone string) models.Contact {
			c := models.Contact{ID: id, NetworkID: network, Role: role, Visible: "Public"}
			for _, v := range []struct {
				column **string
				value  string
			}{{&c.Name, name}, {&c.Email, email}, {&c.Telephone, telephone}} {
				if v.value != "" {
					*v.column = &v.value
				}
			}
			return c
		}
		bare := []string{"Alpha Networks|64496|https://alpha.example/|||", "Gateway Example, Inc.|64500|https://gateway.example/|||"}
		f.config.Templates = templates(t, map[string]string{"policy.txt": everything})
		check := func(what string, own []uint32, network, exchange uint64, want ...string) {
			t.Helper()
			c := f.config
			c.OwnASNs = own
			m := f.send(t, delivery.New(c), delivery.Mail{ID: "m", Template: "policy", Peer: f.peer(t, network, exchange), To: "a@alpha.example"})
			equal(t, what, bodyLines(m.Body), want...)
		}
		own := []uint32{64500}
		check("first by name", own, 2, 21, append(bare, alphaIX, midIX, zetaIX)...)
		check("in the middle", own, 2, 22, append(bare, midIX, alphaIX, zetaIX)...)
		check("last by name", own, 2, 20, append(bare, zetaIX, alphaIX, midIX)...)
		check("one that we are not at", own, 2, 23, append(bare, alphaIX, midIX, zetaIX)...)
		check("nothing in common", own, 3, 20, "Nowhere Near|0||||", bare[1])
		check("we are not in the directory", []uint32{65000}, 2, 20, bare[0], "AS65000|65000||||")
		check("two of our numbers", []uint32{64500, 65000}, 2, 20, append(bare, zetaIX, alphaIX, midIX)...)

		put(t, f, contact(1, 2, "Sales", "Sales", "sales@alpha.example", ""), contact(2, 2, "NOC", "Their NOC", "noc@alpha.example", "+1"),
			contact(3, 1, "NOC", "Our NOC", "noc@gateway.example", "+2"))
		check("contacts for operations", own, 3, 20, "Nowhere Near|0||||", "Gateway Example, Inc.|64500|https://gateway.example/|Our NOC|noc@gateway.example|+2")
		put(t, f, contact(4, 2, "Policy", "Their Peering", "peering@alpha.example", ""), contact(5, 2, "Policy", "Second", "second@alpha.example", ""),
			contact(6, 1, "Policy", "", "peering@gateway.example", ""))
		check("contacts for peering", own, 2, 23, "Alpha Networks|64496|https://alpha.example/|Their Peering|peering@alpha.example|",
			"Gateway Example, Inc.|64500|https://gateway.example/||peering@gateway.example|", alphaIX, midIX, zetaIX)
	})
}

// The built-in template of a peering request reads well.
func TestRequestTemplate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		put(t, f, models.Contact{ID: 1, NetworkID: 1, Role: "Policy", Name: new("Peering Team"), Email: new("peering@gateway.example"), Visible: "Public"})
		m := f.send(t, f.delivery, delivery.Mail{ID: "m", Template: "request", Peer: f.peer(t, 2, 22), To: "a@alpha.example"})
		if m.Subject != "Peering request from Gateway Example, Inc." || m.HTML {
			t.Errorf("subject %q, HTML %v", m.Subject, m.HTML)
		}
		equal(t, "body", bodyLines(m.Body), "Peering,", "",
			"Gateway Example, Inc., 64500, would like to peer with Alpha Networks at our common locations.", "",
			"Facility, IP Address", "Mid IX - 192.0.2.2", "Alpha IX - 198.51.100.2", "Zeta IX - 203.0.113.2", "Zeta IX - 203.0.113.3", "",
			"Sincerely,", "Peering Team", "peering@gateway.example", "", "", "Gateway Example, Inc. information:",
			"Mid IX, 192.0.2.1", "Alpha IX, 198.51.100.1", "Zeta IX, 203.0.113.1", "Zeta IX, 2001:db8::1", "",
			"PeeringDB: https://www.peeringdb.com/asn/64500")
	})
}

// What the caller gives is never touched; only what is left out is written.
func TestCallersTextIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		const body = "{{.Peer.Name}} <b>é\r\n\r\n.\n"
		whole := delivery.Mail{
			ID: "email-1", Template: "noc", Peer: f.peer(t, 2, 20), From: "us@gateway.example", To: "a@alpha.example",
			CC: []string{"b@alpha.example"}, BCC: []string{"c@alpha.example", "d@alpha.example"}, Subject: "{{.We.Name}} é", Body: body, HTML: true,
		}
		written := f.send(t, f.delivery, delivery.Mail{ID: "m", Template: "noc", Peer: whole.Peer, To: whole.To})
		if written.Subject == "" || written.Body == "" {
			t.Fatalf("%+v", written)
		}
		for _, tc := range []struct {
			name          string
			subject, body string
			html          bool
			want          mail.Message
		}{
			{"all", whole.Subject, body, true, mail.Message{Subject: whole.Subject, Body: body, HTML: true}},
			{"plain", whole.Subject, body, false, mail.Message{Subject: whole.Subject, Body: body}},
			{"no subject", "", body, true, mail.Message{Subject: written.Subject, Body: body, HTML: true}},
			{"no body", whole.Subject, "", true, mail.Message{Subject: whole.Subject, Body: written.Body}},
			{"neither", "", "", true, mail.Message{Subject: written.Subject, Body: written.Body}},
		} {
			m := whole
			m.Subject, m.Body, m.HTML = tc.subject, tc.body, tc.html
			got := f.send(t, f.delivery, m)
			if got.Subject != tc.want.Subject || got.Body != tc.want.Body || got.HTML != tc.want.HTML {
				t.Errorf("%s: %+v", tc.name, got)
			}
			if got.ID != m.ID || got.From != m.From || got.To != m.To || strings.Join(got.CC, " ") != "b@alpha.example" ||
				strings.Join(got.BCC, " ") != "c@alpha.example d@alpha.example" || got.ReplyTo != "" {
				t.Errorf("%s: envelope %+v", tc.name, got)
			}
		}
	})
}

// A template that cannot be filled sends nothing; a mail that needs none is not
// kept from going.
func TestTemplateRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		peer := f.peer(t, 2, 20)
		c := f.config
		c.OwnASNs = nil
		nobody := delivery.New(c)
		refused(t, "no own AS number", nobody.Send(t.Context(), delivery.Mail{ID: "m", Template: "noc", Peer: peer, To: "a@alpha.example", Subject: "x"}),
			models.Invalid, "template noc: The template needs our AS number, and own_asns is empty")
		refused(t, "unknown template", f.delivery.Send(t.Context(), delivery.Mail{ID: "m", Template: "sales", Peer: peer, To: "a@alpha.example", Body: "x"}),
			models.Invalid, "template sales: Invalid value for template: sales")
		put(t, f, models.Network{ID: 9, Name: "Two\u2028lines"})
		refused(t, "name of two lines", f.delivery.Send(t.Context(), delivery.Mail{ID: "m", Template: "noc", Peer: f.peer(t, 9, 20), To: "a@alpha.example"}),
			models.Invalid, "template noc: Invalid value for subject: Peering between Two\ufffdlines (AS0) and Gateway Example, Inc. (AS64500)")
		if len(f.mailer.mails) > 0 {
			t.Errorf("mails %+v", f.mailer.mails)
		}
		f.send(t, nobody, delivery.Mail{ID: "m", Template: "noc", Peer: peer, To: "a@alpha.example", Subject: "x", Body: "y"})
	})
}
