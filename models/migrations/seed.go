package migrations

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// stripes is over how many rows the version of a scope is spread. On MySQL
// concurrent writers would otherwise queue for one row until they commit;
// SQLite has one writer at a time.
func stripes(db *gorm.DB) int {
	if db.Name() == "mysql" {
		return 16
	}
	return 1
}

type section struct {
	name, slug string
	fields     []field
}

type field struct {
	name, slug string
	secret     bool
}

// sections exist from the start, with their fields in the order in which the
// legacy documentation's answers show them.
var sections = []section{
	{"LIR", "lir", []field{
		{name: "RIR", slug: "rir"}, {name: "ASN", slug: "asn"}, {name: "Org Handle", slug: "org-handle"},
		{name: "Admin POC", slug: "admin-poc"}, {name: "Net POC", slug: "net-poc"}, {name: "Abuse POC", slug: "abuse-poc"},
		{name: "Net Name Prefix", slug: "net-name-prefix"}, {name: "API Key", slug: "api-key", secret: true},
		{name: "Mnt By", slug: "mnt-by"}, {name: "Mnt By Password", slug: "mnt-by-password", secret: true},
		{name: "Admin C", slug: "admin-c"}, {name: "Tech C", slug: "tech-c"},
	}},
	{"Router", "router", []field{
		{name: "Host", slug: "host"}, {name: "Port", slug: "port"}, {name: "Platform", slug: "platform"},
		{name: "Username", slug: "username"}, {name: "Password", slug: "password", secret: true},
		{name: "Host Key", slug: "host-key"}, {name: "Local Address", slug: "local-address"},
	}},
	{"Resource Holder", "resource-holder", []field{
		{name: "Contact Name", slug: "contact-name"}, {name: "Contact Email", slug: "contact-email"},
		{name: "Contact Phone", slug: "contact-phone"}, {name: "Street Address", slug: "street-address"},
	}},
}

const rootID = 1

// seed01 writes the rows that exist from the start. It can run again.
func seed01(tx *gorm.DB) error {
	for _, scope := range []string{"directory", "peering", "resources", "keys"} {
		for stripe := range stripes(tx) {
			row := generation01{Scope: scope, Stripe: stripe}
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
				return err
			}
		}
	}
	var existing int64
	if err := tx.Model(&resource01{}).Count(&existing).Error; err != nil || existing > 0 {
		return err
	}
	now := time.Now().Unix()
	create := func(r resource01) (uint64, error) {
		r.LiveSlug, r.Date, r.Modified = &r.Slug, now, now
		if r.ID != rootID {
			parent := uint64(rootID)
			r.ParentID = &parent
		}
		err := tx.Create(&r).Error
		return r.ID, err
	}
	if _, err := create(resource01{ID: rootID, Name: "Top Level Resource", Slug: "tlr", Type: "tlr"}); err != nil {
		return err
	}
	for _, s := range sections {
		sectionID, err := create(resource01{Name: s.name, Slug: s.slug, Type: "section"})
		if err != nil {
			return err
		}
		for i, f := range s.fields {
			fieldID, err := create(resource01{Name: f.name, Slug: f.slug, Type: "field"})
			if err != nil {
				return err
			}
			link := sectionField01{SectionID: sectionID, FieldID: fieldID, Slug: f.slug, Position: i + 1, Secret: f.secret}
			if err := tx.Create(&link).Error; err != nil {
				return err
			}
		}
	}
	return nil
}
