package sessions_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
)

// show is all of a neighbor, the password too.
func show(n dialect.Neighbor) string {
	return fmt.Sprintf("%d %d %s %q %q %d %q", n.LocalASN, n.RemoteASN, n.Address, n.PeerGroup, n.Description, n.MaximumPrefixes, n.Password)
}

// A router is told what the columns of a session say.
func TestNeighborOfASession(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*models.Session)
		// want is as show gives it, or the error.
		want string
	}{
		{"least", func(*models.Session) {}, `64500 64496 198.51.100.1 "" "" 0 ""`},
		{"everything", func(s *models.Session) {
			s.PeerGroup, s.PeerName, s.PrfxMax, s.Password = new("ix"), new("Alpha, Inc."), new(uint32(500)), "s3cret"
		}, `64500 64496 198.51.100.1 "ix" "Alpha, Inc." 500 "s3cret"`},
		{"password 0 is none", func(s *models.Session) { s.Password = models.NoPassword }, `64500 64496 198.51.100.1 "" "" 0 ""`},
		{"password 00 is one", func(s *models.Session) { s.Password = "00" }, `64500 64496 198.51.100.1 "" "" 0 "00"`},
		{"IPv6", func(s *models.Session) { s.PeerIPAddr = new("2001:DB8:0::1") }, `64500 64496 2001:db8::1 "" "" 0 ""`},
		{"no source_asn", func(s *models.Session) { s.SourceASN = nil }, "Session 7 has no source_asn: it cannot be configured"},
		{"no peer_asn", func(s *models.Session) { s.PeerASN = nil }, "Session 7 has no peer_asn: it cannot be configured"},
		{"no peer_ipaddr", func(s *models.Session) { s.PeerIPAddr = nil }, "Session 7 has no peer_ipaddr: it cannot be configured"},
		{"no address", func(s *models.Session) { s.PeerIPAddr = new("198.51.100.400") }, "Invalid value for peer_ipaddr: 198.51.100.400"},
		{"empty address", func(s *models.Session) { s.PeerIPAddr = new("") }, "Invalid value for peer_ipaddr: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := models.Session{ID: 7, SourceASN: new(uint32(64500)), PeerASN: new(uint32(64496)), PeerIPAddr: new("198.51.100.1"), Password: models.NoPassword}
			tc.change(&s)
			n, err := sessions.Neighbor(&s)
			if err != nil {
				refused(t, "neighbor", err, models.Invalid, tc.want)
			} else if got := show(n); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

// One click tells the router the session, text goes as it is, and both log in
// as the caller says.
func TestConfigure(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, tc := range []struct {
			name   string
			change func(*sessions.Configuration)
			// user and password are those of the login.
			call, user, password string
		}{
			{"one click", func(*sessions.Configuration) {}, "configure", "netop", "stored-secret"},
			{"as another", func(c *sessions.Configuration) { c.Username, c.Password = "admin", "given" }, "configure", "admin", "given"},
			{"another name", func(c *sessions.Configuration) { c.Username = "admin" }, "configure", "admin", "stored-secret"},
			{"another password", func(c *sessions.Configuration) { c.Password = "given" }, "configure", "netop", "given"},
			{"text", func(c *sessions.Configuration) { c.Lines = "conf t\nend" }, "push", "netop", "stored-secret"},
			{"text as another", func(c *sessions.Configuration) { c.Lines, c.Username, c.Password = "conf t\nend", "admin", "given" }, "push", "admin", "given"},
		} {
			s := f.session(t)
			c := sessions.Configuration{Session: s}
			tc.change(&c)
			if err := f.sessions.Configure(within(t), c); err != nil {
				t.Fatalf("%s: %v", tc.name, err)
			}
			if len(f.routers.calls) != 1 || f.routers.calls[0].what != tc.call {
				t.Fatalf("%s: calls %v", tc.name, f.routers.calls)
			}
			got := f.routers.calls[0]
			want := router.Access{
				ID: f.cisco, Name: "ar1", Host: "192.0.2.250", Port: 2222, Platform: "cisco_iosxe",
				Username: tc.user, Password: tc.password, HostKey: "ssh-ed25519 AAAA",
			}
			if got.access != want {
				t.Errorf("%s: login as %q with %q", tc.name, got.access.Username, got.access.Password)
			}
			if got.text != c.Lines || tc.call == "configure" && got.neighbor.Address.String() != *s.PeerIPAddr {
				t.Errorf("%s: %v", tc.name, got)
			}
			if want := *s.PeerIPAddr + " on ar1 by AS64500"; f.place(t, s.ID) != want || s.Pushed.Neighbor == nil {
				t.Errorf("%s: %s, want %s", tc.name, f.place(t, s.ID), want)
			}
			f.routers.calls = nil
		}
	})
}

// What cannot be configured is refused before any router is told, and leaves no
// trace.
func TestConfigureRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		hostless := f.router(t, "ar3", models.RouterPlatform, "cisco_iosxe")
		strange := f.router(t, "ar4", models.RouterHost, "192.0.2.252", models.RouterPlatform, "ios")
		none := f.router(t, "ar5", models.RouterHost, "192.0.2.252")
		badPort := f.router(t, "ar6", models.RouterHost, "192.0.2.252", models.RouterPlatform, "cisco_iosxe", models.RouterPort, "70000")
		gone := f.router(t, "ar7", models.RouterHost, "192.0.2.252", models.RouterPlatform, "cisco_iosxe")
		f.write(t, func(tx *models.Tx) error {
			r, err := tx.FindResource(gone)
			if err != nil {
				return err
			}
			return tx.DeleteResource(&r.Resource)
		})
		names := strings.Join(dialect.Names(), ", ")
		for _, tc := range []struct {
			name   string
			change func(*models.Session)
			code   models.Code
			// want has % for the id of the session.
			want string
			// text says that text is refused too.
			text bool
		}{
			{"no router", func(s *models.Session) { s.ResourceID = nil }, models.Invalid, "Session % has no resource_id: its router is not known", true},
			{"unknown router", func(s *models.Session) { s.ResourceID = new(uint64(99999)) }, models.NotFound, "No router found with ID: 99999", true},
			{"deleted router", func(s *models.Session) { s.ResourceID = &gone }, models.NotFound, fmt.Sprintf("No router found with ID: %d", gone), true},
			{"no host", func(s *models.Session) { s.ResourceID = &hostless }, models.Invalid, "Router ar3 has no host", true},
			{"unknown platform", func(s *models.Session) { s.ResourceID = &strange }, models.Invalid, "Router ar4 has no platform that is known: one of " + names, true},
			{"no platform", func(s *models.Session) { s.ResourceID = &none }, models.Invalid, "Router ar5 has no platform that is known: one of " + names, true},
			{"bad port", func(s *models.Session) { s.ResourceID = &badPort }, models.Invalid, "Router ar6 has no usable port: 70000", true},
			{"no source_asn", func(s *models.Session) { s.SourceASN = nil }, models.Invalid, "Session % has no source_asn: it cannot be configured", false},
			{"no peer_ipaddr", func(s *models.Session) { s.PeerIPAddr = nil }, models.Invalid, "Session % has no peer_ipaddr: it cannot be configured", false},
			{"link-local address", func(s *models.Session) { s.PeerIPAddr = new("fe80::1") }, models.Invalid, `Invalid value for peer_ipaddr: "fe80::1" is link-local`, false},
			{"unspeakable password", func(s *models.Session) { s.Password = "planted secret" }, models.Invalid,
				"Invalid value for password: holds a character that this router's command line would interpret", false},
		} {
			s := f.session(t, tc.change)
			want := strings.ReplaceAll(tc.want, "%", fmt.Sprint(s.ID))
			refused(t, tc.name, f.sessions.Configure(within(t), sessions.Configuration{Session: s}), tc.code, want)
			equal(t, tc.name, f.routers.taken())
			if got := f.place(t, s.ID); got != "nowhere" {
				t.Errorf("%s: %s", tc.name, got)
			}
			err := f.sessions.Configure(within(t), sessions.Configuration{Session: s, Lines: "conf t"})
			if tc.text {
				refused(t, tc.name+", text", err, tc.code, want)
				equal(t, tc.name+", text", f.routers.taken())
			} else if calls := f.routers.taken(); err != nil || len(calls) != 1 {
				t.Errorf("%s, text: %v, %v", tc.name, calls, err)
			}
		}
	})
}

// A value that only the router package refuses is an answer for the caller all
// the same.
func TestValueOfTheRouterPackage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		s := f.session(t)
		f.routers.answer = func(call) error { return &dialect.ValueError{Field: "prfx_max", Value: "9", Reason: "is too large"} }
		err := f.sessions.Configure(within(t), sessions.Configuration{Session: s})
		refused(t, "configure", err, models.Invalid, `Invalid value for prfx_max: "9" is too large`)
		refused(t, "remove", f.sessions.Remove(within(t), f.pushed(t)), models.Invalid, `Invalid value for prfx_max: "9" is too large`)
	})
}

// A preview shows the lines that are sent, secrets masked, and sends nothing.
func TestPreview(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		const secret = "planted-secret"
		full := func(s *models.Session) {
			s.PeerGroup, s.PrfxMax, s.Password = new("ix"), new(uint32(500)), secret
		}
		for name, id := range map[string]uint64{"ar1": f.cisco, "jr1": f.junos} {
			s := f.session(t, full, func(s *models.Session) { s.ResourceID = &id })
			lines, err := f.sessions.Preview(within(t), s)
			text := strings.Join(lines, "\n")
			if err != nil || strings.Contains(text, secret) || !strings.Contains(text, *s.PeerIPAddr) || !strings.Contains(text, "64496") || !strings.Contains(text, "500") {
				t.Errorf("%s: %v\n%s", name, err, text)
			}
			r := f.resource(t, id)
			platform, _ := dialect.Lookup(r.Platform)
			sent, err := platform.Change(dialect.Neighbor{
				LocalASN: 64500, RemoteASN: 64496, Address: netip.MustParseAddr(*s.PeerIPAddr), PeerGroup: "ix", Description: "Alpha", MaximumPrefixes: 500, Password: secret,
			})
			if err != nil || len(sent) != len(lines) || !strings.Contains(strings.Join(sent, "\n"), secret) {
				t.Errorf("%s: sent would be %d lines, shown %d, %v", name, len(sent), len(lines), err)
			}
			for i := range min(len(sent), len(lines)) {
				if !strings.Contains(sent[i], secret) && sent[i] != lines[i] {
					t.Errorf("%s: line %q shown as %q", name, sent[i], lines[i])
				}
			}
			if got := f.place(t, s.ID); got != "nowhere" {
				t.Errorf("%s: %s", name, got)
			}
		}
		_, err := f.sessions.Preview(within(t), f.session(t, func(s *models.Session) { s.PeerIPAddr = new("fe80::1") }))
		refused(t, "address", err, models.Invalid, `Invalid value for peer_ipaddr: "fe80::1" is link-local`)
		s := f.session(t, func(s *models.Session) { s.SourceASN = nil })
		_, err = f.sessions.Preview(within(t), s)
		refused(t, "AS number", err, models.Invalid, fmt.Sprintf("Session %d has no source_asn: it cannot be configured", s.ID))
		s = f.session(t, func(s *models.Session) { s.ResourceID = nil })
		_, err = f.sessions.Preview(within(t), s)
		refused(t, "router", err, models.Invalid, fmt.Sprintf("Session %d has no resource_id: its router is not known", s.ID))
		equal(t, "calls", f.routers.taken())
	})
}
