package contract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"provision-gateway/compat/golden"
)

// Exchange is what became of a pair of a golden file.
type Exchange struct {
	// Request is as it was sent: placeholders filled in, not signed.
	Request golden.Request
	// Got is what the server answered.
	Got golden.Answer
	// Miss is nil when that is what the file expects, or when the file holds no
	// answer.
	Miss *Miss
}

// Run sends the requests of a file in their order and holds the answers against
// the file. A miss does not end it: the later requests are sent all the same.
// The error is that of the first request that could not be sent or got no
// answer, with its number in the file, or an answer of HTTP 500 and above that
// the file does not expect; the exchanges in front of it are given.
func Run(ctx context.Context, client *Client, file *golden.File) ([]Exchange, error) {
	placeholders, err := file.Placeholders()
	if err != nil {
		return nil, err
	}
	values := golden.Bindings{}
	var done []Exchange
	for i, pair := range file.Pairs {
		request, err := fill(placeholders, pair.Request, values)
		if err != nil {
			return done, fmt.Errorf("request %d: %w", i+1, err)
		}
		got, err := client.Send(ctx, request)
		if err != nil {
			return done, fmt.Errorf("request %d: %w", i+1, err)
		}
		if got.Status >= http.StatusInternalServerError && (pair.Answer == nil || pair.Answer.Status != got.Status) {
			return done, fmt.Errorf("request %d: %w", i+1, &Trouble{What: "answers " + strings.TrimSpace(fmt.Sprintf("%d %s", got.Status, http.StatusText(got.Status)))})
		}
		exchange := Exchange{Request: request, Got: got}
		if pair.Answer != nil {
			exchange.Miss = compare(placeholders, pair, i+1, got, values)
		}
		done = append(done, exchange)
	}
	return done, nil
}

// fill puts what the server gave earlier into a request.
func fill(p golden.Placeholders, r golden.Request, values golden.Bindings) (golden.Request, error) {
	var missing []string
	put := func(text string, encode func(string) string) string {
		inventSecrets(p, text, values)
		filled, unknown := p.Fill(text, values, encode)
		missing = append(missing, unknown...)
		return filled
	}
	r.Line = put(r.Line, url.QueryEscape)
	headers := make([]string, len(r.Headers))
	for i, header := range r.Headers {
		headers[i] = put(header, nil)
	}
	if len(headers) > 0 {
		r.Headers = headers
	}
	encode := url.QueryEscape
	if strings.HasPrefix(strings.ToLower(r.Header("Content-Type")), "multipart/") {
		encode = nil
	}
	r.Body = put(r.Body, encode)
	if len(missing) > 0 {
		return r, errors.New("it needs <" + missing[0] + ">, which no answer before it gave")
	}
	return r, nil
}

// inventSecrets gives values to the secrets and bodies of a request that have
// none: they were taken out when it was recorded, and a server that shows a
// secret again must show what it was sent.
func inventSecrets(p golden.Placeholders, text string, values golden.Bindings) {
	_, missing := p.Fill(text, values, nil)
	for _, name := range missing {
		if strings.HasPrefix(name, "id-") || strings.HasPrefix(name, "time-") || strings.HasPrefix(name, "seconds-") {
			continue
		}
		values[name] = name
	}
}
