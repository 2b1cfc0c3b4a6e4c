package config

import (
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A field reads the raw value of a setting, as a file or a text has it, into
// its place in a Config, and gives it back in the form in which it is printed.
type field interface {
	set(c *Config, raw any) error
	get(c *Config) any
}

// text is a string that may have to pass a check.
type text struct {
	place func(*Config) *string
	check func(string) error
}

func checked(place func(*Config) *string, check func(string) error) field { return text{place, check} }

func oneOf(place func(*Config) *string, words ...string) field {
	return text{place, func(s string) error {
		if !slices.Contains(words, s) {
			return fmt.Errorf("%q is none of %s", s, strings.Join(words, ", "))
		}
		return nil
	}}
}

func (f text) get(c *Config) any { return *f.place(c) }

func (f text) set(c *Config, raw any) error {
	s, err := asText(raw)
	if err == nil && f.check != nil {
		err = f.check(s)
	}
	*f.place(c) = s
	return err
}

// secret is a setting that is not shown, or its twin that names a file with the
// value.
type secret struct {
	place func(*Config) *Secret
	of    func(string) Secret
	check func(string) error
	twin  bool
}

func (f secret) get(c *Config) any {
	if f.twin {
		return nil
	}
	return *f.place(c)
}

func (f secret) set(c *Config, raw any) error {
	value, err := asText(raw)
	if err != nil {
		return err
	}
	if f.twin {
		data, err := os.ReadFile(value)
		if err != nil {
			return err
		}
		value = strings.TrimRight(string(data), "\r\n")
	}
	*f.place(c) = f.of(value)
	return f.check(value)
}

// integer is a whole number between two bounds.
type integer[T int | int64] struct {
	place    func(*Config) *T
	min, max int64
}

func whole[T int | int64](place func(*Config) *T, lowest, highest int64) field {
	return integer[T]{place, lowest, highest}
}

func (f integer[T]) get(c *Config) any { return int64(*f.place(c)) }

func (f integer[T]) set(c *Config, raw any) error {
	n, err := asInteger(raw)
	if err != nil {
		return err
	}
	if n < f.min || n > f.max {
		return fmt.Errorf("%d is not between %d and %d", n, f.min, f.max)
	}
	*f.place(c) = T(n)
	return nil
}

// duration is a time span of at least min.
type duration struct {
	place func(*Config) *time.Duration
	min   time.Duration
}

func span(place func(*Config) *time.Duration, shortest time.Duration) field {
	return duration{place, shortest}
}

func (f duration) get(c *Config) any { return f.place(c).String() }

func (f duration) set(c *Config, raw any) error {
	d, ok := raw.(time.Duration)
	if !ok {
		s, err := asText(raw)
		if err != nil {
			return err
		}
		if d, err = time.ParseDuration(s); err != nil {
			return fmt.Errorf("%q is not a time span such as 10s, 5m or 1h30m", s)
		}
	}
	if d < f.min {
		return fmt.Errorf("%v is less than %v", d, f.min)
	}
	*f.place(c) = d
	return nil
}

// rate is limits.key_rate.
type rate struct{}

func (rate) get(c *Config) any { return c.Limits.KeyRate }

func (rate) set(c *Config, raw any) error {
	s, err := asText(raw)
	if err != nil {
		return err
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return fmt.Errorf("%q is not a number of at least 0", s)
	}
	c.Limits.KeyRate = n
	return nil
}

// zone is timezone.
type zone struct{}

func (zone) get(c *Config) any { return c.Timezone.String() }

func (zone) set(c *Config, raw any) error {
	s, err := asText(raw)
	if err != nil {
		return err
	}
	loc, err := time.LoadLocation(s)
	if err != nil || s == "" {
		return fmt.Errorf("%q is not a time zone such as UTC or Europe/Berlin", s)
	}
	c.Timezone = loc
	return nil
}

// level is log.level.
type level struct{}

func (level) get(c *Config) any { return strings.ToLower(c.Log.Level.String()) }

func (level) set(c *Config, raw any) error {
	s, err := asText(raw)
	if err != nil {
		return err
	}
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	l, ok := levels[s]
	if !ok {
		return fmt.Errorf("%q is none of debug, info, warn, error", s)
	}
	c.Log.Level = l
	return nil
}

// asns is own_asns.
type asns struct{}

func (asns) get(c *Config) any { return c.OwnASNs }

func (asns) set(c *Config, raw any) error {
	words, err := asList(raw)
	if err != nil {
		return err
	}
	numbers := []uint32{}
	for _, word := range words {
		digits := word
		if len(word) > 2 && strings.EqualFold(word[:2], "AS") {
			digits = word[2:]
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || n == 0 {
			return fmt.Errorf("%q is not an AS number", word)
		}
		if slices.Contains(numbers, uint32(n)) {
			return fmt.Errorf("AS%d appears twice", n)
		}
		numbers = append(numbers, uint32(n))
	}
	c.OwnASNs = numbers
	return nil
}

// names is lir.rirs.
type names struct{}

func (names) get(c *Config) any { return c.LIR.RIRs }

func (names) set(c *Config, raw any) error {
	words, err := asList(raw)
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return fmt.Errorf("names no registry")
	}
	for i, word := range words {
		if slices.ContainsFunc(words[:i], func(other string) bool { return strings.EqualFold(word, other) }) {
			return fmt.Errorf("%q appears twice", word)
		}
	}
	c.LIR.RIRs = words
	return nil
}
