package models_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestSlugify(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, want string }{
		// Those that the vendor's documentation shows.
		{"6Connect, Inc.", "6connect-inc"}, {"TestLIR", "testlir"}, {"RIPE Test LIR", "ripe-test-lir"}, {"ARIN Test LIR", "arin-test-lir"},
		{"Firewall", "firewall"}, {"4BCH", "4bch"}, {"LIR", "lir"},
		{"", ""}, {"---", ""}, {"  a  b  ", "a-b"}, {"a_b", "a-b"}, {"a--b", "a-b"}, {"é", ""}, {"Café Noir", "caf-noir"}, {"日本", ""},
		{"😀 net 😀", "net"}, {"a\x00b", "a-b"}, {"\u212aelvin", "kelvin"}, {"İstanbul", "istanbul"}, {"\xffa\xff", "a"}, {"0", "0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := models.Slugify(test.name); got != test.want {
				t.Errorf("slug %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzSlugify(f *testing.F) {
	for _, seed := range []string{"", "6Connect, Inc.", "İİ", "a-", "-a", "\xff", "😀"} {
		f.Add(seed)
	}
	form := regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*)?$`)
	f.Fuzz(func(t *testing.T, name string) {
		slug := models.Slugify(name)
		if !form.MatchString(slug) {
			t.Errorf("slug %q", slug)
		}
		if again := models.Slugify(slug); again != slug {
			t.Errorf("slug %q, and its slug %q", slug, again)
		}
	})
}

func TestSlugsOfOneName(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		var lines []string
		addNamed := func(names ...string) (last *models.ResourceView) {
			for _, name := range names {
				last = addBelow(t, l.Store, 0, name)
				lines = append(lines, last.Slug)
			}
			return last
		}
		first := addNamed("Test LIR")
		addNamed("test-lir", "TEST  LIR!", "Test LIR 2", "test lir 2", "test_lir")
		addNamed("LIR", "Router", "Top Level Resource", "TLR")
		addNamed("日本", "é", "---", "category", "resource")
		addNamed(strings.Repeat("İ", 255), strings.Repeat("i", 255), strings.Repeat("a-", 127)+"a")
		// A slug is free once its resource is deleted, and only then.
		write(t, l.Store, func(tx *models.Tx) error {
			if _, err := tx.UpdateResource(first.ID, models.ResourceChange{Name: new("Renamed")}); err != nil {
				return err
			}
			return nil
		})
		addNamed("Test LIR")
		write(t, l.Store, func(tx *models.Tx) error { return tx.DeleteResource(&first.Resource) })
		addNamed("Test LIR", "Test LIR")
		return lines
	})
	long := strings.Repeat("i", 255)
	equal(t, "slugs", got, []string{
		"test-lir", "test-lir-2", "test-lir-3", "test-lir-2-2", "test-lir-2-3", "test-lir-4",
		"lir-2", "router-2", "top-level-resource", "tlr-2",
		"category", "category-2", "category-3", "category-4", "resource",
		long, long + "-2", strings.Repeat("a-", 127) + "a",
		"test-lir-5", "test-lir", "test-lir-6",
	})
}

// Resources of one name that are added at the same time, by two processes, all
// get a slug of their own.
func TestManyResourcesOfOneName(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		const writers = 30
		gateways := stores(t, l, 2)
		for i, err := range together(writers, func(i int) error {
			return gateways[i%2].Write(t.Context(), func(tx *models.Tx) error {
				_, err := tx.AddResource(models.ResourceChange{Name: new("Same Name"), Type: new("category")})
				return err
			})
		}) {
			if err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		}
		want := []string{"same-name"}
		for n := 2; n <= writers; n++ {
			want = append(want, fmt.Sprint("same-name-", n))
		}
		got := column(t, l, "SELECT live_slug FROM resources WHERE name = 'Same Name'")
		slices.Sort(got)
		slices.Sort(want)
		equal(t, "slugs", got, want)
	})
}
