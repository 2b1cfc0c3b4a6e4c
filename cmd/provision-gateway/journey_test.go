package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"provision-gateway/backends/mail/mailtest"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/backends/router/routertest"
)

// TestJourney goes the whole way from a peer that nobody knows to a session that
// is up and down again, through HTTP alone: against an API as PeeringDB's, a
// mail server, and FRRouting with BIRD at the other end.
func TestJourney(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	onEach(t, func(t *testing.T, environ []string) {
		const password = "ace12345"
		announced := routertest.PeerOptions{PasswordIPv4: password, PrefixesIPv4: 3, PrefixesIPv6: 5}
		peer := lab.Peer(t, announced)
		directory := peeringdbtest.New(t, directoryOf(lab, peer))
		mails := mailtest.StartServer(t, mailtest.Options{TLS: "starttls", Login: []string{"PLAIN"}, Username: "gateway", Password: "planted-smtp-password"})
		environ = append(environ,
			"PROVISION_GATEWAY_OWN_ASNS="+fmt.Sprint(lab.LocalASN),
			"PROVISION_GATEWAY_PEERINGDB_URL="+directory.URL(), "PROVISION_GATEWAY_PEERINGDB_SYNC_INTERVAL=1h", "PROVISION_GATEWAY_PEERINGDB_PAUSE=1ms",
			"PROVISION_GATEWAY_MAIL_SERVER="+mails.Address, "PROVISION_GATEWAY_MAIL_CA_FILE="+mails.CAFile, "PROVISION_GATEWAY_MAIL_USERNAME=gateway",
			"PROVISION_GATEWAY_MAIL_PASSWORD=planted-smtp-password", "PROVISION_GATEWAY_MAIL_FROM=peering@gateway.example",
			"PROVISION_GATEWAY_ROUTER_POLL_INTERVAL=200ms",
		)
		key := mustJSON[credential](t, environ, "key", "add", "journey", "--allow", "read,write,mail,device")
		s := serve(t, environ)
		j := &journey{t: t, server: s, key: key, lab: lab}

		j.until("target=peering&action=getPeers&public_id=20", "2 peers found.")
		if p := j.one("target=peering&action=getPeers&public_id=20&asn=64511&include_public_ips=1&include_contacts=1"); p["name"] != "Peer Network" || p["is_peer"] != 0.0 {
			t.Errorf("the peer is listed as %v", p)
		}

		j.ok("target=peering&action=sendRequest&public_id=20&peer_participant_id=2&source_participant_id=1&peer_name=Peer+Network&peer_asn=64511"+
			"&email_from=peering%40gateway.example&email_to=policy%40peer.example&subject=Peering&body=Peering%2C%0D%0A%0D%0Aplease.%0D%0A&type=text", "Request sent")
		received := mails.Wait(t, 1)[0]
		message, err := mail.ReadMessage(bytes.NewReader(received.Raw))
		if err != nil || !received.TLS || received.User != "gateway" || received.To[0] != "policy@peer.example" || message.Header.Get("Message-ID") != "<request-1@gateway.example>" {
			t.Errorf("%+v, %v", received, err)
		}
		j.ok("target=peering&action=updatePeer&participant_id=2&public_id=20&request_status=accepted", "Peer Network updated")

		router := j.one("target=resource&action=add&meta[name]=ar1.example&meta[type]=entry&meta[section]=router&fields[platform][]=frrouting" +
			"&fields[host][]=" + lab.Host + "&fields[port][]=" + fmt.Sprint(lab.Port) + "&fields[username][]=" + lab.Username + "&fields[password][]=" + url.QueryEscape(lab.Password) +
			"&fields[host-key][]=" + url.QueryEscape(lab.HostKey()) + "&fields[local-address][]=" + lab.LocalIPv4.String())
		add := func(address, source netip.Addr, more string) string {
			a := j.call(fmt.Sprintf("target=peering&action=addSession&resource_id=%v&public_id=20&peer_participant_id=2&peer_asn=64511&source_ipaddr=%s&peer_ipaddr=%s&prfx_max=50%s",
				router["id"], source, address, more))
			var added struct{ ID int }
			if err := json.Unmarshal(a.Data, &added); err != nil || a.Success != 1 {
				t.Fatalf("addSession: %+v, %v", a, err)
			}
			return fmt.Sprint(added.ID)
		}
		v4 := add(peer.IPv4, lab.LocalIPv4, "&password="+password)
		v6 := add(peer.IPv6, lab.LocalIPv6, "")
		for _, id := range []string{v4, v6} {
			a := j.call("target=peering&action=configureSession&session_id=" + id)
			if a.Success != 1 || !strings.HasPrefix(a.Message, "Session configured: Peer Network (AS") || !strings.Contains(string(a.Data), `"state":"configured"`) {
				t.Fatalf("configureSession: %d %s %s", a.Success, a.Message, a.Data)
			}
		}
		peer.WaitEstablished(t, peer.IPv4, true, 30*time.Second)
		peer.WaitEstablished(t, peer.IPv6, true, 30*time.Second)
		j.session(v4, "established", "3")
		j.session(v6, "established", "5")

		// A change of the session reaches the router with the next push.
		j.ok("target=peering&action=updateSession&id="+v4+"&prfx_max=60&password=another", "")
		j.ok("target=peering&action=configureSession&session_id="+v4, "")
		if config := lab.Config(t); !strings.Contains(config, "neighbor "+peer.IPv4.String()+" maximum-prefix 60") {
			t.Errorf("the change did not reach the router:\n%s", config)
		}
		peer.WaitEstablished(t, peer.IPv4, false, 30*time.Second)
		announced.PasswordIPv4, announced.PrefixesIPv4 = "another", 4
		peer.Change(t, announced)
		j.session(v4, "established", "4")

		j.ok("target=peering&action=deleteSession&peer_participant_id=2", "2 sessions deleted.")
		if config := lab.Config(t); strings.Contains(config, peer.IPv4.String()+" ") || strings.Contains(config, peer.IPv6.String()+" ") {
			t.Errorf("the router still has the sessions:\n%s", config)
		}
		peer.WaitEstablished(t, peer.IPv4, false, 30*time.Second)
		history, _ := json.Marshal(j.one("target=peering&action=getPeers&public_id=20&id=2&include_log_data=1")["log_data"])
		for _, entry := range []string{"Request sent to policy@peer.example", "Session configured: ", "Session deleted: "} {
			if !strings.Contains(string(history), entry) {
				t.Errorf("no %q in the log: %s", entry, history)
			}
		}
		for _, secret := range []string{password, lab.Password, "planted-smtp-password", key.SecretKey, "please."} {
			if strings.Contains(s.log.String(), secret) {
				t.Errorf("the log shows %q", secret)
			}
		}
	})
}

// directoryOf is what PeeringDB knows of a lab: our network, one peer, and the
// exchange that is their LAN.
func directoryOf(lab *routertest.Lab, peer *routertest.Peer) fstest.MapFS {
	const common = `"created":"2024-01-15T09:30:00Z","updated":"2024-06-01T12:00:00Z","status":"ok"`
	list := func(rows ...string) *fstest.MapFile {
		for i := range rows {
			rows[i] = "{" + rows[i] + "," + common + "}"
		}
		return &fstest.MapFile{Data: []byte(`{"meta":{},"data":[` + strings.Join(rows, ",") + "]}")}
	}
	port := func(id, network int, asn uint32, v4, v6 netip.Addr) string {
		return fmt.Sprintf(`"id":%d,"net_id":%d,"ix_id":20,"ixlan_id":20,"speed":10000,"asn":%d,"ipaddr4":%q,"ipaddr6":%q,"operational":true`, id, network, asn, v4, v6)
	}
	return fstest.MapFS{
		"ix.json":       list(`"id":20,"name":"Lab-IX","city":"Berlin"`),
		"net.json":      list(fmt.Sprintf(`"id":1,"name":"Our Network","asn":%d`, lab.LocalASN), `"id":2,"name":"Peer Network","asn":64511,"info_prefixes4":40`),
		"netixlan.json": list(port(1, 1, lab.LocalASN, lab.LocalIPv4, lab.LocalIPv6), port(2, 2, 64511, peer.IPv4, peer.IPv6)),
		"ixpfx.json":    list(`"id":1,"ixlan_id":20,"protocol":"IPv4","prefix":"192.0.2.0/24"`),
		"poc.json":      list(`"id":1,"net_id":2,"role":"Policy","visible":"Public","name":"Peering","email":"policy@peer.example"`),
	}
}

// journey is a script that signs what it asks.
type journey struct {
	t      *testing.T
	server *server
	key    credential
	lab    *routertest.Lab
}

func (j *journey) call(query string) answer {
	j.t.Helper()
	return j.server.get(j.key.sign(query))
}

// ok wants success, and a message unless it is empty.
func (j *journey) ok(query, message string) answer {
	j.t.Helper()
	a := j.call(query)
	if a.Success != 1 || message != "" && a.Message != message {
		j.t.Fatalf("%s: %d %q %s\n%s", query, a.Success, a.Message, a.Data, j.server.log.String())
	}
	return a
}

// until asks again until there is a message.
func (j *journey) until(query, message string) {
	j.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		a := j.call(query)
		if a.Message == message {
			return
		}
		if time.Now().After(deadline) {
			j.t.Fatalf("%s: %q\n%s", query, a.Message, j.server.log.String())
		}
	}
}

// one is the object, or the only element, of an answer.
func (j *journey) one(query string) map[string]any {
	j.t.Helper()
	a := j.ok(query, "")
	var object map[string]any
	var list []map[string]any
	if json.Unmarshal(a.Data, &object) == nil {
		return object
	}
	if err := json.Unmarshal(a.Data, &list); err != nil || len(list) != 1 {
		j.t.Fatalf("%s: %s", query, a.Data)
	}
	return list[0]
}

// session waits until a session has a state and a number of prefixes; an empty
// one is not looked at.
func (j *journey) session(id, state, prefixes string) {
	j.t.Helper()
	for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		s := j.one("target=peering&action=getSessions&id=" + id)
		if s["state"] == state && (prefixes == "" || s["prfx_received"] == prefixes) {
			return
		}
		if time.Now().After(deadline) {
			j.t.Fatalf("session %s is %v with %v prefixes, not %s with %s\n%s\n%s", id, s["state"], s["prfx_received"], state, prefixes,
				j.lab.Vtysh(j.t, "show bgp summary"), j.lab.Config(j.t))
		}
	}
}
