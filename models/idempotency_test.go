package models_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// replayed claims a token that was settled and returns the stored answer.
func replayed(t *testing.T, s *models.Store, token models.Token) string {
	t.Helper()
	err := claim(t, s, token)
	var replay *models.ErrReplay
	if !errors.As(err, &replay) {
		t.Fatalf("claimed again: %v, want a replay", err)
	}
	return string(replay.Answer)
}

func claim(t *testing.T, s *models.Store, token models.Token) error {
	t.Helper()
	return s.Write(t.Context(), func(tx *models.Tx) error { return tx.Claim(token) })
}

// settle does a request with a token, as a transaction.
func settle(t *testing.T, s *models.Store, token models.Token, answer string) {
	t.Helper()
	write(t, s, func(tx *models.Tx) error {
		if err := tx.Claim(token); err != nil {
			return err
		}
		return tx.Settle(token, []byte(answer))
	})
}

func TestATokenIsReplayed(t *testing.T) {
	t.Parallel()
	got := modelstest.Same(t, standing, func(t *testing.T, l *modelstest.Lent) []string {
		token := func(caller, value, request string) models.Token {
			return models.Token{Caller: caller, Value: value, Request: request}
		}
		settle(t, l.Store, token("caller", "token", "request"), `{"success":1}`)
		write(t, l.Store, func(tx *models.Tx) error { return tx.Claim(token("caller", "open", "request")) })
		var lines []string
		for _, test := range []struct {
			name  string
			token models.Token
		}{
			{"same", token("caller", "token", "request")},
			{"another request", token("caller", "token", "other")},
			{"another caller", token("other", "token", "request")},
			{"no caller", token("", "token", "request")},
			{"other case", token("caller", "TOKEN", "request")},
			{"spaces behind", token("caller", "token  ", "request")},
			{"space before", token("caller", " token", "request")},
			{"accent", token("caller", "tökén", "request")},
			{"accent in two", token("caller", "to\u0308ke\u0301n", "request")},
			{"NUL behind", token("caller", "token\x00", "request")},
			{"emoji", token("caller", "😀", "request")},
			{"another emoji", token("caller", "😁", "request")},
			{"interrupted", token("caller", "open", "request")},
			{"interrupted, another request", token("caller", "open", "other")},
			{"no value", token("caller", "", "request")},
			{"only spaces", token("caller", "   ", "request")},
			{"longest", token("caller", strings.Repeat("x", 255), "request")},
			{"too long", token("caller", strings.Repeat("x", 256), "request")},
			{"invalid UTF-8", token("caller", "\xff", "request")},
		} {
			err := claim(t, l.Store, test.token)
			var replay *models.ErrReplay
			switch {
			case errors.As(err, &replay):
				lines = append(lines, fmt.Sprintf("%s: %q, replay of %q", test.name, err, replay.Answer))
			case err != nil:
				lines = append(lines, fmt.Sprintf("%s: %v", test.name, err))
			default:
				lines = append(lines, test.name+": new")
			}
		}
		return lines
	})
	const unusable = ": Invalid value for request_id: 1 to 255 bytes of UTF-8 expected"
	equal(t, "claims", got, []string{
		`same: "the request was done already", replay of "{\"success\":1}"`,
		"another request: Request id token was used for another request",
		"another caller: new", "no caller: new", "other case: new",
		`spaces behind: "the request was done already", replay of "{\"success\":1}"`,
		"space before: new", "accent: new", "accent in two: new", "NUL behind: new", "emoji: new", "another emoji: new",
		"interrupted: Request open was interrupted or is being processed: its outcome is not known",
		"interrupted, another request: Request id open was used for another request",
		"no value" + unusable, "only spaces" + unusable, "longest: new", "too long" + unusable, "invalid UTF-8" + unusable,
	})
}

// A request that failed leaves its token free, by rolling back or by giving it
// back.
func TestATokenOfAFailureIsFree(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		token := models.Token{Caller: "caller", Value: "token", Request: "request"}
		failed := errors.New("failed")
		err := l.Store.Write(t.Context(), func(tx *models.Tx) error { return errors.Join(tx.Claim(token), failed) })
		if !errors.Is(err, failed) {
			t.Errorf("error %v", err)
		}
		if err := claim(t, l.Store, token); err != nil {
			t.Errorf("after a rollback: %v", err)
		}
		padded := token
		padded.Value += " "
		write(t, l.Store, func(tx *models.Tx) error { return tx.Release(padded) })
		settle(t, l.Store, token, "first")
		other := token
		other.Caller = "other"
		write(t, l.Store, func(tx *models.Tx) error { return tx.Release(other) })
		if got := replayed(t, l.Store, token); got != "first" {
			t.Errorf("replay of %q", got)
		}
	})
}

// Of requests with one token that come at the same time one is done, and the
// others get its answer.
func TestATokenIsUsedOnce(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		const callers = 30
		gateways := stores(t, l, 2)
		token := models.Token{Caller: "caller", Value: "token", Request: "request"}
		var done atomic.Int64
		for i, err := range together(callers, func(i int) error {
			err := gateways[i%2].Write(t.Context(), func(tx *models.Tx) error {
				if err := tx.Claim(token); err != nil {
					return err
				}
				if err := tx.AddSession(new(session(i))); err != nil {
					return err
				}
				return tx.Settle(token, []byte("answer"))
			})
			if err == nil {
				done.Add(1)
			}
			return err
		}) {
			var replay *models.ErrReplay
			if err != nil && (!errors.As(err, &replay) || string(replay.Answer) != "answer") {
				t.Errorf("caller %d: %v", i, err)
			}
		}
		if n := len(sessions(t, l.Store, false)); done.Load() != 1 || n != 1 {
			t.Errorf("done %d times, %d sessions", done.Load(), n)
		}
	})
}

func TestAnEmptyAnswerIsNotStored(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		token := models.Token{Value: "token"}
		err := s.Write(t.Context(), func(tx *models.Tx) error { return errors.Join(tx.Claim(token), tx.Settle(token, []byte{})) })
		if err == nil || models.ErrorCode(err) != models.Internal {
			t.Errorf("error %v", err)
		}
	})
}

func TestForgetTokens(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(moment)
			l := modelstest.Lend(t, kind, clock.Now)
			token := func(i int) models.Token { return models.Token{Value: fmt.Sprint(i), Request: "request"} }
			for i := range 3 {
				settle(t, l.Store, token(i), fmt.Sprint("answer ", i))
				clock.Advance(time.Hour)
			}
			before := versions(t, l.Store)
			if err := l.Store.ForgetTokens(t.Context(), time.Unix(moment, 0).Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if versions(t, l.Store) != before {
				t.Error("readers are told of it")
			}
			equal(t, "left", column(t, l, "SELECT token FROM idempotency_records ORDER BY token"), []string{"1", "2"})
			if err := claim(t, l.Store, token(0)); err != nil {
				t.Errorf("a forgotten token: %v", err)
			}
			if got := replayed(t, l.Store, token(1)); got != "answer 1" {
				t.Errorf("replay of %q", got)
			}
		})
	}
}
