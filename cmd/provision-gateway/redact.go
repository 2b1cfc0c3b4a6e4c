package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

const redacted = "<redacted>"

// secretNames are the names whose values never reach the log, whatever their
// case, with - and _ the same. The parameter apiKey is none of them: it names
// the caller as a user name does, while the field api-key of an LIR is a
// registry's secret.
var secretNames = []string{
	"hash", "password", "mnt_by_password", "api_key", "secret", "secret_key", "body", "config", "dsn", "authorization",
}

func isSecret(name string) bool {
	return slices.Contains(secretNames, strings.ReplaceAll(strings.ToLower(name), "-", "_"))
}

// inText finds NAME=VALUE, as in a query string, with the name alone or as the
// key of an array (fields[api-key][]=…, encoded or not).
var inText = regexp.MustCompile(`(?i)((?:\b|%5B)(?:hash|password|mnt[-_]by[-_]password|api[-_]key|secret|secret[-_]key|body|config|dsn|authorization)(?:\]|%5D)?(?:(?:\[|%5B)\w*(?:\]|%5D))*=)[^&\s"]+`)

// scrub takes secrets out of a text.
func scrub(s string) string {
	if !strings.Contains(s, "=") {
		return s
	}
	return inText.ReplaceAllString(s, "$1"+redacted)
}

// redact takes secrets out of an attribute: by the name of the attribute, of a
// group around it, or of a key within it.
func redact(groups []string, a slog.Attr) slog.Attr {
	if isSecret(a.Key) || slices.ContainsFunc(groups, isSecret) {
		return slog.String(a.Key, redacted)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(scrub(a.Value.String()))
	case slog.KindAny:
		a.Value = redactAny(a.Value.Any())
	}
	return a
}

// redactAny takes secrets out of a value that slog knows nothing about.
func redactAny(v any) slog.Value {
	switch v := v.(type) {
	case nil:
		return slog.AnyValue(nil)
	case *slog.Source:
		return slog.AnyValue(v)
	case error:
		return slog.StringValue(scrub(v.Error()))
	case []byte:
		return slog.StringValue(scrub(string(v)))
	case fmt.Stringer:
		return slog.StringValue(scrub(v.String()))
	}
	switch reflect.TypeOf(v).Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Struct, reflect.Pointer:
	default:
		return slog.StringValue(scrub(fmt.Sprint(v)))
	}
	// What JSON does not show, the log does not either.
	data, err := json.Marshal(v)
	if err != nil {
		return slog.StringValue(fmt.Sprintf("<%T>", v))
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		return slog.StringValue(fmt.Sprintf("<%T>", v))
	}
	return slog.AnyValue(redactTree(tree))
}

func redactTree(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if isSecret(key) || inText.MatchString(key+"=…") {
				v[key] = redacted
			} else {
				v[key] = redactTree(value)
			}
		}
	case []any:
		for i, value := range v {
			v[i] = redactTree(value)
		}
	case string:
		return scrub(v)
	}
	return v
}
