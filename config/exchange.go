package config

import (
	"fmt"
	"time"
)

// IXAPI is the settings of the exchange's API at /api/v2.
type IXAPI struct {
	// Enabled serves it. Without accounts in the database it answers little.
	Enabled bool
	// Interval is between two steps of an order's provisioning; 0 takes each step
	// as soon as it can be.
	Interval time.Duration
	// AccessLifetime and RefreshLifetime are how long tokens are valid.
	AccessLifetime, RefreshLifetime time.Duration
	// TermsURL is where a new account finds the terms that it has to accept; empty
	// is nowhere.
	TermsURL string
}

const keyAccessLifetime = "ixapi.access_lifetime"

// exchangeSettings are those of the exchange's API.
var exchangeSettings = []setting{
	{key: "ixapi.enabled", unit: "true|false", help: "serve the exchange's API at /api/v2",
		fallback: true, field: toggle(func(c *Config) *bool { return &c.IXAPI.Enabled })},
	{key: "ixapi.interval", unit: "DURATION", help: "time between two steps of an order's provisioning; 0 is none",
		fallback: time.Second, field: span(func(c *Config) *time.Duration { return &c.IXAPI.Interval }, 0)},
	{key: keyAccessLifetime, unit: "DURATION", help: "how long an access token of /api/v2 is valid",
		fallback: 15 * time.Minute, field: span(func(c *Config) *time.Duration { return &c.IXAPI.AccessLifetime }, time.Second)},
	{key: "ixapi.refresh_lifetime", unit: "DURATION", help: "how long a refresh token of /api/v2 is valid",
		fallback: 24 * time.Hour, field: span(func(c *Config) *time.Duration { return &c.IXAPI.RefreshLifetime }, time.Second)},
	{key: "ixapi.terms_url", unit: "URL", help: "where a new account of /api/v2 finds the terms that it has to accept",
		fallback: "", field: checked(func(c *Config) *string { return &c.IXAPI.TermsURL }, optional(checkURL))},
}

// toggle is a setting that is on or off.
type toggle func(*Config) *bool

func (f toggle) get(c *Config) any { return *f(c) }

func (f toggle) set(c *Config, raw any) error {
	switch raw {
	case true, "true":
		*f(c) = true
	case false, "false":
		*f(c) = false
	default:
		return fmt.Errorf("\"%v\" is neither true nor false", raw)
	}
	return nil
}

// checkExchange finds what single settings of the exchange's API cannot show.
func (c *Config) checkExchange() Errors {
	if c.IXAPI.AccessLifetime > c.IXAPI.RefreshLifetime {
		return Errors{{Key: keyAccessLifetime, Message: fmt.Sprintf("%v is longer than ixapi.refresh_lifetime (%v), so that there would be nothing to refresh",
			c.IXAPI.AccessLifetime, c.IXAPI.RefreshLifetime)}}
	}
	return nil
}
