package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"provision-gateway/models"
)

// Converge does at the exchange what is wanted of a session, whatever of it was
// done before, and stores how far it came. Of all callers, on all gateways, one at
// a time is busy with a session. What is wanted anew meanwhile stays wanted: it is
// for whoever wanted it, so that each caller hears of its own.
//
// The error is Refused where the exchange will not do it and has nothing of the
// session that is not known here, and Pending where it cannot be asked or nobody
// knows what it did. After every error but Refused what is wanted stands.
func (e *Exchange) Converge(ctx context.Context, session uint64) error {
	x, err := e.Store.ExchangeSession(ctx, session)
	if err != nil || x == nil {
		return err
	}
	ctx, cancel := e.within(ctx, e.bound[x.PublicID])
	defer cancel()
	return e.alone(ctx, session, func() error { return e.converge(ctx, session) })
}

// within bounds all that is done for one session at a time.
func (e *Exchange) within(ctx context.Context, b *bound) (context.Context, context.CancelFunc) {
	timeout := e.Timeout
	if timeout == 0 && b != nil {
		timeout = requests * b.Client.Timeout()
	}
	if timeout == 0 {
		timeout = time.Minute
	}
	return context.WithTimeout(ctx, timeout)
}

// requests is how many requests may last as long as they can.
const requests = 3

// lease is the lease of whoever is busy with a session; that of package sessions
// is the same.
func lease(session uint64) string { return fmt.Sprintf("session-%d", session) }

// alone runs f while nobody else is busy with a session, which may also be a
// gateway that was killed a moment ago.
func (e *Exchange) alone(ctx context.Context, session uint64, f func() error) error {
	ran := false
	err := e.Store.Alone(ctx, lease(session), fmt.Sprintf("Session %d", session), func() error {
		ran = true
		return f()
	})
	var busy *models.Error
	if ran || !errors.As(err, &busy) {
		return err
	}
	return &Pending{models.Errorf(busy.Code, "%s; it is finished later, or when the same is sent again", busy.Message), err}
}

func (e *Exchange) converge(ctx context.Context, session uint64) error {
	// The link comes first: a session that is changed after it was read has a link
	// with another count of wishes then.
	x, err := e.Store.ExchangeSession(ctx, session)
	if err != nil || x == nil {
		return err
	}
	b := e.bound[x.PublicID]
	s, err := e.Store.SessionByID(ctx, session)
	if models.ErrorCode(err) == models.NotFound {
		// Whoever deleted it knew that nothing of it is left.
		return e.write(ctx, func(tx *models.Tx) error { return tx.ForgetExchangeSession(session) })
	}
	if err != nil {
		return err
	}
	if b == nil {
		return models.Errorf(models.Conflict, "The exchange %d of %s is bound to no API any more", x.PublicID, s.Label())
	}
	w := &work{Exchange: e, b: b, s: s, x: x}
	switch x.Wanted {
	case models.WantedNothing:
		err = w.look(ctx)
	case models.WantedDelete:
		err = w.end(ctx)
	default:
		err = w.bring(ctx)
	}
	if err == nil {
		return nil
	}
	return w.failed(ctx, e.outcome(b, s, err))
}

// write runs a transaction that is done even for a caller that hung up: what the
// exchange did must be known.
func (e *Exchange) write(ctx context.Context, f func(tx *models.Tx) error) error {
	return e.Store.Write(context.WithoutCancel(ctx), f)
}

// work is one session that somebody is busy with.
type work struct {
	*Exchange
	b *bound
	s *models.Session
	x *models.ExchangeSession
}

// save stores what is known of the session by now.
func (w *work) save(ctx context.Context) error { return w.saveAnd(ctx, nil) }

// saveAnd stores what is known of the session by now, with more.
func (w *work) saveAnd(ctx context.Context, more func(tx *models.Tx) error) error {
	return w.write(ctx, func(tx *models.Tx) error {
		there, err := tx.ObserveExchangeSession(w.x)
		if err == nil && !there {
			err = models.Errorf(models.Conflict, "Session %s was deleted meanwhile", w.s.Label())
		}
		if err != nil || more == nil {
			return err
		}
		return more(tx)
	})
}

// failed stores why a session did not come further, and when to try again.
func (w *work) failed(ctx context.Context, err error) error {
	var said *models.Error
	if !errors.As(err, &said) {
		return err
	}
	refused := !IsPending(err) && w.x.Wanted != models.WantedNothing
	if refused {
		err = w.refusal(ctx, said)
	}
	message := models.ExchangeMessage(said.Message)
	news := refused && w.x.Message != message
	w.x.Message, w.x.Tries = message, w.x.Tries+1
	w.x.DueAt = later(w.b.Poll, w.x.Tries)
	if refused {
		// What the exchange will not do now it may do when somebody has seen to it.
		w.x.State, w.x.DueAt = models.StateError, time.Now().Add(w.b.Poll).Unix()
	}
	stored := w.saveAnd(ctx, func(tx *models.Tx) error {
		if !news {
			return nil
		}
		return tx.LogSession("Session refused by the exchange ("+message+"): ", w.s)
	})
	if stored != nil {
		// Refused would have it undone, of which nothing is known.
		return errors.Join(stored, said)
	}
	return err
}

// refusal is what a refusal means: Refused where nothing came of the session at
// the exchange that is not known here. For that its reference is looked for.
func (w *work) refusal(ctx context.Context, said *models.Error) error {
	if w.x.ConfigID == nil {
		found, err := w.find(ctx, false)
		switch {
		case err != nil:
			return said
		case found != nil:
			w.x.ConfigID, w.x.ServiceConfigID, w.x.PostedAt = &found.ID, &found.NetworkServiceConfig, nil
			return said
		case w.mayCome():
			return said
		}
		w.x.PostedAt = nil
	}
	return &Refused{said}
}

// later is when to try again after so many tries: soon at first, and not more
// rarely than what is settled is looked at.
func later(poll time.Duration, tries int) int64 {
	return time.Now().Add(min(poll, time.Second<<min(tries, 12))).Unix()
}
