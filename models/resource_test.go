package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// show gives a view as text: what it is, then its values. Secret values are
// shown as `secret`.
func show(v *models.ResourceView) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q", v.Type, v.Name)
	if v.Section != nil {
		fmt.Fprintf(&b, " in %s", v.Section.Slug)
	}
	for _, f := range v.Fields {
		for _, value := range v.Values[f.Slug] {
			text := value.Value
			if value.SecretID != nil {
				text = "secret" + text
			}
			fmt.Fprintf(&b, " %s[%d]=%s", f.Slug, value.Instance, text)
		}
	}
	return b.String()
}

// reread reads a resource again, past what a transaction returned.
func reread(t *testing.T, s *models.Store, id uint64) *models.ResourceView {
	t.Helper()
	views, err := s.Resources(t.Context(), models.ResourceQuery{IDs: []uint64{id}})
	if err != nil || len(views) != 1 {
		t.Fatalf("%d resources, %v", len(views), err)
	}
	return views[0]
}

func TestWhatExistsFromTheStart(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, nil, func(t *testing.T, l *modelstest.Lent) []string {
		return append(column(t, l, "SELECT s.slug FROM resources s WHERE type = 'section' ORDER BY id"),
			column(t, l, "SELECT CONCAT(s.slug, ' ', f.position, ' ', f.slug, ' ', f.secret, ' ', r.name, ' ', r.type)"+
				" FROM section_fields f JOIN resources s ON s.id = f.section_id JOIN resources r ON r.id = f.field_id AND r.slug = f.slug ORDER BY f.id")...)
	})
	equal(t, "sections", got, []string{
		"lir", "router", "resource-holder",
		"lir 1 rir 0 RIR field", "lir 2 asn 0 ASN field", "lir 3 org-handle 0 Org Handle field", "lir 4 admin-poc 0 Admin POC field",
		"lir 5 net-poc 0 Net POC field", "lir 6 abuse-poc 0 Abuse POC field", "lir 7 net-name-prefix 0 Net Name Prefix field",
		"lir 8 api-key 1 API Key field", "lir 9 mnt-by 0 Mnt By field", "lir 10 mnt-by-password 1 Mnt By Password field",
		"lir 11 admin-c 0 Admin C field", "lir 12 tech-c 0 Tech C field",
		"router 1 host 0 Host field", "router 2 port 0 Port field", "router 3 platform 0 Platform field", "router 4 username 0 Username field",
		"router 5 password 1 Password field", "router 6 host-key 0 Host Key field", "router 7 local-address 0 Local Address field",
		"resource-holder 1 contact-name 0 Contact Name field", "resource-holder 2 contact-email 0 Contact Email field",
		"resource-holder 3 contact-phone 0 Contact Phone field", "resource-holder 4 street-address 0 Street Address field",
	})
}

func TestAddResource(t *testing.T) {
	t.Parallel()
	several := models.FieldValues{}
	several.Set("host", 2, "third")
	several.Set("host", 0, "first")
	several.Set("password", 1, "s3cret")
	several.Set("no-such-field", 0, "x")
	several.Set("port", 0, "")
	for _, test := range []struct {
		name   string
		change models.ResourceChange
		want   string
	}{
		{"without section", models.ResourceChange{Name: new("Cat"), Type: new("category")}, `category "Cat"`},
		{"without anything", models.ResourceChange{}, ` ""`},
		{"fields of what has no section", models.ResourceChange{Name: new("Cat"), Type: new("category"), Fields: values("host", "x")}, `category "Cat"`},
		{"section of what is no entry", models.ResourceChange{Type: new("x"), SectionSlug: new("router")}, `x ""`},
		{"entry", models.ResourceChange{Name: new("R"), Type: new("entry"), SectionSlug: new("router")}, `entry "R" in router`},
		{"section with spaces behind", models.ResourceChange{Type: new("entry"), SectionSlug: new("router ")}, `entry "" in router`},
		{"several instances", models.ResourceChange{Name: new("R"), Type: new("entry"), SectionSlug: new("router"), Fields: several},
			`entry "R" in router host[0]=first host[2]=third password[1]=secret`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				v := add(t, l.Store, test.change)
				if got := show(v); got != test.want {
					t.Errorf("added %s, want %s", got, test.want)
				}
				if got := show(reread(t, l.Store, v.ID)); got != test.want {
					t.Errorf("read %s, want %s", got, test.want)
				}
				if *v.ParentID != models.RootID || v.Date != moment || v.Modified != moment || v.DeletedAt != nil || v.CategoryID != nil {
					t.Errorf("resource %+v", v.Resource)
				}
			})
		})
	}
}

func TestAddResourceRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change models.ResourceChange
		want   string
	}{
		{"no section", models.ResourceChange{Type: new("entry")}, "Entries must be assigned to a section"},
		{"empty section", models.ResourceChange{Type: new("entry"), SectionSlug: new("")}, "Entries must be assigned to a section"},
		{"unknown section", models.ResourceChange{Type: new("entry"), SectionSlug: new("firewall")}, "Invalid value for meta[section]: firewall"},
		{"section in other case", models.ResourceChange{Type: new("entry"), SectionSlug: new("LIR")}, "Invalid value for meta[section]: LIR"},
		{"not a section", models.ResourceChange{Type: new("entry"), SectionSlug: new("tlr")}, "Invalid value for meta[section]: tlr"},
		{"id of no section", models.ResourceChange{Type: new("entry"), SectionID: new(uint64(1))}, "Invalid value for meta[section_id]: 1"},
		{"unknown parent", models.ResourceChange{ParentID: new(uint64(9999))}, "Invalid value for meta[parent_id]: 9999"},
		{"parent 0", models.ResourceChange{ParentID: new(uint64(0))}, "Invalid value for meta[parent_id]: 0"},
		{"unknown category", models.ResourceChange{CategoryID: new(uint64(9999))}, "Invalid value for meta[category_id]: 9999"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				before := versions(t, l.Store)
				err := l.Store.Write(t.Context(), func(tx *models.Tx) error { _, err := tx.AddResource(test.change); return err })
				refused(t, "add", err, models.Invalid, test.want)
				if versions(t, l.Store) != before {
					t.Error("a version was raised")
				}
			})
		})
	}
}

func TestUpdateResource(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(moment)
			l := modelstest.Lend(t, kind, clock.Now)
			start := values("host", "a", "port", "22", "password", "s3cret")
			start.Set("host", 1, "b")
			start.Set("password", 1, "other")
			id := addEntry(t, l.Store, "router", "Router One", start)
			category, parent := addBelow(t, l.Store, 0, "Category").ID, addBelow(t, l.Store, 0, "Parent").ID
			added := `entry "Router One" in router host[0]=a host[1]=b port[0]=22 password[0]=secret password[1]=secret`
			equal(t, "added", []string{show(reread(t, l.Store, id))}, []string{added})
			gone := values("host", "", "port", "", "password", "", "username", "")
			gone.Set("host", 5, "")
			for _, test := range []struct {
				name, want string
				change     models.ResourceChange
				modified   bool
			}{
				{"nothing", added, models.ResourceChange{}, false},
				{"what it is", added, models.ResourceChange{Name: new("Router One"), CustomID: new(""), ParentID: new(uint64(1)), SectionSlug: new("router")}, false},
				{"fields of other sections", added, models.ResourceChange{Fields: values("rir", "ARIN")}, false},
				{"its name", `entry "Renamed" in router host[0]=a host[1]=b port[0]=22 password[0]=secret password[1]=secret`,
					models.ResourceChange{Name: new("Renamed")}, true},
				{"parent, category and custom id", `entry "Renamed" in router host[0]=a host[1]=b port[0]=22 password[0]=secret password[1]=secret`,
					models.ResourceChange{ParentID: &parent, CategoryID: &category, CustomID: new("c-1")}, true},
				{"a field", `entry "Renamed" in router host[0]=c host[1]=b port[0]=22 password[0]=secret password[1]=secret`,
					models.ResourceChange{Fields: values("host", "c")}, true},
				{"fields that go", `entry "Renamed" in router host[1]=b password[1]=secret`, models.ResourceChange{Fields: gone}, true},
				{"its type, which stays", `entry "Renamed" in router host[1]=b password[1]=secret`, models.ResourceChange{Type: new("category")}, false},
			} {
				clock.Advance(time.Minute)
				var v *models.ResourceView
				write(t, l.Store, func(tx *models.Tx) (err error) {
					v, err = tx.UpdateResource(id, test.change)
					return err
				})
				if got := show(v); got != test.want {
					t.Errorf("%s: returned %s, want %s", test.name, got, test.want)
				}
				v = reread(t, l.Store, id)
				if got := show(v); got != test.want {
					t.Errorf("%s: read %s, want %s", test.name, got, test.want)
				}
				if modified := v.Modified == clock.Now().Unix(); modified != test.modified || v.Date != moment || v.Slug != "router-one" {
					t.Errorf("%s: modified now: %v, slug %s", test.name, modified, v.Slug)
				}
			}
			v := reread(t, l.Store, id)
			if *v.ParentID != parent || *v.CategoryID != category || v.CustomID != "c-1" {
				t.Errorf("resource %+v", v.Resource)
			}
			equal(t, "secrets left", column(t, l, "SELECT id FROM secrets ORDER BY id"), []string{"2"})
		})
	}
}

func TestUpdateResourceRefuses(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		a := addBelow(t, l.Store, 0, "a").ID
		b := addBelow(t, l.Store, a, "b").ID
		c := addBelow(t, l.Store, b, "c").ID
		entry := addEntry(t, l.Store, "router", "r", values("host", "x"))
		before := versions(t, l.Store)
		for _, test := range []struct {
			name   string
			id     uint64
			change models.ResourceChange
			code   models.Code
			want   string
		}{
			{"unknown", 9999, models.ResourceChange{}, models.NotFound, "No resource found with ID: 9999"},
			{"below itself", a, models.ResourceChange{ParentID: &a}, models.Invalid, fmt.Sprint("Invalid value for meta[parent_id]: ", a)},
			{"below its child", a, models.ResourceChange{ParentID: &b}, models.Invalid, fmt.Sprint("Invalid value for meta[parent_id]: ", b)},
			{"below the child of that", a, models.ResourceChange{ParentID: &c}, models.Invalid, fmt.Sprint("Invalid value for meta[parent_id]: ", c)},
			{"the root below another", models.RootID, models.ResourceChange{ParentID: &a}, models.Invalid, fmt.Sprint("Invalid value for meta[parent_id]: ", a)},
			{"unknown parent", a, models.ResourceChange{ParentID: new(uint64(9999))}, models.Invalid, "Invalid value for meta[parent_id]: 9999"},
			{"unknown section", entry, models.ResourceChange{SectionSlug: new("x"), Name: new("lost")}, models.Invalid, "Invalid value for meta[section]: x"},
		} {
			err := l.Store.Write(t.Context(), func(tx *models.Tx) error { _, err := tx.UpdateResource(test.id, test.change); return err })
			refused(t, test.name, err, test.code, test.want)
		}
		if versions(t, l.Store) != before {
			t.Error("a version was raised")
		}
		write(t, l.Store, func(tx *models.Tx) error {
			_, err := tx.UpdateResource(c, models.ResourceChange{ParentID: &a})
			return err
		})
		write(t, l.Store, func(tx *models.Tx) error {
			_, err := tx.UpdateResource(b, models.ResourceChange{ParentID: &c})
			return err
		})
		equal(t, "parents", column(t, l, "SELECT parent_id FROM resources WHERE id >= ? AND id <= ? ORDER BY id", a, c),
			[]string{"1", fmt.Sprint(c), fmt.Sprint(a)})
	})
}

// A secret that is set again keeps its id, so that answers stay true.
func TestASecretKeepsItsID(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		id := addEntry(t, l.Store, "lir", "LIR", values("rir", "ARIN", "asn", "1", "org-handle", "ORG", "api-key", "one"))
		secret := func() uint64 { return *reread(t, l.Store, id).Values["api-key"][0].SecretID }
		first := secret()
		set := func(value string) {
			write(t, l.Store, func(tx *models.Tx) error {
				_, err := tx.UpdateResource(id, models.ResourceChange{RIRs: rirs, Fields: values("api-key", value)})
				return err
			})
		}
		clear := func() string {
			lirs, err := l.Store.LIRs(t.Context(), &id, true)
			if err != nil {
				t.Fatal(err)
			}
			return lirs[0].Entities[0]["api-key"]
		}
		for _, value := range []string{"two", "two", strings.Repeat("long", 10000), "é😀\x00"} {
			set(value)
			if secret() != first || clear() != value {
				t.Errorf("secret %d, before %d", secret(), first)
			}
		}
		set("")
		if n := column(t, l, "SELECT COUNT(*) FROM secrets"); !slices.Equal(n, []string{"0"}) || clear() != "" {
			t.Errorf("%s secrets are left", n)
		}
		set("again")
		if secret() == first {
			t.Error("the id of a removed secret was used again")
		}
	})
}
