package peeringdb_test

import (
	"log/slog"
	"testing"

	"provision-gateway/backends/peeringdb"
)

func TestNewChecksTheConfiguration(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		config peeringdb.Config
		want   string
	}{
		{"defaults", peeringdb.Config{}, ""},
		{"with a key", peeringdb.Config{Key: "k", URL: "https://peeringdb.example.net/api/"}, ""},
		{"this machine", peeringdb.Config{Key: "k", URL: "http://[::1]:8080/api"}, ""},
		{"no key", peeringdb.Config{URL: "http://peeringdb.example.net/api"}, ""},
		{"key in clear", peeringdb.Config{Key: "k", URL: "http://peeringdb.example.net/api"}, "an API key is sent to PeeringDB over https only"},
		{"no host", peeringdb.Config{URL: "https:///api"}, "the URL of PeeringDB must be http:// or https://, a host, and a path"},
		{"no scheme", peeringdb.Config{URL: "peeringdb.example.net/api"}, "the URL of PeeringDB must be http:// or https://, a host, and a path"},
		{"another scheme", peeringdb.Config{URL: "ftp://peeringdb.example.net/api"}, "the URL of PeeringDB must be http:// or https://, a host, and a path"},
		{"broken", peeringdb.Config{URL: "https://secret@%zz"}, "the URL of PeeringDB must be http:// or https://, a host, and a path"},
		{"password", peeringdb.Config{URL: "https://user:secret@peeringdb.example.net/api"}, "the URL of PeeringDB must have no user, no query and no fragment"},
		{"query", peeringdb.Config{URL: "https://peeringdb.example.net/api?key=secret"}, "the URL of PeeringDB must have no user, no query and no fragment"},
		{"line feed in the key", peeringdb.Config{Key: "secret\n"}, "the API key for PeeringDB holds a character that no header can"},
		{"letter in the name", peeringdb.Config{UserAgent: "größe"}, "the user agent for PeeringDB holds a character that no header can"},
		{"negative time", peeringdb.Config{Pause: -1}, "times for PeeringDB must not be negative"},
		{"negative attempts", peeringdb.Config{Attempts: -1}, "attempts and size limit for PeeringDB must not be negative"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.config.Logger = slog.Default()
			client, err := peeringdb.New(test.config)
			if (err == nil) != (client != nil) || err == nil && test.want != "" || err != nil && err.Error() != test.want {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
