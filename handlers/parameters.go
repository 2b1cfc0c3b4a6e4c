package handlers

import (
	"crypto/sha256"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"provision-gateway/compat"
	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phpvalue"
	"provision-gateway/models"
)

// parameters are those of one request.
type parameters struct{ *phpvalue.Array }

// get finds a parameter by its documented name: `id`, `meta[name]`.
func (p parameters) get(name string) (phpvalue.Value, bool) {
	base, rest, nested := strings.Cut(name, "[")
	v, ok := p.Get(base)
	if !nested || !ok {
		return v, ok
	}
	if !v.IsArray() {
		return phpvalue.Value{}, false
	}
	return v.Array().Get(strings.TrimSuffix(rest, "]"))
}

// textOf is a parameter's value where a text is expected. An array is what PHP
// makes of it there, the word Array.
func textOf(v phpvalue.Value) string {
	if v.IsArray() {
		return "Array"
	}
	return v.Text()
}

// text is a parameter as text, empty when it is missing.
func (p parameters) text(name string) string {
	v, ok := p.get(name)
	if !ok {
		return ""
	}
	return textOf(v)
}

// stored is a parameter as a text to be stored: nil when missing, valid UTF-8.
// An array, or a text longer than most bytes, cannot be stored.
func (p parameters) stored(name string, most int) (*string, error) {
	v, ok := p.get(name)
	if !ok {
		return nil, nil
	}
	text := phpvalue.ValidUTF8(v.Text())
	if v.IsArray() || len(text) > most {
		return nil, invalid(name, v)
	}
	return &text, nil
}

// notShown stands in errors for what may be secret.
const notShown = "(not shown)"

// invalid is the error for a value that cannot be stored. A long one is cut,
// and one that may be secret is left out.
func invalid(name string, v phpvalue.Value) error {
	text := phpvalue.ValidUTF8(textOf(v))
	if name == "password" && !v.IsArray() {
		text = notShown
	}
	if runes := []rune(text); len(runes) > 100 {
		text = string(runes[:100]) + "…"
	}
	return models.InvalidValue(name, text)
}

// flag is a boolean parameter, false when missing.
func (p parameters) flag(name string) bool { return phpvalue.Boolean(p.text(name)) }

// id is an integer parameter that names a row, coerced as MySQL coerces it.
// The second result is false when no row can have it.
func (p parameters) id(name string) (uint64, bool) { return rowID(p.text(name)) }

func rowID(text string) (uint64, bool) {
	n, ok := phpvalue.MySQLNumber(text).Uint()
	return n, ok && n <= math.MaxInt64
}

// optionalID is like id; given is false when the parameter is missing.
func (p parameters) optionalID(name string) (id uint64, possible, given bool) {
	if _, ok := p.get(name); !ok {
		return 0, true, false
	}
	id, possible = p.id(name)
	return id, possible, true
}

// number is an integer to be stored: nil when missing or empty. It must be
// written in decimal digits, white space around it aside, and be from least to
// most.
func (p parameters) number(name string, least, most uint64) (*uint64, error) {
	v, ok := p.get(name)
	text := strings.TrimSpace(v.Text())
	if !ok || text == "" && !v.IsArray() {
		return nil, nil
	}
	n, fits := uint64(0), phpvalue.CtypeDigit(text) && len(text) <= 19
	if fits {
		n, fits = phpvalue.MySQLNumber(text).Uint()
	}
	if !fits || n < least || n > most || v.IsArray() {
		return nil, invalid(name, v)
	}
	return &n, nil
}

// number32 is like number for columns of 32 bits.
func (p parameters) number32(name string, least uint64) (*uint32, error) {
	n, err := p.number(name, least, math.MaxUint32)
	if n == nil || err != nil {
		return nil, err
	}
	small := uint32(*n)
	return &small, nil
}

// address is an IP address to be stored, in canonical form: nil when missing
// or empty.
func (p parameters) address(name string) (*netip.Addr, error) {
	v, ok := p.get(name)
	text := strings.TrimSpace(v.Text())
	if !ok || text == "" && !v.IsArray() {
		return nil, nil
	}
	addr, ok := parseAddress(text)
	if !ok {
		return nil, invalid(name, v)
	}
	return &addr, nil
}

func parseAddress(text string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(strings.TrimSpace(text))
	return addr.Unmap(), err == nil && addr.Zone() == ""
}

// label finds the label of an enumeration that a value means, without regard
// to case.
func label(values []string, value string) (string, bool) {
	i := slices.IndexFunc(values, func(v string) bool { return models.Fold(v) == models.Fold(value) })
	if i < 0 {
		return "", false
	}
	return values[i], true
}

// choice is an enumeration to be stored: nil when missing or empty.
func (p parameters) choice(a *compat.Action, name string) (*string, error) {
	v, ok := p.get(name)
	if !ok || textOf(v) == "" {
		return nil, nil
	}
	i := slices.IndexFunc(a.Parameters, func(q compat.Parameter) bool { return q.Name == name })
	found, ok := label(a.Parameters[i].Values, textOf(v))
	if !ok {
		return nil, invalid(name, v)
	}
	return &found, nil
}

// moment reads a date and time of a filter as MySQL reads one, in a time zone:
// a date alone is its midnight.
func moment(text string, in *time.Location) (int64, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, in); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

// require checks that the required parameters are there and not empty.
func (p parameters) require(a *compat.Action) error {
	for _, parameter := range a.Parameters {
		if !parameter.Required {
			continue
		}
		v, ok := p.get(parameter.Name)
		if ok && parameter.Type == compat.Fields && v.IsArray() {
			v, ok = v.Array().Get("0")
		}
		if !ok || textOf(v) == "" {
			return refuse("Missing required parameter: %s", parameter.Name)
		}
	}
	return nil
}

// cacheKey is equal for reads that have the same answer: the same action, the
// same documented parameters, and the same right to see secrets.
func (p parameters) cacheKey(a *compat.Action, caller *models.Credential) string {
	key := append([]byte(a.Key()), 0, byte(oneIf(caller.Allows(models.PermissionSecrets))))
	for i, parameter := range a.Parameters {
		if v, ok := p.get(parameter.Name); ok {
			key = append(key, byte(i), byte(i>>8))
			key = phpjson.AppendLenient(key, v)
		}
	}
	return string(key)
}

// fingerprint is equal for requests with the same parameters, their order and
// the signature aside.
func (p parameters) fingerprint() string {
	var parts []string
	for key, v := range p.All() {
		switch key.Text() {
		case "apiKey", "hash", "time":
			continue
		}
		parts = append(parts, key.Text()+"="+string(phpjson.AppendLenient(nil, v)))
	}
	slices.Sort(parts)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return string(sum[:])
}
