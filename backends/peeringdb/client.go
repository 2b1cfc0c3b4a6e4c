package peeringdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Client asks the PeeringDB 2.x API for lists, at the pace that PeeringDB
// allows. Make one with New and keep it: it remembers when the server said not
// to come back too soon. It is safe for concurrent use; one request is under
// way at a time.
type Client struct {
	config Config
	base   *url.URL
	http   *http.Client
	pace   *pace

	// requests and bytes count what was asked and what came, unpacked.
	requests, bytes atomic.Int64
}

// maxBackoff is the longest wait that the client chooses itself.
const maxBackoff = time.Minute

// fetch gets one list into a temporary file. check reads what came and says
// whether it is whole; it is called for each attempt, from the first byte. tell
// is told how far the list has come, and closed when the server said not to come
// before a time.
func (c *Client) fetch(ctx context.Context, list string, query url.Values, tell func(done, total int64), closed func(until time.Time), check func(io.Reader) error) (*spool, error) {
	if err := c.pace.begin(ctx); err != nil {
		return nil, &Error{List: list, Text: "given up: " + err.Error(), Err: err}
	}
	defer c.pace.end()
	backoff := c.config.Backoff
	for attempt := 1; ; attempt++ {
		until, ok, err := c.pace.wait(ctx)
		if err != nil {
			return nil, &Error{List: list, Text: "given up: " + err.Error(), Err: err}
		}
		if !ok {
			return nil, &Error{List: list, Status: http.StatusTooManyRequests, RetryAt: until,
				Text: fmt.Sprintf("the server said to stay away longer than the %v that are allowed", c.config.Patience)}
		}
		file, err := c.attempt(ctx, list, query, tell, check)
		c.pace.done()
		if err == nil {
			return file, nil
		}
		var failed *Error
		if !errors.As(err, &failed) || !failed.temporary {
			return nil, err
		}
		wait := backoff
		backoff = min(2*backoff, max(maxBackoff, backoff))
		if !failed.RetryAt.IsZero() {
			c.pace.block(failed.RetryAt)
			closed(failed.RetryAt)
			wait = max(wait, failed.RetryAt.Sub(c.pace.now()))
		}
		if attempt == c.config.Attempts || wait > c.config.Patience {
			return nil, err
		}
		c.config.Logger.WarnContext(ctx, "PeeringDB is asked again", "list", list, "attempt", attempt, "wait", wait.String(), "error", failed.Text)
		c.pace.after(wait)
	}
}

// attempt sends one request and stores the answer.
func (c *Client) attempt(parent context.Context, list string, query url.Values, tell func(done, total int64), check func(io.Reader) error) (_ *spool, err error) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	defer time.AfterFunc(c.config.Timeout, func() { cancel(errTooLong) }).Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath(list).String(), nil)
	if err != nil {
		return nil, &Error{List: list, Text: "no such list", Err: err}
	}
	request.URL.RawQuery = query.Encode()
	request.Header.Set("User-Agent", c.config.UserAgent)
	request.Header.Set("Accept", "application/json")
	if c.config.Key != "" {
		request.Header.Set("Authorization", "Api-Key "+c.config.Key)
	}
	c.requests.Add(1)
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, c.noAnswer(ctx, list, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body := c.watch(answer, cancel, tell)
	defer body.stop()
	if answer.StatusCode != http.StatusOK {
		return nil, c.refusal(list, answer, body)
	}
	if isHTML(answer.Header) {
		return nil, &Error{List: list, Status: answer.StatusCode, Text: "HTML came instead of a list: " + notTheAPI}
	}
	file, err := newSpool(c.config.TempDir)
	if err != nil {
		return nil, &Error{List: list, Text: "no place for the answer: " + err.Error(), Err: err}
	}
	defer func() {
		if err != nil {
			file.close()
		}
	}()
	if _, err := io.Copy(file, body); err != nil {
		return nil, c.brokenBody(ctx, list, body, err)
	}
	tell(body.done, body.done)
	if err := c.checkList(list, file, check); err != nil {
		return nil, err
	}
	return file, nil
}

// checkList reads a stored answer to its last byte.
func (c *Client) checkList(list string, file *spool, check func(io.Reader) error) error {
	if first, err := file.firstByte(); err != nil {
		return &Error{List: list, Text: "the answer cannot be read again: " + err.Error(), Err: err}
	} else if first == '<' {
		return &Error{List: list, Status: http.StatusOK, Text: "HTML came instead of a list: " + notTheAPI}
	}
	err := check(file.reader())
	if err == nil {
		return nil
	}
	e := &Error{List: list, Status: http.StatusOK, Text: "the answer is broken: " + c.harmless(err.Error()), Err: err, temporary: true}
	if meta, ok := errors.AsType[*metaError](err); ok {
		// The text is cut only once the key is out of it.
		e.Text = meta.about() + quoteUpTo(c.harmless(meta.said), maxMessage)
		e.temporary = !meta.truncated
	}
	return e
}

// maxMessage is how much of a text of the server is shown, in characters.
const maxMessage = 160

// harmless removes the key from a text that came from elsewhere.
func (c *Client) harmless(text string) string {
	if c.config.Key == "" {
		return text
	}
	return strings.ReplaceAll(text, c.config.Key, "<secret>")
}
