package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"provision-gateway/compat"
)

// Legacy is the settings of the original server, from which the scripts are
// led away.
type Legacy struct {
	// URL is that of its api.php; empty is no such server.
	URL string
	// Key and Secret sign requests to it; without both the callers' own keys and
	// hashes are passed on.
	Key, Secret Secret
	// CAFile holds the certificates to trust instead of the system's.
	CAFile string
	// Timeout is the longest time for an answer, Connections how many requests are
	// under way at once.
	Timeout     time.Duration
	Connections int
	// BreakerFailures is after how many failures in a row the server is left alone,
	// and BreakerWait for how long.
	BreakerFailures int
	BreakerWait     time.Duration
	// Modes say who answers which action, unless something else is stored in the
	// database.
	Modes compat.Policies
	// Secrets says whether the original's secrets are passed to a key that may not
	// see secrets: SecretsPass or SecretsRequire.
	Secrets string
	// End is what callers are told of the end of the API.
	End LegacyEnd
}

// Values of Legacy.Secrets.
const (
	SecretsPass    = "pass"
	SecretsRequire = "require"
)

const (
	keyLegacyURL    = "legacy.url"
	keyLegacyKey    = "legacy.api_key"
	keyLegacySecret = "legacy.api_secret"
	keyLegacyModes  = "legacy.modes"
)

func legacyKey(c *Config) *Secret    { return &c.Legacy.Key }
func legacySecret(c *Config) *Secret { return &c.Legacy.Secret }

// legacySettings are those of the original server.
var legacySettings = []setting{
	{key: keyLegacyURL, unit: "URL", help: "address of the original server's api.php",
		fallback: "", field: checked(func(c *Config) *string { return &c.Legacy.URL }, optional(checkURL))},
	{key: keyLegacyKey, unit: "KEY", help: "API key for the original server; without one callers' keys are passed on",
		fallback: "", field: secret{place: legacyKey, of: NewSecret, check: anything}},
	{key: keyLegacyKey + twinSuffix, unit: "PATH", help: "file that holds the value of " + keyLegacyKey,
		fallback: "", field: secret{place: legacyKey, of: NewSecret, check: notEmpty, twin: true}},
	{key: keyLegacySecret, unit: "SECRET", help: "secret of legacy.api_key",
		fallback: "", field: secret{place: legacySecret, of: NewSecret, check: anything}},
	{key: keyLegacySecret + twinSuffix, unit: "PATH", help: "file that holds the value of " + keyLegacySecret,
		fallback: "", field: secret{place: legacySecret, of: NewSecret, check: notEmpty, twin: true}},
	{key: "legacy.ca_file", unit: "PATH", help: "certificates to trust at the original server instead of the system's",
		fallback: "", field: checked(func(c *Config) *string { return &c.Legacy.CAFile }, optional(checkFile))},
	{key: "legacy.timeout", unit: "DURATION", help: "longest time for an answer of the original server",
		fallback: 30 * time.Second, field: span(func(c *Config) *time.Duration { return &c.Legacy.Timeout }, time.Millisecond)},
	{key: "legacy.connections", unit: "N", help: "most requests to the original server at once",
		fallback: 32, field: whole(func(c *Config) *int { return &c.Legacy.Connections }, 1, 10_000)},
	{key: "legacy.breaker_failures", unit: "N", help: "failures in a row after which the original server is left alone",
		fallback: 10, field: whole(func(c *Config) *int { return &c.Legacy.BreakerFailures }, 1, 1_000_000)},
	{key: "legacy.breaker_wait", unit: "DURATION", help: "how long the original server is then left alone",
		fallback: 10 * time.Second, field: span(func(c *Config) *time.Duration { return &c.Legacy.BreakerWait }, time.Millisecond)},
	{key: keyLegacyModes, unit: "ACTION=MODE[:SHARE],…", help: "who answers which action: local, legacy, shadow or verify (of a share), of peering.getPeers, peering.* or *",
		fallback: []string{}, field: policies{}},
	{key: "legacy.secrets", unit: "WORD", help: "pass the original's lir.get to keys without the permission secrets, or require it",
		fallback: SecretsPass, field: oneOf(func(c *Config) *string { return &c.Legacy.Secrets }, SecretsPass, SecretsRequire)},
}

// policies is legacy.modes.
type policies struct{}

func (policies) get(c *Config) any {
	out := []string{}
	for pattern, p := range c.Legacy.Modes {
		text := pattern + "=" + string(p.Mode)
		if p.Share != 100 {
			text += ":" + strconv.Itoa(p.Share)
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func (policies) set(c *Config, raw any) error {
	words, err := asList(raw)
	if err != nil {
		return err
	}
	c.Legacy.Modes = compat.Policies{}
	for _, word := range words {
		p, err := parsePolicy(word)
		if err != nil {
			return err
		}
		if _, twice := c.Legacy.Modes[p.Pattern]; twice {
			return fmt.Errorf("%s appears twice", p.Pattern)
		}
		c.Legacy.Modes[p.Pattern] = p
	}
	return nil
}

func parsePolicy(word string) (compat.Policy, error) {
	pattern, rest, found := strings.Cut(word, "=")
	if !found {
		return compat.Policy{}, fmt.Errorf("%q is not of the form ACTION=MODE or ACTION=MODE:SHARE", word)
	}
	name, share, shared := strings.Cut(rest, ":")
	p := compat.Policy{Pattern: strings.TrimSpace(pattern), Share: 100}
	var err error
	if p.Mode, err = compat.ParseMode(strings.TrimSpace(name)); err != nil {
		return p, err
	}
	if shared {
		if p.Share, err = strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(share), "%")); err != nil {
			return p, fmt.Errorf("%q is not a share of 1 to 100", share)
		}
	}
	return p, p.Check()
}

// checkLegacy finds what single settings of the original server cannot show.
func (c *Config) checkLegacy() (problems Errors) {
	l := &c.Legacy
	if (l.Key.Reveal() == "") != (l.Secret.Reveal() == "") {
		problems = append(problems, Problem{Key: keyLegacyKey, Message: "and " + keyLegacySecret + " are needed together"})
	}
	for _, p := range l.Modes {
		if p.Mode != compat.ModeLocal && l.URL == "" {
			return append(problems, Problem{Key: keyLegacyModes, Message: "has actions answered by the original server, and " + keyLegacyURL + " is not set"})
		}
	}
	return problems
}
