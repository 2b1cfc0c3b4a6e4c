package handlers

import (
	"context"
	"net/http"
	"sync"
	"time"

	"provision-gateway/compat/phpvalue"
	"provision-gateway/compat/signature"
	"provision-gateway/models"
)

// errUnauthenticated is the only answer that is not HTTP 200: the vendor's PHP
// client tells a bad key from other failures by it.
var errUnauthenticated = &refusal{status: http.StatusUnauthorized, message: "Unable to authenticate"}

// authenticator knows the keys. What it read stays true until the version of
// the keys changes, so a key that any gateway revoked ends at once.
type authenticator struct {
	store *models.Store
	mu    sync.RWMutex
	// version is that of models.ScopeKeys for which the rest holds.
	version models.Versions
	loaded  bool
	hasKeys bool
	// known holds the keys that were asked for; nil is an unknown one.
	known map[string]*models.Credential
}

// mostKnown bounds the memory that unknown keys can take.
const mostKnown = 10_000

func newAuthenticator(s *models.Store) *authenticator { return &authenticator{store: s} }

// lookup returns whether any key exists, and the credential of one.
func (a *authenticator) lookup(ctx context.Context, key string, v models.Versions) (hasKeys bool, c *models.Credential, err error) {
	v = v.Of(models.ScopeKeys)
	a.mu.RLock()
	if a.loaded && a.version == v {
		hasKeys = a.hasKeys
		if c, ok := a.known[key]; ok || !hasKeys {
			a.mu.RUnlock()
			return hasKeys, c, nil
		}
	}
	a.mu.RUnlock()
	if hasKeys, err = a.store.HasKeys(ctx); err != nil {
		return false, nil, err
	}
	if hasKeys && key != "" {
		if c, err = a.store.Credential(ctx, key); err != nil {
			return false, nil, err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.loaded || a.version != v || len(a.known) >= mostKnown {
		a.loaded, a.version, a.known = true, v, map[string]*models.Credential{}
	}
	a.hasKeys = hasKeys
	a.known[key] = c
	return hasKeys, c, nil
}

// everything is who asks while no key was ever added; the program then listens
// on loopback only.
var everything = &models.Credential{Allow: models.Permissions()}

// authenticate finds out who asks, or returns errUnauthenticated. The key and
// the hash stand in the query string (see package signature).
func (g *Gateway) authenticate(ctx context.Context, q *request, v models.Versions) (*models.Credential, error) {
	var key string
	if value, ok := q.get.Get("apiKey"); ok {
		key = value.Text()
	}
	hasKeys, credential, err := g.keys.lookup(ctx, key, v)
	if err != nil {
		return nil, err
	}
	if !hasKeys {
		return everything, nil
	}
	signed, hash, err := signature.Split(q.raw)
	if err != nil || credential == nil || !signature.Verify(signed, hash, credential.Secret) {
		return nil, errUnauthenticated
	}
	if !credential.From(q.from) || !g.recent(q) {
		return nil, errUnauthenticated
	}
	return credential, nil
}

// recent checks the signed parameter time where a maximal age is configured.
func (g *Gateway) recent(q *request) bool {
	if g.MaxAge == 0 {
		return true
	}
	value, ok := q.get.Get("time")
	if !ok || !phpvalue.CtypeDigit(value.Text()) {
		return false
	}
	age := g.Now().Sub(time.Unix(phpvalue.Intval(value.Text()), 0))
	return age <= g.MaxAge && age >= -g.MaxAge
}
