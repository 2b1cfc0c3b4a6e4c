package ix

import (
	"encoding/json"
	"net/mail"
	"regexp"
	"slices"
)

// Contacts is the collection of people and desks.
const Contacts Collection = "contacts"

// Contact is a person or a desk.
type Contact struct {
	Header
	Ownable
	Name *string `json:"name" ix:"create,update,max=128"`
	// Telephone is in the form of E.164, with spaces between digits allowed.
	Telephone *string `json:"telephone" ix:"create,update,max=40"`
	Email     *string `json:"email" ix:"create,update,max=80"`
}

func contacts() *kind {
	return &kind{
		name: Contacts, make: func(string) Object { return &Contact{} }, filters: accountFilters(),
		create: createContact, update: updateContact, destroy: destroyContact,
	}
}

func createContact(tx *Tx, o Object) error {
	c := o.(*Contact)
	if err := c.check(); err != nil {
		return err
	}
	return tx.Insert(Contacts, c)
}

// updateContact changes a contact, which keeps what its roles need.
func updateContact(tx *Tx, _, o Object) error {
	c := o.(*Contact)
	if err := c.check(); err != nil {
		return err
	}
	assignments, err := tx.assignmentsOf(c.ID)
	if err != nil {
		return err
	}
	for _, a := range assignments {
		role, err := get[*Role](tx, Roles, a.Role)
		if err != nil {
			return err
		}
		if err := c.fitsRole(role); err != nil {
			return err
		}
		// Assignments are seen by whom the contact is seen.
		a.ManagingAccount, a.ConsumingAccount = c.ManagingAccount, c.ConsumingAccount
		if err := tx.Save(RoleAssignments, a); err != nil {
			return err
		}
	}
	return tx.Save(Contacts, c)
}

// destroyContact deletes a contact and its role assignments, unless one of those
// is in use.
func destroyContact(tx *Tx, o Object, _ map[string]json.RawMessage) error {
	c := o.(*Contact)
	assignments, err := tx.assignmentsOf(c.ID)
	if err != nil {
		return err
	}
	for _, a := range assignments {
		user, id, err := tx.userOf(a.ID)
		if err != nil {
			return err
		}
		if id != "" {
			return inUse(Contacts, c.ID, user, id)
		}
		if err := tx.Remove(RoleAssignments, a); err != nil {
			return err
		}
	}
	return tx.Remove(Contacts, c)
}

var telephone = regexp.MustCompile(`^\+?[0-9](?:[ 0-9]{0,37}[0-9])?$`)

// check checks the forms of the ways to reach a contact.
func (c *Contact) check() error {
	var problems []Property
	if c.Telephone != nil && *c.Telephone != "" && !telephone.MatchString(*c.Telephone) {
		problems = append(problems, Property{"telephone", "expected a number in the form of E.164"})
	}
	if c.Email != nil && *c.Email != "" {
		if a, err := mail.ParseAddress(*c.Email); err != nil || a.Address != *c.Email {
			problems = append(problems, Property{"email", "expected an address of mail"})
		}
	}
	return Invalid(problems...)
}

// fitsRole checks that a contact has all that a role needs.
func (c *Contact) fitsRole(role *Role) error {
	var missing []string
	for _, name := range role.RequiredFields {
		if !slices.ContainsFunc(texts(c, name), func(value string) bool { return value != "" }) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return UnableToFulfill("The role %s needs a contact with %s.", role.Name, missing)
	}
	return nil
}
