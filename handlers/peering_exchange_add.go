package handlers

import (
	"errors"

	"provision-gateway/backends/exchange"
	"provision-gateway/models"
)

// addAtExchange adds a session at an exchange that is bound. One with a route
// server is brought there; the others the exchange does not know.
//
// Where the exchange cannot be reached the session is kept, and the same call
// goes on with it.
func (k *call) addAtExchange() ([]byte, error) {
	if err := k.Store.Write(k.ctx, k.claim); err != nil {
		return nil, err
	}
	s, err := k.newSession()
	if err != nil {
		return k.given(err)
	}
	ctx, cancel := k.outside()
	defer cancel()
	routeServer, unplanned := k.Exchanges.Plan(ctx, s)
	if unplanned != nil && !exchange.IsPending(unplanned) {
		return k.given(unplanned)
	}
	var body []byte
	var wishes int64
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		body = nil
		if routeServer || unplanned != nil {
			due := k.dueAfter()
			if unplanned != nil {
				// This request does no more.
				due = k.Now().Unix()
			}
			if err := tx.AddExchangeSession(s, due); err != nil {
				return err
			}
			x, err := tx.ExchangeSession(s.ID)
			wishes = x.Wishes
			return err
		}
		if err := tx.AddSession(s); err != nil {
			return err
		}
		body = addedAnswer(s)
		return k.settle(tx, body)
	})
	if err != nil {
		return k.given(err)
	}
	if body != nil {
		return body, nil
	}
	if unplanned != nil {
		return k.given(unplanned)
	}
	err = k.Exchanges.Converge(ctx, s.ID)
	if exchange.IsRefused(err) {
		err = errors.Join(err, k.Store.Write(k.ctx, func(tx *models.Tx) error {
			_, lost := tx.DropExchangeSession(s.ID, wishes)
			return lost
		}))
	}
	if err != nil {
		return k.given(err)
	}
	err = k.Store.Write(k.ctx, func(tx *models.Tx) error {
		stored, err := tx.LiveSession(s.ID)
		if models.ErrorCode(err) == models.NotFound {
			return models.Errorf(models.Conflict, "Session %s was deleted meanwhile", s.Label())
		}
		if err != nil {
			return err
		}
		shown := *stored
		if x, err := tx.ExchangeSession(s.ID); err != nil {
			return err
		} else if x != nil && x.State != "" && shown.State == models.StateNotConfigured {
			shown.State = x.State
		}
		body = addedAnswer(&shown)
		return k.settle(tx, body)
	})
	if err != nil {
		return k.given(err)
	}
	return body, nil
}
