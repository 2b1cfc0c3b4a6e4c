package legacy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/sony/gobreaker/v2"

	"provision-gateway/compat/signature"
)

// Request is what a caller sent.
type Request struct {
	// Method is GET, HEAD or POST.
	Method string
	// Query is the raw query string, with the caller's key and hash.
	Query string
	// ContentType and Body are those of a POST.
	ContentType string
	Body        []byte
	// UserAgent is the caller's.
	UserAgent string
	// Repeatable says that the request changes nothing, so that it does no harm
	// twice.
	Repeatable bool
}

// Answer is what the original server answered.
type Answer struct {
	Status int
	// Header is without what belongs to the connection, cookies and the length.
	Header http.Header
	Body   []byte
	// Took is from the first byte sent to the last one received.
	Took time.Duration
}

// ContentType is that of the body.
func (a *Answer) ContentType() string { return a.Header.Get("Content-Type") }

// Error says why there is no answer. Its text names neither parameters nor the
// key.
type Error struct {
	text      string
	uncertain bool
	cause     error
}

// Error is one line.
func (e *Error) Error() string { return "original server: " + e.text }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Uncertain reports whether the server may have done what it was asked: the
// request had been sent, or begun to be, and no whole answer came back.
func (e *Error) Uncertain() bool { return e.uncertain }

// ErrAway is the cause when the server is left alone after too many failures.
var ErrAway = gobreaker.ErrOpenState

// Do has a request answered. An answer of any status is an answer; the errors are
// *Error.
func (c *Client) Do(ctx context.Context, r *Request) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return nil, &Error{text: "all connections were in use", cause: ctx.Err()}
	}
	var answer *Answer
	_, err := c.breaker.Execute(func() (*Answer, error) {
		var err error
		if answer, err = c.send(ctx, r); err != nil {
			return nil, err
		}
		if slices.Contains(awayStatus, answer.Status) {
			return nil, errAway
		}
		return nil, nil
	})
	switch {
	case err == nil, errors.Is(err, errAway):
		return answer, nil
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		return nil, &Error{text: "left alone after too many failures", cause: ErrAway}
	}
	return nil, err
}

// awayStatus are answers of what stands before a server that is away. They are
// passed on, and count as failures.
var awayStatus = []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

var errAway = errors.New("away")

// isGivenUp reports whether it was the caller who did not wait, which says nothing
// about the server.
func isGivenUp(err error) bool { return errors.Is(err, context.Canceled) }

// connectionHeaders belong to one connection, or to the server's own dealings with
// a browser.
var connectionHeaders = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	"Content-Length", "Set-Cookie", "Date", "Server",
}

func (c *Client) send(ctx context.Context, r *Request) (*Answer, error) {
	target := *c.base
	target.RawQuery = r.Query
	if c.config.Key != "" {
		target.RawQuery = signature.Resign(r.Query, c.config.Key, c.config.Secret)
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, target.String(), nil)
	if err != nil {
		return nil, &Error{text: "the request cannot be passed on", cause: errors.New("unusable request")}
	}
	// As it came: to parse and to write it could change it.
	request.URL = &target
	if r.Method == http.MethodPost {
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(r.Body)), int64(len(r.Body))
		if r.ContentType != "" {
			request.Header["Content-Type"] = []string{r.ContentType}
		}
	}
	request.Header["User-Agent"] = []string{r.UserAgent}
	started := time.Now()
	client := c.fresh
	if r.Repeatable {
		client = c.kept
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.config.MaxAnswer+1))
	if err != nil {
		return nil, c.failed(ctx, err)
	}
	if int64(len(body)) > c.config.MaxAnswer {
		return nil, &Error{text: fmt.Sprintf("the answer is longer than %d bytes", c.config.MaxAnswer), uncertain: true}
	}
	header := response.Header
	for _, name := range connectionHeaders {
		header.Del(name)
	}
	return &Answer{Status: response.StatusCode, Header: header, Body: body, Took: time.Since(started)}, nil
}

// failed makes an error of one of the HTTP library's, which names the address with
// everything in it.
func (c *Client) failed(ctx context.Context, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	e := &Error{text: err.Error(), cause: err, uncertain: !isDial(err)}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		e.text, e.cause = fmt.Sprintf("no whole answer within %v", c.config.Timeout), context.DeadlineExceeded
	case ctx.Err() != nil:
		e.text, e.cause = "given up", context.Canceled
	}
	return e
}
