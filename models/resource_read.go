package models

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// ResourceQuery finds resources. Nil and empty members do not restrict.
type ResourceQuery struct {
	// IDs and NotIDs restrict the id; a non-nil empty IDs finds nothing.
	IDs, NotIDs                 []uint64
	ParentIDs, NotParentIDs     []uint64
	CategoryIDs, NotCategoryIDs []uint64
	Name, Slug, Type, CustomID  *string
	// Search finds texts that hold it, in SearchColumn (name, slug, type or
	// custom_id; name when empty), without regard to case.
	Search, SearchColumn string
	// AttrKey and AttrValue restrict the plain value of a field, or of any.
	AttrKey, AttrValue *string
	// Deleted finds deleted resources instead of live ones.
	Deleted bool
}

// Resources returns the resources that meet a query, by id, with sections and
// values.
func (s *Store) Resources(ctx context.Context, q ResourceQuery) ([]*ResourceView, error) {
	db := s.read.WithContext(ctx)
	query := db.Where("deleted_at IS NULL")
	if q.Deleted {
		query = db.Where("deleted_at IS NOT NULL")
	}
	for _, r := range []struct {
		condition string
		ids       []uint64
	}{
		{"id IN ?", q.IDs}, {"id NOT IN ?", q.NotIDs}, {"parent_id IN ?", q.ParentIDs}, {"(parent_id IS NULL OR parent_id NOT IN ?)", q.NotParentIDs},
		{"category_id IN ?", q.CategoryIDs}, {"(category_id IS NULL OR category_id NOT IN ?)", q.NotCategoryIDs},
	} {
		if r.ids == nil {
			continue
		}
		if len(r.ids) == 0 {
			if !strings.Contains(r.condition, "NOT IN") {
				return nil, nil
			}
			continue
		}
		query = query.Where(r.condition, padded(r.ids))
	}
	var rows []Resource
	if err := query.Order("id").Find(&rows).Error; err != nil {
		return nil, databaseError(err)
	}
	rows = slices.DeleteFunc(rows, func(r Resource) bool { return !q.matches(&r) })
	views, err := loadViews(db, rows)
	if err != nil {
		return nil, databaseError(err)
	}
	if q.AttrKey != nil || q.AttrValue != nil {
		views = slices.DeleteFunc(views, func(v *ResourceView) bool { return !q.matchesAttr(v) })
	}
	return views, nil
}

func (q *ResourceQuery) matches(r *Resource) bool {
	equal := func(want *string, have string) bool { return want == nil || Fold(*want) == Fold(have) }
	if !equal(q.Name, r.Name) || !equal(q.Slug, r.Slug) || !equal(q.Type, r.Type) || !equal(q.CustomID, r.CustomID) {
		return false
	}
	if q.Search == "" {
		return true
	}
	in := map[string]string{"": r.Name, "name": r.Name, "slug": r.Slug, "type": r.Type, "custom_id": r.CustomID}[q.SearchColumn]
	return strings.Contains(Fold(in), Fold(q.Search))
}

func (q *ResourceQuery) matchesAttr(v *ResourceView) bool {
	for slug, values := range v.Values {
		if q.AttrKey != nil && slug != *q.AttrKey {
			continue
		}
		for _, value := range values {
			if q.AttrValue == nil || value.SecretID == nil && Fold(value.Value) == Fold(*q.AttrValue) {
				return true
			}
		}
	}
	return false
}

// LIR is a Local Internet Registry account: an entry of section `lir`.
type LIR struct {
	ID         uint64
	Name, Slug string
	RIR, ASN   string
	// Entities are the values of the registry's family of fields, one for each
	// instance of the family's key. Missing values are absent.
	Entities []map[string]string
}

// lirValue is the value of one instance of a field.
type lirValue struct {
	slug     string
	instance uint32
	text     string
}

// LIRs returns the LIRs by id: one, or all when id is nil. Secret values are
// there only when clear is true.
func (s *Store) LIRs(ctx context.Context, id *uint64, clear bool) ([]LIR, error) {
	// Values are read apart from names, which every row would repeat.
	const lirs = " FROM resources r%s WHERE r.section_id = (SELECT id FROM resources WHERE live_slug = 'lir')" +
		" AND r.type = 'entry' AND r.deleted_at IS NULL"
	where, args := "", []any(nil)
	if id != nil {
		where, args = " AND r.id = ?", []any{*id}
	}
	values, err := s.lirValues(ctx, "SELECT v.resource_id, v.slug, v.instance, v.value, v.secret_id, x.key_id, x.sealed"+
		fmt.Sprintf(lirs, " JOIN field_values v ON v.resource_id = r.id LEFT JOIN secrets x ON x.id = v.secret_id")+where, args, clear)
	if err != nil {
		return nil, err
	}
	var out []LIR
	query := "SELECT r.id, r.name, r.slug" + fmt.Sprintf(lirs, "") + where + " ORDER BY r.id"
	err = s.each(ctx, query, args, func(rows *sql.Rows) error {
		var l LIR
		if err := rows.Scan(&l.ID, &l.Name, &l.Slug); err != nil {
			return err
		}
		l.fill(values[l.ID])
		out = append(out, l)
		return nil
	})
	return out, err
}

func (s *Store) lirValues(ctx context.Context, query string, args []any, clear bool) (map[uint64][]lirValue, error) {
	values := map[uint64][]lirValue{}
	err := s.each(ctx, query, args, func(rows *sql.Rows) error {
		var (
			resource uint64
			v        lirValue
			secretID *uint64
			keyID    sql.NullString
			sealed   sql.RawBytes
		)
		if err := rows.Scan(&resource, &v.slug, &v.instance, &v.text, &secretID, &keyID, &sealed); err != nil {
			return err
		}
		if secretID != nil {
			if !clear || !keyID.Valid {
				return nil
			}
			var err error
			if v.text, err = s.unseal(SecretPlace(*secretID), keyID.String, sealed); err != nil {
				return err
			}
		}
		values[resource] = append(values[resource], v)
		return nil
	})
	return values, err
}

// fill sorts the values of an LIR into its entities.
func (l *LIR) fill(values []lirValue) {
	value := func(slug string, instance uint32) *string {
		for i := range values {
			if values[i].slug == slug && values[i].instance == instance {
				return &values[i].text
			}
		}
		return nil
	}
	l.RIR, l.ASN = text(value(FieldRIR, 0)), text(value(FieldASN, 0))
	family := LIRFamily(l.RIR)
	var instances []uint32
	for i := range values {
		if values[i].slug == family[0] {
			instances = append(instances, values[i].instance)
		}
	}
	slices.Sort(instances)
	for _, instance := range instances {
		entity := make(map[string]string, len(family))
		for _, slug := range family {
			if v := value(slug, instance); v != nil {
				entity[slug] = *v
			}
		}
		l.Entities = append(l.Entities, entity)
	}
}
