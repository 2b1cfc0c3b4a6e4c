package peeringdb

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// DefaultURL is the base of PeeringDB's own API.
const DefaultURL = "https://www.peeringdb.com/api"

// Config says how to reach the API. Zero values stand for the defaults, which
// keep the published rules of PeeringDB.
type Config struct {
	// URL is the base of the API, without the name of a list; DefaultURL when
	// empty. A key is sent over plain HTTP to this machine only.
	URL string
	// Key is an API key. Without one, contacts that are not public are not
	// seen, and fewer requests are allowed. It is in no error and no log.
	Key string
	// UserAgent names the program and whom to ask about it, such as
	// `provision-gateway/1.2 (+https://www.example.net/)`.
	UserAgent string
	// Pause is the least time between the end of a request and the next one; 2
	// seconds with a key and 3 without, which stays below the 40 and 20
	// requests that PeeringDB allows in a minute.
	Pause time.Duration
	// Backoff is how long to wait before a failed request is tried again, when
	// the answer does not say; 2 seconds. It doubles each time, up to a minute.
	Backoff time.Duration
	// Attempts is how often a request is tried; 4.
	Attempts int
	// Patience is the longest wait that an answer may ask for; 5 minutes. A
	// longer one ends the run with an error that says when to try again.
	Patience time.Duration
	// ConnectTimeout bounds connecting, and TLS once more; 15 seconds.
	ConnectTimeout time.Duration
	// AnswerTimeout bounds the time until the answer begins, in which PeeringDB
	// makes the list; 2 minutes.
	AnswerTimeout time.Duration
	// SilenceTimeout bounds the time in which no byte of the answer comes; 30
	// seconds.
	SilenceTimeout time.Duration
	// Timeout bounds one request as a whole; 15 minutes.
	Timeout time.Duration
	// MaxBytes bounds one list, unpacked; 1 GiB. The longest is 60 MiB today.
	MaxBytes int64
	// TempDir is where lists are kept until they are taken over, 100 MiB
	// together; empty for the system's folder for temporary files.
	TempDir string
	// Logger is told about waits and about requests that are tried again; nil
	// for silence.
	Logger *slog.Logger
}

// New checks a configuration and makes a client. It sends nothing.
func New(c Config) (*Client, error) {
	base, err := parseBase(c.URL, c.Key != "")
	if err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"API key": c.Key, "user agent": c.UserAgent} {
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
			return nil, fmt.Errorf("the %s for PeeringDB holds a character that no header can", name)
		}
	}
	if c.Attempts < 0 || c.MaxBytes < 0 {
		return nil, errors.New("attempts and size limit for PeeringDB must not be negative")
	}
	for _, d := range []time.Duration{c.Pause, c.Backoff, c.Patience, c.ConnectTimeout, c.AnswerTimeout, c.SilenceTimeout, c.Timeout} {
		if d < 0 {
			return nil, errors.New("times for PeeringDB must not be negative")
		}
	}
	pause := 3 * time.Second
	if c.Key != "" {
		pause = 2 * time.Second
	}
	fill(&c.UserAgent, "provision-gateway")
	fill(&c.Pause, pause)
	fill(&c.Backoff, 2*time.Second)
	fill(&c.Attempts, 4)
	fill(&c.Patience, 5*time.Minute)
	fill(&c.ConnectTimeout, 15*time.Second)
	fill(&c.AnswerTimeout, 2*time.Minute)
	fill(&c.SilenceTimeout, 30*time.Second)
	fill(&c.Timeout, 15*time.Minute)
	fill(&c.MaxBytes, 1<<30)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Client{
		config: c, base: base, pace: newPace(c.Pause, c.Patience),
		http: &http.Client{CheckRedirect: sameServer, Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: c.ConnectTimeout}).DialContext,
			TLSHandshakeTimeout:   c.ConnectTimeout,
			ResponseHeaderTimeout: c.AnswerTimeout,
			ForceAttemptHTTP2:     true,
			// On a kept connection that turns out to be broken, a transport
			// sends the request again at once, past the pace.
			DisableKeepAlives: true,
		}},
	}, nil
}

func fill[T comparable](value *T, fallback T) {
	if *value == *new(T) {
		*value = fallback
	}
}

// parseBase reads the base URL. Its errors do not show it, since people put
// passwords into URLs.
func parseBase(text string, key bool) (*url.URL, error) {
	fill(&text, DefaultURL)
	base, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("the URL of PeeringDB must be http:// or https://, a host, and a path")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the URL of PeeringDB must have no user, no query and no fragment")
	case base.Scheme == "http" && key && !isLoopback(base.Hostname()):
		return nil, errors.New("an API key is sent to PeeringDB over https only")
	}
	return base, nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// redirectError is a redirect that is not followed.
type redirectError struct{ host string }

func (e *redirectError) Error() string { return "redirected to " + quote(e.host) }

// sameServer follows redirects within a server only, and to TLS: the key is
// for this server, and lists of another one are not those that were asked for.
func sameServer(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	secured := first.Scheme == "http" && next.URL.Scheme == "https" && first.Hostname() == next.URL.Hostname()
	if !secured && (next.URL.Scheme != first.Scheme || next.URL.Host != first.Host) {
		return &redirectError{next.URL.Scheme + "://" + next.URL.Host}
	}
	if len(before) >= 5 {
		return errors.New("redirected more than 5 times")
	}
	return nil
}
