package models_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

var errDenied = errors.New("denied")

// routerFields are those of a router that lacks nothing.
func routerFields() models.FieldValues {
	return values(models.RouterHost, "192.0.2.1", models.RouterPort, "22", models.RouterPlatform, "frrouting", models.RouterUsername, "netop",
		models.RouterPassword, "s3cret", models.RouterHostKey, "key", models.RouterLocalAddress, "192.0.2.1")
}

func updateResource(t *testing.T, s *models.Store, id uint64, c models.ResourceChange) (v *models.ResourceView, err error) {
	t.Helper()
	err = s.Write(t.Context(), func(tx *models.Tx) error { v, err = tx.UpdateResource(id, c); return err })
	return v, err
}

// Who may not change how a router is reached is refused whatever would, and
// whatever would tell the password.
func TestRouterRulesDeny(t *testing.T) {
	t.Parallel()
	second := values()
	second.Set(models.RouterHost, 1, "192.0.2.2")
	for _, test := range []struct {
		name   string
		change models.ResourceChange
		denied bool
	}{
		{"host", models.ResourceChange{Fields: values(models.RouterHost, "192.0.2.66")}, true},
		{"a second host", models.ResourceChange{Fields: second}, true},
		{"no host", models.ResourceChange{Fields: values(models.RouterHost, "")}, true},
		{"port", models.ResourceChange{Fields: values(models.RouterPort, "2222")}, true},
		{"a port that is none", models.ResourceChange{Fields: values(models.RouterPort, "ssh")}, true},
		{"platform", models.ResourceChange{Fields: values(models.RouterPlatform, "arista_eos")}, true},
		{"user", models.ResourceChange{Fields: values(models.RouterUsername, "root")}, true},
		{"password", models.ResourceChange{Fields: values(models.RouterPassword, "other")}, true},
		{"the same password", models.ResourceChange{Fields: values(models.RouterPassword, "s3cret")}, true},
		{"no password", models.ResourceChange{Fields: values(models.RouterPassword, "")}, true},
		{"host key", models.ResourceChange{Fields: values(models.RouterHostKey, "other")}, true},
		{"no host key", models.ResourceChange{Fields: values(models.RouterHostKey, "")}, true},
		{"out of the section", models.ResourceChange{SectionSlug: new(models.SectionResourceHolder)}, true},
		{"one of several", models.ResourceChange{Name: new("new"), Fields: values(models.RouterLocalAddress, "192.0.2.9", models.RouterHost, "192.0.2.66")}, true},
		{"what they are", models.ResourceChange{Fields: values(models.RouterHost, "192.0.2.1", models.RouterPort, " 22 ", models.RouterPlatform, "FRRouting",
			models.RouterUsername, "netop", models.RouterHostKey, "key")}, false},
		{"its section", models.ResourceChange{SectionSlug: new(models.SectionRouter)}, false},
		{"name and own address", models.ResourceChange{Name: new("new"), Fields: values(models.RouterLocalAddress, "192.0.2.9")}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				id := addEntry(t, l.Store, models.SectionRouter, "R", routerFields())
				before, known := show(reread(t, l.Store, id)), versions(t, l.Store)
				change := test.change
				change.Routers = &models.RouterRules{Platforms: []string{"arista_eos", "frrouting"}, Denied: errDenied}
				_, err := updateResource(t, l.Store, id, change)
				if errors.Is(err, errDenied) != test.denied || !test.denied && err != nil {
					t.Fatalf("error %v", err)
				}
				if after := show(reread(t, l.Store, id)); test.denied && (after != before || versions(t, l.Store) != known) {
					t.Errorf("%s, was %s", after, before)
				}
				r, err := l.Store.RouterByID(t.Context(), id)
				if err != nil || r.Password() != "s3cret" || r.Host != "192.0.2.1" || r.HostKey != "key" {
					t.Errorf("%v, %v", r, err)
				}
			})
		})
	}
}

func TestRouterRulesForOthers(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		rules := &models.RouterRules{Denied: errDenied}
		write := func(do func(tx *models.Tx) error) error { return l.Store.Write(t.Context(), do) }
		entry := func(section string, fields models.FieldValues) error {
			return write(func(tx *models.Tx) error {
				_, err := tx.AddResource(models.ResourceChange{Name: new("x"), Type: new(models.TypeEntry), SectionSlug: &section, Fields: fields, Routers: rules})
				return err
			})
		}
		before := column(t, l, "SELECT id FROM resources")
		for slug := range routerFields() {
			if err := entry(models.SectionRouter, values(slug, "1")); errors.Is(err, errDenied) != (slug != models.RouterLocalAddress) {
				t.Errorf("%s: %v", slug, err)
			}
		}
		if got := column(t, l, "SELECT id FROM resources"); len(got) != len(before)+1 {
			t.Errorf("%d resources, were %d", len(got), len(before))
		}
		if err := entry(models.SectionRouter, values(models.RouterHost, "", models.RouterPassword, "")); err != nil {
			t.Errorf("without fields: %v", err)
		}
		if err := entry(models.SectionResourceHolder, values("host", "192.0.2.1", "contact-name", "n")); err != nil {
			t.Errorf("another section: %v", err)
		}
		holder := addEntry(t, l.Store, models.SectionResourceHolder, "H", nil)
		if _, err := updateResource(t, l.Store, holder, models.ResourceChange{SectionSlug: new(models.SectionRouter), Routers: rules}); !errors.Is(err, errDenied) {
			t.Errorf("into the section: %v", err)
		}
		if _, err := updateResource(t, l.Store, holder, models.ResourceChange{Fields: values("contact-name", "n"), Routers: rules}); err != nil {
			t.Errorf("a field of another section: %v", err)
		}
	})
}

// A router that is redirected loses its host key, so that no password is sent
// before somebody trusts what is there.
func TestARedirectedRouterIsNotTrusted(t *testing.T) {
	t.Parallel()
	second := values(models.RouterHost, "192.0.2.66")
	second.Set(models.RouterHostKey, 1, "second")
	for _, test := range []struct {
		name   string
		fields models.FieldValues
		want   string
	}{
		{"host", values(models.RouterHost, "192.0.2.66"), ""},
		{"no host", values(models.RouterHost, ""), ""},
		{"port", values(models.RouterPort, "2222"), ""},
		{"no port", values(models.RouterPort, ""), ""},
		{"host and key", values(models.RouterHost, "192.0.2.66", models.RouterHostKey, "other"), "other"},
		{"host and the same key", values(models.RouterHost, "192.0.2.66", models.RouterHostKey, "key"), "key"},
		{"host and another instance of the key", second, "second"},
		{"host and an empty key", values(models.RouterHost, "192.0.2.66", models.RouterHostKey, ""), ""},
		{"the same host and port", values(models.RouterHost, "192.0.2.1", models.RouterPort, "22"), "key"},
		{"all else", values(models.RouterPlatform, "arista_eos", models.RouterUsername, "u", models.RouterPassword, "p", models.RouterLocalAddress, "a"), "key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				id := addEntry(t, l.Store, models.SectionRouter, "R", routerFields())
				v, err := updateResource(t, l.Store, id, models.ResourceChange{Fields: test.fields})
				if err != nil {
					t.Fatal(err)
				}
				if shown, stored := show(v), show(reread(t, l.Store, id)); shown != stored {
					t.Errorf("returned %s, stored is %s", shown, stored)
				}
				if r, err := l.Store.RouterByID(t.Context(), id); err != nil || r.HostKey != test.want {
					t.Errorf("key %q, want %q (%v)", r.HostKey, test.want, err)
				}
			})
		})
	}
}

func TestRouterValues(t *testing.T) {
	t.Parallel()
	rules := &models.RouterRules{Platforms: []string{"arista_eos", "frrouting"}}
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		id := addEntry(t, l.Store, models.SectionRouter, "R", nil)
		for _, test := range []struct {
			slug, value string
			// want is what is stored, or the error.
			want string
		}{
			{models.RouterPort, "1", "1"},
			{models.RouterPort, "65535", "65535"},
			{models.RouterPort, " 0830\t", "830"},
			{models.RouterPort, "", ""},
			{models.RouterPort, "ssh", "Invalid value for fields[port]: ssh"},
			{models.RouterPort, "0", "Invalid value for fields[port]: 0"},
			{models.RouterPort, "65536", "Invalid value for fields[port]: 65536"},
			{models.RouterPort, "-22", "Invalid value for fields[port]: -22"},
			{models.RouterPort, "+22", "Invalid value for fields[port]: +22"},
			{models.RouterPort, "22.0", "Invalid value for fields[port]: 22.0"},
			{models.RouterPort, " ", "Invalid value for fields[port]:  "},
			{models.RouterPort, strings.Repeat("é", 101), "Invalid value for fields[port]: " + strings.Repeat("é", 100) + "…"},
			{models.RouterPlatform, "frrouting", "frrouting"},
			{models.RouterPlatform, "Arista_EOS", "arista_eos"},
			{models.RouterPlatform, "", ""},
			{models.RouterPlatform, "ios", "Invalid value for fields[platform]: ios"},
			{models.RouterPlatform, "frrouting ", "Invalid value for fields[platform]: frrouting "},
		} {
			for _, instance := range []uint32{0, 3} {
				fields := models.FieldValues{}
				fields.Set(test.slug, instance, test.value)
				before := show(reread(t, l.Store, id))
				_, err := updateResource(t, l.Store, id, models.ResourceChange{Fields: fields, Routers: rules})
				added := l.Store.Write(t.Context(), func(tx *models.Tx) error {
					_, err := tx.AddResource(models.ResourceChange{Type: new(models.TypeEntry), SectionSlug: new(models.SectionRouter), Fields: fields, Routers: rules})
					return err
				})
				name := fmt.Sprintf("%s[%d] %q", test.slug, instance, test.value)
				if err != nil || added != nil {
					refused(t, name, err, models.Invalid, test.want)
					refused(t, name+" of a new one", added, models.Invalid, test.want)
					if after := show(reread(t, l.Store, id)); after != before {
						t.Errorf("%s: %s, was %s", name, after, before)
					}
					continue
				}
				got := ""
				for _, v := range reread(t, l.Store, id).Values[test.slug] {
					if v.Instance == instance {
						got = v.Value
					}
				}
				if got != test.want {
					t.Errorf("%s is stored as %q, want %q", name, got, test.want)
				}
			}
		}
		// What is no router may have any.
		if _, err := updateResource(t, l.Store, addEntry(t, l.Store, models.SectionResourceHolder, "H", nil),
			models.ResourceChange{Fields: values(models.RouterPort, "ssh", models.RouterPlatform, "ios"), Routers: rules}); err != nil {
			t.Errorf("another section: %v", err)
		}
	})
}

func TestHoldsRouter(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		top := addBelow(t, l.Store, 0, "top").ID
		middle := addBelow(t, l.Store, top, "middle").ID
		beside := addBelow(t, l.Store, top, "beside").ID
		router := addEntry(t, l.Store, models.SectionRouter, "R", nil)
		gone := addEntry(t, l.Store, models.SectionRouter, "gone", nil)
		for id, parent := range map[uint64]uint64{router: middle, gone: beside} {
			if _, err := updateResource(t, l.Store, id, models.ResourceChange{ParentID: &parent}); err != nil {
				t.Fatal(err)
			}
		}
		if err := remove(t, l.Store, gone); err != nil {
			t.Fatal(err)
		}
		holder := addEntry(t, l.Store, models.SectionResourceHolder, "H", nil)
		for id, want := range map[uint64]bool{
			top: true, middle: true, router: true, beside: false, holder: false, sectionID(t, l, "router"): false, models.RootID: true,
		} {
			write(t, l.Store, func(tx *models.Tx) error {
				if got, err := tx.HoldsRouter(find(tx, id)); err != nil || got != want {
					t.Errorf("%d: %v, %v", id, got, err)
				}
				return nil
			})
		}
	})
}
