// Package contract holds servers of the legacy API against golden files (see
// package golden), and makes such files from what a server answers.
//
// A request goes over the wire as the file has it, byte for byte: no part of it
// is decoded, sorted or encoded again. What is added is what belongs to the
// connection (Host, Content-Length, Connection) and to the caller (apiKey and
// hash).
package contract

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"provision-gateway/compat/golden"
	"provision-gateway/compat/signature"
)

const (
	// script is where the API answers on every server.
	script = "/api/v1/api.php"
	// DefaultTimeout is how long a request may take when Options name no time.
	DefaultTimeout = 30 * time.Second
	// maxAnswer is the most that is read of an answer: a whole directory is a
	// few MiB.
	maxAnswer = 256 << 20
)

// Credentials sign requests. The zero value signs nothing.
type Credentials struct {
	// Key is the API key, Secret what belongs to it; both or none.
	Key, Secret string
}

// Sign gives a request line the key and the hash of its query, last and in this
// order, as the vendor's PHP client does. A key and a hash that are there
// already are taken out; all else stays as it is written. Without credentials
// the line stays as it is.
func (c Credentials) Sign(line string) string {
	if c.Key == "" {
		return line
	}
	path, query, _ := strings.Cut(Unsigned(line), "?")
	if query != "" {
		query += "&"
	}
	query += "apiKey=" + c.Key
	return path + "?" + query + "&hash=" + signature.Sign(query, c.Secret)
}

// Unsigned is a request line without the parameters apiKey and hash of its
// query. All else stays as it is written.
func Unsigned(line string) string {
	path, query, some := strings.Cut(line, "?")
	if !some {
		return line
	}
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(word string) bool {
		name, _, _ := strings.Cut(word, "=")
		return name == "apiKey" || name == "hash"
	})
	return path + "?" + strings.Join(kept, "&")
}

// Client sends the requests of golden files to one server.
type Client struct {
	address, host, prefix string
	tls                   *tls.Config
	credentials           Credentials
	timeout               time.Duration
}

// ClientOptions are the settings of a Client.
type ClientOptions struct {
	// URL is http:// or https://, host, port where it is not the usual one, and
	// the path in front of /api/v1/api.php if there is any; that path itself may
	// be there too.
	URL         string
	Credentials Credentials
	// Timeout is for a whole request; 0 is DefaultTimeout.
	Timeout time.Duration
	// TLS is the configuration for https; nil trusts what the system trusts.
	TLS *tls.Config
}

// NewClient makes a client. It does not connect; the error is about the URL or
// about a key without a secret, and shows neither.
func NewClient(o ClientOptions) (*Client, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return nil, errors.New("the address of the server is no URL")
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.RawQuery != "", u.Fragment != "", u.Opaque != "":
		return nil, errors.New("the address of the server must be http://HOST or https://HOST, with a port and a path if need be")
	case u.User != nil:
		return nil, errors.New("the address of the server must not hold a user or password")
	case (o.Credentials.Key == "") != (o.Credentials.Secret == ""):
		return nil, errors.New("an API key and its secret are needed, not one of them")
	case strings.ContainsAny(o.Credentials.Key, "& \t\r\n#"):
		return nil, errors.New("the API key holds what no key holds")
	}
	c := &Client{host: u.Host, credentials: o.Credentials, timeout: o.Timeout}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	c.prefix = strings.TrimSuffix(strings.TrimSuffix(u.EscapedPath(), script), "/")
	port := u.Port()
	if u.Scheme == "https" {
		c.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		if o.TLS != nil {
			c.tls = o.TLS.Clone()
		}
		if c.tls.ServerName == "" {
			c.tls.ServerName = u.Hostname()
		}
		// Answers must be HTTP/1.1, which is all that is read here.
		c.tls.NextProtos = []string{"http/1.1"}
	}
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[c.tls != nil]
	}
	c.address = net.JoinHostPort(u.Hostname(), port)
	return c, nil
}

// secrets are what the client knows and nobody is to read.
func (c *Client) secrets() []string { return []string{c.credentials.Key, c.credentials.Secret} }

// Send sends a request on a connection of its own and gives the answer. The
// error is a *Trouble.
func (c *Client) Send(ctx context.Context, r golden.Request) (golden.Answer, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	a, err := c.send(limited, r)
	if err == nil {
		return a, nil
	}
	if ctx.Err() != nil {
		return a, &Trouble{"was not waited for", ctx.Err()}
	}
	if limited.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return a, &Trouble{fmt.Sprintf("gave no whole answer within %v", c.timeout), context.DeadlineExceeded}
	}
	return a, err
}

func (c *Client) send(ctx context.Context, r golden.Request) (golden.Answer, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return golden.Answer{}, &Trouble{"cannot be reached: " + reason(err), err}
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	// A server may answer before it has read all, and close: what it said
	// counts, not that it did not listen to the end.
	_, failed := io.WriteString(conn, c.wire(r))
	response, err := readResponse(bufio.NewReader(conn), r.Method())
	if err != nil {
		return golden.Answer{}, unread(errors.Join(err, failed), err)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return golden.Answer{}, &Trouble{fmt.Sprintf("broke off its answer after %d bytes of the body", len(body)), err}
	}
	if len(body) > maxAnswer {
		return golden.Answer{}, &Trouble{fmt.Sprintf("answers with more than %d bytes", maxAnswer), nil}
	}
	return golden.Answer{Status: response.StatusCode, ContentType: response.Header.Get("Content-Type"), Body: string(body)}, nil
}

func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	if c.tls != nil {
		return (&tls.Dialer{Config: c.tls}).DialContext(ctx, "tcp", c.address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", c.address)
}

// wire is a request as it is sent.
func (c *Client) wire(r golden.Request) string {
	method, path, _ := strings.Cut(c.credentials.Sign(r.Line), " ")
	var b strings.Builder
	b.WriteString(method + " " + c.prefix + path + " HTTP/1.1\r\n")
	for _, usual := range [][2]string{{"Host", c.host}, {"Connection", "close"}} {
		if r.Header(usual[0]) == "" {
			b.WriteString(usual[0] + ": " + usual[1] + "\r\n")
		}
	}
	for _, header := range r.Headers {
		b.WriteString(header + "\r\n")
	}
	if r.Header("Content-Length") == "" && r.Header("Transfer-Encoding") == "" {
		b.WriteString("Content-Length: " + strconv.Itoa(len(r.Body)) + "\r\n")
	}
	b.WriteString("\r\n" + r.Body)
	return b.String()
}

// readResponse reads the head of the final answer; those in front of it say only
// that it is on its way.
func readResponse(from *bufio.Reader, method string) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(from, &http.Request{Method: method})
		if err != nil || response.StatusCode >= http.StatusOK {
			return response, err
		}
	}
}
