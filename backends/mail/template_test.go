package mail_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"provision-gateway/backends/mail"
	"provision-gateway/models"
)

// documented is the stored request of the vendor documentation (getRequests).
func documented() mail.TemplateData {
	return mail.TemplateData{
		Peer: mail.Party{Name: "Amazon.com", ASN: 16509},
		We:   mail.Party{Name: "6connect, Inc.", ASN: 8038, Contact: "Operations", Email: "ops@6connect.com"},
		Exchanges: []mail.Exchange{
			{Name: "Equinix Ashburn", City: "Ashburn", Theirs: []string{"206.126.236.68", "206.126.236.35"}},
			{
				Name: "Equinix Palo Alto", City: "Palo Alto", Theirs: []string{"198.32.176.36"},
				Ours: []string{"2001:504:d::33", "198.32.176.51"},
			},
		},
	}
}

func TestRendersGolden(t *testing.T) {
	t.Parallel()
	templates, err := mail.LoadTemplates(nil)
	if err != nil {
		t.Fatal(err)
	}
	bare := mail.TemplateData{Peer: mail.Party{Name: "Zürich Netz", ASN: 4200000001}, We: mail.Party{Name: "Solo", ASN: 64501}}
	for _, name := range mail.TemplateNames() {
		for kind, data := range map[string]mail.TemplateData{"documented": documented(), "bare": bare} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				text, err := templates.Render(name, data)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Count(text.Body, "\n") != strings.Count(text.Body, "\r\n") || !strings.HasSuffix(text.Body, "\r\n") {
					t.Errorf("line ends of %q", text.Body)
				}
				got := "Subject: " + text.Subject + "\r\n\r\n" + text.Body
				file := filepath.Join("testdata", name+"-"+kind+".golden")
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

// The request is worded as the vendor's example; the link is the one that
// PeeringDB has today, and the addresses are in the order of the exchanges.
func TestRequestReadsAsDocumented(t *testing.T) {
	t.Parallel()
	templates, err := mail.LoadTemplates(nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := templates.Render("request", documented())
	if err != nil {
		t.Fatal(err)
	}
	const want = "Peering,\r\n\r\n6connect, Inc., 8038, would like to peer with Amazon.com at our common locations.\r\n\r\n" +
		"Facility, IP Address\r\nEquinix Ashburn - 206.126.236.68\r\nEquinix Ashburn - 206.126.236.35\r\nEquinix Palo Alto - 198.32.176.36\r\n\r\n" +
		"Sincerely,\r\nOperations\r\nops@6connect.com\r\n\r\n\r\n" +
		"6connect, Inc. information:\r\nEquinix Palo Alto, 2001:504:d::33\r\nEquinix Palo Alto, 198.32.176.51\r\n\r\n" +
		"PeeringDB: https://www.peeringdb.com/asn/8038\r\n"
	if text.Subject != "Peering request from 6connect, Inc." || text.Body != want {
		t.Errorf("%q\n got %q\nwant %q", text.Subject, text.Body, want)
	}
}

func TestOneTemplateReplaced(t *testing.T) {
	t.Parallel()
	templates, err := mail.LoadTemplates(fstest.MapFS{
		"noc.txt":  {Data: []byte("\uFEFFsubject:  AS{{.Peer.ASN}} \r\n\r\n\r\n{{range .Exchanges}}{{.City}};{{end}}\r\nend")},
		"README":   {Data: []byte("not a template")},
		"old.txt~": {Data: []byte("{{")},
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := templates.Render("noc", documented())
	if err != nil || text.Subject != "AS16509" || text.Body != "\r\nAshburn;Palo Alto;\r\nend" {
		t.Errorf("%+v, error %v", text, err)
	}
	if text, err = templates.Render("request", documented()); err != nil || text.Subject != "Peering request from 6connect, Inc." {
		t.Errorf("%+v, error %v", text, err)
	}
}

func TestBadTemplates(t *testing.T) {
	t.Parallel()
	const head = "Subject: x\n\n"
	for _, test := range []struct{ name, file, source, want string }{
		{"syntax in the body", "noc.txt", head + "one\ntwo {{.We.Name}\n", "noc.txt:4:"},
		{"syntax in the subject", "noc.txt", "Subject: {{end}}\n\nx\n", "noc.txt:1:"},
		{"unknown field", "policy.txt", head + "one\n\n{{.We.Secret}}\n", "policy.txt:5:"},
		{"unknown field of a list", "policy.txt", head + "{{range .Exchanges}}\n{{.Country}}{{end}}\n", "policy.txt:4:"},
		{"unknown field where nothing is known", "policy.txt", head + "{{if not .Exchanges}}\n{{.None}}{{end}}\n", "policy.txt:4:"},
		{"first of none", "request.txt", head + "\n\n{{(index .Exchanges 0).Name}}\n", "request.txt:5:"},
		{"unknown function", "technical.txt", head + "{{shell \"id\"}}\n", "technical.txt:3:"},
		{"unknown field in the subject", "noc.txt", "Subject: {{.Name}}\n\nx", "noc.txt:1:"},
		{"no subject", "noc.txt", "\nbody\n", "noc.txt:1:"},
		{"empty subject", "noc.txt", "Subject: \n\nbody\n", "noc.txt:1:"},
		{"empty for some", "noc.txt", "Subject: {{.We.Contact}}\n\nbody\n", "noc.txt is empty"},
		{"line end in the subject", "noc.txt", "Subject: a{{\"\\r\\nBcc: x@y.example\"}}\n\nbody\n", "Invalid value for subject"},
		{"another header", "noc.txt", "Subject: x\nBcc: a@b.example\n\nbody\n", "noc.txt:2:"},
		{"two subjects", "noc.txt", "Subject: x\nSubject: y\n\nbody\n", "noc.txt:2:"},
		{"no body", "noc.txt", "Subject: x", "noc.txt:1:"},
		{"not UTF-8", "noc.txt", head + "ok\nZ\xfcrich\n", "noc.txt:4:"},
		{"misspelt name", "nocc.txt", head, "nocc.txt"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := mail.LoadTemplates(fstest.MapFS{test.file: {Data: []byte(test.source)}})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.file) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
	if _, err := mail.LoadTemplates(os.DirFS(filepath.Join(t.TempDir(), "none"))); err != nil {
		t.Errorf("a folder without templates: %v", err)
	}
	if _, err := mail.LoadTemplates(fstest.MapFS{"noc.txt/x": {}}); err == nil || !strings.Contains(err.Error(), "noc.txt") {
		t.Errorf("a folder in place of a template: %v", err)
	}
}

// What stands in PeeringDB can be anything; in a subject it must be one line.
func TestRenderedSubjectsAreOneLine(t *testing.T) {
	t.Parallel()
	templates, err := mail.LoadTemplates(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x00b", "a\x1bb", "a\u0085b", "a\u2028b", "a\u2029b", strings.Repeat("a", 999)} {
		for _, name := range mail.TemplateNames() {
			party := mail.Party{Name: bad, ASN: 1}
			text, err := templates.Render(name, mail.TemplateData{Peer: party, We: party})
			if models.ErrorCode(err) != models.Invalid {
				t.Errorf("%s %.20q: %+v, error %v", name, bad, text, err)
			}
		}
	}
	for _, name := range []string{"", "other", "../noc", "noc.txt"} {
		if _, err := templates.Render(name, documented()); models.ErrorCode(err) != models.Invalid || err.Error() != fmt.Sprintf("Invalid value for template: %s", name) {
			t.Errorf("%q: error %v", name, err)
		}
	}
}
