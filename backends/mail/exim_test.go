package mail_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/mail"
	"provision-gateway/backends/mail/mailtest"
)

// What exim has delivered must be what was sent, byte by byte once decoded.
func TestEximDelivers(t *testing.T) {
	t.Parallel()
	e := mailtest.StartExim(t)
	config := mail.Config{
		Server: e.Address, TLS: "starttls", CAFile: e.CAFile, Username: e.Username, Password: e.Password,
		Domain: "gateway.example", Timeout: 20 * time.Second, Now: func() time.Time { return noon },
	}
	m := newMailer(t, config)
	want := request()
	want.CC, want.BCC = []string{"Jürgen <noc@as28929.example>"}, []string{"archive@6connect.example"}
	want.Subject = "Peering – Zürich"
	want.Body = "\r\n.\r\n..\r\nFrom here\r\n " + strings.Repeat("Zürich ", 300) + "\r\n\ttabs and blanks \t \r\n"
	if err := m.Send(t.Context(), want); err != nil {
		t.Fatal(err)
	}

	mails := e.Wait(t, 1)
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	got := parse(t, mails[0])
	for name, text := range map[string]string{
		"Return-Path": "<ops@6connect.example>",
		"Message-Id":  "<request-42@gateway.example>",
		"Date":        "Sun, 01 Mar 2026 11:00:00 +0000",
		"Subject":     want.Subject,
		"From":        "<ops@6connect.example>",
		"To":          "<operations@as28929.example>",
		"Cc":          "Jürgen <noc@as28929.example>",
		"Bcc":         "",
	} {
		if got := got.text(t, name); got != text {
			t.Errorf("%s: %q, want %q", name, got, text)
		}
	}
	// The maildir keeps lines as Unix does.
	if body := strings.ReplaceAll(got.body, "\r\n", "\n"); body != strings.ReplaceAll(want.Body, "\r\n", "\n") {
		t.Errorf("body %q", body)
	}
	for _, to := range []string{"operations@as28929.example", "noc@as28929.example", "archive@6connect.example"} {
		if !strings.Contains(got.header.Get("Envelope-To"), to) {
			t.Errorf("not for %s: %s", to, got.header.Get("Envelope-To"))
		}
	}
	if !strings.Contains(got.header.Get("Received"), "(TLS1") || !strings.Contains(got.header.Get("Received"), "esmtpsa") {
		t.Errorf("not encrypted and logged in: %s", got.header.Get("Received"))
	}

	t.Run("wrong password", func(t *testing.T) {
		bad := config
		bad.Password = "wrong-password"
		refused(t, newMailer(t, bad).Send(t.Context(), want), "AUTH", 535)
	})
	t.Run("one recipient refused", func(t *testing.T) {
		bad := want
		bad.CC = append(bad.CC, "x@"+mailtest.RefusedDomain)
		refused(t, m.Send(t.Context(), bad), "RCPT TO <x@refused.example>", 550)
	})
	t.Run("certificate for another name", func(t *testing.T) {
		bad := config
		bad.ServerName = "other.example"
		refused(t, newMailer(t, bad).Send(t.Context(), want), "STARTTLS", 0)
	})
	t.Run("name in the certificate", func(t *testing.T) {
		good, again := config, want
		good.ServerName, again.ID = mailtest.ServerName, "request-43"
		if err := newMailer(t, good).Send(t.Context(), again); err != nil {
			t.Fatal(err)
		}
		e.Wait(t, 2)
	})
	if n := len(e.Wait(t, 2)); n != 2 {
		t.Errorf("%d mails, want those of the two that were accepted", n)
	}
}

// refused checks an error of a definite refusal.
func refused(t *testing.T, err error, step string, code int) {
	t.Helper()
	var e *mail.DeliveryError
	if !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	if e.Step != step || e.Code != code || e.Uncertain() || e.Temporary() {
		t.Errorf("step %q code %d uncertain %v temporary %v: %v", e.Step, e.Code, e.Uncertain(), e.Temporary(), e)
	}
	for _, secret := range []string{"s3cret-relay", "wrong-password", "would you like"} {
		if strings.Contains(e.Error(), secret) {
			t.Errorf("error %v holds %q", e, secret)
		}
	}
}

// Instances must not get into each other's way.
func TestEximTwice(t *testing.T) {
	t.Parallel()
	a, b := mailtest.StartExim(t), mailtest.StartExim(t)
	if a.Address == b.Address {
		t.Fatalf("both on %s", a.Address)
	}
	for _, e := range []*mailtest.Exim{a, b} {
		conn, err := net.Dial("tcp", e.Address)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if n := len(e.Mails(t)); n != 0 {
			t.Errorf("%d mails", n)
		}
	}
}
