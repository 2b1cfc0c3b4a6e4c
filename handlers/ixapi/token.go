package ixapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"provision-gateway/models/ix"
)

// claims are those of a JSON Web Token (RFC 7519). The subject is the id of an
// account.
type claims struct {
	jwt.RegisteredClaims
	// Key is the API key that the token was first made for (RFC 9068 section 2.2).
	Key string `json:"client_id,omitempty"`
}

// tokens makes and checks tokens.
type tokens struct {
	store           *ix.Store
	access, refresh time.Duration
	mu              sync.Mutex
	// known are the keys that were read last, at read.
	known []signingKey
	read  time.Time
}

// The audiences keep an access token from being used as a refresh token.
const (
	audienceAccess  = "ix-api"
	audienceRefresh = "ix-api-refresh"
)

// pair makes an access token and a refresh token for an API key of an account.
//
// The account may be gone, since its credentials and tokens outlive it.
func (t *tokens) pair(ctx context.Context, key, account string) (access, refresh string, err error) {
	if _, err := t.store.Read(ctx, account, ix.Accounts, account); err != nil {
		return "", "", err
	}
	if access, err = t.sign(ctx, key, account, audienceAccess, t.access); err == nil {
		refresh, err = t.sign(ctx, key, account, audienceRefresh, t.refresh)
	}
	return access, refresh, err
}

func (t *tokens) sign(ctx context.Context, key, account, audience string, lifetime time.Duration) (string, error) {
	newest, err := t.signing(ctx)
	if err != nil {
		return "", err
	}
	now := t.store.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{Key: key, RegisteredClaims: jwt.RegisteredClaims{
		Subject: account, Audience: jwt.ClaimStrings{audience}, IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(lifetime)),
	}})
	token.Header["kid"] = newest.kid()
	return token.SignedString(newest.secret)
}

// verify returns what a token says.
func (t *tokens) verify(ctx context.Context, text, audience string) (claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(text, &c, func(token *jwt.Token) (any, error) { return t.verifying(ctx, token) },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithAudience(audience), jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.store.Now))
	if err == nil && c.Subject == "" {
		// Nobody in particular is the exchange itself to package ix.
		err = jwt.ErrTokenInvalidSubject
	}
	var lookup *lookupError
	switch {
	case errors.As(err, &lookup):
		return claims{}, lookup.error
	case errors.Is(err, jwt.ErrTokenExpired):
		return claims{}, ix.NewProblem(ix.ProblemSignatureExpired, "The token has expired.")
	case err != nil && audience == audienceRefresh:
		return claims{}, ix.NewProblem(ix.ProblemNotAuthenticated, "The refresh token is not valid.")
	case err != nil:
		return claims{}, ix.NewProblem(ix.ProblemAuthentication, "The token is not valid.")
	}
	return c, nil
}

// account returns who asks. An access token is good until it expires, also when
// its API key was revoked: it is short-lived, and not looked up.
func (t *tokens) account(r *http.Request) (string, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", ix.NewProblem(ix.ProblemAuthentication, "A bearer token is needed.")
	}
	c, err := t.verify(r.Context(), strings.TrimSpace(token), audienceAccess)
	return c.Subject, err
}

// token exchanges an API key and secret for tokens.
func (h *Handler) token(r *request) (answer, error) {
	body, err := h.body(r)
	if err != nil {
		return answer{}, err
	}
	key, secret := word(body["api_key"]), word(body["api_secret"])
	if key == "" || secret == "" {
		var missing []ix.Property
		for name, value := range map[string]string{"api_key": key, "api_secret": secret} {
			if value == "" {
				missing = append(missing, ix.Property{Name: name, Reason: "is required"})
			}
		}
		return answer{}, ix.Invalid(missing...)
	}
	account, err := h.Store.Authenticate(r.Context(), key, secret)
	if err != nil {
		return answer{}, err
	}
	return h.tokenPair(r.Context(), key, account)
}

func (h *Handler) tokenPair(ctx context.Context, key, account string) (answer, error) {
	access, refresh, err := h.tokens.pair(ctx, key, account)
	if err != nil {
		return answer{}, err
	}
	return object(http.StatusCreated, map[string]string{"access_token": access, "refresh_token": refresh})
}

// refresh exchanges a refresh token for new tokens. A header Authorization is
// not looked at: some clients send the refresh token there too.
func (h *Handler) refresh(r *request) (answer, error) {
	body, err := h.body(r)
	if err != nil {
		return answer{}, err
	}
	text := word(body["refresh_token"])
	if text == "" {
		return answer{}, ix.InvalidProperty("refresh_token", "is required")
	}
	c, err := h.tokens.verify(r.Context(), text, audienceRefresh)
	if err != nil {
		return answer{}, err
	}
	if err := h.Store.CheckCredential(r.Context(), c.Key, c.Subject); err != nil {
		return answer{}, err
	}
	return h.tokenPair(r.Context(), c.Key, c.Subject)
}

// word reads a text of a body; everything else is empty.
func word(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// oauth2 exchanges client credentials for an access token (RFC 6749 section
// 4.4). The key and secret are the client's id and secret, by Basic
// authentication or in the form.
func (h *Handler) oauth2(r *request) (answer, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, h.MaxBody)
	refused := func(status int, code string) (answer, error) {
		a, err := object(status, map[string]string{"error": code})
		if status == http.StatusUnauthorized {
			a.header = map[string]string{"WWW-Authenticate": `Basic realm="ix-api"`}
		}
		return a, err
	}
	if err := r.ParseForm(); err != nil {
		return refused(http.StatusBadRequest, "invalid_request")
	}
	if r.PostForm.Get("grant_type") != "client_credentials" {
		return refused(http.StatusBadRequest, "unsupported_grant_type")
	}
	key, secret, ok := r.BasicAuth()
	if !ok {
		key, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	account, err := h.Store.Authenticate(r.Context(), key, secret)
	var p *ix.Problem
	if errors.As(err, &p) {
		return refused(http.StatusUnauthorized, "invalid_client")
	}
	if err != nil {
		return answer{}, err
	}
	access, _, err := h.tokens.pair(r.Context(), key, account)
	if errors.As(err, &p) {
		return refused(http.StatusUnauthorized, "invalid_client")
	}
	if err != nil {
		return answer{}, err
	}
	return object(http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(h.AccessLifetime / time.Second)})
}
