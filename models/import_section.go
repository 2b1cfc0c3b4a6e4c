package models

import (
	"context"
	"slices"

	"gorm.io/gorm"
)

// SeededResources returns the resources that exist from the start, by id: the
// root, the sections that the gateway makes use of, and their fields.
func (tx *Tx) SeededResources() ([]Resource, error) {
	var rows []Resource
	sections := []string{SectionLIR, SectionRouter, SectionResourceHolder}
	err := tx.db.Where("(id = ? OR type = ? AND live_slug IN ? OR type = ? AND id IN (SELECT f.field_id FROM section_fields f"+
		" JOIN resources s ON s.id = f.section_id WHERE s.live_slug IN ?)) AND deleted_at IS NULL",
		RootID, TypeSection, sections, TypeField, sections).Order("id").Find(&rows).Error
	return rows, err
}

// MakeRoom makes the resources that exist from the start have the ids that they
// have on an original server, and sections that it lacks ids that no resource there
// has. Fields that it lacks go. theirs
// are the live and deleted resources there; settled are the ids that an import has
// written already. New ids are at least free. A resource that cannot give way is a
// Conflict.
func (tx *Tx) MakeRoom(theirs []Resource, settled func(id uint64) bool, free uint64) error {
	seeds, err := tx.SeededResources()
	if err != nil {
		return err
	}
	seeds = slices.DeleteFunc(seeds, func(r Resource) bool { return settled(r.ID) })
	taken := map[uint64]bool{}
	for _, r := range theirs {
		taken[r.ID] = true
	}
	type move struct{ from, through, to uint64 }
	var moves []move
	for _, seed := range seeds {
		if seed.ID == RootID {
			continue
		}
		to, err := tx.placeAmong(seed, theirs)
		if err != nil {
			return err
		}
		if to == 0 && seed.Type == TypeField {
			// A section's field needs no resource of its own, and there is none there.
			if err := tx.dropField(seed.ID); err != nil {
				return err
			}
			continue
		}
		if to == seed.ID || to == 0 && !taken[seed.ID] {
			continue
		}
		moves = append(moves, move{seed.ID, free, to})
		free++
	}
	for _, m := range moves {
		if err := tx.moveResource(m.from, m.through); err != nil {
			return err
		}
	}
	for _, m := range moves {
		if m.to == 0 {
			continue
		}
		var users []Resource
		if err := tx.db.Where("id = ?", m.to).Find(&users).Error; err != nil {
			return err
		}
		if len(users) > 0 {
			return Errorf(Conflict, "Resource %s (%d) has the id of another one of the original server", users[0].Name, m.to)
		}
		if err := tx.moveResource(m.through, m.to); err != nil {
			return err
		}
	}
	return nil
}

// placeAmong is the id of a resource on the original server, 0 when it has none.
func (tx *Tx) placeAmong(seed Resource, theirs []Resource) (uint64, error) {
	to, clash := uint64(0), false
	for _, r := range theirs {
		switch {
		case r.DeletedAt != nil || r.Slug != seed.Slug:
		case r.Type != seed.Type:
			clash = true
		case to == 0 || r.ID < to:
			to = r.ID
		}
	}
	if to != 0 || !clash {
		return to, nil
	}
	if seed.Type != TypeField {
		return 0, Errorf(Conflict, "The original server has something else under the slug %s of a section of this gateway", seed.Slug)
	}
	return 0, nil
}

// dropField removes the resource of a field; the sections that have the field keep
// it.
func (tx *Tx) dropField(id uint64) error {
	tx.touch(ScopeResources)
	if err := tx.db.Model(&SectionField{}).Where("field_id = ?", id).UpdateColumn("field_id", 0).Error; err != nil {
		return err
	}
	return tx.db.Where("id = ?", id).Delete(&Resource{}).Error
}

// moveResource gives a resource another id, wherever it is named.
func (tx *Tx) moveResource(from, to uint64) error {
	tx.touch(ScopeResources)
	for _, place := range []struct {
		table  any
		column string
	}{
		{&Resource{}, "id"}, {&Resource{}, "parent_id"}, {&Resource{}, "category_id"}, {&Resource{}, "section_id"},
		{&SectionField{}, "section_id"}, {&SectionField{}, "field_id"}, {&FieldValue{}, "resource_id"},
	} {
		if err := tx.db.Model(place.table).Where(place.column+" = ?", from).UpdateColumn(place.column, to).Error; err != nil {
			return err
		}
	}
	return nil
}

// ImportSectionFields makes entries of a section show fields in an order. Fields
// that are not named keep their places as far as that can be.
func (tx *Tx) ImportSectionFields(section uint64, fields []SectionField) error {
	var stored []SectionField
	if err := tx.db.Where("section_id = ?", section).Order("position, id").Find(&stored).Error; err != nil {
		return err
	}
	for i, f := range fields {
		at := slices.IndexFunc(stored, func(o SectionField) bool { return o.Slug == f.Slug })
		f.SectionID, f.Position = section, i+1
		if at >= 0 {
			old := stored[at]
			if old.Position == f.Position && old.Secret == (old.Secret || f.Secret) {
				continue
			}
			f.ID, f.FieldID, f.Secret = old.ID, old.FieldID, old.Secret || f.Secret
		} else if err := tx.findField(&f); err != nil {
			return err
		}
		tx.touch(ScopeResources)
		if err := tx.db.Save(&f).Error; err != nil {
			return err
		}
	}
	return nil
}

// findField finds the resource of a field by its slug.
func (tx *Tx) findField(f *SectionField) error {
	var ids []uint64
	err := tx.db.Model(&Resource{}).Where("type = ? AND slug = ? AND deleted_at IS NULL", TypeField, f.Slug).Order("id").Limit(1).Pluck("id", &ids).Error
	if len(ids) > 0 {
		f.FieldID = ids[0]
	}
	return err
}

// SectionFields returns the fields of all sections by section, in order.
func (tx *Tx) SectionFields() (map[uint64][]SectionField, error) {
	var rows []SectionField
	if err := tx.db.Session(&gorm.Session{}).Order("section_id, position, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := map[uint64][]SectionField{}
	for _, f := range rows {
		out[f.SectionID] = append(out[f.SectionID], f)
	}
	return out, nil
}

// SeededResources is that of a transaction, as it is now.
func (s *Store) SeededResources(ctx context.Context) ([]Resource, error) {
	return (&Tx{db: s.read.WithContext(ctx), store: s}).SeededResources()
}
