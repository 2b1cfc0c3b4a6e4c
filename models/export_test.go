package models

import "gorm.io/gorm"

// Touch says that the transaction changes scopes.
func (tx *Tx) Touch(some ...Scope) { tx.touch(some...) }

// ReadDB gives tests the pool of readers.
func (s *Store) ReadDB() *gorm.DB { return s.read }

// Prepared counts the statements that are kept prepared.
func (s *Store) Prepared() int {
	s.statements.mu.RLock()
	defer s.statements.mu.RUnlock()
	return len(s.statements.prepared)
}

// Padded is the list that a statement gets.
func Padded[T any](list []T) []T { return padded(list) }
