package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestLogHoldsNoSecret sends secrets in every place a request has for them,
// rightly and wrongly, and looks for them in all that the gateway logged.
func TestLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, environ []string) {
				office := mustJSON[credential](t, environ, "key", "add", "office", "--allow", "read,write,mail,device,secrets")
				s := serve(t, environ, "--demo", "--log-format", format)
				for _, query := range []string{
					"target=peering&action=getPeers&public_id=1",
					"target=lir&action=add&meta[name]=X&meta[type]=entry&meta[section]=lir&fields[rir][]=RIPE&fields[asn][]=64500" +
						"&fields[mnt-by][]=X-MNT&fields[mnt-by-password][]=" + planted + "&fields[api-key][]=" + planted,
					"target=lir&action=update&meta[id]=" + planted + "&fields[api-key][]=" + planted,
					"target=lir&action=get",
					"target=peering&action=addSession&peer_asn=64496&peer_ipaddr=192.0.2.99&password=" + planted,
					"target=peering&action=addSession&peer_asn=64496&peer_ipaddr=192.0.2.98&prfx_max=x&password=" + planted,
					"target=peering&action=updateSession&id=1&password=" + planted,
					"target=peering&action=configureSession&session_id=1&username=op&password=" + planted + "&config=neighbor+192.0.2.1+password+" + planted,
					"target=peering&action=sendEmail&participant_id=2&public_id=1&subject=x&body=" + planted,
					"target=peering&action=sendRequest&peer_participant_id=2&source_participant_id=1&public_id=1&body=" + planted,
					"target=peering&action=getSessions&password=" + planted,
					"target=nowhere&password=" + planted,
					"target=lir&action=nothing&body=" + planted,
				} {
					if a := s.get(office.sign(query)); a.status != http.StatusOK {
						t.Errorf("%s: status %d", query, a.status)
					}
					// Signed by nobody, and with something behind the hash.
					for _, wrong := range []string{query, query + "&apiKey=" + office.APIKey + "&hash=" + planted, office.sign(query) + "&password=" + planted} {
						if a := s.get(wrong); a.status != http.StatusUnauthorized {
							t.Errorf("%s: status %d", wrong, a.status)
						}
					}
				}
				post(t, s, office, "target=lir&action=update", "fields[api-key][]="+planted)
				s.end()
				log := s.log.String()
				for _, line := range []string{"getPeers", "configureSession", "sendEmail", "office", "drained"} {
					if !strings.Contains(log, line) {
						t.Errorf("the log says nothing of %s", line)
					}
				}
				// The last is the password of the MySQL database.
				for _, secret := range []string{planted, office.SecretKey, "app:app@"} {
					for line := range strings.Lines(log) {
						if strings.Contains(line, secret) {
							t.Errorf("a secret is logged: %s", line)
						}
					}
				}
			})
		})
	}
}

func post(t *testing.T, s *server, c credential, query, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/v1/api.php?"+c.sign(query), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := send(r); err != nil {
		t.Fatal(err)
	}
}
