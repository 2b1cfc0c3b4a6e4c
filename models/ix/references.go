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
