package main

import (
	"bytes"
	"net/mail"
	"strings"
	"syscall"
	"testing"
	"time"

	"provision-gateway/backends/mail/mailtest"
	"provision-gateway/models/modelstest"
)

// TestKillBetweenTheStepsOfARequest kills the gateway while a mail server has
// the mail and has not said so, and before it has it. Nothing is lost and
// nothing is called sent; the request is listed, and sent again under the same
// Message-ID.
func TestKillBetweenTheStepsOfARequest(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		for _, step := range []struct {
			name  string
			stage mailtest.Stage
			// kept is how many mails had arrived when the gateway was killed.
			kept int
		}{
			{"before the server has the mail", mailtest.From, 0},
			{"after the server has the mail", mailtest.Kept, 1},
		} {
			t.Run(kind.Name+", "+step.name, func(t *testing.T) {
				t.Parallel()
				mails := mailtest.StartServer(t, mailtest.Options{})
				reached := make(chan struct{}, 1)
				mails.SetAnswer(func(at mailtest.Stage, _ string) *mailtest.Answer {
					if at != step.stage {
						return nil
					}
					reached <- struct{}{}
					return &mailtest.Answer{Silent: true}
				})
				args := []string{
					"--demo", "--database", kind.Database(t), "--secrets-key-file", t.TempDir() + "/secrets.key", "--mail-server", mails.Address,
					"--mail-tls", "none", "--mail-from", "peering@gateway.example",
				}
				const query = "target=peering&action=sendRequest&public_id=1&peer_participant_id=8&source_participant_id=1&peer_name=Kept+Name&peer_asn=64497" +
					"&email_from=a%40gateway.example&email_to=b%40peer.example&subject=Peering&body=Please&type=text&status=accepted&request_id=once"
				c := start(t, args...)
				cutOff := make(chan error, 1)
				go func() {
					_, err := tryGet(t.Context(), c.url, query)
					cutOff <- err
				}()
				select {
				case <-reached:
				case err := <-cutOff:
					t.Fatalf("the request came back: %v", err)
				}
				for deadline := time.Now().Add(10 * time.Second); len(mails.Mails()) < step.kept; time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatal("the mail does not arrive")
					}
				}
				c.signal(syscall.SIGKILL)
				if err := <-cutOff; err == nil {
					t.Fatal("it was answered")
				}
				_ = c.wait()

				mails.SetAnswer(nil)
				c = start(t, args...)
				if a := get(t, c.url, query); a.Success != 0 || !strings.Contains(a.Message, "its outcome is not known") {
					t.Errorf("the script tries again: %+v", a)
				}
				const peer = "target=peering&action=getPeers&public_id=1&id=8&include_log_data=1"
				if a := get(t, c.url, peer); !strings.Contains(string(a.Data), `"request_status":null`) || strings.Contains(string(a.Data), "Request sent") {
					t.Errorf("called sent: %s", a.Data)
				}

				environ := []string{
					"PROVISION_GATEWAY_DATABASE=" + args[2], "PROVISION_GATEWAY_SECRETS_KEY_FILE=" + args[4], "PROVISION_GATEWAY_MAIL_SERVER=" + mails.Address,
					"PROVISION_GATEWAY_MAIL_TLS=none", "PROVISION_GATEWAY_MAIL_FROM=peering@gateway.example",
				}
				pending := mustJSON[[]requestLine](t, environ, "requests", "list", "--pending")
				if len(pending) != 1 || pending[0].PeerName != "Kept Name" || pending[0].Delivery != "pending" {
					t.Fatalf("pending: %+v", pending)
				}
				id := must(t, environ, "requests", "list", "--pending")
				if !strings.Contains(id, "Kept Name") {
					t.Errorf("listed as %s", id)
				}
				fails(t, environ, exitFailure, "may be on its way right now", "requests", "resend", "2")

				// Some minutes later, when nobody can be sending it any more.
				var stdout, stderr bytes.Buffer
				p := Program{
					Args: []string{"requests", "resend", "2"}, Environ: environ, Stdout: &stdout, Stderr: &stderr,
					Now: func() time.Time { return time.Now().Add(10 * time.Minute) },
				}
				if code := p.Run(t.Context()); code != exitOK || stdout.String() != "Request 2 was sent to b@peer.example.\n" {
					t.Fatalf("resend: %d, %s%s", code, stdout.String(), stderr.String())
				}
				received := mails.Wait(t, step.kept+1)
				for _, m := range received {
					message, err := mail.ReadMessage(bytes.NewReader(m.Raw))
					if err != nil || message.Header.Get("Message-ID") != "<request-2@gateway.example>" {
						t.Errorf("%s, %v", m.Raw, err)
					}
				}
				if a := get(t, c.url, peer); !strings.Contains(string(a.Data), `"request_status":"sent"`) || strings.Count(string(a.Data), "Request sent to b@peer.example") != 1 {
					t.Errorf("after it was sent again: %s", a.Data)
				}
				if a := get(t, c.url, "target=peering&action=getRequests&peer_participant_id=8"); !strings.Contains(string(a.Data), `"status":"accepted"`) {
					t.Errorf("after it was sent again: %s", a.Data)
				}
				fails(t, environ, exitFailure, "was sent already", "requests", "resend", "2")
			})
		}
	}
}
