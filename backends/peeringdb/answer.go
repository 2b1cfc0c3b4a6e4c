package peeringdb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// notTheAPI is who answers in HTML.
const notTheAPI = "a firewall, a proxy or a maintenance page answered, not the API"

func isHTML(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
}

// noAnswer says why there was no answer.
func (c *Client) noAnswer(ctx context.Context, list string, err error) *Error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		// It names the whole URL, which says nothing more.
		err = wrapped.Err
	}
	e := &Error{List: list, Err: err, temporary: true}
	redirect, redirected := errors.AsType[*redirectError](err)
	operation, dialled := errors.AsType[*net.OpError](err)
	var timeout net.Error
	switch {
	case redirected:
		e.temporary = false
		e.Text = redirect.Error() + ", which is another server: refused, set the URL of the right one"
	case c.ended(ctx, e):
	case dialled && operation.Op == "dial":
		e.Text = "cannot connect to " + c.base.Host + ": " + operation.Err.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		e.Text = c.base.Host + " gave no answer in time (" + c.harmless(err.Error()) + ")"
	default:
		e.Text = "no answer from " + c.base.Host + ": " + c.harmless(err.Error())
	}
	return e
}

// ended fills in e when the request was ended from this side.
func (c *Client) ended(ctx context.Context, e *Error) bool {
	switch cause := context.Cause(ctx); {
	case cause == nil:
		return false
	case errors.Is(cause, errSilence):
		e.Text = errSilence.Error() + " for " + c.config.SilenceTimeout.String()
		e.Err = cause
	case errors.Is(cause, errTooLong):
		e.Text = errTooLong.Error() + ": more than " + c.config.Timeout.String()
		e.Err = cause
	default:
		e.temporary = false
		e.Text, e.Err = "given up: "+cause.Error(), cause
	}
	return true
}

// brokenBody says why an answer could not be read or stored to its end.
func (c *Client) brokenBody(ctx context.Context, list string, body *body, err error) *Error {
	e := &Error{List: list, Status: http.StatusOK, Err: err, temporary: true}
	file, local := errors.AsType[*spoolError](err)
	switch {
	case errors.Is(err, errTooBig):
		e.temporary = false
		e.Text = errTooBig.Error() + ": more than " + strconv.FormatInt(c.config.MaxBytes, 10) + " bytes"
	case local:
		e.temporary = false
		e.Text = "the answer cannot be stored: " + file.Error()
	case c.ended(ctx, e):
	default:
		e.Text = "the answer was cut off after " + strconv.FormatInt(body.done, 10) + " bytes: " + c.harmless(err.Error())
	}
	return e
}

// refusal says what an answer other than 200 means.
func (c *Client) refusal(list string, answer *http.Response, body io.Reader) *Error {
	status := answer.StatusCode
	e := &Error{List: list, Status: status, temporary: status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout}
	message := c.message(answer, body)
	text := "status " + strconv.Itoa(status)
	switch status {
	case http.StatusBadRequest:
		text = "the request was refused"
	case http.StatusUnauthorized:
		text = cmp.Or(map[bool]string{true: "the API key was not accepted"}[c.config.Key != ""], "an API key is needed")
	case http.StatusForbidden:
		text = "access was denied"
		if c.config.Key != "" {
			text += " to this API key"
		}
	case http.StatusNotFound:
		text = "there is no such list below the configured URL"
	case http.StatusTooManyRequests:
		text = "too many requests"
	}
	if status >= 500 {
		text = "the server failed with status " + strconv.Itoa(status)
	}
	if isHTML(answer.Header) || strings.HasPrefix(message, "<") {
		text += " (HTML: " + notTheAPI + ")"
	} else if message != "" {
		text += ": " + quoteUpTo(message, maxMessage)
	}
	e.Text = text
	if e.temporary {
		e.RetryAt = retryAt(answer.Header.Get("Retry-After"), c.pace.now())
	}
	return e
}

// message gives what an answer says about a failure.
func (c *Client) message(answer *http.Response, body io.Reader) string {
	// What cannot be read says nothing, and the status is known.
	text, _ := io.ReadAll(io.LimitReader(body, 8<<10))
	var said struct {
		Message string `json:"message"`
		Detail  string `json:"detail"`
		Meta    struct {
			Error string `json:"error"`
		} `json:"meta"`
	}
	if json.Unmarshal(text, &said) == nil {
		return c.harmless(cmp.Or(said.Message, said.Meta.Error, said.Detail))
	}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "<") {
		return "<"
	}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/plain") {
		return c.harmless(strings.TrimSpace(string(text)))
	}
	return ""
}

// retryAt reads Retry-After, which is seconds or a date, and gives zero when
// there is none of sense. More than maxStay from now is taken as that.
func retryAt(value string, now time.Time) time.Time {
	at := retryAtAll(strings.TrimSpace(value), now)
	if latest := now.Add(maxStay); at.After(latest) {
		return latest
	}
	return at
}

func retryAtAll(value string, now time.Time) time.Time {
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return now.Add(time.Duration(seconds) * time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return at
	}
	return time.Time{}
}
