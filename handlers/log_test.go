package handlers_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"provision-gateway/compat"
	"provision-gateway/compat/golden"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

// logBook collects lines of the log.
type logBook struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (b *logBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.Write(p)
}

// lines are those written so far.
func (b *logBook) lines(t *testing.T) []map[string]any {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []map[string]any
	decoder := json.NewDecoder(bytes.NewReader(b.bytes.Bytes()))
	for decoder.More() {
		var line map[string]any
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}

func (b *logBook) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// planted is in every value that must not be logged.
const planted = "PLANTED"

// requestsWithSecrets ask for every action, with secrets wherever one can
// stand, in requests that succeed and in some that fail.
var requestsWithSecrets = []string{
	"target=test&action=helloWorld&password=PLANTED",
	"target=peering&action=getCommunications&public_id=20&x=PLANTED",
	"target=peering&action=getPeers&name=PLANTED&password=PLANTED",
	"target=peering&action=getRequests&peer_participant_id=PLANTED",
	"target=peering&action=getSessions&password=PLANTED",
	"target=peering&action=addSession&peer_asn=64507&peer_ipaddr=192.0.2.107&password=PLANTED&note=PLANTED",
	"target=peering&action=addSession&peer_asn=PLANTED&peer_ipaddr=192.0.2.108",
	"target=peering&action=updateSession&id=202&password=PLANTED",
	"target=peering&action=configureSession&session_id=202&username=PLANTED&password=PLANTED&config=neighbor+password+PLANTED",
	"target=peering&action=deleteSession&password=PLANTED",
	"target=peering&action=resetPeerStatus&participant_id=110&public_id=20&request_id=PLANTED",
	"target=peering&action=updatePeer&participant_id=110&public_id=20&is_peer=PLANTED",
	"target=peering&action=sendRequest&public_id=20&peer_participant_id=102&source_participant_id=112&peer_name=PLANTED&peer_asn=64502" +
		"&email_from=o%40example.net&email_to=PLANTED%40example.net&subject=PLANTED&body=PLANTED&type=text",
	"target=peering&action=sendEmail&participant_id=101&public_id=20&subject=PLANTED&body=PLANTED",
	"target=lir&action=get&id=PLANTED",
	"target=lir&action=add&meta[name]=PLANTED&meta[type]=entry&meta[section]=lir&fields[rir][]=RIPE&fields[asn][]=1&fields[mnt-by][]=M" +
		"&fields[mnt-by-password][]=PLANTED&fields[api-key][]=PLANTED",
	"target=lir&action=update&meta[id]=101&meta[type]=entry&fields[api-key][]=PLANTED",
	"target=lir&action=delete&id=PLANTED",
	"target=resource&action=get&search=PLANTED",
	"target=resource&action=add&meta[name]=ar9&meta[type]=entry&meta[section]=router&fields[password][]=PLANTED",
	"target=resource&action=update&meta[id]=301&meta[type]=entry&fields[password][]=PLANTED",
	"target=resource&action=delete&id=PLANTED",
	"target=PLANTED&action=PLANTED",
	"target=peering&action=PLANTED",
}

// TestLog runs all actions with planted secrets, signed by the query string and
// in bodies, with a world outside that works and one that fails: one line for
// each request says who asked for what and how long it took, and nothing else
// of it.
func TestLog(t *testing.T) {
	t.Parallel()
	for _, world := range []outside{"accepts", "fails", "refuses"} {
		t.Run(string(world), func(t *testing.T) {
			t.Parallel()
			book := &logBook{}
			s := serve(t, func(o *handlers.Options) {
				o.Logger, o.Mailer, o.Router = book.logger(), world, world
			})
			key := s.addKey(t, "scripts", models.Permissions()...)
			var hashes []string
			asked := map[string]int{}
			ids := map[string]bool{}
			for _, query := range requestsWithSecrets {
				signed := key.sign(query)
				_, hash, _ := strings.Cut(signed, "&hash=")
				hashes = append(hashes, hash)
				for _, answer := range []answered{s.get(t, signed), s.post(t, key.sign(""), query)} {
					ids[answer.header.Get("X-Request-Id")] = true
				}
				asked[actionOf(query)] += 2
			}
			refused(t, "wrong secret", s.get(t, credentials{key.key, planted}.sign(hello)))
			refused(t, "unknown key", s.get(t, credentials{"1-" + planted, planted}.sign(hello)))

			text := book.bytes.String()
			for _, secret := range append(hashes, planted, key.secret, key.key, "router-password", "API-XXXX-YYYY-ZZZZ-1234") {
				if strings.Contains(text, secret) {
					t.Errorf("%q is in the log", secret)
				}
			}
			requests := 0
			for _, line := range book.lines(t) {
				if line["msg"] != "request" {
					continue
				}
				requests++
				for _, name := range []string{"request_id", "target", "action", "key", "status", "success", "duration", "from"} {
					if _, ok := line[name]; !ok {
						t.Errorf("%s is missing: %v", name, line)
					}
				}
				if line["status"] == 401.0 {
					if line["key"] != "" || line["success"] != false {
						t.Errorf("refused: %v", line)
					}
					continue
				}
				if !ids[line["request_id"].(string)] || line["key"] != "scripts" {
					t.Errorf("request id or key: %v", line)
				}
				asked[line["target"].(string)+"."+line["action"].(string)]--
			}
			if want := 2*len(requestsWithSecrets) + 2; requests != want {
				t.Errorf("%d lines of requests, want %d", requests, want)
			}
			for name, left := range asked {
				if left != 0 {
					t.Errorf("%s: %d requests without a line", name, left)
				}
			}
			for _, action := range compat.Actions() {
				if _, ok := asked[action.Key()]; !ok {
					t.Errorf("%s is not asked for", action.Key())
				}
			}
		})
	}
}

// actionOf is the key of the action that a query asks for; "." when the table
// has no such action.
func actionOf(query string) string {
	if action := (golden.Request{Line: "GET ?" + query}).Action(); action != nil {
		return action.Key()
	}
	return "."
}

// TestLogOfFailure checks that a failure of ours is answered without its reason
// and logged with it, under the id that the answer carries.
func TestLogOfFailure(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	s := serve(t, func(o *handlers.Options) {
		o.Logger, o.Mailer, o.CacheSize = book.logger(), &postbox{fail: errOutside}, 0
	})
	answer := s.get(t, "target=peering&action=sendEmail&participant_id=101&public_id=20")
	if answer.body != `{"success":0,"message":"Internal error"}` {
		t.Errorf("%s", answer.body)
	}
	if _, err := s.database.Raw.Exec("DROP TABLE contacts"); err != nil {
		t.Fatal(err)
	}
	broken := s.get(t, "target=peering&action=getPeers&include_contacts=1&name=PLANTED")
	if broken.body != answer.body {
		t.Errorf("%s", broken.body)
	}
	reasons := map[string]string{}
	for _, line := range book.lines(t) {
		if line["level"] == "ERROR" && line["error"] != nil {
			reasons[line["request_id"].(string)] = line["error"].(string)
		}
	}
	if got := reasons[answer.header.Get("X-Request-Id")]; got != errOutside.Error() {
		t.Errorf("reason %q", got)
	}
	if got := reasons[broken.header.Get("X-Request-Id")]; !strings.Contains(got, "contacts") || strings.Contains(got, planted) {
		t.Errorf("reason %q", got)
	}
}
