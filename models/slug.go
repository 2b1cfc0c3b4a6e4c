package models

import (
	"fmt"
	"strings"
)

// Slugify turns a name into its URL form: lower case, each run of characters
// other than a to z and 0 to 9 one hyphen, none at the ends.
func Slugify(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if r < 'a' || r > 'z' {
			if r < '0' || r > '9' {
				gap = b.Len() > 0
				continue
			}
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// createWithSlug stores a resource under the slug of its name, with -2, -3, …
// behind it when that is taken by a live resource.
func (tx *Tx) createWithSlug(r *Resource) error {
	base := Slugify(r.Name)
	if base == "" {
		base = Slugify(r.Type)
	}
	if base == "" {
		base = "resource"
	}
	var taken []string
	if err := tx.db.Model(&Resource{}).Where("live_slug = ? OR live_slug LIKE ?", base, base+"-%").Pluck("live_slug", &taken).Error; err != nil {
		return err
	}
	used := map[string]bool{}
	for _, slug := range taken {
		used[slug] = true
	}
	for n := 1; ; n++ {
		slug := base
		if n > 1 {
			slug = fmt.Sprintf("%s-%d", base, n)
		}
		if used[slug] {
			continue
		}
		r.ID, r.Slug, r.LiveSlug = 0, slug, &slug
		// Another transaction may have taken it meanwhile: then the next.
		if err := tx.db.Create(r).Error; !IsDuplicate(err) {
			return err
		}
	}
}
