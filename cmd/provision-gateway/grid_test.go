package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/mail/mailtest"
	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/backends/router/routertest"
	"provision-gateway/models/modelstest"
)

// The longest times of the gateways of the grid, and what an answer may take
// more.
const (
	gridTimeout = 3 * time.Second
	gridGrace   = time.Second
)

// troubles are the rows of the grid that a wire can make; the server itself
// makes the row of answers that are errors, and each cell ends in recovery.
var troubles = []trouble{refused, reset, blackHole, slow, cut, garbage}

// within sends a request and fails unless its answer comes in time, in the
// envelope.
func (s *server) within(query string, limit time.Duration) answer {
	s.t.Helper()
	began := time.Now()
	a := s.get(query)
	if took := time.Since(began); took > limit+gridGrace {
		s.t.Errorf("%s: answered after %v", query, took)
	}
	if a.status != http.StatusOK || a.Success == 0 && a.Message == "" {
		s.t.Errorf("%s: %+v", query, a)
	}
	return a
}

// ready fails unless /readyz says what is true.
func (s *server) ready(want bool) {
	s.t.Helper()
	response, err := client.Get(s.url + "/readyz")
	if err != nil {
		s.t.Fatal(err)
	}
	_ = response.Body.Close()
	if got := response.StatusCode == http.StatusOK; got != want {
		s.t.Errorf("/readyz: %d, ready should be %v", response.StatusCode, want)
	}
}

// fails wants an answer without success.
func (s *server) fails(query string, limit time.Duration) answer {
	s.t.Helper()
	a := s.within(query, limit)
	if a.Success != 0 {
		s.t.Errorf("%s: succeeded: %+v", query, a)
	}
	return a
}

// succeeds wants success.
func (s *server) succeeds(query string) answer {
	s.t.Helper()
	a := s.within(query, 20*time.Second)
	if a.Success != 1 {
		s.t.Fatalf("%s: %+v\n%s", query, a, s.log.String())
	}
	return a
}

func TestGridDatabase(t *testing.T) {
	t.Parallel()
	const add = "target=peering&action=addSession&peer_asn=64501&peer_ipaddr="
	start := func(t *testing.T) (s *server, w *wire, database string) {
		database = modelstest.MariaDBDatabase(t)
		from := strings.Index(database, "tcp(") + len("tcp(")
		address := database[from : from+strings.IndexByte(database[from:], ')')]
		w = newWire(t, address)
		s = serve(t, []string{
			"PROVISION_GATEWAY_DATABASE=" + strings.Replace(database, address, w.address, 1), "PROVISION_GATEWAY_DATABASE_TIMEOUT=" + gridTimeout.String(),
			"PROVISION_GATEWAY_SECRETS_KEY_FILE=" + t.TempDir() + "/secrets.key", "PROVISION_GATEWAY_ROUTER_POLL_INTERVAL=0",
		}, "--demo")
		return s, w, database
	}
	// whole fails unless each session has its log entry, and those that were
	// acknowledged are there.
	whole := func(t *testing.T, s *server, acknowledged ...string) {
		t.Helper()
		sessions := s.succeeds("target=peering&action=getSessions&peer_asn=64501")
		log := s.succeeds("target=peering&action=getPeers&asn=64501&include_log_data=1")
		stored := strings.Count(string(sessions.Data), `"peer_ipaddr":`)
		if entries := strings.Count(string(log.Data), "Session added: "); entries != stored {
			t.Errorf("%d sessions, %d entries in the log", stored, entries)
		}
		for _, address := range acknowledged {
			if !strings.Contains(string(sessions.Data), `"`+address+`"`) {
				t.Errorf("acknowledged and gone: %s", address)
			}
		}
	}
	for _, as := range troubles {
		t.Run(string(as), func(t *testing.T) {
			t.Parallel()
			s, w, _ := start(t)
			s.succeeds(add + "192.0.2.101")
			w.set(as, 40)
			s.fails(add+"192.0.2.102", gridTimeout)
			s.fails("target=peering&action=getSessions&note=never+asked", gridTimeout)
			s.ready(false)
			w.set(none, 0)
			s.succeeds(add + "192.0.2.103")
			s.ready(true)
			whole(t, s, "192.0.2.101", "192.0.2.103")
		})
	}
	t.Run("error answer", func(t *testing.T) {
		t.Parallel()
		s, _, database := start(t)
		raw := modelstest.Raw(t, database)
		for _, table := range []string{"log_entries", "generations"} {
			if _, err := raw.Exec("RENAME TABLE " + table + " TO away"); err != nil {
				t.Fatal(err)
			}
			if a := s.fails(add+"192.0.2.102", gridTimeout); a.Message != "Internal error" {
				t.Errorf("without table %s: %q", table, a.Message)
			}
			s.ready(table != "generations")
			if _, err := raw.Exec("RENAME TABLE away TO " + table); err != nil {
				t.Fatal(err)
			}
		}
		s.succeeds(add + "192.0.2.103")
		s.ready(true)
		whole(t, s, "192.0.2.103")
	})
}

// TestGridMail fails the mail server. Whatever happens, nothing says sent that
// was not, and nobody gets a mail twice.
func TestGridMail(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T) (*server, *wire, *mailtest.Server) {
		mails := mailtest.StartServer(t, mailtest.Options{})
		w := newWire(t, mails.Address)
		environ, _ := onSQLite(t)
		return serve(t, append(environ, "PROVISION_GATEWAY_MAIL_SERVER="+w.address, "PROVISION_GATEWAY_MAIL_TLS=none",
			"PROVISION_GATEWAY_MAIL_FROM=peering@gateway.example", "PROVISION_GATEWAY_MAIL_TIMEOUT="+gridTimeout.String()), "--demo"), w, mails
	}
	const query = "target=peering&action=sendRequest&public_id=1&peer_participant_id=3&source_participant_id=1&peer_name=x&peer_asn=64497" +
		"&email_from=a%40gateway.example&email_to=b%40peer.example&subject=s&body=planted-body-of-a-mail-to-a-peer&type=text&request_id=once"
	check := func(t *testing.T, mend func(), s *server, mails *mailtest.Server, uncertain bool) {
		t.Helper()
		before := string(s.succeeds("target=peering&action=getPeers&public_id=1&id=3&include_log_data=1").Data)
		if a := s.fails(query, gridTimeout); a.Message != "Internal error" {
			t.Errorf("answered %q", a.Message)
		}
		s.ready(true)
		if after := string(s.succeeds("target=peering&action=getPeers&public_id=1&id=3&include_log_data=1").Data); after != before {
			t.Errorf("the peer became %s, was %s", after, before)
		}
		arrived := len(mails.Mails())
		mend()
		again := s.within(query, gridTimeout)
		switch {
		case uncertain && (again.Success == 1 || !strings.Contains(again.Message, "its outcome is not known") || arrived != 1):
			t.Errorf("sent again: %+v, %d mails had arrived", again, arrived)
		case !uncertain && (again.Success != 1 || arrived != 0):
			t.Errorf("after recovery: %+v, %d mails had arrived", again, arrived)
		}
		s.succeeds(strings.Replace(query, "request_id=once", "request_id=another", 1))
		if n := len(mails.Mails()); n != 2 {
			t.Errorf("%d mails arrived, not 2", n)
		}
		if strings.Contains(s.log.String(), "planted-body-of-a-mail-to-a-peer") {
			t.Error("the log shows the mail")
		}
	}
	for _, as := range troubles {
		t.Run(string(as), func(t *testing.T) {
			t.Parallel()
			s, w, mails := start(t)
			w.set(as, 60)
			check(t, func() { w.set(none, 0) }, s, mails, false)
		})
	}
	for _, tc := range []struct {
		name      string
		answer    func(mailtest.Stage, string) *mailtest.Answer
		uncertain bool
	}{
		{"error answer, sender", mailtest.At(mailtest.From, mailtest.Answer{Code: 451, Text: "try later"}), false},
		{"error answer, recipient", mailtest.At(mailtest.Recipient, mailtest.Answer{Code: 550, Text: "no such user"}), false},
		{"error answer, content", mailtest.At(mailtest.Content, mailtest.Answer{Code: 554, Text: "planted-body-of-a-mail-to-a-peer is spam"}), false},
		{"closed before it was kept", mailtest.At(mailtest.Recipient, mailtest.Answer{Drop: true}), false},
		{"closed after it was kept", mailtest.At(mailtest.Kept, mailtest.Answer{Drop: true}), true},
		{"silent after it was kept", mailtest.At(mailtest.Kept, mailtest.Answer{Silent: true}), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, _, mails := start(t)
			mails.SetAnswer(tc.answer)
			check(t, func() { mails.SetAnswer(nil) }, s, mails, tc.uncertain)
		})
	}
}

// TestGridRouter fails the way to a router. A session is called configured only
// once its router took all of it, and what a router may hold can be deleted.
func TestGridRouter(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	type cell struct {
		*server
		wire    *wire
		peer    string
		id      string
		details string
	}
	start := func(t *testing.T, address string) *cell {
		w := newWire(t, net.JoinHostPort(lab.Host, fmt.Sprint(lab.Port)))
		environ, _ := onSQLite(t)
		s := serve(t, append(environ, "PROVISION_GATEWAY_ROUTER_CONNECT_TIMEOUT="+gridTimeout.String(), "PROVISION_GATEWAY_ROUTER_COMMAND_TIMEOUT="+gridTimeout.String(),
			"PROVISION_GATEWAY_ROUTER_TIMEOUT="+(2*gridTimeout).String(), "PROVISION_GATEWAY_ROUTER_POLL_INTERVAL=0"))
		host, port, _ := net.SplitHostPort(w.address)
		details := "&fields[platform][]=frrouting&fields[host][]=" + host + "&fields[port][]=" + port + "&fields[username][]=" + lab.Username +
			"&fields[host-key][]=" + url.QueryEscape(lab.HostKey())
		router := s.succeeds("target=resource&action=add&meta[name]=ar1&meta[type]=entry&meta[section]=router&fields[password][]=" + url.QueryEscape(lab.Password) + details)
		var added struct{ ID int }
		decode(t, router.Data, &added)
		session := s.succeeds(fmt.Sprintf("target=peering&action=addSession&resource_id=%d&source_asn=%d&peer_asn=64511&peer_ipaddr=%s", added.ID, lab.LocalASN, address))
		id := fmt.Sprint(added.ID)
		decode(t, session.Data, &added)
		return &cell{s, w, address, fmt.Sprint(added.ID), id}
	}
	onRouter := func(t *testing.T, c *cell) bool { return strings.Contains(lab.Config(t), "neighbor "+c.peer+" ") }
	// whole goes on after a failure: the session is not called configured, and
	// once all is well again it can be configured and deleted.
	whole := func(t *testing.T, c *cell) {
		t.Helper()
		c.ready(true)
		if a := c.succeeds("target=peering&action=getSessions&id=" + c.id); !strings.Contains(string(a.Data), `"state":"not configured"`) {
			t.Errorf("after a failure: %s", a.Data)
		}
		c.wire.set(none, 0)
		c.succeeds("target=peering&action=configureSession&session_id=" + c.id)
		if !onRouter(t, c) {
			t.Error("configured, and not on the router")
		}
		c.succeeds("target=peering&action=deleteSession&id=" + c.id)
		if onRouter(t, c) {
			t.Error("deleted, and still on the router")
		}
		if strings.Contains(c.log.String(), lab.Password) {
			t.Error("the log shows the password")
		}
	}
	address := func(n int) string { return fmt.Sprintf("192.0.2.%d", 200+n) }
	n := 0
	for _, as := range troubles {
		// Where the server's words are cut: in the key exchange, at the login, at
		// the prompt.
		places := []int{0}
		if as == cut {
			places = []int{20, 1000, 2200, 3000}
		}
		for _, after := range places {
			n++
			peer, name := address(n), fmt.Sprint(as, " ", after)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c := start(t, peer)
				c.wire.set(as, after)
				a := c.fails("target=peering&action=configureSession&session_id="+c.id, 2*gridTimeout)
				if a.Message == "" || strings.Contains(a.Message, lab.Password) {
					t.Errorf("answered %q", a.Message)
				}
				whole(t, c)
			})
			t.Run("delete, "+name, func(t *testing.T) {
				t.Parallel()
				c := start(t, strings.Replace(peer, "192.0.2.", "198.51.100.", 1))
				c.succeeds("target=peering&action=configureSession&session_id=" + c.id)
				c.wire.set(as, after)
				a := c.fails("target=peering&action=deleteSession&id="+c.id, 2*gridTimeout)
				if !strings.HasPrefix(a.Message, "0 sessions deleted, 1 failed: ") {
					t.Errorf("answered %q", a.Message)
				}
				c.wire.set(none, 0)
				if a := c.succeeds("target=peering&action=getSessions&id=" + c.id); !strings.Contains(string(a.Data), `"state":"configured"`) {
					t.Errorf("after a failed delete: %s", a.Data)
				}
				c.succeeds("target=peering&action=deleteSession&id=" + c.id)
				if onRouter(t, c) {
					t.Error("deleted, and still on the router")
				}
			})
		}
	}
	for i, tc := range []struct{ name, query, message string }{
		{"error answer, user", "&username=nobody&password=wrong", "Unable to authenticate "},
		{"error answer, line", "&config=" + url.QueryEscape(fmt.Sprintf("conf t\nrouter bgp %d\nneighbor %s remote-as none\nend", lab.LocalASN, address(30))), "Configuration rejected: neighbor " + address(30) + " remote-as none: "},
		{"error answer, another AS", "&config=" + url.QueryEscape("conf t\nrouter bgp 1\nneighbor 192.0.2.250 remote-as 1\nend"), "Configuration rejected: router bgp 1: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := start(t, address(30+i))
			a := c.fails("target=peering&action=configureSession&session_id="+c.id+tc.query, 2*gridTimeout)
			if !strings.HasPrefix(a.Message, tc.message) {
				t.Errorf("answered %q", a.Message)
			}
			whole(t, c)
		})
	}
}

// TestGridPeeringDB fails PeeringDB. What was there stays, whole, answers do not
// wait for it, and the next run after recovery brings what is new.
func TestGridPeeringDB(t *testing.T) {
	t.Parallel()
	faults := map[string]peeringdbtest.Kind{
		"refused": peeringdbtest.Refused, "reset": peeringdbtest.Reset, "black hole": peeringdbtest.BlackHole, "slow": peeringdbtest.Stuck,
		"closed half-way": peeringdbtest.CutLength, "garbage": peeringdbtest.Garbage, "error answer": peeringdbtest.ServerError, "throttled": peeringdbtest.Throttled,
		"firewall": peeringdbtest.FirewallOK,
	}
	for name, kind := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := peeringdbtest.New(t, peeringdb.Demo())
			environ, _ := onSQLite(t)
			s := serve(t, append(environ, "PROVISION_GATEWAY_PEERINGDB_URL="+directory.URL(), "PROVISION_GATEWAY_PEERINGDB_SYNC_INTERVAL=1s",
				"PROVISION_GATEWAY_PEERINGDB_PAUSE=1ms", "PROVISION_GATEWAY_PEERINGDB_TIMEOUT=100ms"))
			const all = "target=peering&action=getPeers&include_public_ips=1&include_contacts=1"
			eventually(t, s, func() bool { return s.get(all).Message == "12 peers found." })
			before := string(s.within(all, gridTimeout).Data)
			directory.Fail(peeringdbtest.Fault{Kind: kind, List: "ix", RetryAfter: "2"})
			directory.Requests()
			directory.Update("net", 2, time.Now(), peeringdbtest.Row{"name": "Renamed Network"})
			eventually(t, s, func() bool { return strings.Contains(s.log.String(), `"msg":"background work failed"`) })
			if after := string(s.within(all, gridTimeout).Data); after != before {
				t.Errorf("a run that failed changed what is there: %s", after)
			}
			s.ready(true)
			recovered := time.Now()
			directory.Recover()
			eventually(t, s, func() bool { return strings.Contains(string(s.get(all).Data), "Renamed Network") })
			if kind != peeringdbtest.Throttled {
				return
			}
			// The first run that failed, the one after it, and the first that did
			// not all kept to what the server said.
			requests := directory.Requests()
			first := slices.IndexFunc(requests, func(r peeringdbtest.Request) bool { return r.List == "ix" })
			throttled := 0
			for i, r := range requests[first : len(requests)-1] {
				wait := requests[first+i+1].At.Sub(r.At)
				if r.List != "ix" || r.At.After(recovered) {
					continue
				}
				if throttled++; wait < 2*time.Second {
					t.Errorf("asked again %v after it was said to stay away for 2 s", wait)
				}
			}
			if throttled < 4 {
				t.Errorf("throttled %d times", throttled)
			}
		})
	}
}
