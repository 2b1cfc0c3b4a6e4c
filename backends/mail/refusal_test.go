package mail_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/mail"
	"provision-gateway/backends/mail/mailtest"
)

// A definite answer is never uncertain, says whether to try again, and leaves
// nobody with a mail. Afterwards the same Mailer sends.
func TestRefusalsAtEveryStage(t *testing.T) {
	t.Parallel()
	steps := map[mailtest.Stage]string{
		mailtest.Login: "AUTH", mailtest.From: "MAIL FROM <ops@6connect.example>", mailtest.Recipient: "RCPT TO <operations@as28929.example>",
		mailtest.Content: "end of content",
	}
	for stage, step := range steps {
		for _, code := range []int{421, 450, 451, 452, 454, 500, 535, 550, 552, 554} {
			t.Run(fmt.Sprintf("%s %d", stage, code), func(t *testing.T) {
				t.Parallel()
				s := mailtest.StartServer(t, mailtest.Options{Login: []string{"PLAIN"}, Username: "u", Password: "s3cret"})
				s.SetAnswer(mailtest.At(stage, mailtest.Answer{Code: code, Text: "Because"}))
				c := configFor(s, "none")
				c.Username, c.Password = "u", "s3cret"
				m := newMailer(t, c)
				err := m.Send(t.Context(), request())
				var e *mail.DeliveryError
				if !errors.As(err, &e) || e.Uncertain() || e.Temporary() != (code < 500) || e.Code != code || e.Step != step {
					t.Fatalf("error %#v", err)
				}
				if want := fmt.Sprintf("mail server %s: %s: %d Because", s.Address, step, code); err.Error() != want {
					t.Errorf("error %q, want %q", err, want)
				}
				var answer *textproto.Error
				if !errors.As(err, &answer) || answer.Code != code {
					t.Errorf("cause %v", errors.Unwrap(err))
				}
				if n := len(s.Mails()); n != 0 {
					t.Fatalf("%d mails", n)
				}
				s.SetAnswer(nil)
				if err := m.Send(t.Context(), request()); err != nil || len(s.Mails()) != 1 {
					t.Errorf("afterwards: %d mails, error %v", len(s.Mails()), err)
				}
			})
		}
	}
}

// Where one recipient is refused, whichever it is, nobody gets anything.
func TestPartlyRefusedMeansNothingSent(t *testing.T) {
	t.Parallel()
	msg := request()
	msg.CC, msg.BCC = []string{"c1@x.example", "c2@x.example"}, []string{"b1@x.example", "b2@x.example"}
	for _, code := range []int{450, 550} {
		for _, bad := range []string{msg.To, "c1@x.example", "c2@x.example", "b1@x.example", "b2@x.example"} {
			t.Run(fmt.Sprintf("%d %s", code, bad), func(t *testing.T) {
				t.Parallel()
				s := mailtest.StartServer(t, mailtest.Options{})
				reached := false
				s.SetAnswer(func(stage mailtest.Stage, about string) *mailtest.Answer {
					if stage == mailtest.Recipient && about == bad {
						return &mailtest.Answer{Code: code, Text: "No"}
					}
					reached = reached || stage == mailtest.Content
					return nil
				})
				err := newMailer(t, configFor(s, "none")).Send(t.Context(), msg)
				var e *mail.DeliveryError
				if !errors.As(err, &e) || e.Uncertain() || e.Code != code || e.Step != "RCPT TO <"+bad+">" {
					t.Errorf("error %v", err)
				}
				if n := len(s.Mails()); n != 0 || reached {
					t.Errorf("%d mails, content sent: %v", n, reached)
				}
			})
		}
	}
}

func TestTLSFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, server, client, step string
		expired                    bool
		change                     func(*testing.T, *mail.Config)
	}{
		{name: "STARTTLS is not offered", server: "none", client: "starttls", step: "STARTTLS"},
		{name: "another CA", server: "starttls", client: "starttls", step: "STARTTLS", change: anotherCA},
		{name: "another CA, implicit", server: "implicit", client: "implicit", step: "TLS", change: anotherCA},
		{
			name: "CA of the system", server: "starttls", client: "starttls", step: "STARTTLS",
			change: func(_ *testing.T, c *mail.Config) { c.CAFile = "" },
		},
		{name: "expired", server: "starttls", client: "starttls", step: "STARTTLS", expired: true},
		{
			name: "another name", server: "implicit", client: "implicit", step: "TLS",
			change: func(_ *testing.T, c *mail.Config) { c.ServerName = "other.example" },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.StartServer(t, mailtest.Options{TLS: test.server, Expired: test.expired})
			c := configFor(s, test.client)
			if test.change != nil {
				test.change(t, &c)
			}
			refused(t, newMailer(t, c).Send(t.Context(), request()), test.step, 0)
			if n := len(s.Mails()); n != 0 {
				t.Errorf("%d mails", n)
			}
		})
	}
}

func anotherCA(t *testing.T, c *mail.Config) {
	c.CAFile = mailtest.StartServer(t, mailtest.Options{TLS: "starttls"}).CAFile
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{Size: 2000})
	msg := request()
	msg.Body = strings.Repeat("a\r\n", 1000)
	refused(t, newMailer(t, configFor(s, "none")).Send(t.Context(), msg), "MAIL FROM <ops@6connect.example>", 0)
	if n := len(s.Mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// The mail has arrived, but the answer is lost: only this is uncertain.
func TestLostAnswerIsUncertain(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]mailtest.Answer{"dropped": {Drop: true}, "silent": {Silent: true}, "odd": {Code: 354, Text: "Go on"}} {
		for _, kind := range []string{"none", "starttls", "implicit"} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				s := mailtest.StartServer(t, mailtest.Options{TLS: kind})
				s.SetAnswer(mailtest.At(mailtest.Kept, answer))
				c := configFor(s, kind)
				if answer.Silent {
					c.Timeout = 2 * time.Second
				}
				start := time.Now()
				err := newMailer(t, c).Send(t.Context(), request())
				var e *mail.DeliveryError
				if !errors.As(err, &e) || !e.Uncertain() || !e.Temporary() || e.Step != "end of content" || e.Code != 0 {
					t.Errorf("error %v", err)
				}
				if answer.Drop && !errors.Is(err, io.EOF) {
					t.Errorf("cause %v", errors.Unwrap(err))
				}
				if answer.Silent && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("cause %v", errors.Unwrap(err))
				}
				if took := time.Since(start); took > c.Timeout+time.Second {
					t.Errorf("took %v", took)
				}
				if n := len(s.Mails()); n != 1 {
					t.Errorf("%d mails", n)
				}
			})
		}
	}
}

// An unusual positive answer is a positive one.
func TestOtherPositiveAnswerIsAccepted(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	s.SetAnswer(mailtest.At(mailtest.Kept, mailtest.Answer{Code: 251, Text: "Will forward"}))
	if err := newMailer(t, configFor(s, "none")).Send(t.Context(), request()); err != nil {
		t.Error(err)
	}
}

func TestContextEndsADelivery(t *testing.T) {
	t.Parallel()
	errStopped := errors.New("stopped by the operator")
	for stage, uncertain := range map[mailtest.Stage]bool{mailtest.From: false, mailtest.Recipient: false, mailtest.Content: true} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			s := mailtest.StartServer(t, mailtest.Options{})
			ctx, cancel := context.WithCancelCause(t.Context())
			s.SetAnswer(func(at mailtest.Stage, _ string) *mailtest.Answer {
				if at == stage {
					cancel(errStopped)
					return &mailtest.Answer{Silent: true}
				}
				return nil
			})
			start := time.Now()
			err := newMailer(t, configFor(s, "none")).Send(ctx, request())
			var e *mail.DeliveryError
			if !errors.As(err, &e) || e.Uncertain() != uncertain || !errors.Is(err, errStopped) || !strings.HasSuffix(err.Error(), ": given up") {
				t.Errorf("error %v", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	s := mailtest.StartServer(t, mailtest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newMailer(t, configFor(s, "none")).Send(ctx, request()); !errors.Is(err, context.Canceled) || len(s.Mails()) != 0 {
		t.Errorf("given up before: %v", err)
	}
}

func TestServerDownAndUpAgain(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	m := newMailer(t, configFor(s, "none"))
	for i := range 3 {
		s.SetDown(true)
		var e *mail.DeliveryError
		if err := m.Send(t.Context(), request()); !errors.As(err, &e) || e.Uncertain() || !e.Temporary() || e.Code != 0 {
			t.Errorf("down: %v", err)
		}
		s.SetDown(false)
		if err := m.Send(t.Context(), request()); err != nil {
			t.Errorf("up again: %v", err)
		}
		if n := len(s.Wait(t, i+1)); n != i+1 {
			t.Errorf("%d mails, want %d", n, i+1)
		}
	}
}
