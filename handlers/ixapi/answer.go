package ixapi

import (
	"errors"
	"net/http"
	"strconv"

	"provision-gateway/models/ix"
)

// answer is a status and a body, which is never empty.
type answer struct {
	status int
	kind   string
	body   []byte
	header map[string]string
}

const (
	typeJSON    = "application/json"
	typeProblem = "application/problem+json"
)

func object(status int, v any) (answer, error) {
	body, err := ix.Encode(v)
	return answer{status: status, kind: typeJSON, body: body}, err
}

// write sends an answer. HEAD gets its headers.
func (a answer) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("Cache-Control", "no-store")
	for name, value := range a.header {
		h.Set(name, value)
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		// Who hung up does not need the rest.
		_, _ = w.Write(a.body)
	}
}

// problem makes an answer of an error. Of what is no problem of the caller's,
// only that it happened is said.
func (h *Handler) problem(r *http.Request, err error) answer {
	var p *ix.Problem
	if !errors.As(err, &p) {
		p = ix.NewProblem(ix.ProblemServerError, "Something went wrong here.")
	}
	shown := *p
	shown.Instance = r.URL.Path
	body, err := ix.Encode(shown)
	if err != nil {
		body = []byte(`{"type":"about:blank","status":500}`)
	}
	a := answer{status: shown.Status, kind: typeProblem, body: body, header: map[string]string{}}
	if shown.Status == http.StatusUnauthorized {
		a.header["WWW-Authenticate"] = `Bearer realm="ix-api"`
	}
	return a
}
