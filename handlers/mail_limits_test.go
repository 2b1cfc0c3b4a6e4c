package handlers_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/handlers"
	"provision-gateway/models/modelstest"
)

// unknownOutcome is the error of a mail that may have been accepted.
type unknownOutcome struct{ error }

func (unknownOutcome) Uncertain() bool { return true }

const fullRequest = request + "&email_from=ops%40example.net&email_to=peering%40alpha.example&subject=s&body=b&type=text"

// paced starts a gateway whose clock the test moves.
func paced(t *testing.T, mails handlers.Mailer, change func(*handlers.Options)) (*service, *modelstest.Clock) {
	t.Helper()
	clock := modelstest.NewClock(moment.Unix())
	database := modelstest.Lend(t, modelstest.Kinds()[0], clock.Now)
	insertFixtures(t, database, "lirs, example")
	return serveOn(t, database, database.Store, func(o *handlers.Options) {
		o.Now, o.Mailer = clock.Now, mails
		change(o)
	}), clock
}

// TestCooldown checks that a second request to a peer at an exchange is refused
// with the date of the first, and that nothing else is.
func TestCooldown(t *testing.T) {
	t.Parallel()
	mails := &postbox{}
	s, clock := paced(t, mails, func(o *handlers.Options) { o.MailCooldown = time.Hour })
	want := func(query string, success bool, message string) {
		t.Helper()
		a := s.get(t, query)
		if a.success() != success || message != "" && a.message(t) != message {
			t.Errorf("%s", a.body)
		}
	}
	mails.fail = errors.New("connection refused")
	want(fullRequest, false, "Internal error") // a mail that was not sent counts for nothing
	mails.fail = nil
	sent := clock.Now().UTC().Format(time.DateTime)
	want(fullRequest, true, "Request sent")
	clock.Advance(time.Hour - time.Minute)
	want(fullRequest, false, "Request to ALPHA networks was sent already: "+sent)
	want(strings.Replace(fullRequest, "public_id=20", "public_id=21", 1), true, "Request sent")
	want(strings.Replace(fullRequest, "peer_participant_id=102", "peer_participant_id=101", 1), true, "Request sent")
	want("target=peering&action=sendEmail&participant_id=102&public_id=20&email_to=a%40example.net&subject=s&body=b", true, "Email sent")
	clock.Advance(2 * time.Minute)
	mails.fail = unknownOutcome{errors.New("connection lost")}
	want(fullRequest, false, "Internal error")
	mails.fail = nil
	clock.Advance(time.Minute)
	// It may have been sent.
	if a := s.get(t, fullRequest); a.success() || !strings.HasPrefix(a.message(t), "Request to ALPHA networks was sent already: ") {
		t.Errorf("%s", a.body)
	}
	if len(mails.mails) != 6 {
		t.Errorf("%d mails were handed over", len(mails.mails))
	}
}

// TestCooldownOfRequestsAtOnce sends many at the same moment.
func TestCooldownOfRequestsAtOnce(t *testing.T) {
	t.Parallel()
	mails := &postbox{}
	s, _ := paced(t, mails, func(o *handlers.Options) { o.MailCooldown = time.Hour })
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() { s.get(t, fullRequest) })
	}
	all.Wait()
	if len(mails.mails) != 1 {
		t.Errorf("%d mails were handed over", len(mails.mails))
	}
}

func TestHourlyCap(t *testing.T) {
	t.Parallel()
	mails := &postbox{}
	s, clock := paced(t, mails, func(o *handlers.Options) { o.MailCap = 3 })
	email := func(n int) string {
		return fmt.Sprintf("target=peering&action=sendEmail&participant_id=102&public_id=20&email_to=a%d%%40example.net&subject=s&body=b", n)
	}
	mails.fail = errors.New("connection refused")
	s.get(t, email(0)) // not sent, so not counted
	mails.fail = nil
	for n, query := range []string{email(1), fullRequest, email(2)} {
		if a := s.get(t, query); !a.success() {
			t.Errorf("mail %d: %s", n, a.body)
		}
	}
	for _, query := range []string{email(3), fullRequest} {
		if a := s.get(t, query); a.success() || a.message(t) != "No more than 3 mails may be sent in an hour" {
			t.Errorf("%s", a.body)
		}
	}
	if a := s.get(t, "target=peering&action=getRequests"); strings.Count(a.body, `"subject":"s"`) != 1 {
		t.Errorf("a refused request is stored: %s", a.body)
	}
	clock.Advance(time.Hour + time.Second)
	if a := s.get(t, email(3)); !a.success() {
		t.Errorf("an hour later: %s", a.body)
	}
}

// TestUnknownOutcome checks that a mail which may have been accepted is called
// neither sent nor failed, and that the same request cannot send it again.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		fullRequest, "target=peering&action=sendEmail&participant_id=102&public_id=20&email_to=a%40example.net&subject=s&body=b",
	} {
		mails := &postbox{fail: unknownOutcome{errors.New("no answer after the end of the content")}}
		s := serve(t, func(o *handlers.Options) { o.Mailer = mails })
		if a := s.get(t, query+"&request_id=one"); a.success() || a.message(t) != "Internal error" {
			t.Errorf("%s", a.body)
		}
		mails.fail = nil
		if a := s.get(t, query+"&request_id=one"); a.success() || !strings.Contains(a.message(t), "its outcome is not known") {
			t.Errorf("again: %s", a.body)
		}
		if len(mails.mails) != 1 {
			t.Errorf("%d mails were handed over", len(mails.mails))
		}
		pending, err := s.database.Store.Requests(t.Context(), "pending")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(query, "sendRequest") && (len(pending) != 1 || *pending[0].Failure != "no answer after the end of the content") {
			t.Errorf("pending: %+v", pending)
		}
		if a := s.get(t, "target=peering&action=getPeers&public_id=20&id=102&include_log_data=1"); strings.Contains(a.body, "sent to") {
			t.Errorf("called sent: %s", a.body)
		}
	}
}
