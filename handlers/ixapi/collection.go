package ixapi

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"provision-gateway/models/ix"
)

// provisioned are the collections whose changes and deletions take time: they
// are answered with 202.
var provisioned = map[ix.Collection]bool{
	ix.Connections: true, ix.PortReservations: true, ix.NetworkServices: true, ix.NetworkServiceConfigs: true, ix.NetworkFeatureConfigs: true,
}

// list answers the objects of a collection.
func (h *Handler) list(c ix.Collection) operation {
	return func(r *request) (answer, error) {
		p, err := pageOf(r.Request)
		if err != nil {
			return answer{}, err
		}
		items, err := h.Store.List(r.Context(), r.account, c, query(r.URL.Query()))
		if err != nil {
			return answer{}, err
		}
		return p.answer(r.Request, items), nil
	}
}

// create makes an object in a collection.
func (h *Handler) create(c ix.Collection) operation {
	return func(r *request) (answer, error) {
		body, err := h.body(r)
		if err != nil {
			return answer{}, err
		}
		item, err := h.Store.Create(r.Context(), r.account, c, body)
		return document(http.StatusCreated, item, err)
	}
}

// read answers one object.
func (h *Handler) read(c ix.Collection) operation {
	return func(r *request) (answer, error) {
		item, err := h.Store.Read(r.Context(), r.account, c, r.id)
		return document(http.StatusOK, item, err)
	}
}

// update changes an object; patch leaves what is not sent as it is.
func (h *Handler) update(c ix.Collection, patch bool) operation {
	status := http.StatusOK
	if provisioned[c] || c == ix.Accounts {
		status = http.StatusAccepted
	}
	return func(r *request) (answer, error) {
		body, err := h.body(r)
		if err != nil {
			return answer{}, err
		}
		item, err := h.Store.Update(r.Context(), r.account, c, r.id, body, patch)
		return document(status, item, err)
	}
}

// destroy deletes an object, or begins to.
func (h *Handler) destroy(c ix.Collection) operation {
	status := http.StatusOK
	if provisioned[c] {
		status = http.StatusAccepted
	}
	return func(r *request) (answer, error) {
		body, err := h.body(r)
		if err != nil {
			return answer{}, err
		}
		item, err := h.Store.Destroy(r.Context(), r.account, c, r.id, body)
		return document(status, item, err)
	}
}

func document(status int, item ix.Item, err error) (answer, error) {
	return answer{status: status, kind: typeJSON, body: item.Document}, err
}

// array writes a bare array.
func array(items []ix.Item) []byte {
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
	return append(body, ']')
}

// freeTexts are parameters whose values may hold a comma themselves.
var freeTexts = map[string]bool{"name": true, "external_ref": true, "organisation_name": true, "address_locality": true, "service_provider": true}

// query reads the parameters of a list: a parameter may occur several times,
// and hold several values with commas between.
func query(parameters url.Values) ix.Query {
	q := ix.Query{}
	for name, occurrences := range parameters {
		if strings.HasPrefix(name, pagePrefix) {
			continue
		}
		for _, values := range occurrences {
			q[name] = append(q[name], strings.Split(values, ",")...)
			if freeTexts[name] && strings.Contains(values, ",") {
				q[name] = append(q[name], values)
			}
		}
	}
	return q
}

// body reads a JSON object. Nothing, and null, are an empty one. The type of
// the content is not looked at, since clients get it wrong.
func (h *Handler) body(r *request) (map[string]json.RawMessage, error) {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, h.MaxBody))
	if err != nil {
		return nil, ix.NewProblem(ix.ProblemParse, "The body could not be read.")
	}
	object := map[string]json.RawMessage{}
	if data = bytes.TrimSpace(data); len(data) == 0 || string(data) == "null" {
		return object, nil
	}
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, ix.NewProblem(ix.ProblemParse, "The body is not a JSON object.")
	}
	return object, nil
}

// ownAccount is the account of the caller.
func (h *Handler) ownAccount(r *request) (answer, error) {
	item, err := h.Store.Read(r.Context(), r.account, ix.Accounts, r.account)
	return document(http.StatusOK, item, err)
}
