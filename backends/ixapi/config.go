package ixapi

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// How the client logs in.
const (
	// AuthJWT exchanges the key and the secret for an access and a refresh token
	// at auth/token, as every version of IX-API has it.
	AuthJWT = "jwt"
	// AuthOAuth2 asks for a token with client credentials (RFC 6749 section 4.4),
	// as version 2.7 allows.
	AuthOAuth2 = "oauth2"
)

// Config says how to reach an exchange. URL, Key and Secret are required; zero
// values of the others stand for the defaults.
type Config struct {
	// URL is the base of the API, such as https://api.example.net/api/v2.
	// Credentials are sent over plain HTTP to this machine only.
	URL string
	// Key and Secret are the credentials. They are in no error and no log.
	Key, Secret string
	// Auth is AuthJWT, which is the default, or AuthOAuth2.
	Auth string
	// TokenURL is where OAuth2 tokens come from; /oauth2/token of the host of URL
	// when empty.
	TokenURL string
	// Scope is what an OAuth2 token is asked for; ix-api when empty.
	Scope string
	// RootCAs are the certificates to trust; nil for those of the system.
	RootCAs *x509.CertPool
	// UserAgent names the program.
	UserAgent string
	// Timeout bounds one request with its answer; 20 seconds.
	Timeout time.Duration
	// Attempts is how often a read is tried; 3.
	Attempts int
	// Backoff is the pause before the second try, which doubles with each; 250
	// milliseconds.
	Backoff time.Duration
	// Patience is the longest pause that an answer may ask for (Retry-After); 10
	// seconds. A longer one ends the tries.
	Patience time.Duration
	// MaxBytes bounds an answer; 16 MiB.
	MaxBytes int64
	// PageLimit is how many objects are asked for at once where the server
	// announces pages; 200.
	PageLimit int
	// Transport carries the requests; nil for one of the client's own.
	Transport http.RoundTripper
	// Logger is told of reads that are tried again; nil for silence.
	Logger *slog.Logger
	// Now gives the time, to which the expiry of tokens is compared; nil means
	// time.Now.
	Now func() time.Time
}

// New checks a configuration and makes a client. It sends nothing.
func New(c Config) (*Client, error) {
	base, err := parseURL(c.URL)
	if err != nil {
		return nil, err
	}
	if c.Key == "" || c.Secret == "" {
		return nil, errors.New("an exchange's API needs a key and a secret")
	}
	fill(&c.Auth, AuthJWT)
	if c.Auth != AuthJWT && c.Auth != AuthOAuth2 {
		return nil, errors.New("the way to log in at an exchange is neither jwt nor oauth2")
	}
	tokens := base.JoinPath("auth", "token")
	if c.Auth == AuthOAuth2 {
		tokens = &url.URL{Scheme: base.Scheme, Host: base.Host, Path: "/oauth2/token"}
		if c.TokenURL != "" {
			if tokens, err = parseURL(c.TokenURL); err != nil {
				return nil, err
			}
		}
	}
	if c.Attempts < 0 || c.MaxBytes < 0 || c.PageLimit < 0 || c.Timeout < 0 || c.Backoff < 0 || c.Patience < 0 {
		return nil, errors.New("limits for an exchange's API must not be negative")
	}
	fill(&c.Scope, "ix-api")
	fill(&c.UserAgent, "provision-gateway")
	fill(&c.Timeout, 20*time.Second)
	fill(&c.Attempts, 3)
	fill(&c.Backoff, 250*time.Millisecond)
	fill(&c.Patience, 10*time.Second)
	fill(&c.MaxBytes, 16<<20)
	fill(&c.PageLimit, 200)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Transport == nil {
		c.Transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second,
			TLSClientConfig:     &tls.Config{RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 4,
			IdleConnTimeout:     30 * time.Second,
		}
	}
	return &Client{
		config: c, base: base, tokenURL: tokens, login: make(chan struct{}, 1),
		http: &http.Client{Transport: c.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

func fill[T comparable](value *T, fallback T) {
	if *value == *new(T) {
		*value = fallback
	}
}

// parseURL reads a URL. Its errors do not show it, since people put passwords
// into URLs.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the URL of an exchange's API must be https://, a host, and a path")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the URL of an exchange's API must have no user, no query and no fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, errors.New("credentials are sent to an exchange over https only")
	}
	return u, nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
