package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/backends/comparison"
	"provision-gateway/config"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

func (p *Program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Runs the gateway",
		Long: `Runs the gateway until SIGTERM or SIGINT; requests that run then are finished.

The API is at /api/v1/api.php, below any prefix, and the exchange's at /api/v2;
/healthz says that the process runs and /readyz that its database answers.`,
		Args: exactly(0),
	}
	config.RegisterFlags(c.Flags(), true)
	demo := c.Flags().Bool("demo", false, "fill an empty database with a small invented network, AS64500")
	c.RunE = func(c *cobra.Command, _ []string) error {
		defaults := map[string]any{}
		if *demo {
			defaults["own_asns"] = []uint32{demoASN}
		}
		cfg, err := p.settings(c, defaults)
		if err != nil {
			return err
		}
		return p.serve(c.Context(), cfg, *demo)
	}
	return c
}

// serve runs the gateway until ctx ends.
func (p *Program) serve(ctx context.Context, cfg config.Config, demo bool) (err error) {
	// What runs in the background ends with serve, whatever ends that.
	ctx, cancel := context.WithCancel(ctx)
	logger := newLogger(cfg.Log, p.Stderr, isTerminal(p.Stderr))
	defer cancel()
	store, err := p.openWithSecrets(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if demo {
		if err := fillDemo(ctx, store, logger); err != nil {
			return fmt.Errorf("fill in the demo network: %w", err)
		}
	}
	listener, signed, err := p.listen(ctx, cfg, store, logger)
	if err != nil {
		return err
	}
	handlers.TuneMemory()
	gateway, background, err := p.start(ctx, cfg, store, logger)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() {
		cancel()
		background.wait()
	}()
	server := &http.Server{
		Handler: gateway, MaxHeaderBytes: cfg.Limits.HeaderBytes,
		ReadHeaderTimeout: cfg.Limits.HeaderTimeout, ReadTimeout: cfg.Limits.ReadTimeout,
		WriteTimeout: cfg.Limits.WriteTimeout, IdleTimeout: cfg.Limits.IdleTimeout,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	logger.Info("listening", "address", listener.Addr().String(), "database", cfg.Database, "version", version)
	if p.Listening != nil {
		p.Listening(listener.Addr())
	}
	if demo && !signed {
		err = p.printf("Try: curl -g 'http://%s/api/v1/api.php?target=peering&action=getPeers&public_id=1'\n", listener.Addr())
	}
	if err == nil {
		select {
		case err = <-served:
		case <-ctx.Done():
		}
	}
	return errors.Join(err, drain(server, cfg.DrainTimeout, logger), closeGateway(gateway))
}

// start makes the gateway and what it needs of the world outside.
func (p *Program) start(ctx context.Context, cfg config.Config, store *models.Store, logger *slog.Logger) (*handlers.Gateway, *schedule, error) {
	mails, err := p.delivery(cfg, store, logger)
	if err != nil {
		return nil, nil, err
	}
	routers := p.sessions(cfg, store, logger)
	o := handlers.Options{
		Store: store, Logger: logger, OwnASNs: cfg.OwnASNs, RIRs: cfg.LIR.RIRs, Location: cfg.Timezone,
		MaxVariables: cfg.Limits.Variables, MaxBody: cfg.Limits.Body, KeyRate: cfg.Limits.KeyRate, KeyBurst: cfg.Limits.KeyBurst,
		MaxAge: cfg.Auth.MaxAge, CacheSize: cfg.Cache.Size, Router: routers, OutsideTimeout: cfg.Router.Timeout,
		MailCooldown: cfg.Mail.Cooldown, MailCap: cfg.Mail.HourlyCap, Modes: cfg.Legacy.Modes, Now: p.Now,
		End: handlers.End(cfg.Legacy.End),
	}
	// A nil pointer would be an interface that is not nil.
	if mails != nil {
		o.Mailer = mails
		o.OutsideTimeout = max(o.OutsideTimeout, cfg.Mail.Timeout)
	}
	served, startSteps, err := servedExchange(cfg, store, logger)
	if err != nil {
		return nil, nil, err
	}
	o.Exchange = served
	server, err := original(cfg, logger)
	if err != nil {
		return nil, nil, err
	}
	if server != nil {
		o.Original, o.RequireSecrets = server, cfg.Legacy.Secrets == config.SecretsRequire
		if o.Comparer, err = p.comparer(cfg, store, logger); err != nil {
			return nil, nil, err
		}
	}
	bound, err := p.exchanges(cfg, store, logger)
	if err != nil {
		return nil, nil, err
	}
	if bound != nil {
		o.Exchanges = bound
	}
	gateway, err := handlers.New(o)
	if err != nil {
		return nil, nil, err
	}
	background := p.startBackground(ctx, cfg, store, logger, func(ctx context.Context) error {
		_, err := routers.RefreshAll(ctx)
		return err
	})
	startSteps(ctx, background)
	startExchanges(ctx, bound, background)
	return gateway, background, nil
}

// listen opens the socket where the configuration, and the keys in the
// database, allow it. It reports whether requests must be signed.
func (p *Program) listen(ctx context.Context, cfg config.Config, store *models.Store, logger *slog.Logger) (net.Listener, bool, error) {
	signed, err := store.HasKeys(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("read keys: %w", err)
	}
	address, restricted, err := listenAddress(cfg.Listen, signed)
	if err != nil {
		return nil, false, err
	}
	switch {
	case restricted:
		logger.Warn("no API key exists, so requests need no signature: listening on loopback only; add a key (provision-gateway key add) and restart",
			"configured", cfg.Listen, "address", address)
	case !signed:
		logger.Warn("no API key exists, so requests need no signature", "address", address)
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", address)
	return listener, signed, err
}

// drain stops accepting connections and waits for the requests that run.
func drain(server *http.Server, patience time.Duration, logger *slog.Logger) error {
	logger.Info("draining", "timeout", patience.String())
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("requests still ran after %v and were cut off", patience)
		return errors.Join(err, server.Close())
	}
	if err == nil {
		logger.Info("drained")
	}
	return err
}

// closeGateway lets the gateway write down what it keeps in memory, and before that
// compare what waits for it, for which the gateway is asked.
func closeGateway(gateway *handlers.Gateway) error {
	var err error
	if c, ok := gateway.Comparer.(*comparison.Comparer); ok {
		err = within(5*time.Second, c.Close)
	}
	return errors.Join(err, within(5*time.Second, gateway.Close))
}

func within(limit time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return f(ctx)
}
