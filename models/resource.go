package models

// The types of a Resource that the gateway itself makes use of.
const (
	TypeEntry   = "entry"
	TypeSection = "section"
	TypeField   = "field"
)

// The slugs of the sections that exist from the start.
const (
	SectionLIR            = "lir"
	SectionRouter         = "router"
	SectionResourceHolder = "resource-holder"
)

// RootID is the resource that is the parent of all that name no other.
const RootID = 1

// Resource is a node of the resource tree: an entry (an LIR, a router, a
// resource holder), or a section or field that describes entries.
type Resource struct {
	ID   uint64
	Name string
	// Slug is the name in URL form. It never changes.
	Slug string
	// LiveSlug is Slug while the resource is live and nil once it is deleted,
	// so that a slug is unique among live resources only.
	LiveSlug   *string
	Type       string
	ParentID   *uint64
	CategoryID *uint64
	// SectionID is the section of an entry.
	SectionID *uint64
	CustomID  string
	// Date and Modified are Unix seconds of creation and last change.
	Date      int64
	Modified  int64
	DeletedAt *int64
}

// SectionField says that entries of a section have a field.
type SectionField struct {
	ID        uint64
	SectionID uint64
	// FieldID is the resource of type field, and Slug its slug.
	FieldID uint64
	Slug    string
	// Position orders the fields of a section, from 1.
	Position int
	// Secret values are stored encrypted and answered as an id.
	Secret bool
}

// FieldValue is one instance of a field of an entry.
type FieldValue struct {
	ID         uint64
	ResourceID uint64
	Slug       string
	// Instance counts the occurrences of a field, from 0.
	Instance uint32
	// Value is the text of a plain field; SecretID refers to a secret one's.
	Value    string
	SecretID *uint64
}

// Secret is a value encrypted at rest.
type Secret struct {
	ID uint64
	// KeyID names the key of the keyring that sealed it.
	KeyID     string
	Sealed    []byte
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}
