package models

import (
	"context"
	"errors"

	"gorm.io/gorm"
)

// abortion remembers that the server ended a transaction in favour of another
// one. Without it, what is written in the same function afterwards would be
// committed at once, on its own.
type abortion struct{ err error }

type abortionKey struct{}

// watched gives a transaction whose statements are refused once the server has
// ended it.
func watched(db *gorm.DB) (*gorm.DB, *abortion) {
	a := &abortion{}
	return db.WithContext(context.WithValue(db.Statement.Context, abortionKey{}, a)), a
}

// watchTransactions makes a database keep what watched promises.
func watchTransactions(db *gorm.DB) error {
	refuse := func(db *gorm.DB) {
		if a, ok := db.Statement.Context.Value(abortionKey{}).(*abortion); ok && a.err != nil {
			_ = db.AddError(a.err)
		}
	}
	note := func(db *gorm.DB) {
		if a, ok := db.Statement.Context.Value(abortionKey{}).(*abortion); ok && isContention(db.Error) {
			a.err = db.Error
		}
	}
	c := db.Callback()
	const before, after = "models:refuse_after_abort", "models:note_abort"
	return errors.Join(
		c.Create().Before("*").Register(before, refuse), c.Create().After("*").Register(after, note),
		c.Query().Before("*").Register(before, refuse), c.Query().After("*").Register(after, note),
		c.Update().Before("*").Register(before, refuse), c.Update().After("*").Register(after, note),
		c.Delete().Before("*").Register(before, refuse), c.Delete().After("*").Register(after, note),
		c.Row().Before("*").Register(before, refuse), c.Row().After("*").Register(after, note),
		c.Raw().Before("*").Register(before, refuse), c.Raw().After("*").Register(after, note),
	)
}
