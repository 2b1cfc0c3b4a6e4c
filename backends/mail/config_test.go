package mail_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/mail"
	"provision-gateway/models"
)

func TestNewChecksEverything(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		change func(*mail.Config)
		want   string
	}{
		{"good", func(*mail.Config) {}, ""},
		{"nothing optional", func(c *mail.Config) { c.From, c.ReplyTo, c.Hello, c.Redirect = "", "", "", "" }, ""},
		{"IPv6 server", func(c *mail.Config) { c.Server = "[::1]:25" }, ""},
		{"hello in brackets", func(c *mail.Config) { c.Hello = "[192.0.2.1]" }, ""},
		{"hello in brackets, IPv6", func(c *mail.Config) { c.Hello = "[IPv6:2001:db8::1]" }, ""},
		{"hello of one label", func(c *mail.Config) { c.Hello = "gateway" }, ""},
		{"no port", func(c *mail.Config) { c.Server = "mail.example" }, "mail server"},
		{"no host", func(c *mail.Config) { c.Server = ":25" }, "mail server"},
		{"port 0", func(c *mail.Config) { c.Server = "mail.example:0" }, "mail server"},
		{"port too high", func(c *mail.Config) { c.Server = "mail.example:65536" }, "mail server"},
		{"port by name", func(c *mail.Config) { c.Server = "mail.example:smtp" }, "mail server"},
		{"line end in the server", func(c *mail.Config) { c.Server = "mail.example\n:25" }, "mail server"},
		{"no TLS setting", func(c *mail.Config) { c.TLS = "" }, "mail TLS"},
		{"another TLS setting", func(c *mail.Config) { c.TLS = "opportunistic" }, "mail TLS"},
		{"no timeout", func(c *mail.Config) { c.Timeout = 0 }, "mail timeout"},
		{"negative timeout", func(c *mail.Config) { c.Timeout = -time.Second }, "mail timeout"},
		{"no domain", func(c *mail.Config) { c.Domain = "" }, "mail domain"},
		{"domain with a line end", func(c *mail.Config) { c.Domain = "x.example>\r\nBcc: a@b.example" }, "mail domain"},
		{"domain with NUL", func(c *mail.Config) { c.Domain = "x\x00.example" }, "mail domain"},
		{"domain with U+2028", func(c *mail.Config) { c.Domain = "x\u2028.example" }, "mail domain"},
		{"domain of one label", func(c *mail.Config) { c.Domain = "localhost" }, "mail domain"},
		{"hello with a line end", func(c *mail.Config) { c.Hello = "x.example\r\nMAIL FROM:<a@b>" }, "mail hello"},
		{"hello with a blank", func(c *mail.Config) { c.Hello = "x y" }, "mail hello"},
		{"hello of half a bracket", func(c *mail.Config) { c.Hello = "[192.0.2.1" }, "mail hello"},
		{"hello with no address", func(c *mail.Config) { c.Hello = "[x]" }, "mail hello"},
		{"hello of IPv6 unnamed", func(c *mail.Config) { c.Hello = "[2001:db8::1]" }, "mail hello"},
		{"from a list", func(c *mail.Config) { c.From = "a@b.example, c@d.example" }, "mail from"},
		{"from with a line end", func(c *mail.Config) { c.From = "A\r\nBcc: x@y.example <a@b.example>" }, "mail from"},
		{"reply-to is none", func(c *mail.Config) { c.ReplyTo = "nobody" }, "mail reply-to"},
		{"redirect to this machine", func(c *mail.Config) { c.Redirect = "root@localhost" }, "mail redirect"},
		{"redirect to a list", func(c *mail.Config) { c.Redirect = "a@b.example,c@d.example" }, "mail redirect"},
		{"user without password", func(c *mail.Config) { c.Password = "" }, "together"},
		{"password without user", func(c *mail.Config) { c.Username = "" }, "together"},
		{"NUL in the password", func(c *mail.Config) { c.Password = "s3cret\x00x" }, "control character"},
		{"line end in the user", func(c *mail.Config) { c.Username = "a\nb" }, "control character"},
		{"no such CA file", func(c *mail.Config) { c.CAFile = filepath.Join(t.TempDir(), "none") }, "CA file"},
		{"empty CA file", func(c *mail.Config) { c.CAFile = empty }, "holds no certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := mail.Config{
				Server: "mail.example:587", TLS: "starttls", Username: "u", Password: "s3cret", From: "A <a@b.example>",
				ReplyTo: "c@d.example", Domain: "gateway.example", Hello: "host.example", Timeout: time.Second, Redirect: "t@e.example",
			}
			test.change(&c)
			m, err := mail.New(c)
			if test.want == "" {
				if err != nil || m == nil {
					t.Fatalf("error %v", err)
				}
				return
			}
			if err == nil || m != nil || models.ErrorCode(err) != models.Invalid || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want an Invalid one with %q", err, test.want)
			}
			if strings.Contains(err.Error(), "s3cret") || strings.ContainsAny(err.Error(), "\r\n\x00") {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestPasswordIsNeverPrinted(t *testing.T) {
	t.Parallel()
	c := mail.Config{
		Server: "mail.example:587", TLS: "starttls", Username: "u", Password: "s3cret", Domain: "gateway.example", Timeout: time.Second,
	}
	m := newMailer(t, c)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("mail", "config", c)
	if strings.Contains(log.String(), "s3cret") || !strings.Contains(log.String(), "mail.example:587") {
		t.Errorf("log %s", log.String())
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, text := range []string{fmt.Sprintf(format, c), fmt.Sprintf(format, &c), fmt.Sprintf(format, m), fmt.Sprintf(format, *m)} {
			if strings.Contains(text, "s3cret") || !strings.Contains(text, "mail.example:587") {
				t.Errorf("%s: %s", format, text)
			}
		}
	}
}
