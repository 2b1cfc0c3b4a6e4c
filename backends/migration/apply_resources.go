package migration

import (
	"context"
	"slices"
	"strings"

	"provision-gateway/models"
)

// writeResources writes resources and the secrets of LIRs in one transaction: they
// name each other.
func (r *run) writeResources(ctx context.Context) error {
	if len(r.plan[KindResource])+len(r.plan[KindLIR]) > 0 {
		err := r.lease.write(ctx, r.applyResources)
		if err != nil {
			return err
		}
		r.count(KindResource, r.plan[KindResource])
		r.count(KindLIR, r.plan[KindLIR])
		if r.Wrote != nil {
			n := len(r.plan[KindResource])
			r.Wrote(KindResource, n, n)
		}
	}
	if err := r.adopt(ctx, KindResource); err != nil {
		return err
	}
	return r.adopt(ctx, KindLIR)
}

func (r *run) applyResources(tx *models.Tx) error {
	if err := r.makeRoom(tx); err != nil {
		return err
	}
	for _, c := range r.plan[KindResource] {
		var err error
		if o, _ := c.theirs.(*Resource); o == nil {
			err = tx.RemoveResource(c.key.First)
		} else {
			err = tx.ImportResource(rowOf(c.key.First, o), o.Deleted, valuesOf(o))
		}
		if err != nil {
			return err
		}
	}
	doubled, err := tx.SettleLiveSlugs()
	if err != nil {
		return err
	}
	for _, id := range doubled {
		r.original.note("resource %d has the slug of another live resource: it is found by its id only", id)
	}
	if err := r.applySections(tx); err != nil {
		return err
	}
	for _, c := range r.plan[KindLIR] {
		if o, _ := c.theirs.(*LIR); o != nil {
			if err := r.applySecrets(tx, c.key, o); err != nil {
				return err
			}
		}
	}
	if err := r.noteImported(tx, KindResource, r.plan[KindResource]); err != nil {
		return err
	}
	return r.noteImported(tx, KindLIR, r.plan[KindLIR])
}

// makeRoom moves what exists from the start.
func (r *run) makeRoom(tx *models.Tx) error {
	var theirs []models.Resource
	for _, key := range keys(KindResource, r.original) {
		o := get[Resource](r.original, KindResource, key)
		row := rowOf(key.First, o)
		if o.Deleted {
			row.DeletedAt = &row.Modified
		}
		theirs = append(theirs, row)
	}
	settled := func(id uint64) bool {
		_, came := r.imported[KindResource][Key{First: id}]
		return came
	}
	return tx.MakeRoom(theirs, settled, max(r.original.highest["resources"], r.own.highest["resources"])+1)
}

func rowOf(id uint64, o *Resource) models.Resource {
	return models.Resource{
		ID: id, Name: o.Name, Slug: o.Slug, Type: o.Type, ParentID: o.ParentID, CategoryID: o.CategoryID, SectionID: o.SectionID,
		CustomID: o.CustomID, Date: o.Date, Modified: o.Modified,
	}
}

func valuesOf(o *Resource) []models.FieldValue {
	var out []models.FieldValue
	for _, a := range o.Attributes {
		for _, v := range a.Values {
			out = append(out, models.FieldValue{Slug: a.Slug, Instance: v.Instance, Value: v.Text, SecretID: v.Secret})
		}
	}
	return out
}

// applySections gives the sections the fields that their entries show.
func (r *run) applySections(tx *models.Tx) error {
	stored, err := tx.SectionFields()
	if err != nil {
		return err
	}
	orders := map[uint64][][]string{}
	secret := map[uint64]map[string]bool{}
	for _, key := range keys(KindResource, r.original) {
		o := get[Resource](r.original, KindResource, key)
		if o.SectionID == nil || len(o.Attributes) == 0 {
			continue
		}
		if secret[*o.SectionID] == nil {
			secret[*o.SectionID] = map[string]bool{}
		}
		var order []string
		for _, a := range o.Attributes {
			order = append(order, a.Slug)
			for _, v := range a.Values {
				secret[*o.SectionID][a.Slug] = secret[*o.SectionID][a.Slug] || v.Secret != nil
			}
		}
		orders[*o.SectionID] = append(orders[*o.SectionID], order)
	}
	for section, seen := range orders {
		var have []string
		for _, f := range stored[section] {
			have = append(have, f.Slug)
		}
		slugs, contradicted := mergeOrders(have, seen)
		if contradicted {
			r.original.note("entries of section %d show their attributes in orders that contradict each other", section)
		}
		var fields []models.SectionField
		for _, slug := range slugs {
			fields = append(fields, models.SectionField{Slug: slug, Secret: secret[section][slug]})
		}
		if err := tx.ImportSectionFields(section, fields); err != nil {
			return err
		}
	}
	return nil
}

// mergeOrders finds an order of all slugs that agrees with those that were seen,
// and as far as it can with the one that a section has. It reports whether those
// that were seen contradict each other.
func mergeOrders(have []string, seen [][]string) (order []string, contradicted bool) {
	all := slices.Clone(have)
	after := map[string]map[string]bool{}
	for _, list := range seen {
		for i, slug := range list {
			if !slices.Contains(all, slug) {
				all = append(all, slug)
			}
			if i > 0 {
				if after[slug] == nil {
					after[slug] = map[string]bool{}
				}
				after[slug][list[i-1]] = true
			}
		}
	}
	for len(all) > 0 {
		at := slices.IndexFunc(all, func(slug string) bool {
			return !slices.ContainsFunc(all, func(other string) bool { return after[slug][other] })
		})
		if at < 0 {
			at, contradicted = 0, true
		}
		order = append(order, all[at])
		all = slices.Delete(all, at, at+1)
	}
	return order, contradicted
}

// applySecrets sets the secrets that lir get shows of an LIR. Its entities are the
// instances of the key of the registry's family, in order.
func (r *run) applySecrets(tx *models.Tx, key Key, o *LIR) error {
	resource := get[Resource](r.original, KindResource, key)
	if resource == nil {
		return nil
	}
	family := models.LIRFamily(o.RIR)
	instances := resource.instances(family[0])
	ours := get[LIR](r.own, KindLIR, key)
	for i, entity := range o.Entities {
		if i >= len(instances) {
			r.original.note("LIR %d has more entities than keys", key.First)
			break
		}
		for _, slug := range []string{"api-key", "mnt-by-password"} {
			name := strings.ReplaceAll(slug, "-", "_")
			value := entity[name]
			if value == nil || *value == "" || ours != nil && i < len(ours.Entities) && ours.Entities[i][name] != nil && *ours.Entities[i][name] == *value {
				continue
			}
			if err := tx.ImportSecret(key.First, slug, instances[i], *value); err != nil {
				return err
			}
		}
	}
	return nil
}
