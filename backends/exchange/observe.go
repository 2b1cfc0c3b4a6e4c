package exchange

import (
	"context"
	"time"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// Word is the state of a session in the words of the legacy API, for the state of
// its configuration at the exchange. What has ended has none: the session is
// deleted.
func Word(state ixapi.State) string {
	switch state {
	case ixapi.StateRequested, ixapi.StateAllocated, ixapi.StateScheduled, ixapi.StateTesting:
		return models.StatePending
	case ixapi.StateProduction, ixapi.StateProductionChangePending:
		return models.StateConfigured
	case ixapi.StateDecommissionRequested:
		return models.StateDeleting
	case ixapi.StateDecommissioned, ixapi.StateArchived, ixapi.StateCancelled:
		return ""
	}
	// error, operator, and what no version that is known has.
	return models.StateError
}

// observe stores what the exchange says of a session.
func (w *work) observe(ctx context.Context, have *ixapi.NetworkFeatureConfig) error {
	if have.State.Gone() {
		return w.gone(ctx)
	}
	word, message := Word(have.State), ""
	if word == models.StateError {
		message = string(have.State)
		if len(have.Status) > 0 && have.Status[0].Message != "" {
			message = have.Status[0].Message
		}
	}
	message = models.ExchangeMessage(message)
	news := word == models.StateError && (w.x.State != word || w.x.Message != message)
	if w.x.RemoteState != string(have.State) {
		w.x.Tries = 0
	}
	w.x.State, w.x.RemoteState, w.x.Message = word, string(have.State), message
	if have.NetworkServiceConfig != "" {
		w.x.ServiceConfigID = &have.NetworkServiceConfig
	}
	now := time.Now()
	seen := now.Unix()
	w.x.SeenAt, w.x.DueAt = &seen, now.Add(w.b.Poll).Unix()
	if word == models.StatePending || word == models.StateDeleting {
		w.x.Tries++
		w.x.DueAt = later(w.b.Poll, w.x.Tries)
	}
	return w.saveAnd(ctx, func(tx *models.Tx) error {
		if !news {
			return nil
		}
		return tx.LogSession("Session in error at the exchange ("+message+"): ", w.s)
	})
}

// look reads how far a session has come that needs nothing done.
func (w *work) look(ctx context.Context) error {
	have, err := w.find(ctx, true)
	if err != nil {
		return err
	}
	if have != nil {
		return w.observe(ctx, have)
	}
	// Somebody removed it there without a trace. It is not made again: whoever
	// did it meant it.
	w.x.ConfigID, w.x.State, w.x.RemoteState, w.x.Message, w.x.DueAt = nil, "", "", "", 0
	return w.saveAnd(ctx, func(tx *models.Tx) error {
		return tx.LogSession("Session missing at the exchange: ", w.s)
	})
}
