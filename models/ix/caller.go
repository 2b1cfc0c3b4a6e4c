package ix

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Caller is an account that asks, and the accounts that it manages.
type Caller struct {
	// Account is the caller's own.
	Account string
	// scope is the own account and those below it in the chain of managing
	// accounts.
	scope []string
}

// ActsFor reports whether the caller may act for an account: the own one, or one
// that it manages, directly or not.
func (c *Caller) ActsFor(account string) bool {
	return c == nil || slices.Contains(c.scope, account)
}

// caller finds out what an account manages.
func (s *Store) caller(db *gorm.DB, account string) (*Caller, error) {
	var rows []Row
	if err := db.Select("id", "managing_account", "state").Where("collection = ?", Accounts).Find(&rows).Error; err != nil {
		return nil, err
	}
	below, known := map[string][]string{}, false
	for _, row := range rows {
		known = known || row.ID == account && !row.State.Leaving()
		below[row.ManagingAccount] = append(below[row.ManagingAccount], row.ID)
	}
	if !known {
		return nil, NewProblem(ProblemAuthentication, "The account of the token does not exist any more.")
	}
	c := &Caller{Account: account, scope: []string{account}}
	for i := 0; i < len(c.scope); i++ {
		for _, id := range below[c.scope[i]] {
			if !slices.Contains(c.scope, id) {
				c.scope = append(c.scope, id)
			}
		}
	}
	return c, nil
}

// Access is how much of an object a caller sees.
type Access int

const (
	// Hidden objects do not exist for the caller.
	Hidden Access = iota
	// Reduced objects are shown without their sensitive properties.
	Reduced
	// Full objects are the caller's own to read.
	Full
)

// access is how much of a row the caller sees: all of what it manages or uses,
// all of what belongs to the exchange, and for the rest what the collection
// says.
func (c *Caller) access(k *kind, row *Row, o Object, look func(Collection, string) ([]Row, error)) (Access, error) {
	if c == nil || k.public {
		return Full, nil
	}
	switch {
	case c.ActsFor(row.ManagingAccount):
		return Full, nil
	case c.ActsFor(row.ConsumingAccount) && k.counterpart:
		return Reduced, nil
	case c.ActsFor(row.ConsumingAccount):
		return Full, nil
	}
	if k.seen == nil {
		return Hidden, nil
	}
	return k.seen(c, row, o, look)
}

// show writes an object as a caller sees it. One with a secret has been opened.
func show(o Object, document string, a Access) (json.RawMessage, error) {
	names := withheld(o, a)
	if a == Full && len(names) == 0 {
		return json.RawMessage(document), nil
	}
	if _, ok := o.(sealing); ok && a == Full {
		// What was sealed is not in the document.
		return marshal(o, names...)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(document), &all); err != nil {
		return nil, err
	}
	if r, ok := o.(interface{ reduced() []string }); ok && a != Full {
		keep := r.reduced()
		for name := range all {
			if !slices.Contains(keep, name) {
				delete(all, name)
			}
		}
	}
	for _, name := range names {
		delete(all, name)
	}
	return Encode(all)
}

// newID makes the id of an object, a UUID of version 4.
func newID() string {
	var b [16]byte
	// It never fails.
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
