package mail_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"provision-gateway/backends/mail"
	"provision-gateway/backends/mail/mailtest"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	const password = "s3cret pässword"
	for _, test := range []struct {
		name, tls string
		offered   []string
		change    func(*mail.Config)
		code      int
		step      string
	}{
		{name: "SCRAM-SHA-256", tls: "starttls", offered: []string{"LOGIN", "SCRAM-SHA-256"}},
		{name: "CRAM-MD5", tls: "starttls", offered: []string{"PLAIN", "CRAM-MD5"}},
		{name: "PLAIN", tls: "starttls", offered: []string{"LOGIN", "PLAIN"}},
		{name: "LOGIN", tls: "starttls", offered: []string{"LOGIN"}},
		{name: "PLAIN, implicit TLS", tls: "implicit", offered: []string{"PLAIN"}},
		{name: "LOGIN, implicit TLS", tls: "implicit", offered: []string{"LOGIN"}},
		{name: "PLAIN on the loopback", tls: "none", offered: []string{"PLAIN"}},
		{name: "LOGIN on the loopback", tls: "none", offered: []string{"LOGIN"}},
		{
			name: "wrong password", tls: "starttls", offered: []string{"PLAIN"}, step: "AUTH", code: 535,
			change: func(c *mail.Config) { c.Password = "wrong-password" },
		},
		{
			name: "wrong password by LOGIN", tls: "starttls", offered: []string{"LOGIN"}, step: "AUTH", code: 535,
			change: func(c *mail.Config) { c.Password = "wrong-password" },
		},
		{
			name: "wrong password by CRAM-MD5", tls: "none", offered: []string{"CRAM-MD5"}, step: "AUTH", code: 535,
			change: func(c *mail.Config) { c.Password = "wrong-password" },
		},
		{
			name: "wrong password by SCRAM", tls: "none", offered: []string{"SCRAM-SHA-256"}, step: "AUTH", code: 535,
			change: func(c *mail.Config) { c.Password = "wrong-password" },
		},
		{name: "no login offered", tls: "starttls", step: "AUTH"},
		{
			name: "no login wanted", tls: "starttls", offered: []string{"PLAIN"}, step: "MAIL FROM <ops@6connect.example>", code: 502,
			change: func(c *mail.Config) { c.Username, c.Password = "", "" },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.StartServer(t, mailtest.Options{TLS: test.tls, Login: test.offered, Username: "gateway", Password: password})
			c := configFor(s, test.tls)
			c.Username, c.Password = "gateway", password
			if test.change != nil {
				test.change(&c)
			}
			err := newMailer(t, c).Send(t.Context(), request())
			if test.step != "" {
				refused(t, err, test.step, test.code)
				if n := len(s.Mails()); n != 0 {
					t.Errorf("%d mails", n)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if mails := s.Mails(); len(mails) != 1 || mails[0].User != "gateway" {
				t.Errorf("mails %+v", mails)
			}
		})
	}
}

// A server that says back what it was told must not get it into the error.
func TestErrorsHideWhatServersSayBack(t *testing.T) {
	t.Parallel()
	const password = "s3cret-password"
	encode := base64.StdEncoding.EncodeToString
	msg := request()
	msg.Body = "The quick brown fox jumps over the lazy dog, ümlaut = " + strings.Repeat("z", 60) + "\r\n"
	for _, stage := range []mailtest.Stage{mailtest.Login, mailtest.From, mailtest.Recipient, mailtest.Content, mailtest.Kept} {
		for name, text := range map[string]string{
			"password": "no " + password, "encoded": "no " + encode([]byte(password)), "PLAIN": "no " + encode([]byte("\x00gateway\x00"+password)),
			"body":      "no: quick brown fox jumps over the lazy dog, is spam",
			"wire body": "no: lazy dog, =C3=BCmlaut =3D zzz",
			"long":      strings.Repeat("no ", 1000), "lines": "no\nand no\nand again no",
		} {
			t.Run(string(stage)+" "+name, func(t *testing.T) {
				t.Parallel()
				s := mailtest.StartServer(t, mailtest.Options{Login: []string{"PLAIN"}, Username: "gateway", Password: password})
				s.SetAnswer(mailtest.At(stage, mailtest.Answer{Code: 554, Text: text}))
				c := configFor(s, "none")
				c.Username, c.Password = "gateway", password
				err := newMailer(t, c).Send(t.Context(), msg)
				var e *mail.DeliveryError
				if !errors.As(err, &e) || e.Code != 554 {
					t.Fatalf("error %v", err)
				}
				for err := error(e); err != nil; err = errors.Unwrap(err) {
					for _, hidden := range []string{password, encode([]byte(password)), encode([]byte("\x00gateway\x00" + password)), "quick brown fox", "lazy dog"} {
						if strings.Contains(err.Error(), hidden) {
							t.Errorf("error %q holds %q", err, hidden)
						}
					}
					if len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\r\n") {
						t.Errorf("error %q", err)
					}
				}
			})
		}
	}
}
