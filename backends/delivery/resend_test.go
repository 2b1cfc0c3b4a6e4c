package delivery_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/mail"
	"provision-gateway/models"
)

// request stores a request to network 2 at exchange 20, counted as sendRequest
// counts it, and changed by changes.
func (f *fixture) request(t *testing.T, changes ...func(*models.Request)) *models.Request {
	t.Helper()
	r := &models.Request{
		PublicID: new(uint64(20)), SourceParticipantID: new(uint64(1)), SourceASN: new(uint32(64500)), PeerParticipantID: new(uint64(2)),
		PeerASN: new(uint32(64496)), PeerName: "Alpha Networks", EmailType: "text", EmailFrom: "us@gateway.example", EmailTo: "peering@alpha.example",
		EmailCC: `b@alpha.example, "C, D" <c@alpha.example>`, EmailBCC: "d@gateway.example", Subject: "Peering?", Body: "Would you?\r\n",
		GivenStatus: new(models.StatusSent),
	}
	for _, change := range changes {
		change(r)
	}
	f.write(t, func(tx *models.Tx) error {
		r.ID = 0
		if err := tx.AddRequest(r); err != nil {
			return err
		}
		return tx.CountMail(delivery.RequestID(r.ID), 0)
	})
	return r
}

// failed is request for one whose mail was refused.
func (f *fixture) failed(t *testing.T, changes ...func(*models.Request)) *models.Request {
	t.Helper()
	r := f.request(t, changes...)
	f.write(t, func(tx *models.Tx) error { return delivery.Failed(tx, r, certain) })
	return r
}

// What became of a mail is noted as it is known.
func TestFailed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, tc := range []struct {
			name string
			err  error
			want []string
		}{
			{"certain", certain, []string{"failed; status -; failure mailbox unknown; modified 0", "counted []"}},
			{"wrapped certain", fmt.Errorf("mail: %w", certain), []string{"failed; status -; failure mail: mailbox unknown; modified 0", "counted []"}},
			{"refused field", models.Errorf(models.Invalid, "Invalid value for cc: x"), []string{"failed; status -; failure Invalid value for cc: x; modified 0", "counted []"}},
			{"uncertain", unclear, []string{"pending; status -; failure the server fell silent; modified 0", "counted [0]"}},
			{"wrapped uncertain", fmt.Errorf("mail: %w", unclear), []string{"pending; status -; failure mail: the server fell silent; modified 0", "counted [0]"}},
		} {
			r := f.request(t)
			f.write(t, func(tx *models.Tx) error { return delivery.Failed(tx, r, tc.err) })
			equal(t, tc.name, f.state(t, r.ID), tc.want...)
		}
	})
}

// A request that is sent again is afterwards as if it had been sent at first.
func TestResend(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		r := f.failed(t)
		f.clock.Advance(time.Hour)
		during := []string{"pending; status -; failure being sent again; modified 3600", "counted [3600]"}
		f.mailer.answer = func(mail.Message) error {
			equal(t, "while it is handed over", f.state(t, r.ID), during...)
			_, err := f.delivery.Resend(t.Context(), r.ID)
			refused(t, "meanwhile", err, models.Conflict, fmt.Sprintf("Request %d may be on its way right now: try again in 40 seconds", r.ID))
			f.clock.Advance(2 * time.Second)
			return nil
		}
		got, err := f.delivery.Resend(t.Context(), r.ID)
		if err != nil || got.ID != r.ID || got.EmailTo != r.EmailTo {
			t.Fatalf("%+v, %v", got, err)
		}
		sent := []string{
			"sent; status sent; failure -; modified 3602", "counted [3600]", "2/20 sent",
			fmt.Sprintf("Request sent to peering@alpha.example at 3602 of 2/20 for %d", r.ID),
		}
		equal(t, "afterwards", f.state(t, r.ID), sent...)
		if len(f.mailer.mails) != 1 {
			t.Fatalf("%d mails", len(f.mailer.mails))
		}
		m := f.mailer.mails[0]
		if want := fmt.Sprintf("request-%d", r.ID); m.ID != want || m.From != r.EmailFrom || m.To != r.EmailTo || m.Subject != r.Subject || m.Body != r.Body || m.HTML ||
			strings.Join(m.CC, "|") != `b@alpha.example|"C, D" <c@alpha.example>` || strings.Join(m.BCC, "|") != "d@gateway.example" {
			t.Errorf("mail %+v", m)
		}
		_, err = f.delivery.Resend(t.Context(), r.ID)
		refused(t, "sent already", err, models.Conflict, fmt.Sprintf("Request %d was sent already", r.ID))
		equal(t, "after another try", f.state(t, r.ID), sent...)

		// The same as what sendRequest notes.
		first := f.request(t)
		f.write(t, func(tx *models.Tx) error { return tx.RequestSent(first, f.peerIn(tx)) })
		equal(t, "as at first", f.state(t, first.ID)[:3], "sent; status sent; failure -; modified 3602", "counted [3602]", "2/20 sent")

		html := f.failed(t, func(r *models.Request) { r.EmailType, r.GivenStatus = "html", nil })
		f.mailer.answer = nil
		if _, err := f.delivery.Resend(t.Context(), html.ID); err != nil || !f.mailer.mails[1].HTML {
			t.Errorf("HTML: %v, %+v", err, f.mailer.mails[1])
		}
		equal(t, "no status given", f.state(t, html.ID)[:1], "sent; status -; failure -; modified 3602")
	})
}

// peerIn is the peer of the requests as a transaction sees it.
func (f *fixture) peerIn(tx *models.Tx) *models.Peer {
	p, err := tx.FindPeer(2, 20)
	if err != nil {
		panic(err)
	}
	return p
}

// A request whose text was left to the template gets it when it is sent again.
func TestResendWithTemplate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		r := f.failed(t, func(r *models.Request) { r.Subject, r.Body, r.EmailType = "", "", "html" })
		if _, err := f.delivery.Resend(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
		m := f.mailer.mails[0]
		if m.Subject != "Peering request from Gateway Example, Inc." || !strings.Contains(m.Body, "would like to peer with Alpha Networks") || m.HTML {
			t.Errorf("%+v", m)
		}
	})
}

// What a failure means depends on what was known before: a mail that may have
// been accepted once is not called failed because a later one was refused.
func TestResendFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		refusal := models.Errorf(models.Invalid, "Invalid value for email_to: x")
		for _, tc := range []struct {
			name string
			// pending says that nobody knew before.
			pending bool
			err     error
			want    []string
		}{
			{"failed, refused", false, certain, []string{"failed; status -; failure mailbox unknown; modified 60", "counted []"}},
			{"failed, a field refused", false, refusal, []string{"failed; status -; failure Invalid value for email_to: x; modified 60", "counted []"}},
			{"failed, uncertain", false, unclear, []string{"pending; status -; failure the server fell silent; modified 60", "counted [60]"}},
			{"pending, refused", true, certain, []string{"pending; status -; failure mailbox unknown; modified 60", "counted [60]"}},
			{"pending, a field refused", true, refusal, []string{"pending; status -; failure Invalid value for email_to: x; modified 60", "counted [60]"}},
			{"pending, uncertain", true, unclear, []string{"pending; status -; failure the server fell silent; modified 60", "counted [60]"}},
		} {
			t.Run(tc.name, func(t *testing.T) {
				f.clock.Advance(moment*time.Second - f.clock.Now().Sub(time.Unix(0, 0)))
				r := f.request(t)
				if !tc.pending {
					f.write(t, func(tx *models.Tx) error { return delivery.Failed(tx, r, certain) })
				}
				f.clock.Advance(time.Minute)
				ctx, cancel := context.WithCancel(t.Context())
				f.mailer.answer = func(mail.Message) error {
					// Who waited has gone; what happened is noted all the same.
					cancel()
					return tc.err
				}
				got, err := f.delivery.Resend(ctx, r.ID)
				if got != nil || err == nil || err.Error() != tc.err.Error() {
					t.Errorf("%v, %v", got, err)
				}
				equal(t, "afterwards", f.state(t, r.ID), tc.want...)
				f.mailer.answer = nil
				f.clock.Advance(patience)
				if _, err := f.delivery.Resend(t.Context(), r.ID); err != nil {
					t.Errorf("once more: %v", err)
				}
				equal(t, "once more", f.state(t, r.ID)[:1], "sent; status sent; failure -; modified 100")
				for _, table := range []string{"communications", "log_entries"} {
					if _, err := f.Raw.Exec("DELETE FROM " + table); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	})
}

// A mail that may be on its way is left alone for a while, in which nothing is
// sent and nothing noted.
func TestPatience(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		r := f.request(t)
		before := f.state(t, r.ID)
		for _, step := range []struct {
			after   time.Duration
			seconds int
		}{{0, 40}, {time.Second, 39}, {38 * time.Second, 1}} {
			f.clock.Advance(step.after)
			_, err := f.delivery.Resend(t.Context(), r.ID)
			refused(t, step.after.String(), err, models.Conflict, fmt.Sprintf("Request %d may be on its way right now: try again in %d seconds", r.ID, step.seconds))
		}
		equal(t, "waiting", f.state(t, r.ID), before...)
		if len(f.mailer.mails) > 0 {
			t.Errorf("mails %+v", f.mailer.mails)
		}
		f.clock.Advance(time.Second)
		if _, err := f.delivery.Resend(t.Context(), r.ID); err != nil {
			t.Error(err)
		}
		// One that is known to have failed need not wait.
		if _, err := f.delivery.Resend(t.Context(), f.failed(t).ID); err != nil {
			t.Error(err)
		}
	})
}

// What cannot be sent again changes nothing.
func TestResendRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, tc := range []struct {
			name   string
			change func(*models.Request)
			code   models.Code
			want   string
		}{
			{"no peer", func(r *models.Request) { r.PeerParticipantID = nil }, models.Invalid, "Request %d names no peer at an exchange"},
			{"no exchange", func(r *models.Request) { r.PublicID = nil }, models.Invalid, "Request %d names no peer at an exchange"},
			{"peer never listed", func(r *models.Request) { r.PeerParticipantID = new(uint64(999)) }, models.NotFound, "Could not find peer matching parameters"},
			{"exchange never listed", func(r *models.Request) { r.PublicID = new(uint64(999)) }, models.NotFound, "Could not find peer matching parameters"},
		} {
			r := f.failed(t, tc.change)
			before := f.state(t, r.ID)
			_, err := f.delivery.Resend(t.Context(), r.ID)
			want := tc.want
			if strings.Contains(want, "%d") {
				want = fmt.Sprintf(want, r.ID)
			}
			refused(t, tc.name, err, tc.code, want)
			equal(t, tc.name, f.state(t, r.ID), before...)
		}
		for _, id := range []uint64{0, 99999, 1 << 62} {
			_, err := f.delivery.Resend(t.Context(), id)
			refused(t, "unknown", err, models.NotFound, fmt.Sprintf("No request found with ID: %d", id))
		}
		if len(f.mailer.mails) > 0 {
			t.Errorf("mails %+v", f.mailer.mails)
		}
		// A peer that has left the directory is still known by its number.
		r := f.failed(t)
		f.write(t, func(tx *models.Tx) error {
			_, err := models.ImportDirectory(tx, models.DirectoryOptions[models.Network]{Complete: true}, func(in *models.DirectoryImport[models.Network]) error {
				return in.Put(models.Network{ID: 1, Name: "Gateway Example, Inc.", ASN: new(uint32(64500))})
			})
			return err
		})
		if _, err := f.delivery.Resend(t.Context(), r.ID); err != nil {
			t.Errorf("gone: %v", err)
		}
		equal(t, "gone", f.state(t, r.ID)[:1], "sent; status sent; failure -; modified 0")
	})
}

// Sending again counts against the cap, which a refused mail does not.
func TestResendCap(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		c := f.config
		c.HourlyCap = 2
		capped := delivery.New(c)
		first, second, third := f.failed(t), f.failed(t), f.failed(t)
		f.mailer.answer = func(mail.Message) error { return certain }
		for range 3 {
			if _, err := capped.Resend(t.Context(), first.ID); err == nil || err.Error() != certain.text {
				t.Errorf("refused: %v", err)
			}
		}
		f.mailer.answer = nil
		for _, r := range []*models.Request{first, second} {
			if _, err := capped.Resend(t.Context(), r.ID); err != nil {
				t.Error(err)
			}
		}
		before := f.state(t, third.ID)
		_, err := capped.Resend(t.Context(), third.ID)
		refused(t, "at the cap", err, models.Conflict, "No more than 2 mails may be sent in an hour")
		equal(t, "at the cap", f.state(t, third.ID), before...)
		equal(t, "request", before[:1], "failed; status -; failure mailbox unknown; modified 0")
		f.clock.Advance(time.Hour)
		if _, err := capped.Resend(t.Context(), third.ID); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}
