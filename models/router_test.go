package models_test

import (
	"fmt"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestRouters(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		const secret = "planted-router-password"
		full := addEntry(t, l.Store, models.SectionRouter, "ar1.example.net", values(
			models.RouterHost, "192.0.2.1", models.RouterPort, "2222", models.RouterPlatform, "cisco_iosxe", models.RouterUsername, "netop",
			models.RouterPassword, secret, models.RouterLocalAddress, "192.0.2.1"))
		bare := addEntry(t, l.Store, models.SectionRouter, "ar2", nil)
		lir := addEntry(t, l.Store, models.SectionLIR, "an LIR", values(models.FieldRIR, "1918", models.FieldASN, "64500"))
		write(t, l.Store, func(tx *models.Tx) error { return tx.SetHostKey(full, "ssh-ed25519 AAAA") })

		routers, err := l.Store.Routers(t.Context())
		if err != nil || len(routers) != 2 || routers[1].ID != bare || routers[1].Port != 0 {
			t.Fatalf("%v, %v", routers, err)
		}
		r := routers[0]
		if r.Password() != secret || r.Host != "192.0.2.1" || r.Port != 2222 || r.HostKey != "ssh-ed25519 AAAA" || r.Platform != "cisco_iosxe" || r.Username != "netop" || r.Slug == "" || r.LocalAddress != "192.0.2.1" {
			t.Errorf("%v with %q", r, r.Password())
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if shown := fmt.Sprintf(verb, r); strings.Contains(shown, secret) {
				t.Errorf("%s shows the password: %s", verb, shown)
			}
		}
		for _, id := range []uint64{lir, 99999} {
			_, err := l.Store.RouterByID(t.Context(), id)
			refused(t, "no router", err, models.NotFound, fmt.Sprintf("No router found with ID: %d", id))
			err = l.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.SetHostKey(id, "x") })
			if models.ErrorCode(err) != models.NotFound {
				t.Errorf("host key of %d: %v", id, err)
			}
		}
		// A program without the key file reads no password, and says so where there
		// is one.
		blind, err := models.Open(t.Context(), models.Options{Database: l.Database})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = blind.Close() })
		routers, err = blind.Routers(t.Context())
		if err != nil || len(routers) != 2 || routers[0].Host != "192.0.2.1" || routers[0].Password() != "" || routers[1].Problem != nil ||
			!contains(routers[0].Problem, "router ar1.example.net: its password cannot be read: no key file") {
			t.Errorf("without keys: %v, %v, %v", routers, routers[0].Problem, err)
		}
	})
}

// A router that is stored wrongly stands in nobody's way.
func TestRoutersWithProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		fields models.FieldValues
		// damage is done to the secret of the router.
		damage string
		want   string
		code   models.Code
	}{
		{"word for a port", values(models.RouterHost, "192.0.2.66", models.RouterPort, "ssh"), "", "Router bad has no usable port: ssh", models.Invalid},
		{"port 0", values(models.RouterHost, "192.0.2.66", models.RouterPort, "0"), "", "Router bad has no usable port: 0", models.Invalid},
		{"too large a port", values(models.RouterHost, "192.0.2.66", models.RouterPort, "70000"), "", "Router bad has no usable port: 70000", models.Invalid},
		{"a secret that was changed", values(models.RouterHost, "192.0.2.66", models.RouterPassword, "planted"), "UPDATE secrets SET sealed = 'x' WHERE id = ?",
			"router bad: its password cannot be read: open secret: ", models.Internal},
		{"a secret under an unknown key", values(models.RouterHost, "192.0.2.66", models.RouterPassword, "planted"), "UPDATE secrets SET key_id = 'k00000000' WHERE id = ?",
			"router bad: its password cannot be read: open secret: ", models.Internal},
		{"a secret that is gone", values(models.RouterHost, "192.0.2.66", models.RouterPassword, "planted"), "DELETE FROM secrets WHERE id = ?",
			"router bad: its password cannot be read: the stored secret is gone", models.Internal},
		{"two at once", values(models.RouterHost, "192.0.2.66", models.RouterPassword, "planted", models.RouterPort, "ssh"), "DELETE FROM secrets WHERE id = ?",
			"router bad: its password cannot be read: the stored secret is gone", models.Internal},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				first := addEntry(t, l.Store, models.SectionRouter, "first", routerFields())
				bad := addEntry(t, l.Store, models.SectionRouter, "bad", test.fields)
				last := addEntry(t, l.Store, models.SectionRouter, "last", routerFields())
				if test.damage != "" {
					if _, err := l.Raw.Exec(test.damage, *reread(t, l.Store, bad).Values[models.RouterPassword][0].SecretID); err != nil {
						t.Fatal(err)
					}
				}
				routers, err := l.Store.Routers(t.Context())
				if err != nil || len(routers) != 3 {
					t.Fatalf("%v, %v", routers, err)
				}
				for i, id := range []uint64{first, bad, last} {
					r := routers[i]
					if r.ID != id || (r.Problem != nil) != (id == bad) || id != bad && (r.Password() != "s3cret" || r.Port != 22) {
						t.Errorf("%v: %v", r, r.Problem)
					}
				}
				r, err := l.Store.RouterByID(t.Context(), bad)
				if err != nil || r.Host != "192.0.2.66" || r.Password() != "" || r.Port != 0 {
					t.Fatalf("%v, %v", r, err)
				}
				if p := r.Problem; !contains(p, test.want) || models.ErrorCode(p) != test.code || contains(p, "planted") {
					t.Errorf("problem %v, want %s", p, test.want)
				}
				// What is set anew is good again, once the other host is trusted.
				fields := values(models.RouterPort, "", models.RouterPassword, "")
				if _, err := updateResource(t, l.Store, bad, models.ResourceChange{Fields: fields}); err != nil {
					t.Fatal(err)
				}
				if r, err = l.Store.RouterByID(t.Context(), bad); err != nil || r.Problem != nil {
					t.Errorf("mended: %v, %v", r.Problem, err)
				}
			})
		})
	}
}

func TestCommonExchanges(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		s := l.Store
		put(t, s, models.Network{ID: 1, Name: "we", ASN: new(uint32(64500))}, models.Network{ID: 2, Name: "peer", ASN: new(uint32(64501))},
			models.Network{ID: 3, Name: "we too", ASN: new(uint32(64502))}, models.Network{ID: 4, Name: "alone", ASN: new(uint32(64503))})
		put(t, s, models.Exchange{ID: 20, Name: "beta", City: new("Berlin")}, models.Exchange{ID: 21, Name: "Alpha"}, models.Exchange{ID: 22, Name: "theirs only"}, models.Exchange{ID: 23, Name: "ours only"})
		port := func(id, network, exchange uint64, v4, v6 string) models.Port {
			p := models.Port{ID: id, NetworkID: network, ExchangeID: exchange}
			if v4 != "" {
				p.IPv4 = &v4
			}
			if v6 != "" {
				p.IPv6 = &v6
			}
			return p
		}
		put(t, s, port(1, 1, 20, "192.0.2.1", "2001:db8::1"), port(2, 2, 20, "192.0.2.2", ""), port(3, 2, 21, "198.51.100.2", ""),
			port(4, 3, 21, "198.51.100.3", ""), port(5, 2, 22, "203.0.113.2", ""), port(6, 1, 23, "203.0.113.129", ""), port(7, 2, 20, "192.0.2.3", ""))
		var lines []string
		for _, of := range []struct {
			ours    []uint32
			network uint64
		}{{[]uint32{64500, 64502}, 2}, {[]uint32{64500}, 2}, {nil, 2}, {[]uint32{64500}, 4}, {[]uint32{65000}, 2}} {
			common, err := s.CommonExchanges(t.Context(), of.ours, of.network)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range common {
				lines = append(lines, fmt.Sprintf("%d %s %v %v", e.ID, e.Name, e.Ours, e.Theirs))
			}
			lines = append(lines, "")
		}
		for _, address := range []string{"2001:db8::1", "198.51.100.3", "192.0.2.99"} {
			p, n, err := s.PortByAddress(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				lines = append(lines, address+" nobody")
				continue
			}
			lines = append(lines, fmt.Sprintf("%s %d %s", address, p.ID, n.Name))
		}
		return lines
	})
	equal(t, "exchanges", got, []string{
		"21 Alpha [198.51.100.3] [198.51.100.2]", "20 beta [192.0.2.1 2001:db8::1] [192.0.2.2 192.0.2.3]", "",
		"20 beta [192.0.2.1 2001:db8::1] [192.0.2.2 192.0.2.3]", "", "", "", "",
		"2001:db8::1 1 we", "198.51.100.3 4 we too", "192.0.2.99 nobody",
	})
}
