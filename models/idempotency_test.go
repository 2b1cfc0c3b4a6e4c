package models_test

import (
	"errors"
	"testing"

	"provision-gateway/models"
)

// replayed claims a token that was settled and returns the stored answer.
func replayed(t *testing.T, s *models.Store, token models.Token) string {
	t.Helper()
	err := s.Write(t.Context(), func(tx *models.Tx) error { return tx.Claim(token) })
	var replay *models.ErrReplay
	if !errors.As(err, &replay) {
		t.Fatalf("claimed again: %v, want a replay", err)
	}
	return string(replay.Answer)
}
