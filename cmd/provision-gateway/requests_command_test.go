package main

import (
	"bytes"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/mail/mailtest"
	"provision-gateway/models"
)

// What must not be shown by any command.
const (
	plantedBody     = "planted-body-of-a-mail-to-a-peer"
	plantedPassword = "planted-smtp-password"
)

// office is a desk with a mail server.
type office struct {
	*desk
	mails *mailtest.Server
}

func eachOffice(t *testing.T, f func(t *testing.T, o *office), settings ...string) {
	t.Helper()
	onEach(t, func(t *testing.T, environ []string) {
		mails := mailtest.StartServer(t, mailtest.Options{Login: []string{"PLAIN"}, Username: "gateway", Password: plantedPassword})
		environ = append(append(environ, "PROVISION_GATEWAY_ROUTER_POLL_INTERVAL=0", "PROVISION_GATEWAY_MAIL_SERVER="+mails.Address, "PROVISION_GATEWAY_MAIL_TLS=none",
			"PROVISION_GATEWAY_MAIL_USERNAME=gateway", "PROVISION_GATEWAY_MAIL_PASSWORD="+plantedPassword,
			"PROVISION_GATEWAY_MAIL_FROM=peering@gateway.example", "PROVISION_GATEWAY_MAIL_TIMEOUT=30s", "PROVISION_GATEWAY_MAIL_COOLDOWN=0"), settings...)
		f(t, &office{&desk{t: t, environ: environ, gateway: serve(t, environ, "--demo")}, mails})
	})
}

// request asks for peering and returns the number of the request, whose mail
// may have failed.
func (o *office) request(name string) string {
	o.t.Helper()
	o.gateway.get("target=peering&action=sendRequest&public_id=1&peer_participant_id=3&source_participant_id=1&peer_asn=64497&email_from=a%40gateway.example" +
		"&email_to=b%40peer.example&subject=s&body=" + plantedBody + "&type=text&peer_name=" + name)
	all := o.requests()
	if len(all) == 0 || all[len(all)-1].Created.Before(time.Now().Add(-time.Hour)) {
		o.t.Fatalf("no request: %+v", all)
	}
	return fmt.Sprint(all[len(all)-1].ID)
}

func (o *office) requests(flags ...string) []requestLine {
	o.t.Helper()
	return mustJSON[[]requestLine](o.t, o.environ, append([]string{"requests", "list"}, flags...)...)
}

// is fails unless a request has come so far.
func (o *office) is(id, delivery, why string) {
	o.t.Helper()
	for _, r := range o.requests() {
		if fmt.Sprint(r.ID) == id {
			if failure := text(r.Failure); r.Delivery != delivery || !strings.Contains(failure, why) || why == "" && failure != "" {
				o.t.Errorf("request %s is %s because %q, not %s because %q", id, r.Delivery, failure, delivery, why)
			}
			return
		}
	}
	o.t.Errorf("request %s is not listed", id)
}

// later runs a command when patience with a mail on its way is over.
func (o *office) later(args ...string) result {
	o.t.Helper()
	var stdout, stderr bytes.Buffer
	p := Program{Args: args, Environ: o.environ, Stdout: &stdout, Stderr: &stderr, Now: func() time.Time { return time.Now().Add(time.Hour) }}
	code := p.Run(o.t.Context())
	return result{code, stdout.String(), stderr.String()}
}

func TestRequestsList(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(t *testing.T, o *office) {
		demo := o.requests()
		if len(demo) != 1 || demo[0].Delivery != models.DeliverySent || demo[0].EmailTo != "peering@university.example.org" || demo[0].Failure != nil || time.Since(demo[0].Created).Abs() > time.Hour {
			t.Errorf("the demo's: %+v", demo)
		}
		if out := must(t, o.environ, "requests", "list", "--json", "--failed", "--pending"); out != "[]\n" {
			t.Errorf("none: %q", out)
		}
		sent := o.request("Sent")
		o.mails.SetAnswer(mailtest.At(mailtest.Content, mailtest.Answer{Code: 554, Text: plantedBody + " is spam"}))
		spam := o.request("Spam")
		o.mails.SetAnswer(mailtest.At(mailtest.Recipient, mailtest.Answer{Code: 550, Text: "5.1.1 no such user"}))
		unknown := o.request("odd%0Aname%09here%1B%5B2J")
		o.mails.SetAnswer(mailtest.At(mailtest.Kept, mailtest.Answer{Drop: true}))
		pending := o.request("Pending")
		o.is(sent, models.DeliverySent, "")
		o.is(spam, models.DeliveryFailed, "554 (answer not shown)")
		o.is(unknown, models.DeliveryFailed, "550 5.1.1 no such user")
		o.is(pending, models.DeliveryPending, "end of content")

		ids := func(lines []requestLine) (ids string) {
			for _, r := range lines {
				ids += fmt.Sprint(r.ID, " ")
			}
			return ids
		}
		for flags, want := range map[string]string{"": "1 " + sent + " " + spam + " " + unknown + " " + pending, "--failed": spam + " " + unknown, "--pending": pending, "--pending --failed": spam + " " + unknown + " " + pending} {
			given := strings.Fields(flags)
			if got := ids(o.requests(given...)); got != want+" " {
				t.Errorf("%q lists %s, not %s", flags, got, want)
			}
			table := must(t, o.environ, append([]string{"requests", "list"}, given...)...)
			lines := strings.Split(strings.TrimSuffix(table, "\n"), "\n")
			if len(lines) != len(strings.Fields(want))+1 || !strings.HasPrefix(lines[0], "ID ") || strings.ContainsAny(table, "\t\x1b") {
				t.Errorf("%q prints\n%s", flags, table)
			}
			if shown := table + must(t, o.environ, append([]string{"requests", "list", "--json"}, given...)...); strings.Contains(shown, plantedBody) || strings.Contains(shown, plantedPassword) {
				t.Errorf("%q shows what it must not\n%s", flags, shown)
			}
		}
		one := o.requests("--pending")[0]
		if value(one.PublicID) != 1 || value(one.PeerASN) != 64497 || one.PeerName != "Pending" || one.EmailTo != "b@peer.example" || one.Subject != "s" {
			t.Errorf("as JSON: %+v", one)
		}
		if out := must(t, o.environ, "requests", "list", "--failed"); !regexp.MustCompile(spam + ` +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +Spam +b@peer.example +failed +mail server `).MatchString(out) {
			t.Errorf("the table is\n%s", out)
		}
	})
}

func TestRequestsResend(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(t *testing.T, o *office) {
		id := func() string {
			t.Helper()
			received := o.mails.Mails()
			message, err := mail.ReadMessage(bytes.NewReader(received[len(received)-1].Raw))
			if err != nil {
				t.Fatal(err)
			}
			return message.Header.Get("Message-ID")
		}
		status := func() string {
			return string(o.gateway.succeeds("target=peering&action=getPeers&public_id=1&id=3&include_log_data=1").Data)
		}
		o.mails.SetAnswer(mailtest.At(mailtest.Content, mailtest.Answer{Code: 554, Text: "no"}))
		failed := o.request("Peer")
		for range 2 {
			o.fails(exitFailure, "content: 554 no", "requests", "resend", failed)
			o.is(failed, models.DeliveryFailed, "content: 554 no")
		}
		before := status()
		o.mails.SetDown(true)
		o.fails(exitFailure, "mail server "+o.mails.Address, "requests", "resend", failed)
		o.mails.SetDown(false)
		o.mails.SetAnswer(mailtest.At(mailtest.Login, mailtest.Answer{Code: 535, Text: "not " + plantedPassword}))
		o.fails(exitFailure, "AUTH: 535 (answer not shown)", "requests", "resend", failed)
		if after := status(); after != before {
			t.Errorf("the peer became %s, was %s", after, before)
		}
		o.mails.SetAnswer(nil)
		if n := len(o.mails.Mails()); n != 0 {
			t.Fatalf("%d mails arrived", n)
		}
		if out := must(t, o.environ, "requests", "resend", failed); out != "Request "+failed+" was sent to b@peer.example.\n" {
			t.Errorf("resend says %q", out)
		}
		o.is(failed, models.DeliverySent, "")
		if got := o.mails.Mails(); len(got) != 1 || id() != "<request-"+failed+"@gateway.example>" || !bytes.Contains(got[0].Raw, []byte("\r\nSubject: s\r\n")) || got[0].To[0] != "b@peer.example" {
			t.Errorf("%s: %+v", id(), got)
		}
		if after := status(); !strings.Contains(after, "Request sent to b@peer.example") {
			t.Errorf("the peer became %s", after)
		}
		o.fails(exitFailure, "Request "+failed+" was sent already", "requests", "resend", failed)
		o.fails(exitFailure, "99999", "requests", "resend", "99999")

		// What is pending may be on its way.
		o.mails.SetAnswer(mailtest.At(mailtest.Kept, mailtest.Answer{Drop: true}))
		pending := o.request("Peer")
		o.mails.SetAnswer(nil)
		o.fails(exitFailure, "Request "+pending+" may be on its way right now: try again in ", "requests", "resend", pending)
		o.is(pending, models.DeliveryPending, "end of content")
		first := id()
		if r := o.later("requests", "resend", pending); r.code != exitOK || r.stderr != "" {
			t.Errorf("later: %+v", r)
		}
		o.is(pending, models.DeliverySent, "")
		if n := len(o.mails.Mails()); n != 3 || id() != first {
			t.Errorf("%d mails, %s after %s", n, id(), first)
		}
		if log := o.gateway.log.String(); strings.Contains(log, plantedBody) || strings.Contains(log, plantedPassword) {
			t.Error("the log shows what it must not")
		}
	})
}

// TestRequestsResendTogether has several people send the same request again.
func TestRequestsResendTogether(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(t *testing.T, o *office) {
		o.mails.SetAnswer(mailtest.At(mailtest.From, mailtest.Answer{Code: 451, Text: "later"}))
		failed := o.request("Peer")
		o.mails.SetAnswer(nil)
		const together = 5
		results := make(chan result, together)
		for range together {
			go func() { results <- run(t, o.environ, "requests", "resend", failed) }()
		}
		sent := 0
		for range together {
			switch r := <-results; {
			case r.code == exitOK:
				sent++
			case !strings.Contains(r.stderr, "may be on its way right now") && !strings.Contains(r.stderr, "was sent already"):
				t.Errorf("%+v", r)
			}
		}
		if n := len(o.mails.Mails()); sent != 1 || n != 1 {
			t.Errorf("%d commands sent it, %d mails arrived", sent, n)
		}
		o.is(failed, models.DeliverySent, "")
	})
}

func TestRequestsResendLimits(t *testing.T) {
	t.Parallel()
	eachOffice(t, func(t *testing.T, o *office) {
		o.mails.SetAnswer(mailtest.At(mailtest.From, mailtest.Answer{Code: 451, Text: "later"}))
		first, second := o.request("Peer"), o.request("Peer")
		o.mails.SetAnswer(nil)
		must(t, o.environ, "requests", "resend", first)
		o.fails(exitFailure, "No more than 1 mails may be sent in an hour", "requests", "resend", second)
		o.is(second, models.DeliveryFailed, "451 later")
		var without []string
		for _, setting := range o.environ {
			if !strings.Contains(setting, "_MAIL_") {
				without = append(without, setting)
			}
		}
		failsInOneLine(t, without, exitFailure, "mail.server is not set", "requests", "resend", second)
		if n := len(o.mails.Mails()); n != 1 {
			t.Errorf("%d mails arrived", n)
		}
	}, "PROVISION_GATEWAY_MAIL_HOURLY_CAP=1")
}
