package ixapi

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"provision-gateway/models/ix"
)

// provisioned are the collections whose changes and deletions take time: they
// are answered with 202.
var provisioned = map[ix.Collection]bool{
	"connections": true, "port-reservations": true, "network-services": true, "network-service-configs": true, "network-feature-configs": true,
}

// collection lists a collection, or creates an object in it.
func (h *Handler) collection(r *request) (answer, error) {
	c := ix.Collection(r.segments[0])
	switch operations, _ := ix.OperationsOf(c); {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		items, err := h.Store.List(r.Context(), r.account, c, query(r))
		if err != nil {
			return answer{}, err
		}
		return list(r, items)
	case r.Method == http.MethodPost && operations.Create:
		body, err := h.body(r)
		if err != nil {
			return answer{}, err
		}
		item, err := h.Store.Create(r.Context(), r.account, c, body)
		return document(http.StatusCreated, item, err)
	}
	return answer{}, methodNotAllowed(r)
}

// object reads, changes or deletes an object.
func (h *Handler) object(r *request) (answer, error) {
	c, id := ix.Collection(r.segments[0]), r.segments[1]
	operations, _ := ix.OperationsOf(c)
	accepted := http.StatusOK
	if provisioned[c] {
		accepted = http.StatusAccepted
	}
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		item, err := h.Store.Read(r.Context(), r.account, c, id)
		return document(http.StatusOK, item, err)
	case (r.Method == http.MethodPut || r.Method == http.MethodPatch) && operations.Update:
		body, err := h.body(r)
		if err != nil {
			return answer{}, err
		}
		item, err := h.Store.Update(r.Context(), r.account, c, id, body, r.Method == http.MethodPatch)
		if c == ix.Accounts {
			accepted = http.StatusAccepted
		}
		return document(accepted, item, err)
	case r.Method == http.MethodDelete && operations.Destroy:
		body, err := h.body(r)
		if err != nil {
			return answer{}, err
		}
		item, err := h.Store.Destroy(r.Context(), r.account, c, id, body)
		return document(accepted, item, err)
	}
	return answer{}, methodNotAllowed(r)
}

func document(status int, item ix.Item, err error) (answer, error) {
	return answer{status: status, kind: typeJSON, body: item.Document}, err
}

// list writes a bare array.
func list(_ *request, items []ix.Item) (answer, error) {
	size := 2
	for _, item := range items {
		size += len(item.Document) + 1
	}
	body := append(make([]byte, 0, size), '[')
	for i, item := range items {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, item.Document...)
	}
	return answer{status: http.StatusOK, kind: typeJSON, body: append(body, ']')}, nil
}

// query reads the parameters of a list: a parameter may occur several times,
// and hold several values with commas between.
func query(r *request) ix.Query {
	q := ix.Query{}
	for name, occurrences := range r.URL.Query() {
		for _, values := range occurrences {
			q[name] = append(q[name], strings.Split(values, ",")...)
		}
	}
	return q
}

// body reads a JSON object. Nothing, and null, are an empty one. The type of
// the content is not looked at, since clients get it wrong.
func (h *Handler) body(r *request) (map[string]json.RawMessage, error) {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, h.MaxBody))
	if err != nil {
		return nil, ix.NewProblem(http.StatusBadRequest, "parse-error", "The body could not be read.")
	}
	object := map[string]json.RawMessage{}
	if data = bytes.TrimSpace(data); len(data) == 0 || string(data) == "null" {
		return object, nil
	}
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, ix.NewProblem(http.StatusBadRequest, "parse-error", "The body is not a JSON object.")
	}
	return object, nil
}

// ownAccount is the account of the caller.
func (h *Handler) ownAccount(r *request) (answer, error) {
	item, err := h.Store.Read(r.Context(), r.account, ix.Accounts, r.account)
	return document(http.StatusOK, item, err)
}
