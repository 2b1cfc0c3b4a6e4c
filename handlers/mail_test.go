package handlers_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"provision-gateway/backends/delivery"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

// postbox keeps the mails that were handed over.
type postbox struct {
	mu    sync.Mutex
	mails []delivery.Mail
	// fail is the error of Send.
	fail error
}

func (p *postbox) Send(_ context.Context, m delivery.Mail) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, m)
	return p.fail
}

const request = "target=peering&action=sendRequest&public_id=20&peer_participant_id=102&source_participant_id=112&peer_name=ALPHA&peer_asn=64502"

// TestMailHandedOver checks what the mailer is given.
func TestMailHandedOver(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, query string
		want        delivery.Mail
	}{
		{
			"request",
			request + "&email_from=Ops+%3Cops%40example.net%3E&email_to=+peering%40alpha.example+&cc=a%40example.net,+%22B,+C%22+%3Cb%40example.net%3E,&bcc=d%40example.net" +
				"&subject=+Gr%C3%BC%C3%9Fe+&body=%0D%0AHello%2C%0D%0A&type=text",
			delivery.Mail{
				ID: "request-404", Template: "request", From: "Ops <ops@example.net>", To: "peering@alpha.example",
				CC: []string{"a@example.net", `"B, C" <b@example.net>`}, BCC: []string{"d@example.net"}, Subject: "Grüße", Body: "\r\nHello,\r\n",
			},
		},
		{
			"request in HTML",
			request + "&email_from=ops%40example.net&email_to=peering%40alpha.example&subject=s&body=%3Cp%3E&type=HTML",
			delivery.Mail{
				ID: "request-404", Template: "request", From: "ops@example.net", To: "peering@alpha.example", Subject: "s", Body: "<p>", HTML: true,
			},
		},
		{
			"mail from the template",
			"target=peering&action=sendEmail&participant_id=101&public_id=20",
			delivery.Mail{Template: "policy", To: "peering@alpha.example"},
		},
		{
			"mail to the operators",
			"target=peering&action=sendEmail&participant_id=101&public_id=20&template=NOC&subject=Down",
			delivery.Mail{Template: "noc", To: "noc@alpha.example", Subject: "Down"},
		},
		{
			"mail in own words",
			"target=peering&action=sendEmail&participant_id=101&public_id=20&template=technical&email_from=ops%40example.net&email_to=x%40alpha.example" +
				"&cc=a%40example.net&bcc=b%40example.net,c%40example.net&subject=s&body=b&type=html",
			delivery.Mail{
				Template: "technical", From: "ops@example.net", To: "x@alpha.example", CC: []string{"a@example.net"},
				BCC: []string{"b@example.net", "c@example.net"}, Subject: "s", Body: "b", HTML: true,
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			box := &postbox{}
			s := serve(t, func(o *handlers.Options) { o.Mailer = box })
			if answer := s.get(t, test.query); !answer.success() {
				t.Fatalf("%s", answer.body)
			}
			if len(box.mails) != 1 {
				t.Fatalf("%d mails", len(box.mails))
			}
			got := box.mails[0]
			if got.Peer == nil || got.Peer.Network.Name == "" || got.Peer.Exchange.Name != "Example IX" {
				t.Errorf("peer %+v", got.Peer)
			}
			if test.want.ID == "" {
				if !strings.HasPrefix(got.ID, "email-") || len(got.ID) != len("email-")+32 {
					t.Errorf("id %q", got.ID)
				}
				test.want.ID = got.ID
			}
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(delivery.Mail{}, "Peer"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestMailOnce checks that a token keeps a mail from going out twice, and that
// two mails are never taken for one.
func TestMailOnce(t *testing.T) {
	t.Parallel()
	box := &postbox{}
	s := serve(t, func(o *handlers.Options) { o.Mailer = box })
	for _, query := range []string{
		request + "&email_from=o%40example.net&email_to=p%40example.net&subject=s&body=b&type=text",
		"target=peering&action=sendEmail&participant_id=101&public_id=20",
	} {
		box.mails = nil
		for range 3 {
			if answer := s.get(t, query+"&request_id="+query[len(query)-5:]); !answer.success() {
				t.Errorf("%s", answer.body)
			}
		}
		if len(box.mails) != 1 {
			t.Errorf("%d mails with one token, want 1", len(box.mails))
		}
		s.get(t, query)
		s.get(t, query)
		if len(box.mails) != 3 || box.mails[1].ID == box.mails[2].ID {
			t.Errorf("mails without a token: %+v", box.mails)
		}
	}
}

// TestMailNotHandedOver checks that nothing says sent, and that what went wrong
// is kept with the request and not answered.
func TestMailNotHandedOver(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]error{
		"lost connection":          errOutside,
		"error with a description": models.Errorf(models.Invalid, "550 no such user"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(o *handlers.Options) { o.Mailer = &postbox{fail: fail} })
			answer := s.get(t, request+"&email_from=o%40example.net&email_to=p%40example.net&subject=s&body=b&type=text&status=sent")
			if answer.success() {
				t.Errorf("%s", answer.body)
			}
			var delivery, failure string
			var status *string
			err := s.database.Raw.QueryRow("SELECT delivery, failure, status FROM requests WHERE id = 404").Scan(&delivery, &failure, &status)
			if err != nil || delivery != models.DeliveryFailed || failure != fail.Error() || status != nil {
				t.Errorf("request: %q, %q, %v, %v", delivery, failure, status, err)
			}
			peers := s.get(t, "target=peering&action=getPeers&public_id=20&id=102&include_log_data=1")
			if strings.Contains(peers.body, "sent") {
				t.Errorf("%s", peers.body)
			}
		})
	}
}
