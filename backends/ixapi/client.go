package ixapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Client talks to one exchange as one account. Make one with New and keep it: it
// keeps its tokens. It is safe for concurrent use.
type Client struct {
	config   Config
	base     *url.URL
	tokenURL *url.URL
	http     *http.Client

	// login is held by whoever asks for tokens, so that it is one at a time.
	login  chan struct{}
	mu     sync.Mutex
	tokens tokens

	// paged is whether the server announces pages, as of pagedAt.
	pagedMu sync.Mutex
	paged   bool
	pagedAt time.Time
}

// Timeout is how long one request with its answer may take.
func (c *Client) Timeout() time.Duration { return c.config.Timeout }

// request is one request, which may be sent several times.
type request struct {
	method string
	url    *url.URL
	// body is JSON; form a body of a form.
	body []byte
	form url.Values
	// user and password are sent as Basic authentication.
	user, password string
	token          string
	// secrets are texts that must not come back in an error.
	secrets []string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// operation names a request in errors and in the log.
func (c *Client) operation(r *request) string {
	path := r.url.Path
	if rest, ok := strings.CutPrefix(path, c.base.Path); ok {
		path = rest
	}
	return r.method + " /" + strings.TrimPrefix(path, "/")
}

// do sends a request as the account, once more after a token was refused.
func (c *Client) do(ctx context.Context, r *request) (*answer, error) {
	for try := 1; ; try++ {
		token, err := c.token(ctx)
		if err != nil {
			return nil, err
		}
		r.token = token
		a, err := c.repeat(ctx, r)
		var e *Error
		if try == 1 && errors.As(err, &e) && e.Status == http.StatusUnauthorized {
			// The server did nothing, so that even a write can be sent again.
			c.refused(token)
			continue
		}
		return a, err
	}
}

// repeat sends a read several times, with pauses, where the network or the
// server fails for the moment. A write is sent once.
func (c *Client) repeat(ctx context.Context, r *request) (*answer, error) {
	pause := c.config.Backoff
	for try := 1; ; try++ {
		a, err := c.send(ctx, r)
		var e *Error
		if err == nil || !errors.As(err, &e) || !isRead(r) || !temporary(e) || try >= c.config.Attempts || ctx.Err() != nil {
			return a, err
		}
		wait := max(pause, e.RetryAfter)
		pause *= 2
		if deadline, ok := ctx.Deadline(); wait > c.config.Patience || ok && time.Until(deadline) < wait {
			return nil, err
		}
		c.config.Logger.WarnContext(ctx, "an exchange is asked again", "operation", e.Operation, "attempt", try, "wait", wait.String(), "error", e.Reason())
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(wait):
		}
	}
}

// isRead reports whether a request changes nothing. To ask for tokens does not.
func isRead(r *request) bool { return r.method == http.MethodGet || r.token == "" }

func temporary(e *Error) bool {
	switch e.Status {
	case 0:
		return !errors.Is(e.Err, errTooLong)
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// errTooLong is an answer that is over the limit.
var errTooLong = errors.New("the answer is too long")

// send sends a request once. Its error is an *Error.
func (c *Client) send(parent context.Context, r *request) (*answer, error) {
	failed := &Error{Operation: c.operation(r)}
	ctx, cancel := context.WithTimeout(parent, c.config.Timeout)
	defer cancel()
	// A request that found no connection was not sent.
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	sent, err := c.httpRequest(ctx, r)
	if err != nil {
		failed.Err = errors.New("it cannot be sent")
		return nil, failed
	}
	response, err := c.http.Do(sent)
	if err != nil {
		failed.Err, failed.uncertain = c.withoutURL(r, err), connected.Load()
		return nil, failed
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.config.MaxBytes+1))
	if err == nil && int64(len(body)) > c.config.MaxBytes {
		err = errTooLong
	}
	if err != nil {
		failed.Err, failed.uncertain = c.withoutURL(r, err), true
		return nil, failed
	}
	a := &answer{response.StatusCode, response.Header, body}
	if a.status >= 200 && a.status < 300 {
		return a, nil
	}
	c.refusal(failed, r, a)
	return nil, failed
}

func (c *Client) httpRequest(ctx context.Context, r *request) (*http.Request, error) {
	body := r.body
	if r.form != nil {
		body = []byte(r.form.Encode())
	}
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	sent, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), content)
	if err != nil {
		return nil, err
	}
	sent.Header.Set("Accept", "application/json")
	sent.Header.Set("User-Agent", c.config.UserAgent)
	switch {
	case r.form != nil:
		sent.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case body != nil:
		sent.Header.Set("Content-Type", "application/json")
	}
	if r.user != "" {
		// RFC 6749 section 2.3.1 has both encoded as in a form.
		sent.SetBasicAuth(url.QueryEscape(r.user), url.QueryEscape(r.password))
	}
	if r.token != "" {
		sent.Header.Set("Authorization", "Bearer "+r.token)
	}
	return sent, nil
}

// refusal reads an answer that is no success. Problems are those of RFC 7807, of
// any media type.
func (c *Client) refusal(e *Error, r *request, a *answer) {
	e.Status = a.status
	e.RetryAfter = retryAfter(a.header.Get("Retry-After"), c.config.Now())
	// A write that a server or a proxy stumbled over may have been carried out.
	e.uncertain = a.status >= 500 || a.status == http.StatusRequestTimeout
	if a.status < 400 {
		e.Err = errors.New("it was redirected, which is not followed: the URL of the API is another one")
		return
	}
	var p struct {
		Type       any `json:"type"`
		Title      any `json:"title"`
		Detail     any `json:"detail"`
		Properties []struct {
			Name   any `json:"name"`
			Reason any `json:"reason"`
		} `json:"properties"`
		// Of OAuth2 (RFC 6749 section 5.2).
		Error       any `json:"error"`
		Description any `json:"error_description"`
	}
	if json.Unmarshal(a.body, &p) != nil {
		return
	}
	text := func(v any) string { return shown(c.harmless(r, word(v))) }
	if kind, ok := p.Type.(string); ok {
		kind = kind[strings.LastIndexByte(kind, '/')+1:]
		e.Type = text(strings.TrimSuffix(kind, ".html"))
	}
	e.Title, e.Detail = text(p.Title), text(p.Detail)
	if e.Title == "" && e.Detail == "" {
		e.Title, e.Detail = text(p.Error), text(p.Description)
	}
	for _, property := range p.Properties {
		e.Properties = append(e.Properties, Property{text(property.Name), text(property.Reason)})
	}
}

// word makes a text of any JSON value: of several, with commas between.
func word(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		var words []string
		for _, one := range v {
			words = append(words, word(one))
		}
		return strings.Join(words, ", ")
	}
	data, _ := json.Marshal(v)
	return string(data)
}

// retryAfter reads the header of that name: seconds, or a moment (RFC 9110
// section 10.2.3). What cannot be read is 0.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// withoutURL takes the URL, which a proxy's may be with a password, and secrets
// out of the error of a transport.
func (c *Client) withoutURL(r *request, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("there was no answer in time: %w", context.DeadlineExceeded)
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, errTooLong):
		return err
	}
	return errors.New(shown(c.harmless(r, err.Error())))
}

// harmless replaces secrets in a text that came from elsewhere.
func (c *Client) harmless(r *request, text string) string {
	for _, secret := range append([]string{c.config.Secret, c.config.Key, r.token, r.password}, r.secrets...) {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "<secret>")
		}
	}
	return text
}

// read reads the JSON of an answer. Nothing, and null, leave the place empty.
func (c *Client) read(r *request, a *answer, place any) error {
	body := bytes.TrimSpace(a.body)
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, place); err != nil {
		what := "the answer is not what IX-API documents"
		if body[0] == '<' {
			what = "HTML came instead of JSON: is the URL that of the API?"
		}
		return &Error{Operation: c.operation(r), Status: 0, Err: errors.New(what), uncertain: true}
	}
	return nil
}
