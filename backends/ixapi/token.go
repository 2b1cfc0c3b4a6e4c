package ixapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokens are what the account is logged in with.
type tokens struct {
	access, refresh string
	// until is when the access token is to be replaced, zero for when it is
	// refused; refreshUntil is that of the refresh token.
	until, refreshUntil time.Time
}

// expiryMargin is how long before its end a token is not used any more.
const expiryMargin = 20 * time.Second

func (c *Client) current() tokens {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tokens
}

// refused forgets an access token that the server does not take, unless another
// call has replaced it already.
func (c *Client) refused(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tokens.access == token {
		c.tokens.access = ""
	}
}

// token returns an access token. Of several calls that need a new one, one asks
// and the others wait for it.
func (c *Client) token(ctx context.Context) (string, error) {
	if t := c.current(); c.valid(t.access, t.until) {
		return t.access, nil
	}
	select {
	case c.login <- struct{}{}:
		defer func() { <-c.login }()
	case <-ctx.Done():
		return "", &Error{Operation: "POST /auth/token", Err: ctx.Err()}
	}
	t := c.current()
	if c.valid(t.access, t.until) {
		return t.access, nil
	}
	fresh, err := c.fetchTokens(ctx, t)
	if err != nil {
		// The request that needs the token was not sent.
		if e, ok := errors.AsType[*Error](err); ok {
			e.uncertain = false
		}
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tokens = fresh
	return fresh.access, nil
}

func (c *Client) valid(token string, until time.Time) bool {
	return token != "" && (until.IsZero() || c.config.Now().Before(until))
}

// fetchTokens asks for tokens: by the refresh token where there is one that is
// taken, else by the credentials.
func (c *Client) fetchTokens(ctx context.Context, old tokens) (tokens, error) {
	if c.config.Auth == AuthOAuth2 {
		return c.clientCredentials(ctx)
	}
	if c.valid(old.refresh, old.refreshUntil) {
		t, err := c.pair(ctx, c.base.JoinPath("auth", "refresh"), map[string]string{"refresh_token": old.refresh})
		var e *Error
		if err == nil || !errors.As(err, &e) || !e.Refused() {
			return t, err
		}
	}
	return c.pair(ctx, c.tokenURL, map[string]string{"api_key": c.config.Key, "api_secret": c.config.Secret})
}

func (c *Client) pair(ctx context.Context, u *url.URL, body map[string]string) (tokens, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return tokens{}, err
	}
	r := &request{method: http.MethodPost, url: u, body: data, secrets: []string{body["refresh_token"]}}
	var t struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := c.askForToken(ctx, r, &t); err != nil {
		return tokens{}, err
	}
	if t.Access == "" {
		return tokens{}, c.noToken(r)
	}
	return tokens{t.Access, t.Refresh, c.expiry(t.Access), c.expiry(t.Refresh)}, nil
}

// clientCredentials asks for a token by RFC 6749 section 4.4. The credentials go
// as Basic authentication, and in the form for a server that does not take that.
func (c *Client) clientCredentials(ctx context.Context) (tokens, error) {
	r := &request{
		method: http.MethodPost, url: c.tokenURL, user: c.config.Key, password: c.config.Secret,
		form: url.Values{"grant_type": {"client_credentials"}, "scope": {c.config.Scope}},
	}
	var t struct {
		Access  string  `json:"access_token"`
		Expires float64 `json:"expires_in"`
	}
	err := c.askForToken(ctx, r, &t)
	if e, ok := errors.AsType[*Error](err); ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusBadRequest) {
		r.user, r.password = "", ""
		r.form.Set("client_id", c.config.Key)
		r.form.Set("client_secret", c.config.Secret)
		err = c.askForToken(ctx, r, &t)
	}
	if err != nil {
		return tokens{}, err
	}
	if t.Access == "" {
		return tokens{}, c.noToken(r)
	}
	until := c.expiry(t.Access)
	if lifetime := time.Duration(t.Expires * float64(time.Second)); lifetime > 0 && t.Expires < 1e8 {
		until = c.config.Now().Add(max(lifetime/2, lifetime-expiryMargin))
	}
	return tokens{access: t.Access, until: until}, nil
}

func (c *Client) askForToken(ctx context.Context, r *request, place any) error {
	a, err := c.repeat(ctx, r)
	if err != nil {
		return err
	}
	return c.read(r, a, place)
}

func (c *Client) noToken(r *request) error {
	return &Error{Operation: c.operation(r), Err: errors.New("the answer has no access token")}
}

// expiry reads from a JSON Web Token when to replace it; zero for one that does
// not say. It is not verified, since it is only sent back.
func (c *Client) expiry(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var claims struct {
		Expires float64 `json:"exp"`
	}
	if err != nil || json.Unmarshal(data, &claims) != nil || claims.Expires <= 0 || claims.Expires > 1e11 {
		return time.Time{}
	}
	end := time.Unix(int64(claims.Expires), 0)
	// Of a short life, the last half is left; a clock that is behind or ahead
	// makes a token look expired, which is then used until it is refused.
	left := end.Sub(c.config.Now())
	if left <= 0 {
		return time.Time{}
	}
	return end.Add(-min(expiryMargin, left/2))
}
