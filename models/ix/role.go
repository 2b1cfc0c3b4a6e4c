package ix

import (
	"encoding/json"
	"slices"

	"gorm.io/gorm/clause"
)

// The collections of roles, and of who has them.
const (
	Roles           Collection = "roles"
	RoleAssignments Collection = "role-assignments"
)

// Role is what a contact can be responsible for.
type Role struct {
	Header
	Name string `json:"name"`
	// RequiredFields are the properties that a contact in this role must have.
	RequiredFields []string `json:"required_fields"`
}

func roles() *kind {
	return &kind{
		name: Roles, make: func(string) Object { return &Role{RequiredFields: []string{}} }, public: true,
		filters: all(equals("name"), map[string]filter{"contact": roleOfContact()}),
	}
}

// roleOfContact finds the roles that a contact has.
func roleOfContact() filter {
	return filter{among: func(r *related, o Object, values []string) (bool, error) {
		assignments, err := r.all(RoleAssignments)
		if err != nil {
			return false, err
		}
		for _, one := range assignments {
			if a := one.(*RoleAssignment); a.Role == o.header().ID && slices.Contains(values, a.Contact) {
				return true, nil
			}
		}
		return false, nil
	}}
}

// RoleAssignment makes a contact responsible. It belongs to the accounts of the
// contact.
type RoleAssignment struct {
	Header
	Role             string `json:"role" ix:"create,required,ref=roles"`
	Contact          string `json:"contact" ix:"create,required,ref=contacts"`
	ManagingAccount  string `json:"-"`
	ConsumingAccount string `json:"-"`
}

func (a *RoleAssignment) manager() string { return a.ManagingAccount }

func (a *RoleAssignment) columns(r *Row) {
	r.ManagingAccount, r.ConsumingAccount = a.ManagingAccount, a.ConsumingAccount
}

func (a *RoleAssignment) restore(r *Row) {
	a.ManagingAccount, a.ConsumingAccount = r.ManagingAccount, r.ConsumingAccount
}

func roleAssignments() *kind {
	return &kind{
		name: RoleAssignments, make: func(string) Object { return &RoleAssignment{} }, filters: equals("contact", "role"),
		create: createRoleAssignment, destroy: destroyRoleAssignment,
	}
}

// createRoleAssignment gives a role to a contact that the caller manages and
// that has what the role needs.
func createRoleAssignment(tx *Tx, o Object) error {
	a := o.(*RoleAssignment)
	role, err := get[*Role](tx, Roles, a.Role)
	if err != nil {
		return err
	}
	c, err := get[*Contact](tx, Contacts, a.Contact)
	if err != nil {
		return err
	}
	if !tx.Caller.ActsFor(c.ManagingAccount) {
		return Denied("The contact is managed by another account.")
	}
	if err := c.fitsRole(role); err != nil {
		return err
	}
	a.ManagingAccount, a.ConsumingAccount = c.ManagingAccount, c.ConsumingAccount
	return tx.Insert(RoleAssignments, a)
}

// destroyRoleAssignment takes a role from a contact, unless something needs it.
func destroyRoleAssignment(tx *Tx, o Object, _ map[string]json.RawMessage) error {
	a := o.(*RoleAssignment)
	user, id, err := tx.userOf(a.ID)
	if err != nil {
		return err
	}
	if id != "" {
		return inUse(RoleAssignments, a.ID, user, id)
	}
	return tx.Remove(RoleAssignments, a)
}

// assignmentsOf are the role assignments of a contact.
func (tx *Tx) assignmentsOf(contact string) ([]*RoleAssignment, error) {
	all, err := find[*RoleAssignment](tx, RoleAssignments, "document LIKE ?", `%"`+contact+`"%`)
	return slices.DeleteFunc(all, func(a *RoleAssignment) bool { return a.Contact != contact }), err
}

// userOf finds an object that has a role assignment and is not gone; an empty id
// is none. Such objects cannot appear until the transaction ends, since they
// would have to lock the assignment.
func (tx *Tx) userOf(assignment string) (c Collection, id string, err error) {
	var rows []Row
	err = tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("collection IN ?", []Collection{Ports, Connections, NetworkServiceConfigs, NetworkFeatureConfigs}).
		Where("document LIKE ?", `%"`+assignment+`"%`).Order("position, id").Find(&rows).Error
	if err != nil {
		return "", "", err
	}
	for i := range rows {
		o, err := decode(&rows[i])
		if err != nil {
			return "", "", err
		}
		m, ok := o.(interface{ contacts() *Contactable })
		if ok && !rows[i].State.Gone() && slices.Contains(m.contacts().RoleAssignments, assignment) {
			return rows[i].Collection, rows[i].ID, nil
		}
	}
	return "", "", nil
}
