package models

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm/clause"
)

// InUse says why a resource cannot be deleted: what uses it.
func (tx *Tx) InUse(r *Resource) ([]string, error) {
	var users []string
	if r.ID == RootID || r.Type == TypeSection && slices.Contains([]string{SectionLIR, SectionRouter, SectionResourceHolder}, r.Slug) {
		users = append(users, "the system")
	}
	children, err := tx.dependants(r)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		users = append(users, fmt.Sprintf("%s (%d)", c.Name, c.ID))
	}
	var sessions []Session
	// A session that was moved to another router stays on the one it was pushed
	// to until it is pushed again.
	err = tx.db.Where("(resource_id = ? OR pushed_router_id = ?) AND deleted_at IS NULL", r.ID, r.ID).Order("id").Find(&sessions).Error
	if err != nil {
		return nil, err
	}
	for i := range sessions {
		users = append(users, fmt.Sprintf("session %d %s", sessions[i].ID, sessions[i].Label()))
	}
	var links []SectionField
	if err := tx.db.Where("field_id = ?", r.ID).Order("id").Find(&links).Error; err != nil {
		return nil, err
	}
	for _, link := range links {
		users = append(users, fmt.Sprintf("section %d", link.SectionID))
	}
	return users, nil
}

// dependants are the live resources that name a resource as their parent,
// section or category, by id. The rows are locked, so that what another
// transaction added meanwhile is seen and none is added until this one ends.
func (tx *Tx) dependants(r *Resource) ([]Resource, error) {
	var all []Resource
	// One query for each index: a single one would lock the whole table.
	for _, column := range []string{"parent_id", "section_id", "category_id"} {
		var some []Resource
		err := tx.db.Clauses(clause.Locking{Strength: "SHARE"}).Where(column+" = ? AND deleted_at IS NULL", r.ID).Find(&some).Error
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Resource) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(all, func(a, b Resource) bool { return a.ID == b.ID }), nil
}

// DeleteResource deletes a resource that nothing uses. When something does the
// error is a Conflict that says what.
func (tx *Tx) DeleteResource(r *Resource) error {
	users, err := tx.InUse(r)
	if err != nil {
		return err
	}
	if len(users) > 0 {
		return Errorf(Conflict, "%s (%d) is in use by %s", r.Name, r.ID, enumerate(users))
	}
	tx.touch(ScopeResources)
	var secret []FieldValue
	if err := tx.db.Where("resource_id = ? AND secret_id IS NOT NULL", r.ID).Find(&secret).Error; err != nil {
		return err
	}
	for _, value := range secret {
		if err := tx.removeField(value); err != nil {
			return err
		}
	}
	return tx.db.Model(&Resource{ID: r.ID}).Updates(map[string]any{"deleted_at": tx.Time, "live_slug": nil}).Error
}

// DeleteTree deletes a resource and all below it, from the bottom up. What
// something outside still uses stays, and so does all above it; the rest goes.
// It returns how many went and, for the topmost resource, why it stayed.
func (tx *Tx) DeleteTree(r *Resource) (deleted int, stayed error, err error) {
	var children []Resource
	if err := tx.db.Where("parent_id = ? AND deleted_at IS NULL", r.ID).Order("id").Find(&children).Error; err != nil {
		return 0, nil, err
	}
	for i := range children {
		n, _, err := tx.DeleteTree(&children[i])
		if err != nil {
			return 0, nil, err
		}
		deleted += n
	}
	err = tx.DeleteResource(r)
	if ErrorCode(err) == Conflict {
		return deleted, err, nil
	}
	return deleted + 1, nil, err
}

// enumerate joins the first few of a list and counts the rest.
func enumerate(list []string) string {
	const most = 5
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}
