package models

import (
	"errors"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ImportResource writes a resource under its id, with the values of its fields as
// an original server shows them: a secret one has the number of the secret, whose
// value is set by ImportSecret. The slug is found by nobody until SettleLiveSlugs.
// Values that the original has but does not show, those of the other family of an
// LIR, stay.
func (tx *Tx) ImportResource(r Resource, deleted bool, values []FieldValue) error {
	tx.touch(ScopeResources)
	var stored Resource
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", r.ID).Take(&stored).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return err
	}
	r.LiveSlug, r.DeletedAt = nil, nil
	if deleted {
		if r.DeletedAt = stored.DeletedAt; r.DeletedAt == nil {
			r.DeletedAt = &tx.Time
		}
	}
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error; err != nil {
		return err
	}
	return tx.importValues(r.ID, values)
}

func (tx *Tx) importValues(resource uint64, values []FieldValue) error {
	var stored []FieldValue
	if err := tx.db.Where("resource_id = ?", resource).Find(&stored).Error; err != nil {
		return err
	}
	find := func(in []FieldValue, v FieldValue) int {
		return slices.IndexFunc(in, func(o FieldValue) bool { return o.Slug == v.Slug && o.Instance == v.Instance })
	}
	for _, old := range stored {
		if find(values, old) >= 0 || !showsField(values, old.Slug) {
			continue
		}
		if err := tx.removeField(old); err != nil {
			return err
		}
	}
	for _, v := range values {
		v.ResourceID = resource
		var old FieldValue
		if at := find(stored, v); at >= 0 {
			// Not as it was read: its secret may have got another number since, to make
			// room for that of a value before.
			if err := tx.db.Where("id = ?", stored[at].ID).Take(&old).Error; err != nil {
				return err
			}
		}
		v.ID = old.ID
		if err := tx.importSecretID(old, v); err != nil {
			return err
		}
		if err := tx.db.Save(&v).Error; err != nil {
			return err
		}
	}
	return nil
}

// showsField reports whether an answer with these values would show a field: of an
// LIR those of its registry only.
func showsField(values []FieldValue, slug string) bool {
	at := slices.IndexFunc(values, func(v FieldValue) bool { return v.Slug == FieldRIR })
	return at < 0 || slug == FieldRIR || slug == FieldASN || slices.Contains(LIRFamily(values[at].Value), slug)
}

// importSecretID makes a secret exist under the number that a value shows. A value
// of the field that is known stays known under the new number; a secret of another
// field that has the number gets another one.
func (tx *Tx) importSecretID(old, v FieldValue) error {
	if v.SecretID == nil {
		if old.SecretID != nil {
			return tx.RemoveSecret(*old.SecretID)
		}
		return nil
	}
	if old.SecretID != nil && *old.SecretID == *v.SecretID {
		return nil
	}
	if err := tx.clearSecretID(*v.SecretID); err != nil {
		return err
	}
	plain := ""
	if old.SecretID != nil {
		values, err := tx.store.Secrets(tx.db, []uint64{*old.SecretID})
		if err != nil {
			return err
		}
		plain = values[*old.SecretID]
		if err := tx.RemoveSecret(*old.SecretID); err != nil {
			return err
		}
	}
	if err := tx.db.Create(&Secret{ID: *v.SecretID, KeyID: "-", Sealed: []byte{}, CreatedAt: tx.Time}).Error; err != nil {
		return err
	}
	return tx.setSecret(*v.SecretID, plain)
}

// ImportSecret sets the value of a secret field of a resource. A field that has no
// secret yet gets one with a number of its own.
func (tx *Tx) ImportSecret(resource uint64, slug string, instance uint32, plain string) error {
	var row FieldValue
	err := tx.db.Where("resource_id = ? AND slug = ? AND instance = ?", resource, slug, instance).Limit(1).Find(&row).Error
	if err != nil {
		return err
	}
	tx.touch(ScopeResources)
	if row.SecretID != nil {
		return tx.setSecret(*row.SecretID, plain)
	}
	id, err := tx.addSecret(plain)
	if err != nil {
		return err
	}
	row.ResourceID, row.Slug, row.Instance, row.Value, row.SecretID = resource, slug, instance, "", &id
	return tx.db.Save(&row).Error
}

// RemoveResource removes a resource and its values altogether.
func (tx *Tx) RemoveResource(id uint64) error {
	tx.touch(ScopeResources)
	var values []FieldValue
	if err := tx.db.Where("resource_id = ?", id).Find(&values).Error; err != nil {
		return err
	}
	for _, v := range values {
		if err := tx.removeField(v); err != nil {
			return err
		}
	}
	for _, column := range []string{"section_id", "field_id"} {
		if err := tx.db.Where(column+" = ?", id).Delete(&SectionField{}).Error; err != nil {
			return err
		}
	}
	return tx.db.Where("id = ?", id).Delete(&Resource{}).Error
}

// SettleLiveSlugs makes the live resources that came by ImportResource be found by
// their slugs, the one with the lowest id first. It returns the ids of those whose
// slug another live resource has: they are found by their id only.
func (tx *Tx) SettleLiveSlugs() (doubled []uint64, err error) {
	var open []Resource
	if err := tx.db.Where("deleted_at IS NULL AND live_slug IS NULL").Order("id").Find(&open).Error; err != nil {
		return nil, err
	}
	for _, r := range open {
		var taken []uint64
		if err := tx.db.Model(&Resource{}).Where("live_slug = ?", r.Slug).Pluck("id", &taken).Error; err != nil {
			return nil, err
		}
		if len(taken) > 0 {
			doubled = append(doubled, r.ID)
			continue
		}
		if err := tx.db.Model(&Resource{ID: r.ID}).UpdateColumn("live_slug", r.Slug).Error; err != nil {
			return nil, err
		}
	}
	return doubled, nil
}
