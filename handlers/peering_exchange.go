package handlers

import (
	"errors"
	"time"

	"provision-gateway/models"
)

// Writes to sessions at exchanges that are bound to an API are two transactions
// with the exchange between: the first writes down what is wanted, the second
// what came of it. A request undoes what it wanted only where the exchange refused
// it and nothing of it is there; after everything else it is still wanted. Nor does
// it undo what somebody else wanted since: the link counts the wishes.

// dueAfter is when the background looks after a session that a request has begun
// with and did not end.
func (k *call) dueAfter() int64 { return k.Now().Add(30 * time.Second).Unix() }

// given gives the token back, so that the caller can try again, and returns why.
func (k *call) given(err error) ([]byte, error) {
	return nil, errors.Join(err, k.Store.Write(k.ctx, k.release))
}

// isAtExchange reports whether a change of a session concerns an exchange that
// is bound: it stands there, or what is sent may bring it there.
func (k *call) isAtExchange(id uint64) (bool, error) {
	if _, none := k.Exchanges.(noExchanges); none {
		return false, nil
	}
	if x, err := k.Store.ExchangeSession(k.ctx, id); err != nil || x != nil {
		return x != nil, err
	}
	sent := func(names ...string) bool {
		for _, name := range names {
			if _, ok := k.params.get(name); ok {
				return true
			}
		}
		return false
	}
	if !sent("public_id", "peer_asn", "peer_ipaddr") {
		return false, nil
	}
	if public, err := k.params.row("public_id"); sent("public_id") {
		return err == nil && k.Exchanges.Binds(public), nil
	}
	s, err := k.Store.SessionByID(k.ctx, id)
	if models.ErrorCode(err) == models.NotFound {
		return false, nil
	}
	return err == nil && k.Exchanges.Binds(s.PublicID), err
}
