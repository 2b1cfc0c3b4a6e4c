package handlers_test

import (
	"net/textproto"
	"strings"

	"provision-gateway/compat"
	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// goldenRequest is a request as a golden file writes it.
type goldenRequest struct {
	// line is METHOD PATH?QUERY.
	line    string
	headers []string
	body    string
}

func parseGoldenRequest(text string) goldenRequest {
	head, body, _ := strings.Cut(text, "\n\n")
	requestLine, headers, some := strings.Cut(head, "\n")
	r := goldenRequest{line: requestLine, body: body}
	if some {
		r.headers = strings.Split(headers, "\n")
	}
	return r
}

func (r goldenRequest) method() string { return strings.Fields(r.line)[0] }

func (r goldenRequest) header(name string) string {
	for _, header := range r.headers {
		key, value, _ := strings.Cut(header, ":")
		if textproto.CanonicalMIMEHeaderKey(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// parameters is PHP's $_REQUEST of the request.
func (r goldenRequest) parameters() *phpvalue.Array {
	_, query, _ := strings.Cut(r.line, "?")
	get := phpquery.ParseQuery(query, 1000)
	return phpquery.Merge(get, phpquery.ParsePost(r.method(), r.header("Content-Type"), []byte(r.body), 1000))
}

// action is what the request asks for; nil when the table has no such action.
func (r goldenRequest) action() *compat.Action {
	parameters := r.parameters()
	target, _ := parameters.Get("target")
	name, _ := parameters.Get("action")
	action, _ := compat.Lookup(target.Text(), name.Text())
	return action
}

// parameter finds a parameter by its documented name: id, meta[name].
func parameter(parameters *phpvalue.Array, name string) (phpvalue.Value, bool) {
	base, rest, nested := strings.Cut(name, "[")
	v, ok := parameters.Get(base)
	if !nested || !ok {
		return v, ok
	}
	return v.Array().Get(strings.TrimSuffix(rest, "]"))
}
