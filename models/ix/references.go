package ix

import (
	"errors"
	"reflect"
)

// checkReferences checks the accounts and other objects that an object names:
// the caller must act for the accounts, and see the others. All of them stay
// until the transaction ends.
func (tx *Tx) checkReferences(o Object) error {
	var problems []Property
	value := reflect.ValueOf(o).Elem()
	for _, f := range fields(o) {
		if !f.account && f.ref == "" {
			continue
		}
		for _, id := range textsOf(value.FieldByIndex(f.index)) {
			if id == "" {
				continue
			}
			reason, err := tx.checkReference(f, id)
			if err != nil {
				return err
			}
			if reason != "" {
				problems = append(problems, Property{f.name, reason})
				break
			}
		}
	}
	return Invalid(problems...)
}

func (tx *Tx) checkReference(f field, id string) (reason string, err error) {
	c := f.ref
	if f.account {
		c = Accounts
	}
	there, err := tx.hold(c, id)
	if err != nil {
		return "", err
	}
	if !there {
		return "there is no object " + id + " in " + string(c), nil
	}
	item, err := tx.store.read(tx.db, tx.Caller, c, id)
	var p *Problem
	if errors.As(err, &p) {
		return "there is no object " + id + " in " + string(c), nil
	}
	if err != nil {
		return "", err
	}
	if f.account && !tx.Caller.ActsFor(item.ID) {
		return "is not an account of yours", nil
	}
	return "", nil
}

// hold keeps an object that others may delete until the transaction ends, and
// reports whether it is there. Many may hold it at once.
func (tx *Tx) hold(c Collection, id string) (there bool, err error) {
	if tx.store.Kind() != "mysql" {
		// There is one writer at a time.
		return true, nil
	}
	switch c {
	case Accounts, Contacts, RoleAssignments, MACs:
	default:
		return true, nil
	}
	var ids []string
	err = tx.db.Raw("SELECT id FROM ix_objects WHERE id = ? AND collection = ? LOCK IN SHARE MODE", id, c).Scan(&ids).Error
	return len(ids) > 0, err
}
