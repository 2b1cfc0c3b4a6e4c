package models

// ResourceChange is what add and update set; nil leaves a column as it is.
type ResourceChange struct {
	Name, Type, CustomID *string
	ParentID, CategoryID *uint64
	// Section is found by id, else by slug.
	SectionID   *uint64
	SectionSlug *string
	// Fields are the sent values. Those that the section does not have are
	// ignored; on update an empty value removes the stored one.
	Fields FieldValues
	// RIRs are the registries that an LIR may have.
	RIRs []string
	// Routers are the rules for entries of section `router`; none when nil, for
	// what the program itself changes.
	Routers *RouterRules
}

// ResourceView is a resource with its section and the values of its fields.
type ResourceView struct {
	Resource
	// Section is nil for anything but an entry.
	Section *Resource
	// Fields are those of the section, in order.
	Fields []SectionField
	// Values are the stored instances by slug, in order. A secret one has a
	// SecretID and no Value.
	Values map[string][]FieldValue
}

// AddResource stores a new resource. An entry must name a section
// (Invalid, in the words of the legacy documentation).
func (tx *Tx) AddResource(c ResourceChange) (*ResourceView, error) {
	tx.touch(ScopeResources)
	r := Resource{Type: text(c.Type), CustomID: text(c.CustomID), Date: tx.Time, Modified: tx.Time}
	r.Name = text(c.Name)
	parent := uint64(RootID)
	r.ParentID, r.CategoryID = &parent, c.CategoryID
	if c.ParentID != nil {
		r.ParentID = c.ParentID
	}
	if err := tx.checkReferences(c); err != nil {
		return nil, err
	}
	view := &ResourceView{Values: map[string][]FieldValue{}}
	if r.Type == TypeEntry {
		var err error
		if view.Section, view.Fields, err = tx.findSection(c); err != nil {
			return nil, err
		}
		r.SectionID = &view.Section.ID
	}
	fields, err := view.accept(c, true)
	if err != nil {
		return nil, err
	}
	if err := view.acceptRouter(c.Routers, view.IsRouter(), fields); err != nil {
		return nil, err
	}
	if err := tx.createWithSlug(&r); err != nil {
		return nil, err
	}
	view.Resource = r
	return view, tx.storeFields(view, fields)
}

// UpdateResource changes a resource; its slug stays. An unknown id is
// NotFound. The second result names the secret fields that were set, in the
// section's order.
func (tx *Tx) UpdateResource(id uint64, c ResourceChange) (*ResourceView, error) {
	view, err := tx.FindResource(id)
	if err != nil {
		return nil, err
	}
	if err := tx.checkReferences(c); err != nil {
		return nil, err
	}
	before, wasRouter := view.Resource, view.IsRouter()
	assign(&view.Name, c.Name)
	assign(&view.CustomID, c.CustomID)
	if c.ParentID != nil {
		view.ParentID = c.ParentID
	}
	if c.CategoryID != nil {
		view.CategoryID = c.CategoryID
	}
	if view.Type == TypeEntry && (c.SectionID != nil || c.SectionSlug != nil) {
		if view.Section, view.Fields, err = tx.findSection(c); err != nil {
			return nil, err
		}
		view.SectionID = &view.Section.ID
	}
	fields, err := view.accept(c, false)
	if err != nil {
		return nil, err
	}
	if err := view.acceptRouter(c.Routers, wasRouter, fields); err != nil {
		return nil, err
	}
	if len(fields) == 0 && sameResource(before, view.Resource) {
		return view, nil
	}
	if c.ParentID != nil {
		if err := tx.checkAncestors(&view.Resource); err != nil {
			return nil, err
		}
	}
	tx.touch(ScopeResources)
	view.Modified = tx.Time
	if err := tx.db.Save(&view.Resource).Error; err != nil {
		return nil, err
	}
	return view, tx.storeFields(view, fields)
}

func sameResource(a, b Resource) bool {
	same := func(x, y *uint64) bool { return x == y || x != nil && y != nil && *x == *y }
	return a.Name == b.Name && a.CustomID == b.CustomID && same(a.ParentID, b.ParentID) &&
		same(a.CategoryID, b.CategoryID) && same(a.SectionID, b.SectionID)
}

func assign(target, value *string) {
	if value != nil {
		*target = *value
	}
}
