package models

import (
	"maps"
	"slices"
)

// FieldValues are values of fields by slug and instance.
type FieldValues map[string]map[uint32]string

// Set stores one instance.
func (v FieldValues) Set(slug string, instance uint32, value string) {
	if v[slug] == nil {
		v[slug] = map[uint32]string{}
	}
	v[slug][instance] = value
}

func (v FieldValues) at(slug string, instance uint32) string { return v[slug][instance] }

// accept checks the sent fields and returns those to store.
func (v *ResourceView) accept(c ResourceChange, isNew bool) (FieldValues, error) {
	sent, stored := FieldValues{}, FieldValues{}
	for _, f := range v.Fields {
		for instance, value := range c.Fields[f.Slug] {
			sent.Set(f.Slug, instance, value)
		}
		for _, value := range v.Values[f.Slug] {
			stored.Set(f.Slug, value.Instance, "set")
			if value.SecretID == nil {
				stored.Set(f.Slug, value.Instance, value.Value)
			}
		}
	}
	if v.Section == nil || !isLIR(v.Fields) {
		return sent, nil
	}
	if err := checkLIR(v.Section, sent, isNew, c.RIRs); err != nil {
		return nil, err
	}
	return keepLIRFields(sent, stored), nil
}

// storeFields writes the accepted values and brings the view up to date.
func (tx *Tx) storeFields(v *ResourceView, fields FieldValues) error {
	for _, f := range v.Fields {
		for _, instance := range slices.Sorted(maps.Keys(fields[f.Slug])) {
			if err := tx.storeField(v, f, instance, fields[f.Slug][instance]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) storeField(v *ResourceView, f SectionField, instance uint32, value string) error {
	values := v.Values[f.Slug]
	at := slices.IndexFunc(values, func(old FieldValue) bool { return old.Instance == instance })
	row := FieldValue{ResourceID: v.ID, Slug: f.Slug, Instance: instance}
	if at >= 0 {
		row = values[at]
	}
	if value == "" {
		if at >= 0 {
			v.Values[f.Slug] = slices.Delete(values, at, at+1)
			return tx.removeField(row)
		}
		return nil
	}
	switch {
	case !f.Secret:
		row.Value = value
	case row.SecretID != nil:
		return tx.setSecret(*row.SecretID, value)
	default:
		id, err := tx.addSecret(value)
		if err != nil {
			return err
		}
		row.SecretID = &id
	}
	if err := tx.db.Save(&row).Error; err != nil {
		return err
	}
	if at >= 0 {
		values[at] = row
		return nil
	}
	values = append(values, row)
	slices.SortFunc(values, func(a, b FieldValue) int { return int(a.Instance) - int(b.Instance) })
	v.Values[f.Slug] = values
	return nil
}

func (tx *Tx) removeField(row FieldValue) error {
	if row.SecretID != nil {
		if err := tx.db.Delete(&Secret{ID: *row.SecretID}).Error; err != nil {
			return err
		}
	}
	return tx.db.Delete(&row).Error
}
