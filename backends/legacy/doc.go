// Package legacy talks to an original APIv1 server: it passes requests on as
// they came, signed anew with a key of its own, and gives back the bytes that the
// server answered.
package legacy

import (
	"cmp"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/sony/gobreaker/v2"
)

// Config says which server is the original, and how long to bear with it.
type Config struct {
	// URL is that of its api.php, prefix included.
	URL string
	// Key and Secret sign the requests to it. When both are empty a request keeps
	// its caller's own key and hash, which a server that knows the same keys takes.
	Key, Secret string
	// Timeout is the longest time for a whole answer; 0 means 30 seconds.
	Timeout time.Duration
	// Connections is how many requests may be under way at once; 0 means 32.
	// Others wait. Aside is how many more may be on behalf of comparisons; 0 means 4.
	Connections, Aside int
	// MaxAnswer is the longest answer in bytes; 0 means 256 MiB.
	MaxAnswer int64
	// Failures is after how many failures in a row the server is left alone; 0
	// means 10. Wait is for how long; 0 means 10 seconds. Then a single request
	// finds out whether it is back.
	Failures int
	Wait     time.Duration
	// TLS replaces the defaults of the connection; nil is none.
	TLS *tls.Config
	// Changed is told when the server begins and ends to be left alone; nil is
	// nobody.
	Changed func(away bool)
}

// Client passes requests on to the original server. It is safe for concurrent
// use.
type Client struct {
	config  Config
	base    *url.URL
	breaker *gobreaker.CircuitBreaker[*Answer]
	// slots has a place for each request of a caller, aside for each of DoAside.
	slots, aside chan struct{}
	// kept keeps connections for the next request. What changes something goes
	// over connections that are not kept: on one that was used before, the HTTP
	// library sends a GET again by itself when the server closes it without an
	// answer, and the original changes records on GET too.
	kept, fresh *http.Transport
}

// New makes a Client. It returns an error for a URL that is none, and for a key
// without its secret.
func New(c Config) (*Client, error) {
	base, err := url.Parse(c.URL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" {
		return nil, errors.New("the address of the original server is not of the form https://HOST/PATH")
	}
	if (c.Key == "") != (c.Secret == "") {
		return nil, errors.New("the original server needs a key and its secret together")
	}
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.Connections = cmp.Or(c.Connections, 32)
	c.Aside = cmp.Or(c.Aside, 4)
	c.MaxAnswer = cmp.Or(c.MaxAnswer, 256<<20)
	c.Failures = cmp.Or(c.Failures, 10)
	c.Wait = cmp.Or(c.Wait, 10*time.Second)
	client := &Client{config: c, base: base, slots: make(chan struct{}, c.Connections), aside: make(chan struct{}, c.Aside)}
	client.kept, client.fresh = c.over(true), c.over(false)
	client.breaker = gobreaker.NewCircuitBreaker[*Answer](gobreaker.Settings{
		MaxRequests: 1, Timeout: c.Wait,
		ReadyToTrip: func(n gobreaker.Counts) bool { return int(n.ConsecutiveFailures) >= c.Failures },
		IsExcluded:  isGivenUp,
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if c.Changed != nil && to != gobreaker.StateHalfOpen {
				c.Changed(to == gobreaker.StateOpen)
			}
		},
	})
	return client, nil
}

// over makes a transport that changes nothing of what it is given: it asks for no
// compression.
func (c Config) over(keep bool) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: c.Timeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     c.TLS,
		TLSHandshakeTimeout: c.Timeout,
		MaxIdleConnsPerHost: c.Connections + c.Aside,
		IdleConnTimeout:     30 * time.Second,
		DisableKeepAlives:   !keep,
		DisableCompression:  true,
	}
}

// Close ends the connections that wait for a next request.
func (c *Client) Close() { c.kept.CloseIdleConnections() }
