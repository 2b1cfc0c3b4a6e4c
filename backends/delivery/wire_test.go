package delivery_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/mail"
	"provision-gateway/backends/mail/mailtest"
	"provision-gateway/models"
)

// over makes a Delivery that hands over to a server.
func (f *fixture) over(t *testing.T, s *mailtest.Server, log io.Writer) *delivery.Delivery {
	t.Helper()
	m, err := mail.New(mail.Config{
		Server: s.Address, TLS: "none", From: "Peering <peering@gateway.example>", Domain: "gateway.example", Timeout: 10 * time.Second, Now: f.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	c := f.config
	c.Mailer, c.Logger = m, slog.New(slog.NewTextHandler(log, nil))
	return delivery.New(c)
}

// read is the header and the body of a mail that a server has got.
func read(t *testing.T, m mailtest.Mail) (netmail.Header, string) {
	t.Helper()
	parsed, err := netmail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = quotedprintable.NewReader(parsed.Body)
	if parsed.Header.Get("Content-Transfer-Encoding") == "base64" {
		r = base64.NewDecoder(base64.StdEncoding, parsed.Body)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Header, string(body)
}

// A mail of which nobody knows whether it came is sent again as the same mail.
func TestSameMailOnTheWire(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		server := mailtest.StartServer(t, mailtest.Options{})
		var log bytes.Buffer
		d := f.over(t, server, &log)
		r := f.request(t, func(r *models.Request) { r.EmailType, r.Subject = "html", "Peering with “us”?" })

		server.SetAnswer(mailtest.At(mailtest.Kept, mailtest.Answer{Drop: true}))
		first := d.Send(t.Context(), delivery.OfRequest(r, f.peer(t, 2, 20)))
		if first == nil || !delivery.Uncertain(first) {
			t.Fatalf("cut off: %v", first)
		}
		f.write(t, func(tx *models.Tx) error { return delivery.Failed(tx, r, first) })
		equal(t, "cut off", f.state(t, r.ID), "pending; status -; failure "+first.Error()+"; modified 0", "counted [0]")

		// A refusal says nothing of the first mail.
		f.clock.Advance(patience)
		server.SetAnswer(mailtest.At(mailtest.Recipient, mailtest.Answer{Code: 550, Text: "5.1.1 No such user"}))
		_, err := d.Resend(t.Context(), r.ID)
		if err == nil || delivery.Uncertain(err) || !strings.Contains(err.Error(), "No such user") {
			t.Errorf("refused: %v", err)
		}
		equal(t, "refused", f.state(t, r.ID)[:1], "pending; status -; failure "+err.Error()+"; modified 40")

		f.clock.Advance(patience)
		server.SetAnswer(nil)
		if _, err := d.Resend(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
		equal(t, "sent", f.state(t, r.ID), "sent; status sent; failure -; modified 80", "counted [80]", "2/20 sent",
			fmt.Sprintf("Request sent to peering@alpha.example at 80 of 2/20 for %d", r.ID))

		mails := server.Wait(t, 2)
		if len(mails) != 2 {
			t.Fatalf("%d mails", len(mails))
		}
		for i, m := range mails {
			header, body := read(t, m)
			for name, want := range map[string]string{
				"Message-Id": fmt.Sprintf("<request-%d@gateway.example>", r.ID), "From": "us@gateway.example", "To": "peering@alpha.example", "Bcc": "",
			} {
				// An address may stand in brackets.
				if got := header.Get(name); got != want && got != "<"+want+">" {
					t.Errorf("mail %d: %s is %q, want %q", i, name, got, want)
				}
			}
			if cc, err := header.AddressList("Cc"); err != nil || len(cc) != 2 || cc[1].Name != "C, D" {
				t.Errorf("mail %d: Cc %v, %v", i, cc, err)
			}
			if kind := header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") || body != r.Body {
				t.Errorf("mail %d: %s %q", i, kind, body)
			}
			if to := strings.Join(m.To, " "); to != "peering@alpha.example b@alpha.example c@alpha.example d@gateway.example" {
				t.Errorf("mail %d went to %s", i, to)
			}
		}
		if text := log.String(); strings.Count(text, "\n") != 3 || strings.Count(text, "uncertain=true") != 1 || strings.Count(text, "uncertain=false") != 1 ||
			strings.Count(text, fmt.Sprintf("id=request-%d", r.ID)) != 3 || strings.Contains(text, "Would you") || strings.Contains(text, "Peering with") {
			t.Errorf("log:\n%s", text)
		}
	})
}

// A request with an address that is none is refused without a connection.
func TestUnusableAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		server := mailtest.StartServer(t, mailtest.Options{})
		d := f.over(t, server, io.Discard)
		for name, change := range map[string]func(*models.Request){
			"email_to": func(r *models.Request) { r.EmailTo = "" },
			"cc":       func(r *models.Request) { r.EmailCC = "a@alpha.example, friends: b@alpha.example;" },
			"bcc":      func(r *models.Request) { r.EmailBCC = `"unclosed, <a@alpha.example>, b@alpha.example` },
		} {
			r := f.failed(t, change)
			_, err := d.Resend(t.Context(), r.ID)
			if models.ErrorCode(err) != models.Invalid || !strings.HasPrefix(err.Error(), "Invalid value for "+name+": ") {
				t.Errorf("%s: %v", name, err)
			}
			equal(t, name, f.state(t, r.ID), "failed; status -; failure "+err.Error()+"; modified 0", "counted []")
		}
		if n := server.Connections(); n > 0 {
			t.Errorf("%d connections", n)
		}
	})
}

// Of several that send a request again at once, one does.
func TestResendTogether(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		server := mailtest.StartServer(t, mailtest.Options{})
		r := f.failed(t)
		c := f.config
		c.Store = f.Another(t)
		f.config = c
		another := f.over(t, server, io.Discard)
		c.Store = f.Store
		f.config = c
		one := f.over(t, server, io.Discard)
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			d := one
			if i%2 == 1 {
				d = another
			}
			all.Go(func() { _, errs[i] = d.Resend(t.Context(), r.ID) })
		}
		all.Wait()
		sent := 0
		for _, err := range errs {
			switch {
			case err == nil:
				sent++
			case models.ErrorCode(err) != models.Conflict:
				t.Error(err)
			}
		}
		if mails := server.Mails(); sent != 1 || len(mails) != 1 {
			t.Errorf("%d were told that it was sent, %d mails arrived", sent, len(mails))
		}
	})
}
