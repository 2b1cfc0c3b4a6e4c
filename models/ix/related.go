package ix

import (
	"slices"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// related reads the objects that a list is filtered by beside its own, each
// collection once.
type related struct {
	db     *gorm.DB
	caller *Caller
	read   map[Collection]map[string]Object
}

// all returns the objects of a collection by id that the caller sees: a filter
// by others would tell that they are there.
func (r *related) all(c Collection) (map[string]Object, error) {
	if known, ok := r.read[c]; ok {
		return known, nil
	}
	var rows []Row
	if err := r.db.Where("collection = ?", c).Find(&rows).Error; err != nil {
		return nil, models.DatabaseError(err)
	}
	k, _ := kindOf(c)
	objects := map[string]Object{}
	for i := range rows {
		o, err := decode(&rows[i])
		if err != nil {
			return nil, err
		}
		a, err := r.caller.access(k, &rows[i], o, looker(r.db))
		if err != nil {
			return nil, err
		}
		if a != Hidden {
			objects[rows[i].ID] = o
		}
	}
	if r.read == nil {
		r.read = map[Collection]map[string]Object{}
	}
	r.read[c] = objects
	return objects, nil
}

// through makes a filter for objects that name others, of which one has a
// property with one of the values: a facility by the network of its points of
// presence.
func through(c Collection, reference, property string) filter {
	return filter{among: func(r *related, o Object, values []string) (bool, error) {
		others, err := r.all(c)
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(texts(o, reference), func(id string) bool {
			other, known := others[id]
			return known && slices.ContainsFunc(texts(other, property), func(have string) bool { return slices.Contains(values, have) })
		}), nil
	}}
}

// contactFilters are the filters of what has contacts in roles.
func contactFilters() map[string]filter {
	return map[string]filter{"role_assignments": is("role_assignments"), "contacts": through(RoleAssignments, "role_assignments", "contact")}
}
