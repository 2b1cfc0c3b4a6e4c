package ixapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The headers and parameters of pages.
const (
	headerToken = "X-Pagination-Token"
	headerItems = "X-Pagination-Items"
	paramLimit  = "page_limit"
	paramOffset = "page_offset"
	paramToken  = "page_token"
	// mostPages bounds the pages of a list.
	mostPages = 10_000
	// pagedFor is for how long it is remembered whether a server has pages.
	pagedFor = 10 * time.Minute
)

// list reads all objects of a collection that meet a filter. A server may not
// know a filter and then gives more.
func list[T any](ctx context.Context, c *Client, path string, filter url.Values, id func(T) string) ([]T, error) {
	if !c.isPaged(ctx) {
		objects, _, err := part[T](ctx, c, path, filter)
		return objects, err
	}
	query := url.Values{}
	for name, values := range filter {
		query[name] = values
	}
	query.Set(paramLimit, strconv.Itoa(c.config.PageLimit))
	var all []T
	seen := map[string]bool{}
	for range mostPages {
		objects, a, err := part[T](ctx, c, path, query)
		if err != nil {
			return nil, err
		}
		grown := false
		for _, o := range objects {
			if key := id(o); !seen[key] {
				seen[key], grown = true, true
				all = append(all, o)
			}
		}
		total, err := strconv.Atoi(a.header.Get(headerItems))
		// Who answers 200 has sent the whole, and one that brings nothing new
		// would go on for ever.
		if a.status != http.StatusPartialContent || !grown || err == nil && len(all) >= total {
			return all, nil
		}
		query.Set(paramOffset, strconv.Itoa(len(all)))
		// The token is that of the first answer: it names the list.
		if token := a.header.Get(headerToken); token != "" && !query.Has(paramToken) {
			query.Set(paramToken, token)
		}
	}
	return nil, &Error{Operation: "GET " + path, Err: errors.New("the list has no end")}
}

// part reads one answer of a list.
func part[T any](ctx context.Context, c *Client, path string, query url.Values) ([]T, *answer, error) {
	r := c.request(http.MethodGet, path)
	r.url.RawQuery = query.Encode()
	a, err := c.do(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	var objects []T
	return objects, a, c.read(r, a, &objects)
}

// isPaged reports whether the server announces pages. One that does not say what
// it implements has none.
func (c *Client) isPaged(ctx context.Context) bool {
	c.pagedMu.Lock()
	defer c.pagedMu.Unlock()
	if now := c.config.Now(); c.pagedAt.IsZero() || now.Sub(c.pagedAt) > pagedFor {
		i, err := c.Implementation(ctx)
		if err == nil || IsNotFound(err) {
			c.paged, c.pagedAt = i.SupportedFeatures.Pagination, now
		}
	}
	return c.paged
}

// Implementation returns what the server says of itself. It needs no log-in.
func (c *Client) Implementation(ctx context.Context) (Implementation, error) {
	var i Implementation
	r := c.request(http.MethodGet, "/implementation")
	a, err := c.repeat(ctx, r)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusUnauthorized {
		a, err = c.do(ctx, r)
	}
	if err != nil {
		return i, err
	}
	return i, c.read(r, a, &i)
}

func (c *Client) request(method, path string, id ...string) *request {
	u := *c.base
	u.Path += path
	if len(id) > 0 {
		u.RawPath = u.EscapedPath() + "/" + url.PathEscape(id[0])
		u.Path += "/" + id[0]
	}
	return &request{method: method, url: &u}
}

// write sends a body and reads the object that comes back.
func (c *Client) write(ctx context.Context, r *request, body, place any) error {
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return &Error{Operation: c.operation(r), Err: errors.New("it cannot be written as JSON")}
		}
		r.body = data
	}
	a, err := c.do(ctx, r)
	if err != nil || place == nil {
		return err
	}
	return c.read(r, a, place)
}
