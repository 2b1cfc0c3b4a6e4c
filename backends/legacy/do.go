package legacy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
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
	// Header is without what belongs to the connection, cookies, the id of the
	// request and, but for HEAD, the length.
	Header http.Header
	Body   []byte
	// Took is from the first byte sent to the last one received.
	Took time.Duration
}

// ContentType is that of the body.
func (a *Answer) ContentType() string { return a.Header.Get("Content-Type") }

// Do has a caller's request answered. An answer of any status is an answer; the
// errors are *Error.
func (c *Client) Do(ctx context.Context, r *Request) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	if err := enter(ctx, c.slots); err != nil {
		return nil, err
	}
	defer func() { <-c.slots }()
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
		return nil, errLeftAlone
	}
	return nil, err
}

// enter takes one of the places for requests.
func enter(ctx context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &Error{text: "all connections were in use", cause: ctx.Err()}
	}
}

// awayStatus are answers of what stands before a server that is away. They are
// passed on, and count as failures.
var awayStatus = []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

var errAway = errors.New("away")

// isGivenUp reports whether it was the caller who did not wait, which says nothing
// about the server.
func isGivenUp(err error) bool { return errors.Is(err, context.Canceled) }

// keptBack are the headers of an answer that are not passed on: those of one
// connection, those of the server's own dealings with a browser, and the id that
// the gateway gives every request itself, under which its log has it.
var keptBack = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	"Set-Cookie", "Date", "Server", "X-Request-Id",
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
	transport := c.fresh
	if r.Repeatable {
		transport = c.kept
	}
	// An http.Client would follow redirects, and fail at one that is no address.
	response, err := transport.RoundTrip(request)
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
	return &Answer{Status: response.StatusCode, Header: passedHeader(r.Method, response.Header), Body: body, Took: time.Since(started)}, nil
}

// passedHeader is what of a header is passed on. The length is that of the body,
// and stated again with it, but for a HEAD it is all that is told.
func passedHeader(method string, header http.Header) http.Header {
	for _, option := range header.Values("Connection") {
		for name := range strings.SplitSeq(option, ",") {
			header.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range keptBack {
		header.Del(name)
	}
	if method != http.MethodHead {
		header.Del("Content-Length")
	}
	return header
}
