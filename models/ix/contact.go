package ix

import "encoding/json"

// The collections of people and of what they are responsible for.
const (
	Contacts        Collection = "contacts"
	Roles           Collection = "roles"
	RoleAssignments Collection = "role-assignments"
)

// Contact is a person or a desk.
type Contact struct {
	Header
	Ownable
	Name *string `json:"name" ix:"create,update,max=128"`
	// Telephone is in the form of E.164.
	Telephone *string `json:"telephone" ix:"create,update,max=40"`
	Email     *string `json:"email" ix:"create,update,max=80"`
}

func contacts() *kind {
	return &kind{
		name: Contacts, make: func(string) Object { return &Contact{} }, filters: accountFilters(),
		create:  func(tx *Tx, o Object) error { return tx.Insert(Contacts, o) },
		update:  func(tx *Tx, _, o Object) error { return tx.Save(Contacts, o) },
		destroy: func(tx *Tx, o Object, _ map[string]json.RawMessage) error { return tx.Remove(Contacts, o) },
	}
}

// Role is what a contact can be responsible for.
type Role struct {
	Header
	Name string `json:"name"`
	// RequiredFields are the properties that a contact in this role must have.
	RequiredFields []string `json:"required_fields"`
}

func roles() *kind {
	return &kind{name: Roles, make: func(string) Object { return &Role{} }, public: true, filters: equals("name")}
}

// RoleAssignment makes a contact responsible.
type RoleAssignment struct {
	Header
	Role    string `json:"role" ix:"create,required,ref=roles"`
	Contact string `json:"contact" ix:"create,required,ref=contacts"`
	// The accounts of the contact, for whom the assignment is visible.
	ManagingAccount  string `json:"-"`
	ConsumingAccount string `json:"-"`
}

func roleAssignments() *kind {
	return &kind{
		name: RoleAssignments, make: func(string) Object { return &RoleAssignment{} }, filters: equals("contact", "role"),
		create:  func(tx *Tx, o Object) error { return tx.Insert(RoleAssignments, o) },
		destroy: func(tx *Tx, o Object, _ map[string]json.RawMessage) error { return tx.Remove(RoleAssignments, o) },
	}
}
