package legacy

import (
	"context"
	"slices"

	"github.com/sony/gobreaker/v2"
)

// DoAside is Do for a request that no caller waits for. It takes none of the
// connections of those who do, and its failures do not count for whether the server
// is left alone: a comparison must not be why scripts get no answer. While the
// server is left alone it fails at once with ErrAway.
func (c *Client) DoAside(ctx context.Context, r *Request) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	if c.breaker.State() == gobreaker.StateOpen {
		return nil, errLeftAlone
	}
	if err := enter(ctx, c.aside); err != nil {
		return nil, err
	}
	defer func() { <-c.aside }()
	answer, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	// Where all that callers ask is answered here, nobody else would find out that
	// the server is back.
	if c.breaker.State() == gobreaker.StateHalfOpen && !slices.Contains(awayStatus, answer.Status) {
		_, _ = c.breaker.Execute(func() (*Answer, error) { return nil, nil })
	}
	return answer, nil
}
