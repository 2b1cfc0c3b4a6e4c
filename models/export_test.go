package models

import "gorm.io/gorm"

// DB gives tests the connection of a transaction, past the models.
func (tx *Tx) DB() *gorm.DB { return tx.db }

// Touch says that the transaction changes scopes.
func (tx *Tx) Touch(some ...Scope) { tx.touch(some...) }

// ReadDB gives tests the pool of readers.
func (s *Store) ReadDB() *gorm.DB { return s.read }

// DatabaseError is what a driver's error becomes on its way out.
func DatabaseError(err error) error { return databaseError(err) }

// Prepared counts the statements that are kept prepared.
func (s *Store) Prepared() int {
	s.statements.mu.RLock()
	defer s.statements.mu.RUnlock()
	return len(s.statements.prepared)
}

// Padded is the list that a statement gets.
func Padded[T any](list []T) []T { return padded(list) }
