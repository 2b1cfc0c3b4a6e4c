package ix

import (
	"encoding/json"
	"errors"

	"gorm.io/gorm/clause"
)

// destroyAccount deletes an account that nothing needs any more, with its
// contacts and their roles. Its credentials end with it.
func destroyAccount(tx *Tx, o Object, _ map[string]json.RawMessage) error {
	a := o.(*Account)
	var rows []Row
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("id <> ? AND (managing_account = ? OR consuming_account = ? OR billing_account = ?)", a.ID, a.ID, a.ID, a.ID).
		Order("position, id").Find(&rows).Error
	if err != nil {
		return err
	}
	for _, row := range rows {
		switch row.Collection {
		case Contacts, RoleAssignments, MemberJoiningRules, IPs:
			// They go with it, or with what they belong to.
			continue
		}
		if !row.State.Gone() {
			return UnableToFulfill("The account is used by %s in %s.", row.ID, row.Collection)
		}
	}
	if err := tx.removeOf(rows); err != nil {
		return err
	}
	err = tx.db.Model(&Credential{}).Where("account_id = ? AND revoked_at IS NULL", a.ID).Update("revoked_at", tx.Time).Error
	if err != nil {
		return err
	}
	a.State, a.Status = StateDecommissioned, []Status{}
	return tx.Remove(Accounts, a)
}

// removeOf deletes the contacts, joining rules and registered addresses of an
// account that goes.
func (tx *Tx) removeOf(rows []Row) error {
	for i := range rows {
		o, err := decode(&rows[i])
		if err != nil {
			return err
		}
		switch o := o.(type) {
		case *Contact:
			err = destroyContact(tx, o, nil)
			var p *Problem
			if errors.As(err, &p) {
				return UnableToFulfill("The contact %s of the account is in use. %s", o.ID, p.Detail)
			}
		case *IPAddress:
			// One of a configuration goes with that.
			if o.NetworkServiceConfig == "" {
				err = tx.Remove(IPs, o)
			}
		case *MemberJoiningRule:
			err = destroyJoiningRule(tx, o, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// exists checks that a property names an account that is there, whoever it is
// visible to.
func (tx *Tx) exists(property, account string) error {
	var rows []Row
	err := tx.db.Select("id", "state").Where("id = ? AND collection = ?", account, Accounts).Find(&rows).Error
	if err != nil {
		return err
	}
	if len(rows) == 0 || rows[0].State.Leaving() {
		return InvalidProperty(property, "there is no object %s in %s", account, Accounts)
	}
	return nil
}
