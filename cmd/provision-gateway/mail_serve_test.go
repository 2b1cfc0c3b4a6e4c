package main

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"provision-gateway/backends/mail/mailtest"
)

// TestMailThroughExim sends a peering request and a mail from a template through
// Debian's exim, with STARTTLS and a login, first as it is and then in test
// mode.
func TestMailThroughExim(t *testing.T) {
	t.Parallel()
	exim := mailtest.StartExim(t)
	environ, _ := onSQLite(t)
	environ = append(environ, "PROVISION_GATEWAY_MAIL_SERVER="+exim.Address, "PROVISION_GATEWAY_MAIL_CA_FILE="+exim.CAFile, "PROVISION_GATEWAY_MAIL_USERNAME="+exim.Username,
		"PROVISION_GATEWAY_MAIL_PASSWORD="+exim.Password, "PROVISION_GATEWAY_MAIL_FROM=Gateway <peering@gateway.example>", "PROVISION_GATEWAY_MAIL_REPLY_TO=noc@gateway.example")
	const query = "target=peering&action=sendRequest&public_id=1&peer_participant_id=8&source_participant_id=1&peer_name=x&peer_asn=64497&type=text" +
		"&email_from=Op%C3%A9rations+%3Cops%40gateway.example%3E&email_to=peering%40peer.example&cc=cc%40peer.example&bcc=bcc%40peer.example" +
		"&subject=Gr%C3%BC%C3%9Fe&body=Peering%2C%0D%0A%0D%0Aplease+%E2%80%93+soon.%0D%0A"

	s := serve(t, environ, "--demo")
	s.succeeds(query)
	// One file for all three recipients, whom exim notes in front.
	raw := exim.Wait(t, 1)[0]
	direct := parse(t, raw)
	if direct.Header.Get("Message-ID") != "<request-2@gateway.example>" || direct.Header.Get("Reply-To") != "<noc@gateway.example>" || direct.Header.Get("Bcc") != "" ||
		!strings.Contains(direct.Header.Get("Envelope-To"), "bcc@peer.example") {
		t.Errorf("%s", raw)
	}
	if body := bodyOf(t, direct); body != "Peering,\n\nplease – soon.\n" {
		t.Errorf("the text arrived as %q", body)
	}
	s.succeeds("target=peering&action=sendEmail&participant_id=8&public_id=1&template=request&email_to=peering%40peer.example")
	for _, raw := range exim.Wait(t, 2) {
		message := parse(t, raw)
		if !strings.HasPrefix(message.Header.Get("Message-ID"), "<email-") {
			continue
		}
		if text := bodyOf(t, message); !strings.Contains(text, "would like to peer") || !strings.Contains(text, "PeeringDB: https://www.peeringdb.com/asn/64500") {
			t.Errorf("from the template: %s", text)
		}
	}
	s.end()

	s = serve(t, append(environ, "PROVISION_GATEWAY_MAIL_REDIRECT_TO=test@gateway.example"))
	s.succeeds(query)
	redirected := 0
	for _, raw := range exim.Wait(t, 3) {
		message := parse(t, raw)
		if message.Header.Get("X-Original-To") == "" {
			continue
		}
		redirected++
		if message.Header.Get("To") != "<test@gateway.example>" || !strings.Contains(message.Header.Get("X-Original-Bcc"), "bcc@peer.example") || message.Header.Get("Cc") != "" {
			t.Errorf("in test mode: %s", raw)
		}
	}
	if redirected != 1 {
		t.Errorf("%d mails in test mode", redirected)
	}
	for _, secret := range []string{exim.Password, "please –"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log shows %q", secret)
		}
	}
}

func parse(t *testing.T, raw []byte) *mail.Message {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return message
}

// bodyOf is the text of a mail, with the line ends of a mailbox on a disk.
func bodyOf(t *testing.T, message *mail.Message) string {
	t.Helper()
	body, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(body), "\r\n", "\n")
}
