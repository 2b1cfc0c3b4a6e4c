package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"provision-gateway/models/modelstest"
)

// TestKillLosesNothingAcknowledged kills the gateway among 200 parallel
// writers, on each kind of database: every session whose addition was answered
// must be there after a restart, and each session must have its log entry.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			args := []string{
				"--demo", "--database", kind.Database(t), "--secrets-key-file", filepath.Join(t.TempDir(), "secrets.key"),
			}
			c := start(t, args...)
			acknowledged := addUntilKilled(t, c)
			if err := c.wait(); err == nil {
				t.Fatal("it was not killed")
			}
			c = start(t, args...)
			found := storedPeers(t, c)
			for _, address := range acknowledged {
				if !found[address] {
					t.Errorf("acknowledged and gone: %s", address)
				}
			}
			log := get(t, c.url, "target=peering&action=getPeers&asn=64501&include_log_data=1")
			if entries := strings.Count(string(log.Data), "Session added: "); entries != len(found) {
				t.Errorf("%d sessions, but %d log entries", len(found), entries)
			}
			t.Logf("%d acknowledged, %d stored", len(acknowledged), len(found))
		})
	}
}

// addUntilKilled has 200 writers add sessions, kills the gateway once half of
// what they would add was answered, and returns the peer addresses that were.
func addUntilKilled(t *testing.T, c *child) []string {
	t.Helper()
	const writers, each = 200, 4
	var (
		mu           sync.Mutex
		acknowledged []string
		work         sync.WaitGroup
	)
	for writer := range writers {
		work.Go(func() {
			for i := range each {
				address := fmt.Sprintf("2001:db8:%x::%x", writer+1, i+1)
				a, err := tryGet(t.Context(), c.url, "target=peering&action=addSession&peer_asn=64501&public_id=2&peer_ipaddr="+address)
				if err != nil {
					return
				}
				if a.Success != 1 {
					t.Errorf("addSession: %+v", a)
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, address)
				enough := len(acknowledged) == writers*each/2
				mu.Unlock()
				if enough {
					c.signal(syscall.SIGKILL)
				}
			}
		})
	}
	work.Wait()
	if n := len(acknowledged); n < writers*each/2 || n == writers*each {
		t.Fatalf("%d writes were acknowledged before the end", n)
	}
	return acknowledged
}

// storedPeers returns the peer addresses of the sessions with AS64501.
func storedPeers(t *testing.T, c *child) map[string]bool {
	t.Helper()
	var sessions []struct {
		Address string `json:"peer_ipaddr"`
	}
	if err := json.Unmarshal(get(t, c.url, "target=peering&action=getSessions&peer_asn=64501").Data, &sessions); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, s := range sessions {
		found[s.Address] = true
	}
	return found
}
