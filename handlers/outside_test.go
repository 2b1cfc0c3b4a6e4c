package handlers_test

import (
	"context"
	"errors"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/router"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
)

// outside plays what is beyond the machine: accepts, refuses (the user, or a
// mail), fails, or rejects (a line of configuration).
type outside string

var errOutside = errors.New("outside: connection lost")

func (o outside) Send(context.Context, delivery.Mail) error {
	if o == "refuses" {
		return errOutside
	}
	return nil
}

func (o outside) Configure(context.Context, sessions.Configuration) error {
	switch o {
	case "refuses":
		return router.ErrCredentials
	case "fails":
		return errOutside
	case "rejects":
		return models.Errorf(models.Invalid, "Configuration rejected: neighbor 192.0.2.101 remote-as 64501: %% Invalid input")
	}
	return nil
}

func (o outside) Remove(ctx context.Context, s *models.Session) error {
	return o.Configure(ctx, sessions.Configuration{Session: s})
}
