// Package config reads the settings of the gateway, checks them all at once
// and gives them as one struct that nobody changes afterwards.
//
// A setting is taken from the strongest source that has it: a flag, an
// environment variable, the configuration file, the default. The key
// `limits.header_timeout` of the file is the variable
// PROVISION_GATEWAY_LIMITS_HEADER_TIMEOUT and the flag
// --limits-header-timeout. A variable that is empty counts as not set. A key
// of the file that no setting has is an error; a variable is not, since a
// container platform makes variables of its own from the name of a service.
package config

import (
	"log/slog"
	"time"
	// A static binary may run where there is no time zone database.
	_ "time/tzdata"
)

// Config is the settings of one run. Load makes it; it is not changed later.
type Config struct {
	// Listen is the address of the HTTP server, host:port; the host is an
	// address, localhost, or empty for every address.
	Listen string
	// Database is `sqlite:PATH` or `mysql:DSN`. The password of a DSN is
	// masked wherever the value is printed.
	Database Secret
	// DatabaseConnections caps the connections to MySQL.
	DatabaseConnections int
	// DatabaseTimeout is the longest time for connecting to MySQL, and for the
	// whole answer to a statement.
	DatabaseTimeout time.Duration
	// DatabaseMigrate is MigrateAuto or MigrateCheck.
	DatabaseMigrate string
	// KeyFile is the path of the file with the keys that encrypt secrets at
	// rest. It is never empty.
	KeyFile string
	// Timezone is the zone in which answers write times.
	Timezone *time.Location
	// OwnASNs are the AS numbers of the network that the gateway works for.
	OwnASNs []uint32
	LIR     LIR
	Auth    Auth
	Limits  Limits
	Cache   Cache
	Mail    Mail
	Router  Router
	// PeeringDB is where networks and exchanges come from.
	PeeringDB PeeringDB
	IXAPI     IXAPI
	// Exchanges are those that are bound to the API of an exchange.
	Exchanges []Exchange
	// Legacy is the original server.
	Legacy     Legacy
	Comparison Comparison
	Log        Log
	// DrainTimeout is how long SIGTERM waits for running requests.
	DrainTimeout time.Duration

	sources map[string]string
}

// What happens at start with migrations that the database lacks.
const (
	// MigrateAuto applies them.
	MigrateAuto = "auto"
	// MigrateCheck refuses to start and says which.
	MigrateCheck = "check"
)

// LIR is the settings of target=lir.
type LIR struct {
	// RIRs are the registries that an LIR may belong to, in the spelling in
	// which they are stored.
	RIRs []string
}

// Auth is the settings of signed requests.
type Auth struct {
	// MaxAge is how old the signed parameter `time` may be; 0 does not ask for
	// one.
	MaxAge time.Duration
}

// Limits is what a single caller may take.
type Limits struct {
	// Variables is how many parameters a request may have.
	Variables int
	// Body is how many bytes a request body may have.
	Body int64
	// HeaderBytes is how many bytes the request line and headers may have.
	HeaderBytes int
	// HeaderTimeout is for the request line and headers, ReadTimeout for the
	// whole request, WriteTimeout from the end of the headers to the end of
	// the answer, IdleTimeout for the wait between two requests.
	HeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// KeyRate is how many requests a second an API key may send in the long
	// run, and KeyBurst how many at once; a rate of 0 is no limit.
	KeyRate  float64
	KeyBurst int
}

// Cache is the settings of the answers kept in memory.
type Cache struct {
	// Size is in bytes; 0 keeps none.
	Size int64
}

// Log is the settings of the log, which goes to standard error.
type Log struct {
	// Format is FormatAuto, FormatText or FormatJSON.
	Format string
	Level  slog.Level
}

// The formats of the log.
const (
	// FormatAuto is text on a terminal and JSON elsewhere.
	FormatAuto = "auto"
	FormatText = "text"
	FormatJSON = "json"
)
