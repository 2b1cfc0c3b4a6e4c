package models_test

import (
	"testing"

	"provision-gateway/models"
)

// rirs are the registries of the tests.
var rirs = []string{"ARIN", "RIPE", "LACNIC", "AfriNIC", "APNIC", "1918"}

// values makes field values from pairs of slug and value, all of instance 0.
func values(pairs ...string) models.FieldValues {
	v := models.FieldValues{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], 0, pairs[i+1])
	}
	return v
}

// addEntry adds an entry to a section and returns its id.
func addEntry(t *testing.T, s *models.Store, section, name string, fields models.FieldValues) uint64 {
	t.Helper()
	return add(t, s, models.ResourceChange{Name: &name, Type: new(models.TypeEntry), SectionSlug: &section, Fields: fields, RIRs: rirs}).ID
}

// add adds a resource that has to be accepted.
func add(t *testing.T, s *models.Store, c models.ResourceChange) *models.ResourceView {
	t.Helper()
	var view *models.ResourceView
	write(t, s, func(tx *models.Tx) (err error) {
		view, err = tx.AddResource(c)
		return err
	})
	return view
}

// addBelow adds a resource of no section below a parent; 0 is the root.
func addBelow(t *testing.T, s *models.Store, parent uint64, name string) *models.ResourceView {
	t.Helper()
	c := models.ResourceChange{Name: &name, Type: new("category")}
	if parent != 0 {
		c.ParentID = &parent
	}
	return add(t, s, c)
}
