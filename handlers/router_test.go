package handlers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"provision-gateway/backends/router"
	"provision-gateway/backends/sessions"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

// cabinet keeps what was asked of routers.
type cabinet struct {
	mu         sync.Mutex
	configured []sessions.Configuration
	removed    []uint64
	// fail are the errors for sessions, by id.
	fail map[uint64]error
}

func (c *cabinet) Configure(_ context.Context, given sessions.Configuration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.configured = append(c.configured, given)
	return c.fail[given.Session.ID]
}

func (c *cabinet) Remove(_ context.Context, s *models.Session) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removed = append(c.removed, s.ID)
	return c.fail[s.ID]
}

// TestConfigurationHandedOver checks what the router is given.
func TestConfigurationHandedOver(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, query               string
		lines, username, password string
	}{
		{"one click", "", "", "", ""},
		{"empty parameters", "&config=&username=&password=", "", "", ""},
		{"lines of nothing", "&config=+%0D%0A%09%0A&username=u", "", "u", ""},
		{"manager", "&username=admin&password=p%26w%2B&config=conf+t%0A%0Aend%0Awrite", "conf t\n\nend\nwrite", "admin", "p&w+"},
		{"only credentials", "&username=admin&password=0", "", "admin", "0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			routers := &cabinet{}
			s := serve(t, func(o *handlers.Options) { o.Router = routers })
			if answer := s.get(t, "target=peering&action=configureSession&session_id=202"+test.query); !answer.success() {
				t.Fatalf("%s", answer.body)
			}
			if len(routers.configured) != 1 {
				t.Fatalf("%d configurations", len(routers.configured))
			}
			got := routers.configured[0]
			if got.Session.ID != 202 || got.Lines != test.lines || got.Username != test.username || got.Password != test.password {
				t.Errorf("session %d, %q, %q, %q", got.Session.ID, got.Lines, got.Username, got.Password)
			}
		})
	}
}

// TestRefusedBeforeRouter checks that a call with a wrong parameter reaches no
// router.
func TestRefusedBeforeRouter(t *testing.T) {
	t.Parallel()
	routers := &cabinet{}
	s := serve(t, func(o *handlers.Options) { o.Router = routers })
	for _, query := range []string{
		"session_id=202&config[]=conf+t", "session_id=202&username[]=x", "session_id=202&password[]=x",
		"session_id=204", "session_id=999", "session_id=",
	} {
		if answer := s.get(t, "target=peering&action=configureSession&"+query); answer.success() {
			t.Errorf("%s: %s", query, answer.body)
		}
	}
	for _, query := range []string{"", "deleted=1&id=201", "id=204", "peer_ipaddr=192.0.2"} {
		if answer := s.get(t, "target=peering&action=deleteSession&"+query); answer.success() {
			t.Errorf("%s: %s", query, answer.body)
		}
	}
	if len(routers.configured)+len(routers.removed) > 0 {
		t.Errorf("asked of routers: %v, %v", routers.configured, routers.removed)
	}
}

// TestRemoval checks which deleted sessions are taken off their routers: those
// of type Peer that were configured, and that one failure stops no other.
func TestRemoval(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, query string
		fail        map[uint64]error
		removed     []uint64
		message     string
		// left are the sessions that stay live.
		left []string
	}{
		{"one on a router, several not", "source_asn=8038", nil, []uint64{201, 208}, "6 sessions deleted.", []string{"207"}},
		{"not configured", "id=202", nil, nil, "1 sessions deleted.", []string{"201", "203", "205", "206", "207", "208"}},
		{"of another type", "id=203", nil, nil, "1 sessions deleted.", []string{"201", "202", "205", "206", "207", "208"}},
		{
			"a failure among several", "public_id=20", map[uint64]error{201: models.Errorf(models.Internal, "no route to host")},
			[]uint64{201, 208},
			"3 sessions deleted, 1 failed: Alpha Networks (AS8038/203.0.113.1) - (AS64501/192.0.2.101): no route to host",
			[]string{"201", "203", "206", "207"},
		},
		{
			"two failures", "public_id=20", map[uint64]error{201: errOutside, 208: router.ErrCredentials},
			[]uint64{201, 208},
			"2 sessions deleted, 2 failed: Alpha Networks (AS8038/203.0.113.1) - (AS64501/192.0.2.101): Internal error; " +
				"Gamma (AS8038/203.0.113.1) - (AS64510/192.0.2.110): Unable to authenticate",
			[]string{"201", "203", "206", "207", "208"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			routers := &cabinet{fail: test.fail}
			s := serve(t, func(o *handlers.Options) { o.Router = routers })
			answer := s.get(t, "target=peering&action=deleteSession&"+test.query)
			if got := answer.message(t); got != test.message || answer.success() != (test.fail == nil) {
				t.Errorf("%s", answer.body)
			}
			slices.Sort(routers.removed) // different routers at the same time
			if fmt.Sprint(routers.removed) != fmt.Sprint(test.removed) {
				t.Errorf("removed %v, want %v", routers.removed, test.removed)
			}
			var left []string
			sessions := s.get(t, "target=peering&action=getSessions").body
			for _, id := range []string{"201", "202", "203", "205", "206", "207", "208"} {
				if strings.Contains(sessions, `{"id":"`+id+`"`) {
					left = append(left, id)
				}
			}
			if fmt.Sprint(left) != fmt.Sprint(test.left) {
				t.Errorf("left %v, want %v", left, test.left)
			}
		})
	}
}
