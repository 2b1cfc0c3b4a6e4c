package ixapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"provision-gateway/models/ix"
)

// Base is where the API is served.
const Base = "/api/v2"

// PathOAuth2 is where OAuth2 client credentials are exchanged for a token.
const PathOAuth2 = "/oauth2/token"

// Config is what a Handler is made of. Store is required.
type Config struct {
	Store  *ix.Store
	Logger *slog.Logger
	// ServiceVersion is that of the program.
	ServiceVersion string
	// AccessLifetime and RefreshLifetime are how long tokens are valid; 0 means 15
	// minutes and a day.
	AccessLifetime, RefreshLifetime time.Duration
	// MaxBody is the size in bytes that a request body may have; 0 means 1 MiB.
	MaxBody int64
}

// Handler answers the requests of IX-API.
type Handler struct {
	Config
	tokens tokens
}

// New makes a Handler.
func New(c Config) (*Handler, error) {
	if c.Store == nil {
		return nil, errors.New("ixapi: no store")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.AccessLifetime == 0 {
		c.AccessLifetime = 15 * time.Minute
	}
	if c.RefreshLifetime == 0 {
		c.RefreshLifetime = 24 * time.Hour
	}
	if c.MaxBody == 0 {
		c.MaxBody = 1 << 20
	}
	return &Handler{Config: c, tokens: tokens{store: c.Store, access: c.AccessLifetime, refresh: c.RefreshLifetime}}, nil
}

// Serves reports whether a path is one of this API.
func Serves(path string) bool {
	return path == PathOAuth2 || path == Base || strings.HasPrefix(path, Base+"/")
}

// request is a request on its way through the handler.
type request struct {
	*http.Request
	// segments are those of the path below Base, decoded.
	segments []string
	// account is who asks, after authentication.
	account string
}

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, err := h.answer(r)
	if err != nil {
		a = h.problem(r, err)
	}
	a.write(w, r)
}

// answer finds the operation and runs it. A panic becomes an error.
func (h *Handler) answer(r *http.Request) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if r.URL.Path == PathOAuth2 {
		return h.oauth2(r)
	}
	in := &request{Request: r}
	rest := strings.Trim(strings.TrimPrefix(r.URL.EscapedPath(), Base), "/")
	for segment := range strings.SplitSeq(rest, "/") {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return a, ix.NewProblem(http.StatusBadRequest, "parse-error", "The path cannot be decoded.")
		}
		in.segments = append(in.segments, decoded)
	}
	open, guarded := h.find(in)
	switch {
	case open == nil && guarded == nil:
		return a, ix.NewProblem(http.StatusNotFound, "not-found", "There is no such path.")
	case open != nil:
		return open(in)
	}
	if in.account, err = h.tokens.account(r); err != nil {
		return a, err
	}
	return guarded(in)
}

// operation answers a request.
type operation func(*request) (answer, error)

// find returns the operation of a path, which everybody may call or only who
// has a token.
func (h *Handler) find(r *request) (open, guarded operation) {
	switch strings.Join(r.segments, "/") {
	case "auth/token":
		return only(http.MethodPost, h.token), nil
	case "auth/refresh":
		return only(http.MethodPost, h.refresh), nil
	case "health":
		return only(http.MethodGet, h.health), nil
	case "implementation":
		return only(http.MethodGet, h.implementation), nil
	case "account":
		return nil, only(http.MethodGet, h.ownAccount)
	}
	if _, known := ix.OperationsOf(ix.Collection(r.segments[0])); !known {
		return nil, nil
	}
	switch len(r.segments) {
	case 1:
		return nil, h.collection
	case 2:
		return nil, h.object
	}
	return nil, nil
}

// only answers one method.
func only(method string, f operation) operation {
	return func(r *request) (answer, error) {
		if r.Method != method && !(method == http.MethodGet && r.Method == http.MethodHead) {
			return answer{}, methodNotAllowed(r)
		}
		return f(r)
	}
}

func methodNotAllowed(r *request) error {
	return ix.NewProblem(http.StatusMethodNotAllowed, "method-not-allowed", "%s is not possible here.", r.Method)
}

// health says that the service works.
func (h *Handler) health(r *request) (answer, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	status := "pass"
	if err := h.Store.Ping(ctx); err != nil {
		h.Logger.Warn("health", "error", err)
		status = "fail"
	}
	return object(http.StatusOK, map[string]any{"status": status, "version": "2", "releaseId": h.ServiceVersion, "serviceId": "provision-gateway"})
}
