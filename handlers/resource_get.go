package handlers

import (
	"cmp"
	"slices"
	"strings"

	"provision-gateway/compat"
	"provision-gateway/compat/phpvalue"
	"provision-gateway/models"
)

// errSearchFailed is the documented error of resource get.
var errSearchFailed = refuse("Search failed")

// getResources finds resources.
func getResources(k *call) ([]byte, error) {
	query, possible, err := k.resourceQuery()
	if err != nil {
		return nil, err
	}
	var views []*models.ResourceView
	if possible {
		if views, err = k.Store.Resources(k.ctx, query); err != nil {
			return nil, err
		}
	}
	if err := k.sortResources(views); err != nil {
		return nil, err
	}
	w := compat.Writer{}
	w.Open('[')
	for _, v := range views {
		writeFound(&w, v)
	}
	w.Close(']')
	return list("Search successful", &w), nil
}

// groups are parameters of which at most one may be given (vendor
// documentation, resource get).
var groups = [][]string{
	{"id", "custom_id", "resource__in", "resource__not_in"},
	{"parent_id", "parent__in", "parent__not_in"},
	{"category_id", "category__in", "category__not_in"},
}

// resourceQuery reads the parameters. possible is false when nothing can be
// found.
func (k *call) resourceQuery() (q models.ResourceQuery, possible bool, err error) {
	p := k.params
	for _, group := range groups {
		given := 0
		for _, name := range group {
			if _, ok := p.get(name); ok {
				given++
			}
		}
		if given > 1 {
			return q, false, errSearchFailed
		}
	}
	possible = true
	for _, f := range []struct {
		name string
		ids  *[]uint64
	}{{"id", &q.IDs}, {"parent_id", &q.ParentIDs}, {"category_id", &q.CategoryIDs}} {
		id, ok, given := p.optionalID(f.name)
		if given {
			*f.ids = []uint64{id}
		}
		possible = possible && ok
	}
	for _, f := range []struct {
		name string
		ids  *[]uint64
	}{
		{"resource__in", &q.IDs}, {"resource__not_in", &q.NotIDs}, {"parent__in", &q.ParentIDs}, {"parent__not_in", &q.NotParentIDs},
		{"category__in", &q.CategoryIDs}, {"category__not_in", &q.NotCategoryIDs},
	} {
		if v, ok := p.get(f.name); ok {
			*f.ids = idList(v)
		}
	}
	for _, f := range []struct {
		name string
		text **string
	}{
		{"name", &q.Name}, {"slug", &q.Slug}, {"type", &q.Type}, {"custom_id", &q.CustomID},
		{"attr_key", &q.AttrKey}, {"attr_value", &q.AttrValue},
	} {
		if v, ok := p.get(f.name); ok {
			text := phpvalue.ValidUTF8(textOf(v))
			*f.text = &text
		}
	}
	if q.Deleted = p.flag("getFromBackup"); q.Deleted {
		if id, ok, given := p.optionalID("orig_id"); given {
			q.IDs, possible = []uint64{id}, possible && ok
		}
	}
	q.Search = phpvalue.ValidUTF8(p.text("search"))
	if column := p.text("search_column"); column != "" {
		found, err := p.choice(k.action, "search_column")
		if err != nil {
			return q, false, errSearchFailed
		}
		q.SearchColumn = *found
	}
	return q, possible, nil
}

// idList reads a list of ids; a scalar is a list of one. Values that no row can
// have are left out, so the list may be empty.
func idList(v phpvalue.Value) []uint64 {
	ids := []uint64{}
	add := func(text string) {
		if id, ok := rowID(text); ok {
			ids = append(ids, id)
		}
	}
	if !v.IsArray() {
		add(v.Text())
		return ids
	}
	for _, one := range v.Array().All() {
		add(textOf(one))
	}
	return ids
}

// sortResources orders by the parameter orderby: by name, without regard to
// case, when it is missing.
func (k *call) sortResources(views []*models.ResourceView) error {
	by, descending := "name", false
	for _, f := range []struct {
		name string
		use  func(string)
	}{
		{"orderby", func(v string) { by = v }},
		{"order", func(v string) { descending = v == "DESC" }},
	} {
		if k.params.text(f.name) == "" {
			continue
		}
		value, err := k.params.choice(k.action, f.name)
		if err != nil {
			return errSearchFailed
		}
		f.use(*value)
	}
	asked := idList(phpvalue.Null())
	if v, ok := k.params.get("resource__in"); ok {
		asked = idList(v)
	}
	compare := map[string]func(a, b *models.ResourceView) int{
		"none":      func(_, _ *models.ResourceView) int { return 0 },
		"id":        func(a, b *models.ResourceView) int { return cmp.Compare(a.ID, b.ID) },
		"name":      func(a, b *models.ResourceView) int { return strings.Compare(models.Fold(a.Name), models.Fold(b.Name)) },
		"slug":      func(a, b *models.ResourceView) int { return strings.Compare(a.Slug, b.Slug) },
		"type":      func(a, b *models.ResourceView) int { return strings.Compare(a.Type, b.Type) },
		"parent_id": func(a, b *models.ResourceView) int { return cmp.Compare(parent(a), parent(b)) },
		"date":      func(a, b *models.ResourceView) int { return cmp.Compare(a.Date, b.Date) },
		"resource__in": func(a, b *models.ResourceView) int {
			return cmp.Compare(slices.Index(asked, a.ID), slices.Index(asked, b.ID))
		},
	}[by]
	slices.SortStableFunc(views, func(a, b *models.ResourceView) int {
		if descending {
			a, b = b, a
		}
		return compare(a, b)
	})
	return nil
}

func parent(v *models.ResourceView) uint64 {
	if v.ParentID == nil {
		return 0
	}
	return *v.ParentID
}
