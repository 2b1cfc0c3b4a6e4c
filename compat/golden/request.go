package golden

import (
	"errors"
	"net/textproto"
	"strings"

	"provision-gateway/compat"
	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// variables is how many variables of a request are read, as PHP does.
const variables = 1000

// Request is a request as a golden file writes it.
type Request struct {
	// Line is METHOD PATH?QUERY, without the HTTP version, as it is sent.
	Line string
	// Headers are lines NAME: VALUE without their line ends.
	Headers []string
	// Body is what follows the empty line; empty when there is none.
	Body string
}

func parseRequest(text string) (Request, error) {
	head, body, some := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	r := Request{Line: lines[0], Body: body}
	if len(lines) > 1 {
		r.Headers = lines[1:]
	}
	if some && body == "" {
		return r, errors.New("an empty line follows the request, but no body")
	}
	return r, r.check()
}

func (r Request) text() string {
	text := strings.Join(append([]string{r.Line}, r.Headers...), "\n")
	if r.Body != "" {
		text += "\n\n" + r.Body
	}
	return text
}

func (r Request) check() error {
	method, path, _ := strings.Cut(r.Line, " ")
	if method == "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(method, "#") || strings.ContainsAny(r.Line, "\r\n\x00") {
		return errors.New("the request does not begin with METHOD PATH")
	}
	for _, header := range r.Headers {
		name, _, some := strings.Cut(header, ":")
		if !some || name == "" || strings.ContainsAny(name, " \t") || strings.ContainsAny(header, "\r\n\x00") {
			return errors.New("a header of the request is not NAME: VALUE")
		}
	}
	return nil
}

// Method is the first word of the line.
func (r Request) Method() string {
	method, _, _ := strings.Cut(r.Line, " ")
	return method
}

// Query is what stands behind the first question mark of the line, as it is
// sent.
func (r Request) Query() string {
	_, query, _ := strings.Cut(r.Line, "?")
	return query
}

// Header gives the value of the first header of a name, in any case of its
// letters; empty when there is none.
func (r Request) Header(name string) string {
	for _, header := range r.Headers {
		key, value, _ := strings.Cut(header, ":")
		if textproto.CanonicalMIMEHeaderKey(key) == textproto.CanonicalMIMEHeaderKey(name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Parameters is PHP's $_REQUEST of the request: the query, and with POST a
// urlencoded or multipart body over it.
func (r Request) Parameters() *phpvalue.Array {
	get := phpquery.ParseQuery(r.Query(), variables)
	return phpquery.Merge(get, phpquery.ParsePost(r.Method(), r.Header("Content-Type"), []byte(r.Body), variables))
}

// Action is what the request asks for; nil when the table has no such action.
func (r Request) Action() *compat.Action {
	parameters := r.Parameters()
	target, _ := parameters.Get("target")
	name, _ := parameters.Get("action")
	action, _ := compat.Lookup(target.Text(), name.Text())
	return action
}
