package models_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// showLIRs gives LIRs as text, one a line.
func showLIRs(t *testing.T, s *models.Store, id *uint64, clear bool) []string {
	t.Helper()
	lirs, err := s.LIRs(t.Context(), id, clear)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range lirs {
		line := fmt.Sprintf("%s %s %s", l.Slug, l.RIR, l.ASN)
		for _, e := range l.Entities {
			var pairs []string
			for _, slug := range slices.Sorted(maps.Keys(e)) {
				pairs = append(pairs, slug+"="+e[slug])
			}
			line += " {" + strings.Join(pairs, " ") + "}"
		}
		lines = append(lines, line)
	}
	return lines
}

func lirChange(fields models.FieldValues) models.ResourceChange {
	return models.ResourceChange{Name: new("L"), Type: new("entry"), SectionSlug: new("lir"), Fields: fields, RIRs: rirs}
}

func TestAddLIR(t *testing.T) {
	t.Parallel()
	several := values("rir", "ARIN", "asn", "1", "org-handle", "A", "admin-poc", "a")
	several.Set("org-handle", 3, "B")
	several.Set("api-key", 3, "s3cret")
	several.Set("admin-poc", 1, "of no organisation")
	several.Set("asn", 1, "2")
	for _, test := range []struct {
		name   string
		fields models.FieldValues
		// view is what is stored, lir what lir get shows with secrets.
		view, lir string
	}{
		{"ARIN", values("rir", "ARIN", "asn", "64500", "org-handle", "EX-1", "admin-poc", "a", "net-poc", "n", "abuse-poc", "b", "net-name-prefix", "EX", "api-key", "k"),
			"rir[0]=ARIN asn[0]=64500 org-handle[0]=EX-1 admin-poc[0]=a net-poc[0]=n abuse-poc[0]=b net-name-prefix[0]=EX api-key[0]=secret",
			"l ARIN 64500 {abuse-poc=b admin-poc=a api-key=k net-name-prefix=EX net-poc=n org-handle=EX-1}"},
		{"RIPE", values("rir", "RIPE", "asn", "1", "mnt-by", "M", "mnt-by-password", "p", "admin-c", "a", "tech-c", "t", "api-key", "k"),
			"rir[0]=RIPE asn[0]=1 api-key[0]=secret mnt-by[0]=M mnt-by-password[0]=secret admin-c[0]=a tech-c[0]=t",
			"l RIPE 1 {admin-c=a api-key=k mnt-by=M mnt-by-password=p tech-c=t}"},
		{"a registry in other case", values("rir", "afrinic", "asn", "1", "mnt-by", "M"), "rir[0]=AfriNIC asn[0]=1 mnt-by[0]=M", "l AfriNIC 1 {mnt-by=M}"},
		{"private addresses", values("rir", "1918", "asn", "1"), "rir[0]=1918 asn[0]=1", "l 1918 1"},
		{"fields of the other family", values("rir", "RIPE", "asn", "1", "mnt-by", "M", "org-handle", "X", "net-poc", "n"),
			"rir[0]=RIPE asn[0]=1 mnt-by[0]=M", "l RIPE 1 {mnt-by=M}"},
		{"no organisation", values("rir", "ARIN", "asn", "1", "admin-poc", "a", "api-key", "k"), "rir[0]=ARIN asn[0]=1", "l ARIN 1"},
		{"an empty organisation", values("rir", "ARIN", "asn", "1", "org-handle", "", "admin-poc", "a"), "rir[0]=ARIN asn[0]=1", "l ARIN 1"},
		{"no maintainer", values("rir", "APNIC", "asn", "1", "org-handle", "X", "admin-c", "a"), "rir[0]=APNIC asn[0]=1", "l APNIC 1"},
		{"tech-c for a missing net-poc", values("rir", "ARIN", "asn", "1", "org-handle", "X", "tech-c", "t"),
			"rir[0]=ARIN asn[0]=1 org-handle[0]=X net-poc[0]=t", "l ARIN 1 {net-poc=t org-handle=X}"},
		{"tech-c beside net-poc", values("rir", "ARIN", "asn", "1", "org-handle", "X", "tech-c", "t", "net-poc", "n"),
			"rir[0]=ARIN asn[0]=1 org-handle[0]=X net-poc[0]=n", "l ARIN 1 {net-poc=n org-handle=X}"},
		{"several organisations", several,
			"rir[0]=ARIN asn[0]=1 asn[1]=2 org-handle[0]=A org-handle[3]=B admin-poc[0]=a api-key[3]=secret",
			"l ARIN 1 {admin-poc=a org-handle=A} {api-key=s3cret org-handle=B}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				// Cloned: what is accepted may be changed on the way.
				fields := models.FieldValues{}
				for slug, instances := range test.fields {
					fields[slug] = maps.Clone(instances)
				}
				v := add(t, l.Store, lirChange(fields))
				want := []string{`entry "L" in lir ` + test.view}
				equal(t, "added", []string{show(v)}, want)
				equal(t, "read", []string{show(reread(t, l.Store, v.ID))}, want)
				equal(t, "LIR", showLIRs(t, l.Store, &v.ID, true), []string{test.lir})
			})
		})
	}
}

func TestAddLIRRefuses(t *testing.T) {
	t.Parallel()
	second := models.FieldValues{}
	second.Set("rir", 1, "ARIN")
	second.Set("asn", 0, "1")
	for _, test := range []struct {
		name, want string
		fields     models.FieldValues
	}{
		{"nothing", "Missing required parameter: fields[rir]", nil},
		{"no registry", "Missing required parameter: fields[rir]", values("asn", "1")},
		{"empty registry", "Missing required parameter: fields[rir]", values("rir", "", "asn", "1")},
		{"registry as a second instance", "Missing required parameter: fields[rir]", second},
		{"no AS number", "Missing required parameter: fields[asn]", values("rir", "ARIN")},
		{"empty AS number", "Missing required parameter: fields[asn]", values("rir", "ARIN", "asn", "")},
		{"unknown registry", "Invalid value for fields[rir]: IANA", values("rir", "IANA", "asn", "1")},
		{"registry with a space", "Invalid value for fields[rir]: ARIN ", values("rir", "ARIN ", "asn", "1")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := modelstest.Lend(t, modelstest.Kinds()[0], standing)
			err := l.Store.Write(t.Context(), func(tx *models.Tx) error { _, err := tx.AddResource(lirChange(test.fields)); return err })
			refused(t, "add", err, models.Invalid, test.want)
			equal(t, "LIRs", showLIRs(t, l.Store, nil, true), nil)
		})
	}
}

func TestUpdateLIR(t *testing.T) {
	t.Parallel()
	const ripe = "l RIPE 1 {admin-c=a api-key=k mnt-by=M mnt-by-password=p}"
	second := values("mnt-by", "")
	second.Set("mnt-by", 1, "N")
	second.Set("tech-c", 1, "t")
	for _, test := range []struct {
		name   string
		fields []models.FieldValues
		want   string
		wrong  string
	}{
		{"nothing", []models.FieldValues{nil}, ripe, ""},
		{"a plain value", []models.FieldValues{values("admin-c", "b")}, "l RIPE 1 {admin-c=b api-key=k mnt-by=M mnt-by-password=p}", ""},
		{"a secret", []models.FieldValues{values("mnt-by-password", "q")}, "l RIPE 1 {admin-c=a api-key=k mnt-by=M mnt-by-password=q}", ""},
		{"a value that goes", []models.FieldValues{values("admin-c", "")}, "l RIPE 1 {api-key=k mnt-by=M mnt-by-password=p}", ""},
		{"the AS number", []models.FieldValues{values("asn", "2")}, "l RIPE 2 {admin-c=a api-key=k mnt-by=M mnt-by-password=p}", ""},
		{"an AS number that goes", []models.FieldValues{values("asn", "")}, "l RIPE  {admin-c=a api-key=k mnt-by=M mnt-by-password=p}", ""},
		{"a value of an instance without maintainer", []models.FieldValues{instance(values(), "admin-c", 1, "x")}, ripe, ""},
		{"another maintainer", []models.FieldValues{instance(instance(values(), "mnt-by", 1, "N"), "admin-c", 1, "x")}, ripe + " {admin-c=x mnt-by=N}", ""},
		{"the first maintainer goes", []models.FieldValues{second}, "l RIPE 1 {mnt-by=N tech-c=t}", ""},
		{"values sent with a maintainer that goes", []models.FieldValues{values("mnt-by", "", "admin-c", "lost"), values("mnt-by", "M2")},
			"l RIPE 1 {admin-c=a api-key=k mnt-by=M2 mnt-by-password=p}", ""},
		{"another registry of the family", []models.FieldValues{values("rir", "apnic")}, strings.Replace(ripe, "RIPE", "APNIC", 1), ""},
		{"the other family", []models.FieldValues{values("rir", "ARIN")}, "l ARIN 1", ""},
		{"the other family, with values", []models.FieldValues{values("rir", "ARIN", "org-handle", "X", "tech-c", "t", "admin-c", "lost")},
			"l ARIN 1 {api-key=k net-poc=t org-handle=X}", ""},
		{"there and back", []models.FieldValues{values("rir", "ARIN", "org-handle", "X"), values("rir", "RIPE")}, ripe, ""},
		{"a registry that goes", []models.FieldValues{values("rir", "")}, ripe, "Missing required parameter: fields[rir]"},
		{"an unknown registry", []models.FieldValues{values("rir", "x", "admin-c", "lost")}, ripe, "Invalid value for fields[rir]: x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				id := add(t, l.Store, lirChange(values("rir", "RIPE", "asn", "1", "mnt-by", "M", "mnt-by-password", "p", "admin-c", "a", "api-key", "k"))).ID
				for _, fields := range test.fields {
					var returned *models.ResourceView
					err := l.Store.Write(t.Context(), func(tx *models.Tx) (err error) {
						sent := models.FieldValues{}
						for slug, instances := range fields {
							sent[slug] = maps.Clone(instances)
						}
						returned, err = tx.UpdateResource(id, models.ResourceChange{Fields: sent, RIRs: rirs})
						return err
					})
					if test.wrong != "" {
						refused(t, "update", err, models.Invalid, test.wrong)
					} else if err != nil {
						t.Fatal(err)
					} else if got, want := show(returned), show(reread(t, l.Store, id)); got != want {
						t.Errorf("returned %s, stored %s", got, want)
					}
				}
				equal(t, "LIR", showLIRs(t, l.Store, &id, true), []string{test.want})
			})
		})
	}
}

func instance(v models.FieldValues, slug string, n uint32, value string) models.FieldValues {
	v.Set(slug, n, value)
	return v
}

// The values of another registry stay stored and are not shown.
func TestShownFields(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[0], standing)
	slugs := func(v *models.ResourceView) string {
		var all []string
		for _, f := range v.ShownFields() {
			all = append(all, f.Slug)
		}
		return strings.Join(all, " ")
	}
	const arin, others = "rir asn org-handle admin-poc net-poc abuse-poc net-name-prefix api-key", "rir asn api-key mnt-by mnt-by-password admin-c tech-c"
	for _, test := range []struct{ rir, want string }{{"ARIN", arin}, {"RIPE", others}, {"1918", others}} {
		v := add(t, l.Store, lirChange(values("rir", test.rir, "asn", "1")))
		if got := slugs(v); got != test.want || !v.DescribesLIR() {
			t.Errorf("%s shows %s, want %s", test.rir, got, test.want)
		}
	}
	id := addEntry(t, l.Store, "router", "R", nil)
	if v := reread(t, l.Store, id); v.DescribesLIR() || slugs(v) != "host port platform username password host-key local-address" {
		t.Errorf("a router shows %s", slugs(v))
	}
	if v := addBelow(t, l.Store, 0, "x"); v.DescribesLIR() || slugs(v) != "" {
		t.Errorf("a category shows %s", slugs(v))
	}
}

func TestLIRs(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		equal(t, "none", showLIRs(t, l.Store, nil, true), nil)
		first := add(t, l.Store, lirChange(values("rir", "RIPE", "asn", "1", "mnt-by", "M", "mnt-by-password", "p"))).ID
		router := addEntry(t, l.Store, "router", "R", values("host", "h"))
		second := add(t, l.Store, lirChange(values("rir", "ARIN", "asn", "2"))).ID
		third := add(t, l.Store, lirChange(values("rir", "1918", "asn", "3"))).ID
		write(t, l.Store, func(tx *models.Tx) error {
			v, err := tx.FindResource(second)
			if err != nil {
				return err
			}
			return tx.DeleteResource(&v.Resource)
		})
		for _, test := range []struct {
			name  string
			id    *uint64
			clear bool
			want  []string
		}{
			{"all", nil, true, []string{"l RIPE 1 {mnt-by=M mnt-by-password=p}", "l-3 1918 3"}},
			{"all without secrets", nil, false, []string{"l RIPE 1 {mnt-by=M}", "l-3 1918 3"}},
			{"one", &first, true, []string{"l RIPE 1 {mnt-by=M mnt-by-password=p}"}},
			{"one without entities", &third, true, []string{"l-3 1918 3"}},
			{"a deleted one", &second, true, nil},
			{"a router", &router, true, nil},
			{"unknown", new(uint64(9999)), true, nil},
			{"0", new(uint64(0)), true, nil},
		} {
			equal(t, test.name, showLIRs(t, l.Store, test.id, test.clear), test.want)
		}
	})
}
