package main

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestDemoAnswersEveryReadAction(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		s := serve(t, environ, "--demo")
		for _, tc := range []struct{ query, message, holds string }{
			{"target=test&action=helloWorld&param1=100", "Hello World", `"param1":"100"`},
			{"target=peering&action=getPeers&public_id=1", "10 peers found.", `"name":"Invented Cable Company"`},
			{"target=peering&action=getPeers&public_id=1&include_public_ips=1&include_contacts=1&include_log_data=1", "10 peers found.", `"message":"Marked existing peer"`},
			{"target=peering&action=getCommunications&public_id=1", "9 records found.", `"request_status":"sent"`},
			{"target=peering&action=getRequests", "1 request found.", `"peer_name":"Fictitious University Network"`},
			{"target=peering&action=getSessions", "4 sessions found.", `"resource_name":"r1.us.example.net"`},
			{"target=lir&action=get", "2 objects found", `"org_handle":"EXAMPLE-1"`},
			{"target=resource&action=get&meta[section]=router", "Search successful", `"name":"r1.us.example.net"`},
		} {
			if a := s.get(tc.query); a.Success != 1 || a.Message != tc.message || !strings.Contains(string(a.Data), tc.holds) {
				t.Errorf("%s: %d %q %s", tc.query, a.Success, a.Message, a.Data)
			}
		}
		if a := s.get("target=peering&action=getCommunications&public_id=1"); strings.Contains(string(a.Data), "this is us") {
			t.Error("the own network is listed as a peer")
		}
		line := "Try: curl -g '" + s.url + "/api/v1/api.php?target=peering&action=getPeers&public_id=1'\n"
		if s.stdout.String() != line {
			t.Errorf("serve --demo prints %q", s.stdout.String())
		}
		if code := s.end(); code != exitOK {
			t.Errorf("exit code %d", code)
		}

		again := serve(t, environ, "--demo")
		if a := again.get("target=peering&action=getSessions"); a.Message != "4 sessions found." {
			t.Errorf("after a second start: %q", a.Message)
		}
		if !strings.Contains(again.log.String(), "holds networks already") {
			t.Error("the second start does not say that the database is left as it is")
		}
	})
}

func TestServeWithoutDemoStaysEmpty(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	s := serve(t, environ)
	if a := s.get("target=peering&action=getPeers"); a.Message != "No peers found." {
		t.Errorf("%+v", a)
	}
	if s.stdout.String() != "" {
		t.Errorf("prints %q", s.stdout.String())
	}
}

func TestOpenGatewayListensOnLoopback(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		listen := []string{"--listen", "0.0.0.0:0"}
		s := serve(t, environ, listen...)
		if host, _, _ := net.SplitHostPort(s.addr.String()); host != "127.0.0.1" {
			t.Errorf("without a key it listens on %s", s.addr)
		}
		if !strings.Contains(s.log.String(), "listening on loopback only") {
			t.Errorf("it does not say so: %s", s.log.String())
		}
		s.end()

		office := mustJSON[credential](t, environ, "key", "add", "office")
		s = serve(t, environ, listen...)
		if host, _, _ := net.SplitHostPort(s.addr.String()); !net.ParseIP(host).IsUnspecified() {
			t.Errorf("with a key it listens on %s", s.addr)
		}
		if strings.Contains(s.log.String(), "loopback") {
			t.Errorf("it still warns: %s", s.log.String())
		}
		s.end()

		must(t, environ, "key", "revoke", office.APIKey)
		s = serve(t, environ, listen...)
		if host, _, _ := net.SplitHostPort(s.addr.String()); !net.ParseIP(host).IsUnspecified() {
			t.Errorf("with a revoked key it listens on %s", s.addr)
		}
		s.url = "http://127.0.0.1:" + port(s.addr)
		if a := s.get("target=test&action=helloWorld"); a.status != http.StatusUnauthorized {
			t.Errorf("with a revoked key an unsigned request is answered: %+v", a)
		}
	})
}

func TestKeyTakesEffectWhileServing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		const query = "target=test&action=helloWorld&param1=100"
		s := serve(t, environ)
		if a := s.get(query); a.Success != 1 {
			t.Fatalf("without a key: %+v", a)
		}
		office := mustJSON[credential](t, environ, "key", "add", "office")
		if a := s.get(query); a.status != http.StatusUnauthorized {
			t.Errorf("unsigned, with a key: %+v", a)
		}
		if a := s.get(office.sign(query)); a.Success != 1 {
			t.Errorf("signed: %+v", a)
		}
		if a := s.get(office.sign("target=peering&action=deleteSession&id=1")); a.Message != "Permission denied" {
			t.Errorf("beyond its permissions: %+v", a)
		}
		must(t, environ, "key", "revoke", "office")
		if a := s.get(office.sign(query)); a.status != http.StatusUnauthorized {
			t.Errorf("revoked: %+v", a)
		}
		s.end()
		if keys := mustJSON[[]listedKey](t, environ, "key", "list"); keys[0].LastUsed == nil {
			t.Error("the last use of the key was not written down at the end")
		}
	})
}

func TestLimitsComeFromTheConfiguration(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	s := serve(t, environ, "--limits-body", "10", "--limits-variables", "3", "--timezone", "Asia/Tokyo")
	if a := s.get("target=test&action=helloWorld&a=1&b=2&c=3"); string(a.Data) != `{"a":"1"}` {
		t.Errorf("of 5 variables it takes %s", a.Data)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/v1/api.php?target=test&action=helloWorld", strings.NewReader("param1=12345"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a, err := send(r); err != nil || a.Success != 0 || !strings.Contains(a.Message, "exceeds 10 bytes") {
		t.Errorf("of a long body it says %+v, %v", a, err)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	office := mustJSON[credential](t, environ, "key", "add", "office")
	lab := mustJSON[credential](t, environ, "key", "add", "lab")
	s := serve(t, environ, "--limits-key-rate", "0.001", "--limits-key-burst", "2")
	const query = "target=test&action=helloWorld"
	for i, want := range []int{1, 1, 0} {
		if a := s.get(office.sign(query)); a.Success != want {
			t.Errorf("request %d of the burst: %+v", i+1, a)
		}
	}
	if a := s.get(lab.sign(query)); a.Success != 1 {
		t.Errorf("another key: %+v", a)
	}
}

func TestTakenAddressIsAnError(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	fails(t, environ, exitFailure, "address already in use", "serve", "--listen", taken.Addr().String())
}

func port(a net.Addr) string {
	_, p, _ := net.SplitHostPort(a.String())
	return p
}
