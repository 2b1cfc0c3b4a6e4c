package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// cable is what a gateway reaches an exchange by: it goes to whichever process
// serves it now, at one address, and can be told to kill that at a request.
type cable struct {
	t        *testing.T
	fleet    *fleet
	listener net.Listener
	mu       sync.Mutex
	// trigger is what the request begins with at which the exchange is killed:
	// before it gets it, or before its answer is handed on.
	trigger string
	after   bool
	killed  int
}

func lay(t *testing.T, f *fleet) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c := &cable{t: t, fleet: f, listener: l}
	go func() {
		for {
			connection, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(connection)
		}
	}()
	return c
}

// arm has the exchange killed at the next request of that kind.
func (c *cable) arm(trigger string, after bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trigger, c.after = trigger, after
}

// meets reports whether a request is the one, which then no other is.
func (c *cable) meets(data []byte) (meets, after bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trigger == "" || !bytes.HasPrefix(data, []byte(c.trigger)) {
		return false, false
	}
	c.trigger = ""
	return true, c.after
}

func (c *cable) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	url := c.fleet.url()
	if url == "" {
		return
	}
	server, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var dropped sync.Mutex
	drop := false
	go func() {
		defer func() { _ = client.Close() }()
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			dropped.Lock()
			lost := drop
			dropped.Unlock()
			if lost && n > 0 {
				c.kill()
				return
			}
			if err != nil {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		meets, after := c.meets(buffer[:n])
		if meets && !after {
			c.kill()
			return
		}
		dropped.Lock()
		drop = drop || meets
		dropped.Unlock()
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// kill ends the exchange as a power cut does.
func (c *cable) kill() {
	f := c.fleet
	f.mu.Lock()
	victim := f.running[0]
	f.running[0] = nil
	f.mu.Unlock()
	if victim == nil {
		return
	}
	victim.signal(syscall.SIGKILL)
	_ = victim.wait()
	c.mu.Lock()
	c.killed++
	c.mu.Unlock()
}

// restart starts the exchange again, where it was killed.
func (c *cable) restart() {
	c.t.Helper()
	f := c.fleet
	if f.url() != "" {
		c.t.Error("the exchange was not killed")
		return
	}
	fresh := start(c.t, f.args...)
	f.mu.Lock()
	f.running[0] = fresh
	f.mu.Unlock()
}

// join has a member join the peering LAN, and returns its IPv4 address there.
func join(t *testing.T, m *member) string {
	t.Helper()
	var joined ix.NetworkServiceConfig
	m.must(http.MethodPost, "/network-service-configs", m.owned(map[string]any{
		"type": ix.TypeExchangeLAN, "network_service": "ns:demo", "billing_account": m.account.ID, "connection": m.account.Connection,
		"role_assignments": m.roles, "vlan_config": map[string]any{"vlan_type": "dot1q"}, "capacity": 100,
		"product_offering": "po:demo-lan", "macs": []string{m.mac}, "asns": []uint32{64496}, "listed": true,
	}), &joined)
	for deadline := time.Now().Add(60 * time.Second); joined.State != ix.StateError; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the member does not come onto the LAN: %+v", joined)
		}
		m.must(http.MethodGet, "/network-service-configs/"+joined.ID, nil, &joined)
	}
	for _, ip := range listOf[ix.IPAddress](m, "/ips?network_service_config="+joined.ID) {
		if ip.Version == 4 {
			return ip.Address
		}
	}
	t.Fatal("the member has no address")
	return ""
}

// TestKillTheExchange adds, changes, lists and deletes a session with a route
// server through a gateway, while the exchange, another gateway, is killed and
// started again at each step: before it is asked, before it gets the request, and
// before its answer is handed on. Either the script sends the same again, or the
// gateway finishes it by itself. In the end the exchange has what it should, once.
func TestKillTheExchange(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			args := []string{"--database", modelstest.SQLiteDatabase(t), "--secrets-key-file", filepath.Join(t.TempDir(), "secrets.key")}
			seeded := seedDemo(t, args)
			f := startFleet(t, 1, args)
			m := f.member(seeded.Accounts[0], "02:00:00:00:00:01")
			address := join(t, m)
			c := lay(t, f)
			file := filepath.Join(t.TempDir(), "gateway.yaml")
			content := fmt.Sprintf(`own_asns: [64496]
ixapi: {enabled: false}
exchanges:
  - {public_id: 1, url: "http://%s/api/v2", api_key: %q, api_secret: %q, network_service: "ns:demo", as_set: AS-DEMO, irr: RIPE, poll_interval: 2s, timeout: 5s}
`, c.listener.Addr(), m.account.APIKey, m.account.APISecret)
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			gateway := start(t, "--config", file, "--demo", "--database", kind.Database(t), "--secrets-key-file", filepath.Join(t.TempDir(), "gateway.key"))
			r := &rounds{t: t, cable: c, gateway: gateway, member: m, source: address}
			for _, script := range []bool{true, false} {
				for _, when := range []string{"down", "before", "after"} {
					if kind.Name == "sqlite" || script {
						r.round(script, when)
					}
				}
			}
			if log := gateway.log.String(); strings.Contains(log, "planted") || strings.Contains(log, m.account.APISecret) {
				t.Error("the log shows a secret")
			}
			t.Logf("the exchange was killed %d times", c.killed)
		})
	}
}

// rounds are the lives of sessions.
type rounds struct {
	t       *testing.T
	cable   *cable
	gateway *child
	member  *member
	source  string
}

// step sends a request while the exchange is killed, starts it again, and has the
// request finished: by the script, or by the gateway alone.
func (r *rounds) step(script bool, when, verb, query string, finished func() bool) {
	r.t.Helper()
	if when == "down" {
		r.cable.kill()
	} else {
		r.cable.arm(verb+" /api/v2/network-feature-configs", when == "after")
	}
	a := get(r.t, r.gateway.url, query)
	if a.Success == 1 {
		r.t.Errorf("%s while the exchange is killed (%s): %+v", verb, when, a.Message)
	}
	listed := get(r.t, r.gateway.url, "target=peering&action=getSessions&public_id=1")
	if listed.Success != 1 {
		r.t.Errorf("getSessions while the exchange is down: %s", listed.Message)
	}
	r.cable.restart()
	if script {
		if a = get(r.t, r.gateway.url, query); a.Success != 1 && (verb != "DELETE" || a.Message != "No sessions found to delete.") {
			r.t.Errorf("%s once more (%s): %+v", verb, when, a.Message)
		}
	}
	for deadline := time.Now().Add(90 * time.Second); !finished(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("%s, %s, by script %v: does not come to its end; %s\n%s", verb, when, script, r.listed(), r.gateway.log.String())
		}
	}
}

// listed is what the gateway lists.
func (r *rounds) listed() string {
	return string(get(r.t, r.gateway.url, "target=peering&action=getSessions&peer_asn=64510").Data)
}

// standing are the sessions at the exchange that are not on their way out.
func (r *rounds) standing() (out []ix.NetworkFeatureConfig) {
	for _, one := range listOf[ix.NetworkFeatureConfig](r.member, "/network-feature-configs") {
		if !one.State.Leaving() {
			out = append(out, one)
		}
	}
	if len(out) > 1 {
		r.t.Fatalf("the exchange has %d sessions", len(out))
	}
	return out
}

func (r *rounds) round(script bool, when string) {
	r.t.Helper()
	const peer = "203.0.113.251"
	add := "target=peering&action=addSession&public_id=1&peer_asn=64510&password=planted-one&prfx_max=100&peer_ipaddr=" + peer + "&source_ipaddr=" + r.source
	r.step(script, when, "POST", add, func() bool {
		have := r.standing()
		return len(have) == 1 && have[0].State == ix.StateProduction && strings.Contains(r.listed(), `"state":"configured"`)
	})
	var sessions []struct{ ID string }
	decode(r.t, []byte(r.listed()), &sessions)
	if len(sessions) != 1 {
		r.t.Fatalf("listed: %s", r.listed())
	}
	r.step(script, when, "PATCH", "target=peering&action=updateSession&password=planted-two&prfx_max=200&id="+sessions[0].ID, func() bool {
		have := r.standing()
		return len(have) == 1 && have[0].Password == "planted-two" && *have[0].MaxPrefixV4 == 200
	})
	if a := get(r.t, r.gateway.url, "target=peering&action=deleteSession&id="+sessions[0].ID); a.Success != 0 || !strings.Contains(a.Message, "send force=1") {
		r.t.Errorf("deleted without force: %+v", a.Message)
	}
	r.step(script, when, "DELETE", "target=peering&action=deleteSession&force=1&id="+sessions[0].ID, func() bool {
		return len(r.standing()) == 0 && r.listed() == ""
	})
}
