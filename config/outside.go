package config

import (
	"regexp"
	"time"
)

// Mail is the settings of outgoing mail.
type Mail struct {
	// Server is the SMTP server, host:port; empty means that no mail is sent.
	Server string
	// TLS is TLSStart, TLSImplicit or TLSNone.
	TLS string
	// CAFile is a file with the certificates to trust; empty means those of the
	// system.
	CAFile string
	// Username and Password are for the server; empty means no authentication.
	Username string
	Password Secret
	// From and ReplyTo are addresses of mail for which the caller gives none.
	From, ReplyTo string
	// Domain is the right side of Message-IDs, and the name in EHLO.
	Domain string
	// Timeout is for the delivery of a mail as a whole.
	Timeout time.Duration
	// RedirectTo is the only address that mail goes to while testing.
	RedirectTo string
	// Templates is a folder with templates that replace the built-in ones.
	Templates string
	// Cooldown is how long after a request to a peer at an exchange no other one
	// is sent; 0 is none.
	Cooldown time.Duration
	// HourlyCap is how many mails may be sent in an hour; 0 is no cap.
	HourlyCap int
}

// How the connection to the mail server is protected.
const (
	// TLSStart insists on STARTTLS, TLSImplicit on TLS from the first byte.
	TLSStart    = "starttls"
	TLSImplicit = "implicit"
	TLSNone     = "none"
)

// Router is the settings of the access to routers.
type Router struct {
	// ConnectTimeout is for the connection and the login, CommandTimeout for the
	// answer to a line, Timeout for everything that a call does on a router.
	ConnectTimeout, CommandTimeout, Timeout time.Duration
	// AllowLines are patterns, one of which each line of a configuration that a
	// caller sends must match as a whole; none allows every line.
	AllowLines []*regexp.Regexp
	// Poll is how often the state of sessions is read from the routers; 0 is
	// never.
	Poll time.Duration
}

// PeeringDB is the settings of the copy of PeeringDB.
type PeeringDB struct {
	// URL is the base of the API.
	URL string
	// Key is an API key; empty asks as nobody.
	Key Secret
	// Every is how often changes are fetched while serving; 0 is never.
	Every time.Duration
	// FullEvery is after how long the whole is fetched again.
	FullEvery time.Duration
	// Timeout is the longest silence of the server.
	Timeout time.Duration
	// Pause is between two requests; 0 keeps the rules that PeeringDB publishes.
	Pause time.Duration
}

const (
	keyMailServer    = "mail.server"
	keyMailFrom      = "mail.from"
	keyMailPassword  = "mail.password"
	keyPeeringDBKey  = "peeringdb.api_key"
	keyRouterTimeout = "router.timeout"
)

func mailPassword(c *Config) *Secret { return &c.Mail.Password }
func peeringDBKey(c *Config) *Secret { return &c.PeeringDB.Key }

// outsideSettings are those of what reaches beyond the machine.
var outsideSettings = []setting{
	{key: keyMailServer, unit: "HOST:PORT", help: "SMTP server; without one no mail is sent",
		fallback: "", field: checked(func(c *Config) *string { return &c.Mail.Server }, optional(checkServer))},
	{key: "mail.tls", unit: "starttls|implicit|none", help: "how the connection to the mail server is protected",
		fallback: TLSStart, field: oneOf(func(c *Config) *string { return &c.Mail.TLS }, TLSStart, TLSImplicit, TLSNone)},
	{key: "mail.ca_file", unit: "PATH", help: "certificates to trust instead of the system's",
		fallback: "", field: checked(func(c *Config) *string { return &c.Mail.CAFile }, optional(checkFile))},
	{key: "mail.username", unit: "NAME", help: "user of the mail server",
		fallback: "", field: checked(func(c *Config) *string { return &c.Mail.Username }, nil)},
	{key: keyMailPassword, unit: "PASSWORD", help: "password of that user",
		fallback: "", field: secret{place: mailPassword, of: NewSecret, check: anything}},
	{key: keyMailPassword + twinSuffix, unit: "PATH", help: "file that holds the value of mail.password",
		fallback: "", field: secret{place: mailPassword, of: NewSecret, check: notEmpty, twin: true}},
	{key: keyMailFrom, unit: "ADDRESS", help: "sender of mail for which the caller names none",
		fallback: "", field: checked(func(c *Config) *string { return &c.Mail.From }, optional(checkMailbox))},
	{key: "mail.reply_to", unit: "ADDRESS", help: "where answers to mail shall go, if not to its sender",
		fallback: "", field: checked(func(c *Config) *string { return &c.Mail.ReplyTo }, optional(checkMailbox))},
	{key: "mail.domain", unit: "NAME", help: "right side of Message-IDs and name in EHLO (default the domain of mail.from)",
		fallback: "", field: checked(func(c *Config) *string { return &c.Mail.Domain }, optional(checkDomain))},
	{key: "mail.timeout", unit: "DURATION", help: "longest time for handing over a mail",
		fallback: 30 * time.Second, field: span(func(c *Config) *time.Duration { return &c.Mail.Timeout }, time.Millisecond)},
	{key: "mail.redirect_to", unit: "ADDRESS", help: "test mode: every mail goes to this address only",
		fallback: "", field: checked(func(c *Config) *string { return &c.Mail.RedirectTo }, optional(checkMailbox))},
	{key: "mail.templates", unit: "DIR", help: "folder with templates that replace the built-in ones",
		fallback: "", field: checked(func(c *Config) *string { return &c.Mail.Templates }, optional(checkFolder))},
	{key: "mail.cooldown", unit: "DURATION", help: "how long after a peering request no other one is sent to the same peer and exchange; 0 is none",
		fallback: time.Duration(0), field: span(func(c *Config) *time.Duration { return &c.Mail.Cooldown }, 0)},
	{key: "mail.hourly_cap", unit: "N", help: "most mails in an hour; 0 is no cap",
		fallback: 0, field: whole(func(c *Config) *int { return &c.Mail.HourlyCap }, 0, 1_000_000)},
	{key: "router.connect_timeout", unit: "DURATION", help: "longest time for connecting to a router and logging in",
		fallback: 15 * time.Second, field: span(func(c *Config) *time.Duration { return &c.Router.ConnectTimeout }, time.Millisecond)},
	{key: "router.command_timeout", unit: "DURATION", help: "longest wait for a router's answer to a line",
		fallback: 30 * time.Second, field: span(func(c *Config) *time.Duration { return &c.Router.CommandTimeout }, time.Millisecond)},
	{key: keyRouterTimeout, unit: "DURATION", help: "longest time for all that a request does on a router",
		fallback: 2 * time.Minute, field: span(func(c *Config) *time.Duration { return &c.Router.Timeout }, time.Millisecond)},
	{key: "router.allow_lines", unit: "PATTERN,…", help: "regular expressions for the lines that a caller may send as configuration (default every line)",
		fallback: []string{}, field: patterns{}},
	{key: "router.poll_interval", unit: "DURATION", help: "how often the state of sessions is read from the routers; 0 is never",
		fallback: 5 * time.Minute, field: span(func(c *Config) *time.Duration { return &c.Router.Poll }, 0)},
	{key: "peeringdb.url", unit: "URL", help: "base of PeeringDB's API",
		fallback: "https://www.peeringdb.com/api", field: checked(func(c *Config) *string { return &c.PeeringDB.URL }, checkURL)},
	{key: keyPeeringDBKey, unit: "KEY", help: "API key of PeeringDB",
		fallback: "", field: secret{place: peeringDBKey, of: NewSecret, check: anything}},
	{key: keyPeeringDBKey + twinSuffix, unit: "PATH", help: "file that holds the value of peeringdb.api_key",
		fallback: "", field: secret{place: peeringDBKey, of: NewSecret, check: notEmpty, twin: true}},
	{key: "peeringdb.sync_interval", unit: "DURATION", help: "how often serve fetches changes from PeeringDB; 0 is never",
		fallback: time.Duration(0), field: span(func(c *Config) *time.Duration { return &c.PeeringDB.Every }, 0)},
	{key: "peeringdb.full_interval", unit: "DURATION", help: "after how long PeeringDB is fetched as a whole again; 0 is never",
		fallback: 7 * 24 * time.Hour, field: span(func(c *Config) *time.Duration { return &c.PeeringDB.FullEvery }, 0)},
	{key: "peeringdb.timeout", unit: "DURATION", help: "longest silence of PeeringDB's server",
		fallback: 30 * time.Second, field: span(func(c *Config) *time.Duration { return &c.PeeringDB.Timeout }, time.Millisecond)},
	{key: "peeringdb.pause", unit: "DURATION", help: "time between two requests to PeeringDB; 0 keeps its published rules",
		fallback: time.Duration(0), field: span(func(c *Config) *time.Duration { return &c.PeeringDB.Pause }, 0)},
}
