package ixapi

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"provision-gateway/models/ix"
)

// headerRequestID carries the id of a request, which whoever mounts the handler
// may set.
const headerRequestID = "X-Request-Id"

// log writes the line of a request. The path is that of the operation, without
// the id and the parameters, and neither bodies nor tokens are in it, so no
// secret can be.
func (h *Handler) log(w http.ResponseWriter, r *request, status int, err error, started time.Time) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request_id", w.Header().Get(headerRequestID)), slog.String("method", method(r.Request)), slog.String("path", r.route.path),
		slog.String("operation", r.route.operation), slog.String("account", r.account), slog.Int("status", status),
		slog.Duration("duration", h.Store.Now().Sub(started)), slog.String("from", r.RemoteAddr),
	}
	var p *ix.Problem
	if err != nil && !errors.As(err, &p) {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	h.Logger.LogAttrs(r.Context(), level, "ix-api request", attrs...)
}

// method is that of a request, if it is one of HTTP: a caller may send any word.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return r.Method
	}
	return ""
}
