package models_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// queryFixture adds some resources and returns their ids by name.
func queryFixture(t *testing.T, l *modelstest.Lent) map[string]uint64 {
	t.Helper()
	ids := map[string]uint64{}
	note := func(name string, id uint64) uint64 { ids[name] = id; return id }
	category := note("Category", addBelow(t, l.Store, 0, "Category").ID)
	parent := note("Parent", addBelow(t, l.Store, 0, "Parent").ID)
	below := note("Below É", addBelow(t, l.Store, parent, "Below É").ID)
	note("router", addEntry(t, l.Store, "router", "router", values("host", "AR1.example.net", "password", "s3cret", "port", "22")))
	note("lir", addEntry(t, l.Store, "lir", "lir", values("rir", "ARIN", "asn", "22")))
	gone := note("gone", addEntry(t, l.Store, "router", "gone", values("host", "gone.example.net", "password", "s3cret")))
	write(t, l.Store, func(tx *models.Tx) error {
		_, err := tx.UpdateResource(below, models.ResourceChange{CategoryID: &category, CustomID: new("Cust-001")})
		return err
	})
	if err := remove(t, l.Store, gone); err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestResources(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		ids := queryFixture(t, l)
		// Those of the migrations would hide the rest.
		seeded := func(q models.ResourceQuery) models.ResourceQuery {
			for id := uint64(2); id < ids["Category"]; id++ {
				q.NotIDs = append(q.NotIDs, id)
			}
			return q
		}
		of := func(names ...string) (list []uint64) {
			for _, name := range names {
				list = append(list, ids[name])
			}
			return list
		}
		var lines []string
		for _, test := range []struct {
			name string
			q    models.ResourceQuery
		}{
			{"all", seeded(models.ResourceQuery{})},
			{"ids", models.ResourceQuery{IDs: of("router", "Parent", "router", "gone")}},
			{"no ids", models.ResourceQuery{IDs: []uint64{}}},
			{"unknown ids", models.ResourceQuery{IDs: []uint64{0, math.MaxInt64}}},
			{"not ids", seeded(models.ResourceQuery{NotIDs: of("router", "Parent")})},
			{"parents", models.ResourceQuery{ParentIDs: of("Parent")}},
			{"no parents", models.ResourceQuery{ParentIDs: []uint64{}}},
			{"not parents", seeded(models.ResourceQuery{NotParentIDs: of("Parent")})},
			{"not the root, below which nearly all are", models.ResourceQuery{NotParentIDs: []uint64{1}}},
			{"not none", seeded(models.ResourceQuery{NotParentIDs: []uint64{}})},
			{"categories", models.ResourceQuery{CategoryIDs: of("Category")}},
			{"not categories", seeded(models.ResourceQuery{NotCategoryIDs: of("Category")})},
			{"name", models.ResourceQuery{Name: new("bELOW é ")}},
			{"part of a name", models.ResourceQuery{Name: new("Below")}},
			{"slug", models.ResourceQuery{Slug: new("LIR-2")}},
			{"type", seeded(models.ResourceQuery{Type: new("ENTRY")})},
			{"custom id", models.ResourceQuery{CustomID: new("cust-001")}},
			{"search", seeded(models.ResourceQuery{Search: "OW é"})},
			{"search with a pattern", models.ResourceQuery{Search: "%"}},
			{"search in slugs", models.ResourceQuery{Search: "-2", SearchColumn: "slug"}},
			{"search in custom ids", models.ResourceQuery{Search: "T-0", SearchColumn: "custom_id"}},
			{"search in types", seeded(models.ResourceQuery{Search: "ntr", SearchColumn: "type"})},
			{"search in an unknown column", models.ResourceQuery{Search: "a", SearchColumn: "id"}},
			{"field", models.ResourceQuery{AttrKey: new("port")}},
			{"unknown field", models.ResourceQuery{AttrKey: new("Port")}},
			{"value of any field", models.ResourceQuery{AttrValue: new("22")}},
			{"value of a field", models.ResourceQuery{AttrKey: new("host"), AttrValue: new("ar1.EXAMPLE.net")}},
			{"value of another field", models.ResourceQuery{AttrKey: new("port"), AttrValue: new("ar1.example.net")}},
			{"a secret is found by its field", models.ResourceQuery{AttrKey: new("password")}},
			{"a secret is not found by its value", models.ResourceQuery{AttrValue: new("s3cret")}},
			{"nor by the empty value that stands for it", models.ResourceQuery{AttrKey: new("password"), AttrValue: new("")}},
			{"deleted", models.ResourceQuery{Deleted: true}},
			{"deleted, another id", models.ResourceQuery{Deleted: true, IDs: of("router")}},
			{"several", models.ResourceQuery{Type: new("entry"), AttrValue: new("22"), ParentIDs: []uint64{1}, Search: "r"}},
		} {
			views, err := l.Store.Resources(t.Context(), test.q)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, v := range views {
				names = append(names, v.Name)
			}
			lines = append(lines, test.name+": "+strings.Join(names, ", "))
		}
		return lines
	})
	const rest = "Category, Parent, Below É, router, lir"
	equal(t, "queries", got, []string{
		"all: Top Level Resource, " + rest, "ids: Parent, router", "no ids: ", "unknown ids: ", "not ids: Top Level Resource, Category, Below É, lir",
		"parents: Below É", "no parents: ", "not parents: Top Level Resource, Category, Parent, router, lir",
		"not the root, below which nearly all are: Top Level Resource, Below É", "not none: Top Level Resource, " + rest,
		"categories: Below É", "not categories: Top Level Resource, Category, Parent, router, lir",
		"name: Below É", "part of a name: ", "slug: lir", "type: router, lir", "custom id: Below É", "search: Below É", "search with a pattern: ",
		"search in slugs: router, lir", "search in custom ids: Below É", "search in types: router, lir", "search in an unknown column: ",
		"field: router", "unknown field: ", "value of any field: router, lir", "value of a field: router", "value of another field: ",
		"a secret is found by its field: router", "a secret is not found by its value: ", "nor by the empty value that stands for it: ",
		"deleted: gone", "deleted, another id: ", "several: router, lir",
	})
}

// More resources than one statement asks for the values of.
func TestManyResources(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		const many = 1100
		section := sectionID(t, l, "router")
		write(t, l.Store, func(tx *models.Tx) error {
			resources := make([]models.Resource, many)
			for i := range resources {
				resources[i] = models.Resource{Name: fmt.Sprint(i), Slug: fmt.Sprint("r", i), LiveSlug: new(fmt.Sprint("r", i)), Type: "entry", SectionID: &section, ParentID: new(uint64(1))}
			}
			if err := tx.DB().CreateInBatches(resources, 200).Error; err != nil {
				return err
			}
			fields := make([]models.FieldValue, many)
			for i := range fields {
				fields[i] = models.FieldValue{ResourceID: resources[i].ID, Slug: "host", Value: resources[i].Name}
			}
			return tx.DB().CreateInBatches(fields, 200).Error
		})
		views, err := l.Store.Resources(t.Context(), models.ResourceQuery{Type: new("entry")})
		if err != nil || len(views) != many {
			t.Fatalf("%d resources, %v", len(views), err)
		}
		for _, v := range views {
			if len(v.Fields) != 7 || len(v.Values["host"]) != 1 || v.Values["host"][0].Value != v.Name {
				t.Fatalf("resource %s has %d fields and values %v", v.Name, len(v.Fields), v.Values)
			}
		}
	})
}
