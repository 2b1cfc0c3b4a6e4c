package mail_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/mail"
	"provision-gateway/backends/mail/mailtest"
)

// patience is the timeout where a server will use it up.
const patience = 2 * time.Second

// stages are those that a session over a kind of connection passes.
func stages(kind string) []string {
	list := []string{atGreeting, atEHLO, atAUTH, atMAIL, atRCPT, atDATA, atEnd}
	if kind == "starttls" {
		list = append(list, atSTARTTLS, atHandshake)
	}
	return list
}

func hostileConfig(h *hostile, kind string) mail.Config {
	c := configFor(&mailtest.Server{Address: h.address, CAFile: h.caFile}, kind)
	c.Username, c.Password = "u", "s3cret-password"
	return c
}

// attempt is one mail sent to one server, and what should have come of it.
type attempt struct {
	name      string
	server    *hostile
	config    mail.Config
	message   mail.Message
	uncertain bool
	temporary bool
	code      int
	accepted  int64
}

// run sends, checks, and sends once more to the server now mended.
func (a attempt) run(t *testing.T) {
	start := time.Now()
	err := newMailer(t, a.config).Send(t.Context(), a.message)
	if took := time.Since(start); took > a.config.Timeout+time.Second {
		t.Errorf("%s: took %v", a.name, took)
	}
	var e *mail.DeliveryError
	if !errors.As(err, &e) {
		t.Errorf("%s: error %v", a.name, err)
		return
	}
	if e.Uncertain() != a.uncertain || e.Temporary() != a.temporary || e.Code != a.code {
		t.Errorf("%s: uncertain %v, temporary %v, code %d: %v", a.name, e.Uncertain(), e.Temporary(), e.Code, err)
	}
	if errors.Unwrap(err) == nil || strings.Contains(err.Error(), a.config.Password) || len(err.Error()) > 500 {
		t.Errorf("%s: error %q", a.name, err)
	}
	if got := a.server.accepted.Load(); got != a.accepted {
		t.Errorf("%s: %d mails accepted, want %d", a.name, got, a.accepted)
	}
	a.server.wrong("", nil)
	a.config.Timeout = 20 * time.Second
	if err := newMailer(t, a.config).Send(t.Context(), request()); err != nil {
		t.Errorf("%s: afterwards: %v", a.name, err)
	}
	if got := a.server.accepted.Load(); got != a.accepted+1 {
		t.Errorf("%s: %d mails accepted in the end, want %d", a.name, got, a.accepted+1)
	}
}

// runAll runs attempts beside each other, so many at a time.
func runAll(t *testing.T, most int, attempts []attempt) {
	t.Helper()
	var all sync.WaitGroup
	places := make(chan struct{}, most)
	for _, a := range attempts {
		places <- struct{}{}
		all.Go(func() {
			a.run(t)
			<-places
		})
	}
	all.Wait()
}

// Whatever goes wrong, and wherever: the delivery ends in time, says whether
// the mail may have gone out, and no mail goes out twice.
func TestFaultsAtEveryStage(t *testing.T) {
	t.Parallel()
	var attempts []attempt
	for _, kind := range []string{"none", "starttls"} {
		for _, stage := range stages(kind) {
			for name, do := range faults {
				if stage == atDATA && name == "code between" {
					continue // That is the right answer.
				}
				h := startHostile(t)
				h.wrong(stage, do)
				a := attempt{
					name: fmt.Sprintf("%s, %s %s", kind, stage, name), server: h, config: hostileConfig(h, kind), message: request(),
					uncertain: stage == atEnd, temporary: true,
				}
				if lasting[name] {
					a.config.Timeout = patience
				}
				if stage == atEnd {
					a.accepted = 1
				}
				attempts = append(attempts, a)
			}
		}
	}
	runAll(t, 24, attempts)
}

// A refusal is certain at every stage.
func TestRefusalsOfHostileServers(t *testing.T) {
	t.Parallel()
	var attempts []attempt
	for _, kind := range []string{"none", "starttls"} {
		for _, stage := range stages(kind) {
			if stage == atHandshake {
				continue
			}
			for _, code := range []int{421, 451, 500, 554} {
				for name, text := range map[string]string{"plain": "%d no\r\n", "lines": "%[1]d-no\r\n%[1]d-and\r\n%[1]d no\r\n", "bare": "%d \r\n"} {
					h := startHostile(t)
					h.refuse(stage, fmt.Sprintf(text, code))
					attempts = append(attempts, attempt{
						name: fmt.Sprintf("%s, %s %d %s", kind, stage, code, name), server: h, config: hostileConfig(h, kind),
						message: request(), temporary: code < 500, code: code,
					})
				}
			}
		}
	}
	runAll(t, 24, attempts)
}

// In the middle of the content all depends on whether its end went out: a large
// mail stops on the way, and the server cannot have it; a small one has left in
// one piece, and nobody can tell.
func TestFaultsWithinTheContent(t *testing.T) {
	t.Parallel()
	large := request()
	// More than the sockets' buffers hold; base64, which is quickly made.
	large.Body = strings.Repeat("large ", 700_000)
	var attempts []attempt
	for _, kind := range []string{"none", "starttls"} {
		for _, name := range []string{"closed", "reset", "silent"} {
			for size, message := range map[string]mail.Message{"small": request(), "large": large} {
				h := startHostile(t)
				h.wrong(atContent, faults[name])
				a := attempt{
					name: fmt.Sprintf("%s, %s %s", kind, name, size), server: h, config: hostileConfig(h, kind), message: message,
					uncertain: size == "small", temporary: true,
				}
				if lasting[name] {
					// Most of it goes into writing the large mail.
					a.config.Timeout = 3 * patience
				}
				attempts = append(attempts, a)
			}
		}
		h := startHostile(t)
		h.refuse(atContent, "552 too much\r\n")
		a := attempt{name: kind + ", refused on the way", server: h, config: hostileConfig(h, kind), message: large, code: 552}
		a.config.Timeout = 30 * time.Second
		attempts = append(attempts, a)
	}
	runAll(t, 4, attempts)
}

// Once the server has the mail it may do what it likes.
func TestFaultsAfterAcceptanceDoNotMatter(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for _, kind := range []string{"none", "starttls"} {
		for name, do := range faults {
			h := startHostile(t)
			h.wrong(atQUIT, do)
			all.Go(func() {
				c := hostileConfig(h, kind)
				start := time.Now()
				if err := newMailer(t, c).Send(t.Context(), request()); err != nil {
					t.Errorf("%s %s: %v", kind, name, err)
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("%s %s: took %v", kind, name, took)
				}
				if n := h.accepted.Load(); n != 1 {
					t.Errorf("%s %s: %d mails accepted", kind, name, n)
				}
			})
		}
	}
	all.Wait()
}

// Nobody listens, nobody accepts, nobody knows the name.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	// The kernel accepts for a listener that never does.
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	for _, test := range []struct{ name, server, tls, step string }{
		{"refused", "127.0.0.1:1", "none", "connect"},
		{"black hole", deaf.Addr().String(), "none", "greeting"},
		{"black hole, TLS", deaf.Addr().String(), "implicit", "TLS"},
		{"no such name", "mail.invalid:25", "starttls", "connect"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMailer(t, mail.Config{
				Server: test.server, TLS: test.tls, Domain: "gateway.example", Timeout: 400 * time.Millisecond,
			})
			start := time.Now()
			err := m.Send(t.Context(), request())
			var e *mail.DeliveryError
			if !errors.As(err, &e) || e.Uncertain() || !e.Temporary() || e.Code != 0 || e.Step != test.step || errors.Unwrap(err) == nil {
				t.Errorf("error %v", err)
			}
			if took := time.Since(start); took > 1400*time.Millisecond {
				t.Errorf("took %v", took)
			}
		})
	}
}

// One Mailer serves many at a time, and one dead delivery holds up no other.
func TestDeliveriesDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{TLS: "starttls"})
	s.SetAnswer(func(stage mailtest.Stage, about string) *mailtest.Answer {
		if stage == mailtest.Recipient && about == "stuck@x.example" {
			return &mailtest.Answer{Silent: true}
		}
		return nil
	})
	m := newMailer(t, configFor(s, "starttls"))
	var all sync.WaitGroup
	stuck := request()
	stuck.To = "stuck@x.example"
	failed := make(chan error, 1)
	all.Go(func() { failed <- m.Send(t.Context(), stuck) })
	const n = 20
	for i := range n {
		msg := request()
		msg.ID = fmt.Sprintf("request-%d", i)
		all.Go(func() {
			if err := m.Send(t.Context(), msg); err != nil {
				t.Error(err)
			}
		})
	}
	if got := len(s.Wait(t, n)); got != n {
		t.Errorf("%d mails", got)
	}
	select {
	case err := <-failed:
		t.Errorf("the stuck one has ended: %v", err)
	default:
	}
	s.SetDown(true)
	all.Wait()
	if err := <-failed; err == nil {
		t.Error("the stuck one was sent")
	}
}
