package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/mail"
	"provision-gateway/backends/router"
	"provision-gateway/backends/sessions"
	"provision-gateway/config"
	"provision-gateway/models"
)

// delivery makes what hands over mail; nil without a mail server.
func (p *Program) delivery(cfg config.Config, store *models.Store, logger *slog.Logger) (*delivery.Delivery, error) {
	m := cfg.Mail
	if m.Server == "" {
		return nil, nil
	}
	mailer, err := mail.New(mail.Config{
		Server: m.Server, TLS: m.TLS, CAFile: m.CAFile, Username: m.Username, Password: m.Password.Reveal(), From: m.From,
		ReplyTo: m.ReplyTo, Domain: m.Domain, Timeout: m.Timeout, Redirect: m.RedirectTo, Now: p.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	var replaced fs.FS
	if m.Templates != "" {
		replaced = os.DirFS(m.Templates)
	}
	templates, err := mail.LoadTemplates(replaced)
	if err != nil {
		return nil, fmt.Errorf("mail.templates: %w", err)
	}
	return delivery.New(delivery.Config{
		Store: store, Mailer: mailer, Templates: templates, OwnASNs: cfg.OwnASNs, HourlyCap: m.HourlyCap,
		Patience: max(m.Timeout, cfg.Router.Timeout) + 2*cfg.DatabaseTimeout, Logger: logger,
	}), nil
}

// sessions makes what brings sessions onto routers.
func (p *Program) sessions(cfg config.Config, store *models.Store, logger *slog.Logger) *sessions.Sessions {
	routers := router.New(router.Config{
		ConnectTimeout: cfg.Router.ConnectTimeout, CommandTimeout: cfg.Router.CommandTimeout, Timeout: cfg.Router.Timeout,
		Allow: cfg.Router.AllowLines, Logger: logger,
	})
	return sessions.New(sessions.Config{Store: store, Routers: routers, OwnASNs: cfg.OwnASNs, Logger: logger})
}

// findRouter finds a router by its number, slug or name. A number is that of a
// router before it is the name of another one.
func findRouter(ctx context.Context, store *models.Store, word string) (*models.Router, error) {
	routers, err := store.Routers(ctx)
	if err != nil {
		return nil, err
	}
	var found []models.Router
	for i, r := range routers {
		if strconv.FormatUint(r.ID, 10) == word {
			return &routers[i], nil
		}
		if r.Slug == word || models.Fold(r.Name) == models.Fold(word) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("there is no router %q", word)
	case 1:
		return &found[0], nil
	}
	return nil, fmt.Errorf("there are %d routers %q: name one by its number", len(found), word)
}

// plain makes a name, which anybody may have chosen, fit for a line of a table on
// a terminal: without line ends, tabs and control sequences.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// safely makes an error of a panic, so that work in the background cannot end
// the program.
func safely(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}
