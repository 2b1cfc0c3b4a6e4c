package config

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// masked is what stands for a secret wherever one is printed.
const masked = "<secret>"

// Secret is a setting that must not be shown. Printing, marshalling or logging
// it gives a text with the secret part masked; only Reveal gives the value.
type Secret struct {
	// value is a pointer, since fmt prints the content of unexported fields
	// without asking their methods, but of pointers only the address.
	value *string
	shown string
}

// NewSecret makes a Secret that is shown as <secret>, or as nothing when it is
// empty.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value, shown: masked}
}

// NewDatabase makes the Secret of a database address, in which only the
// password of a DSN is masked. Of an address that cannot be read, everything
// behind its kind is masked.
func NewDatabase(address string) Secret {
	kind, dsn, _ := strings.Cut(address, ":")
	if kind == "sqlite" {
		return Secret{value: &address, shown: address}
	}
	if kind != "mysql" {
		return NewSecret(address)
	}
	cfg, err := mysql.ParseDSN(dsn)
	switch {
	case err != nil:
		return Secret{value: &address, shown: "mysql:" + masked}
	case cfg.Passwd == "":
		return Secret{value: &address, shown: address}
	}
	// The driver finds the password the same way: the last slash, the last at
	// sign before it, the first colon.
	credentials := strings.LastIndexByte(dsn[:strings.LastIndexByte(dsn, '/')], '@')
	user, _, _ := strings.Cut(dsn[:credentials], ":")
	return Secret{value: &address, shown: "mysql:" + user + ":" + masked + dsn[credentials:]}
}

// Reveal gives the value itself.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// String gives the masked text.
func (s Secret) String() string { return s.shown }

// GoString gives the masked text, for %#v.
func (s Secret) GoString() string { return fmt.Sprintf("config.Secret(%q)", s.shown) }

// Format gives the masked text for every verb.
func (s Secret) Format(f fmt.State, verb rune) {
	switch {
	case verb == 'v' && f.Flag('#'):
		_, _ = fmt.Fprint(f, s.GoString())
	case verb == 'q':
		_, _ = fmt.Fprintf(f, "%q", s.shown)
	default:
		_, _ = fmt.Fprint(f, s.shown)
	}
}

// MarshalText gives the masked text; JSON and YAML use it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.shown), nil }

// LogValue gives the masked text to slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown) }

var (
	_ fmt.Formatter  = Secret{}
	_ fmt.GoStringer = Secret{}
	_ slog.LogValuer = Secret{}
	_ interface {
		MarshalText() ([]byte, error)
	} = Secret{}
)
