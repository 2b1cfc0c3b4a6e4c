package handlers_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// onEach runs f on a service for every kind of database.
func onEach(t *testing.T, f func(t *testing.T, s *service)) {
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			database := modelstest.Lend(t, kind, func() time.Time { return moment })
			insertFixtures(t, database, "lirs, example")
			f(t, serveOn(t, database, database.Store, nil))
		})
	}
}

const addZeta = "target=peering&action=addSession&peer_asn=64507&peer_ipaddr=192.0.2.107&public_id=20"

// TestTokenConcurrently sends the same write with the same token twenty times
// at once: one session is made, and nobody is told anything else.
func TestTokenConcurrently(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *service) {
		answers := make([]answered, 20)
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() { answers[i] = s.get(t, addZeta+"&request_id=once") })
		}
		group.Wait()
		made := s.get(t, "target=peering&action=getSessions&peer_asn=64507")
		if made.message(t) != "1 sessions found." {
			t.Errorf("sessions: %s", made.body)
		}
		want := s.get(t, addZeta+"&request_id=once")
		if !want.success() {
			t.Errorf("repeated: %s", want.body)
		}
		for i, answer := range answers {
			if answer.body != want.body {
				t.Errorf("answer %d: %s, want %s", i, answer.body, want.body)
			}
		}
		entries := s.get(t, "target=peering&action=getPeers&public_id=20&id=107&include_log_data=1")
		if n := strings.Count(entries.body, "Session added"); n != 1 {
			t.Errorf("%d log entries: %s", n, entries.body)
		}
	})
}

// TestWithoutToken sends the same write twenty times at once without a token:
// one is done, the others are told that it is there.
func TestWithoutToken(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *service) {
		var done, refused int
		var mu sync.Mutex
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				answer := s.get(t, addZeta)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case answer.success():
					done++
				case answer.message(t) == "Session already exists: zeta (AS8038/) - (AS64507/192.0.2.107)":
					refused++
				default:
					t.Errorf("%s", answer.body)
				}
			})
		}
		group.Wait()
		if done != 1 || refused != 19 {
			t.Errorf("%d done and %d refused, want 1 and 19", done, refused)
		}
	})
}

// TestTokens checks what a token stands for: the request of one caller, however
// it was written down.
func TestTokens(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	alice := s.addKey(t, "alice", models.PermissionRead, models.PermissionWrite)
	bob := s.addKey(t, "bob", models.PermissionRead, models.PermissionWrite)
	const reset = "target=peering&action=resetPeerStatus&participant_id=110&public_id=20"
	entries := func() int {
		answer := s.get(t, alice.sign("target=peering&action=getPeers&public_id=20&id=110&include_log_data=1"))
		return strings.Count(answer.body, "Peer status reset")
	}
	steps := []struct {
		name    string
		answer  func() answered
		message string
		// resets is how many times the reset was done by then.
		resets int
	}{
		{"first", func() answered { return s.get(t, alice.sign(reset+"&request_id=1")) }, "Gamma status reset", 1},
		{"again", func() answered { return s.get(t, alice.sign(reset+"&request_id=1")) }, "Gamma status reset", 1},
		{"again in another order", func() answered {
			return s.get(t, alice.sign("request_id=1&public_id=20&participant_id=110&action=resetPeerStatus&target=peering"))
		}, "Gamma status reset", 1},
		{"again at another time", func() answered { return s.get(t, alice.sign(reset+"&request_id=1&time=1400000000")) }, "Gamma status reset", 1},
		{"again in a body", func() answered { return s.post(t, alice.sign(""), reset+"&request_id=1") }, "Gamma status reset", 1},
		{"another request", func() answered { return s.get(t, alice.sign(reset+"&request_id=1&x=1")) }, "Request id 1 was used for another request", 1},
		{"another caller", func() answered { return s.get(t, bob.sign(reset+"&request_id=1")) }, "Gamma status reset", 2},
		{"another token", func() answered { return s.get(t, alice.sign(reset+"&request_id=2")) }, "Gamma status reset", 3},
		{"a token in another case", func() answered { return s.get(t, alice.sign(reset+"&request_id=a")) }, "Gamma status reset", 4},
		{"is another token", func() answered { return s.get(t, alice.sign(reset+"&request_id=A")) }, "Gamma status reset", 5},
		{"the header", func() answered {
			return s.send(t, "GET "+api+"?"+alice.sign(reset)+" HTTP/1.1", "", "Idempotency-Key: h")
		}, "Gamma status reset", 6},
		{"the header again", func() answered {
			return s.send(t, "GET "+api+"?"+alice.sign(reset)+" HTTP/1.1", "", "Idempotency-Key: h")
		}, "Gamma status reset", 6},
		{"the parameter before the header", func() answered {
			return s.send(t, "GET "+api+"?"+alice.sign(reset+"&request_id=2")+" HTTP/1.1", "", "Idempotency-Key: h")
		}, "Gamma status reset", 6},
		{"an empty token is none", func() answered { return s.get(t, alice.sign(reset+"&request_id=")) }, "Gamma status reset", 7},
		{"a long token", func() answered { return s.get(t, alice.sign(reset+"&request_id="+strings.Repeat("x", 256))) },
			"Invalid value for request_id: 1 to 255 bytes of UTF-8 expected", 7},
		{"on a read it means nothing", func() answered { return s.get(t, alice.sign(hello+"&request_id=1")) }, "Hello World", 7},
	}
	for _, step := range steps {
		if got := step.answer().message(t); got != step.message {
			t.Errorf("%s: %s, want %s", step.name, got, step.message)
		}
		if got := entries(); got != step.resets {
			t.Errorf("%s: done %d times, want %d", step.name, got, step.resets)
		}
	}
}

// TestTokenOfFailure checks that a failure is not kept: the same token works
// once the reason is gone.
func TestTokenOfFailure(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	const update = "target=peering&action=updateSession&id=209&note=x&request_id=f"
	if answer := s.get(t, update); answer.message(t) != "No session found to update." {
		t.Fatalf("before: %s", answer.body)
	}
	if answer := s.get(t, addZeta); !answer.success() {
		t.Fatalf("%s", answer.body)
	}
	for range 2 {
		if answer := s.get(t, update); !answer.success() {
			t.Errorf("after: %s", answer.body)
		}
	}
}

// TestForgottenToken checks that a token can be used anew when its answer is no
// longer kept.
func TestForgottenToken(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	const reset = "target=peering&action=resetPeerStatus&participant_id=110&public_id=20&request_id=old"
	for range 2 {
		s.get(t, reset)
		if err := s.database.Store.ForgetTokens(t.Context(), moment.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	answer := s.get(t, "target=peering&action=getPeers&public_id=20&id=110&include_log_data=1")
	if n := strings.Count(answer.body, "Peer status reset"); n != 2 {
		t.Errorf("done %d times, want 2: %s", n, answer.body)
	}
}
