package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"provision-gateway/backends/legacy"
	"provision-gateway/config"
)

func (p *Program) legacyCommand() *cobra.Command {
	return group("legacy", "Leads scripts away from an original server", p.legacyReportCommand(), p.legacyAnewCommand(),
		group("mode", "Says who answers which action",
			p.legacyModeListCommand(), p.legacyModeSetCommand(), p.legacyModeUnsetCommand(), p.legacyModeLogCommand()),
		p.legacyImportCommand(), p.legacyUsageCommand())
}

var errNoOriginal = errors.New("legacy.url is not set: there is no original server")

// original makes the client of the original server; nil when there is none.
func original(cfg config.Config, logger *slog.Logger) (*legacy.Client, error) {
	l := cfg.Legacy
	if l.URL == "" {
		return nil, nil
	}
	c := legacy.Config{
		URL: l.URL, Key: l.Key.Reveal(), Secret: l.Secret.Reveal(), Timeout: l.Timeout, Connections: l.Connections,
		Failures: l.BreakerFailures, Wait: l.BreakerWait,
		Changed: func(away bool) {
			if away {
				logger.Warn("the original server failed too often and is left alone", "for", l.BreakerWait.String())
			} else {
				logger.Info("the original server is back")
			}
		},
	}
	if l.CAFile != "" {
		pem, err := os.ReadFile(l.CAFile)
		if err != nil {
			return nil, fmt.Errorf("legacy.ca_file: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, errors.New("legacy.ca_file: holds no certificate")
		}
		c.TLS = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	client, err := legacy.New(c)
	if err != nil {
		return nil, fmt.Errorf("legacy: %w", err)
	}
	return client, nil
}
