package models

import (
	"errors"
	"math/bits"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// FindResource returns a live resource, locked until the transaction ends. An
// unknown id is NotFound, in the words of the legacy documentation.
func (tx *Tx) FindResource(id uint64) (*ResourceView, error) {
	var r Resource
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND deleted_at IS NULL", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, Errorf(NotFound, "No resource found with ID: %d", id)
	}
	if err != nil {
		return nil, err
	}
	views, err := loadViews(tx.db, []Resource{r})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

func (tx *Tx) findSection(c ResourceChange) (*Resource, []SectionField, error) {
	query := tx.db.Where("type = ? AND deleted_at IS NULL", TypeSection)
	switch {
	case c.SectionID != nil:
		query = query.Where("id = ?", *c.SectionID)
	case text(c.SectionSlug) != "":
		// Without spaces at its end, of which MySQL takes no account.
		query = query.Where("live_slug = ?", strings.TrimRight(*c.SectionSlug, " "))
	default:
		return nil, nil, Errorf(Invalid, "Entries must be assigned to a section")
	}
	var section Resource
	if err := query.Take(&section).Error; errors.Is(err, gorm.ErrRecordNotFound) {
		if c.SectionID != nil {
			return nil, nil, InvalidValue("meta[section_id]", FormatID(*c.SectionID))
		}
		return nil, nil, InvalidValue("meta[section]", *c.SectionSlug)
	} else if err != nil {
		return nil, nil, err
	}
	var fields []SectionField
	err := tx.db.Where("section_id = ?", section.ID).Order("position, id").Find(&fields).Error
	return &section, fields, err
}

// checkReferences checks that the parent and the category exist, and makes
// them exist until the transaction ends.
func (tx *Tx) checkReferences(c ResourceChange) error {
	for _, ref := range []struct {
		parameter string
		id        *uint64
	}{{"meta[parent_id]", c.ParentID}, {"meta[category_id]", c.CategoryID}} {
		if ref.id == nil {
			continue
		}
		var found []uint64
		err := tx.db.Model(&Resource{}).Clauses(clause.Locking{Strength: "SHARE"}).
			Where("id = ? AND deleted_at IS NULL", *ref.id).Pluck("id", &found).Error
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return InvalidValue(ref.parameter, FormatID(*ref.id))
		}
	}
	return nil
}

// checkAncestors refuses a parent that is the resource itself or below it. It
// locks what is above, so that no other transaction moves that below the
// resource at the same time.
func (tx *Tx) checkAncestors(r *Resource) error {
	for id := r.ParentID; id != nil; {
		if *id == r.ID {
			return InvalidValue("meta[parent_id]", FormatID(*r.ParentID))
		}
		var parent Resource
		err := tx.db.Clauses(clause.Locking{Strength: "SHARE"}).Select("id", "parent_id").Where("id = ?", *id).
			Take(&parent).Error
		if err != nil {
			return err
		}
		id = parent.ParentID
	}
	return nil
}

// loadViews adds sections and values to resources, in their order.
func loadViews(db *gorm.DB, resources []Resource) ([]*ResourceView, error) {
	sections := map[uint64]*Resource{}
	fields := map[uint64][]SectionField{}
	views := make([]*ResourceView, len(resources))
	byID := map[uint64]*ResourceView{}
	var ids, sectionIDs []uint64
	for i, r := range resources {
		views[i] = &ResourceView{Resource: r, Values: map[string][]FieldValue{}}
		byID[r.ID] = views[i]
		ids = append(ids, r.ID)
		if r.SectionID != nil && !slices.Contains(sectionIDs, *r.SectionID) {
			sectionIDs = append(sectionIDs, *r.SectionID)
		}
	}
	if len(sectionIDs) > 0 {
		var rows []Resource
		if err := db.Where("id IN ?", padded(sectionIDs)).Find(&rows).Error; err != nil {
			return nil, err
		}
		for i := range rows {
			sections[rows[i].ID] = &rows[i]
		}
		var all []SectionField
		if err := db.Where("section_id IN ?", padded(sectionIDs)).Order("position, id").Find(&all).Error; err != nil {
			return nil, err
		}
		for _, f := range all {
			fields[f.SectionID] = append(fields[f.SectionID], f)
		}
	}
	for some := range slices.Chunk(ids, 500) {
		var values []FieldValue
		if err := db.Where("resource_id IN ?", padded(some)).Order("resource_id, slug, instance").Find(&values).Error; err != nil {
			return nil, err
		}
		for _, v := range values {
			view := byID[v.ResourceID]
			view.Values[v.Slug] = append(view.Values[v.Slug], v)
		}
	}
	for _, view := range views {
		if view.SectionID != nil {
			view.Section, view.Fields = sections[*view.SectionID], fields[*view.SectionID]
		}
	}
	return views, nil
}

// padded repeats the last element of a list that is to be put into a statement
// until its length is a power of two, so that lists of all lengths make few
// statements to prepare.
func padded[T any](list []T) []T {
	if len(list) == 0 {
		return list
	}
	out := slices.Clone(list)
	for n := 1 << bits.Len(uint(len(list)-1)); len(out) < n; {
		out = append(out, list[len(list)-1])
	}
	return out
}

// DescribesLIR reports whether the resource is an entry of a section whose
// entries are LIRs, whatever the section's name.
func (v *ResourceView) DescribesLIR() bool { return v.Section != nil && isLIR(v.Fields) }

// ShownFields are the fields that answers show: those of the section, and of an
// LIR only those of its registry's family, since values of another registry
// stay stored.
func (v *ResourceView) ShownFields() []SectionField {
	if !v.DescribesLIR() {
		return v.Fields
	}
	rir := ""
	for _, value := range v.Values[FieldRIR] {
		rir = value.Value
	}
	family := LIRFamily(rir)
	var shown []SectionField
	for _, f := range v.Fields {
		if f.Slug == FieldRIR || f.Slug == FieldASN || slices.Contains(family, f.Slug) {
			shown = append(shown, f)
		}
	}
	return shown
}
