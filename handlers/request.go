package handlers

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"

	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// request is what a legacy request says.
type request struct {
	// raw is the query string as received, which the signature covers.
	raw string
	// get is PHP's $_GET, which holds apiKey and hash; params is $_REQUEST.
	get, params *phpvalue.Array
	// idempotencyKey is the header of that name.
	idempotencyKey string
	from           netip.Addr
	// method, contentType, body and userAgent are what goes to an original
	// server beside raw; body is that of a POST.
	method, contentType, userAgent string
	body                           []byte
}

// refusal is an answer with success 0 that is no failure of ours.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

func refuse(format string, args ...any) error {
	return &refusal{status: http.StatusOK, message: fmt.Sprintf(format, args...)}
}

// read decodes a request as PHP does. A body over the limit is refused: PHP
// would run the request without it, and so do half of what was asked.
func (g *Gateway) read(r *http.Request) (*request, error) {
	q := &request{
		raw: r.URL.RawQuery, idempotencyKey: r.Header.Get("Idempotency-Key"), from: remote(r),
		method: r.Method, contentType: r.Header.Get("Content-Type"), userAgent: r.UserAgent(),
	}
	q.get = phpquery.ParseQuery(q.raw, g.MaxVariables)
	q.params = q.get
	if r.Method != http.MethodPost {
		return q, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, g.MaxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, refuse("Request body exceeds %d bytes", g.MaxBody)
	}
	if err != nil {
		return nil, refuse("Request body could not be read")
	}
	q.body = body
	post := phpquery.ParsePost(r.Method, q.contentType, body, g.MaxVariables)
	q.params = phpquery.Merge(q.get, post)
	return q, nil
}

// remote is the address that the connection came from; the zero Addr when it
// has none.
func remote(r *http.Request) netip.Addr {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Addr().Unmap()
}
