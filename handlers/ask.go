package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
)

// Ask answers an action that changes nothing with what this side has, whatever
// its mode, as to a caller who may see everything. It is for the program itself:
// no key is asked for and nothing is logged. A refusal is a Reply with success 0;
// a failure is an error.
func (g *Gateway) Ask(ctx context.Context, target, action string, with ...legacy.Parameter) (*legacy.Reply, error) {
	query := []string{"target=" + url.QueryEscape(target), "action=" + url.QueryEscape(action)}
	for _, p := range with {
		query = append(query, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/?"+strings.Join(query, "&"), nil)
	if err != nil {
		return nil, err
	}
	k := &call{Gateway: g, ctx: ctx, caller: everything}
	q, err := k.read(r)
	if err != nil {
		return nil, err
	}
	k.params.Array = q.params
	if k.action, err = k.find(); err != nil {
		return (&legacy.Answer{Status: http.StatusOK, Body: compat.AppendEnvelope(nil, false, err.Error())}).Reply()
	}
	if !k.reads() {
		return nil, errors.New("only what changes nothing can be asked for")
	}
	answer, err := k.here(ctx)
	if err != nil {
		return nil, err
	}
	return answer.Reply()
}
