package ixapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
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
	paths  paths
	// oauth is what is at PathOAuth2, which is not below Base.
	oauth map[string]route
	// operations are the names of what is served, for who asks.
	operations []string
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
	h := &Handler{Config: c, tokens: tokens{store: c.Store, access: c.AccessLifetime, refresh: c.RefreshLifetime}}
	list := h.routes()
	for _, r := range list {
		if r.listed() {
			h.operations = append(h.operations, r.operation)
		}
	}
	slices.Sort(h.operations)
	h.paths = index(list)
	h.oauth = map[string]route{http.MethodPost: {http.MethodPost, PathOAuth2, "oauth2_token", true, h.oauth2}}
	return h, nil
}

// Serves reports whether a path is one of this API.
func Serves(path string) bool {
	return path == PathOAuth2 || path == Base || strings.HasPrefix(path, Base+"/")
}

// request is a request on its way through the handler.
type request struct {
	*http.Request
	// route is the operation that it asks for.
	route route
	// id is that of the path, or empty.
	id string
	// account is who asks, after authentication.
	account string
}

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := h.Store.Now()
	in := &request{Request: r}
	a, err := h.answer(in)
	if err != nil {
		refused := h.problem(r, err)
		maps.Copy(refused.header, a.header)
		a = refused
	}
	a.write(w, r)
	h.log(w, in, a.status, err, started)
}

// answer finds the operation and runs it. A panic becomes an error.
func (h *Handler) answer(in *request) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	at, id, err := h.find(in.Request)
	if err != nil {
		return a, err
	}
	in.id = id
	method := in.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	known := false
	if in.route, known = at[method]; !known {
		a.header = map[string]string{"Allow": methods(at)}
		return a, ix.NewProblem(ix.ProblemMethodNotAllowed, "This method is not possible here.")
	}
	if !in.route.open {
		if in.account, err = h.tokens.account(in.Request); err != nil {
			return a, err
		}
	}
	return in.route.run(in)
}

// find returns the routes of a request's path by method, and the id in it.
func (h *Handler) find(r *http.Request) (at map[string]route, id string, err error) {
	if r.URL.Path == PathOAuth2 {
		return h.oauth, "", nil
	}
	var segments []string
	for segment := range strings.SplitSeq(strings.Trim(strings.TrimPrefix(r.URL.EscapedPath(), Base), "/"), "/") {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return nil, "", ix.NewProblem(ix.ProblemParse, "The path cannot be decoded.")
		}
		segments = append(segments, decoded)
	}
	if at = h.paths.find(segments); at == nil {
		return nil, "", ix.NewProblem(ix.ProblemNotFound, "There is no such path.")
	}
	if len(segments) > 1 {
		id = segments[1]
	}
	return at, id, nil
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
