package handlers

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"provision-gateway/compat"
)

// endpoint is where the legacy API answers, at the root and below any prefix:
// customers' instances had their own (/6c_375/api/v1/api.php).
const endpoint = "/api/v1/api.php"

const headerRequestID = "X-Request-Id"

// identify gives every request an id, which its log line and its answer carry, and
// every answer of the legacy API what is announced of its end.
func (g *Gateway) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(headerRequestID, newRequestID())
		if g.announced.any() && isLegacy(c.Request().URL.Path) {
			c.Response().Before(func() { g.announced.add(c.Response().Header()) })
		}
		return next(c)
	}
}

func newRequestID() string {
	var raw [8]byte
	// It never fails.
	_, _ = rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

// isLegacy reports whether a path is the legacy API's.
func isLegacy(path string) bool { return strings.HasSuffix(path, endpoint) }

// serve answers everything but the health checks.
func (g *Gateway) serve(c echo.Context) error {
	if !isLegacy(c.Request().URL.Path) {
		return write(c, http.StatusNotFound, compat.AppendEnvelope(nil, false, "Not found"))
	}
	return g.legacy(c)
}

// handleError answers what echo itself refuses: unknown methods.
func (g *Gateway) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, message := http.StatusInternalServerError, messageInternal
	var refused *echo.HTTPError
	if errors.As(err, &refused) {
		status, message = refused.Code, http.StatusText(refused.Code)
	} else {
		g.Logger.Error("request failed", "request_id", c.Response().Header().Get(headerRequestID), "error", err)
	}
	_ = write(c, status, compat.AppendEnvelope(nil, false, message))
}

// write sends an answer. It states the length, so that HTTP/1.0 clients and
// large answers do without chunks.
func write(c echo.Context, status int, body []byte) error {
	h := c.Response().Header()
	h[echo.HeaderContentType] = []string{"application/json"}
	h[echo.HeaderContentLength] = []string{strconv.Itoa(len(body))}
	c.Response().WriteHeader(status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err := c.Response().Write(body)
	return err
}
