package config

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Value is a setting with its value and where that came from.
type Value struct {
	Key string
	// Value is a text, a number, a list or a Secret.
	Value any
	// Source is `default`, or names the file, variable or flag.
	Source string
}

// Values lists all settings in the order of the example file. Those that name a
// file with a secret are not among them: its content is shown as the secret.
func (c Config) Values() []Value {
	var out []Value
	for _, s := range settings {
		value := s.get(&c)
		if value == nil {
			continue
		}
		source := c.sources[s.key]
		if s.key == keyKeyFile && source == sourceDefault {
			source = "follows from " + keyDatabase
		}
		out = append(out, Value{s.key, value, source})
	}
	return out
}

// WriteYAML writes the settings as a configuration file, the source of each
// behind it. Secrets are masked.
func (c Config) WriteYAML(w io.Writer) error {
	section := ""
	for _, v := range c.Values() {
		indent, name := "", v.Key
		if head, rest, ok := strings.Cut(v.Key, "."); ok {
			indent, name = "  ", rest
			if head != section {
				if _, err := fmt.Fprintf(w, "%s:\n", head); err != nil {
					return err
				}
			}
			section = head
		}
		// Every JSON value is a YAML value.
		value, err := marshal(v.Value)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s%s: %s # %s\n", indent, name, value, v.Source); err != nil {
			return err
		}
	}
	return nil
}

// MarshalJSON writes the settings as one object, sections as objects within.
// Secrets are masked.
func (c Config) MarshalJSON() ([]byte, error) {
	all := map[string]any{}
	for _, v := range c.Values() {
		at, name := all, v.Key
		if head, rest, ok := strings.Cut(v.Key, "."); ok {
			if all[head] == nil {
				all[head] = map[string]any{}
			}
			at, name = all[head].(map[string]any), rest
		}
		at[name] = v.Value
	}
	return marshal(all)
}

func marshal(v any) ([]byte, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

// printed is a default as a flag would take it.
func printed(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, ",")
	case []uint32:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ","), "[]")
	}
	return fmt.Sprint(v)
}
