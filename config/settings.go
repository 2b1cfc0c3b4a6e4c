package config

import (
	"slices"
	"strings"
	"time"
)

// A setting is one row of the table that defines the file's keys, the
// variables and the flags.
type setting struct {
	key string
	// unit names the value in the usage of the flag.
	unit string
	help string
	// fallback is the default, in the form in which it is printed.
	fallback any
	// common settings matter to every command that opens the database, the
	// others to the server only.
	common bool
	field
}

// envPrefix begins the name of every variable.
const envPrefix = "PROVISION_GATEWAY_"

// env is the name of the setting's variable.
func (s setting) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

// flag is the name of the setting's flag.
func (s setting) flag() string { return strings.NewReplacer(".", "-", "_", "-").Replace(s.key) }

const (
	keyDatabase   = "database"
	keyKeyFile    = "secrets.key_file"
	keyHeaderTime = "limits.header_timeout"
	keyReadTime   = "limits.read_timeout"
)

// settings is the table. Its order is that of the example file.
var settings = slices.Concat(serverSettings, outsideSettings, exchangeSettings, exchangesSettings, legacySettings, comparisonSettings, legacyEndSettings, []setting{
	{key: "log.format", unit: "auto|text|json", help: "format of the log; auto is text on a terminal, else JSON", common: true,
		fallback: FormatAuto, field: oneOf(func(c *Config) *string { return &c.Log.Format }, FormatAuto, FormatText, FormatJSON)},
	{key: "log.level", unit: "debug|info|warn|error", help: "least important line that is logged", common: true,
		fallback: "info", field: level{}},
	{key: "drain_timeout", unit: "DURATION", help: "how long SIGTERM waits for running requests",
		fallback: 15 * time.Second, field: span(func(c *Config) *time.Duration { return &c.DrainTimeout }, 0)},
})

var serverSettings = []setting{
	{key: "listen", unit: "HOST:PORT", help: "address of the HTTP server; loopback only while no API key exists",
		fallback: "127.0.0.1:8080", field: checked(func(c *Config) *string { return &c.Listen }, checkListen)},
	{key: keyDatabase, unit: "ADDRESS", help: "sqlite:PATH or mysql:DSN", common: true,
		fallback: "sqlite:provision-gateway.db", field: secret{place: databaseAddress, of: NewDatabase, check: checkDatabase}},
	{key: keyDatabase + twinSuffix, unit: "PATH", help: "file that holds the value of database", common: true,
		fallback: "", field: secret{place: databaseAddress, of: NewDatabase, check: checkDatabase, twin: true}},
	{key: "database_connections", unit: "N", help: "most connections to MySQL", common: true,
		fallback: 32, field: whole(func(c *Config) *int { return &c.DatabaseConnections }, 1, 10_000)},
	{key: "database_timeout", unit: "DURATION", help: "longest time for connecting to MySQL, and for the answer to a statement", common: true,
		fallback: 30 * time.Second, field: span(func(c *Config) *time.Duration { return &c.DatabaseTimeout }, time.Millisecond)},
	{key: "database_migrate", unit: "auto|check", help: "apply missing migrations at start, or refuse to start", common: true,
		fallback: MigrateAuto, field: oneOf(func(c *Config) *string { return &c.DatabaseMigrate }, MigrateAuto, MigrateCheck)},
	{key: keyKeyFile, unit: "PATH", help: "keys that encrypt secrets at rest (default beside the SQLite file, or in the user's configuration folder)",
		common: true, fallback: "", field: checked(func(c *Config) *string { return &c.KeyFile }, nil)},
	{key: "timezone", unit: "ZONE", help: "time zone of the times in answers",
		fallback: "UTC", field: zone{}},
	{key: "own_asns", unit: "ASN,…", help: "AS numbers of the own network",
		fallback: []uint32{}, field: asns{}},
	{key: "lir.rirs", unit: "NAME,…", help: "registries that an LIR may belong to",
		fallback: []string{"ARIN", "RIPE", "LACNIC", "AfriNIC", "APNIC", "1918"}, field: names{}},
	{key: "auth.max_age", unit: "DURATION", help: "greatest age of the signed parameter time; 0 asks for none",
		fallback: time.Duration(0), field: span(func(c *Config) *time.Duration { return &c.Auth.MaxAge }, 0)},
	{key: "limits.variables", unit: "N", help: "most parameters of a request",
		fallback: 1000, field: whole(func(c *Config) *int { return &c.Limits.Variables }, 1, 1_000_000)},
	{key: "limits.body", unit: "BYTES", help: "longest request body",
		fallback: 8 << 20, field: whole(func(c *Config) *int64 { return &c.Limits.Body }, 1, 1<<30)},
	{key: "limits.header_bytes", unit: "BYTES", help: "longest request line with headers",
		fallback: 1 << 20, field: whole(func(c *Config) *int { return &c.Limits.HeaderBytes }, 4096, 64<<20)},
	{key: keyHeaderTime, unit: "DURATION", help: "longest wait for the headers of a request",
		fallback: 10 * time.Second, field: span(func(c *Config) *time.Duration { return &c.Limits.HeaderTimeout }, time.Millisecond)},
	{key: keyReadTime, unit: "DURATION", help: "longest wait for a whole request",
		fallback: time.Minute, field: span(func(c *Config) *time.Duration { return &c.Limits.ReadTimeout }, time.Millisecond)},
	{key: "limits.write_timeout", unit: "DURATION", help: "longest time for an answer",
		fallback: 5 * time.Minute, field: span(func(c *Config) *time.Duration { return &c.Limits.WriteTimeout }, time.Millisecond)},
	{key: "limits.idle_timeout", unit: "DURATION", help: "longest wait for the next request of a connection",
		fallback: 2 * time.Minute, field: span(func(c *Config) *time.Duration { return &c.Limits.IdleTimeout }, time.Millisecond)},
	{key: "limits.key_rate", unit: "N", help: "requests a second for each API key; 0 is no limit",
		fallback: 0.0, field: rate{}},
	{key: "limits.key_burst", unit: "N", help: "requests that an API key may send at once when its rate is limited",
		fallback: 20, field: whole(func(c *Config) *int { return &c.Limits.KeyBurst }, 1, 1_000_000)},
	{key: "cache.size", unit: "BYTES", help: "answers kept in memory; 0 keeps none",
		fallback: 64 << 20, field: whole(func(c *Config) *int64 { return &c.Cache.Size }, 0, 1<<40)},
}
