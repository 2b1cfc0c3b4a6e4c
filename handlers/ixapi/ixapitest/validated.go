package ixapitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"provision-gateway/handlers/ixapi"
)

// Document is the OpenAPI document that is served, checked for itself.
var Document = sync.OnceValues(func() (*openapi3.T, error) {
	document, err := openapi3.NewLoader().LoadFromData(ixapi.OpenAPI)
	if err != nil {
		return nil, err
	}
	return document, document.Validate(context.Background())
})

// HeaderTolerated marks a request that the document does not allow and the API
// accepts all the same. Its answer is checked like every other one.
const HeaderTolerated = "X-Tolerated"

type validated struct {
	t    testing.TB
	next http.RoundTripper
}

// Validated checks every answer that comes through next, and the request of
// every answer that is no error, against the document; and what holds for each:
// a body of JSON, never 204, and 206 only for who asked for a page. next may be
// nil for the usual one. What is wrong fails the test.
func Validated(t testing.TB, next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &validated{t, next}
}

func (v *validated) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	response, err := v.next.RoundTrip(r)
	if err != nil || !ixapi.Serves(r.URL.Path) {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if err := checkAnswer(r, response, body); err != nil {
		v.t.Errorf("%s %s: %d %s: %v", r.Method, r.URL, response.StatusCode, shortened(body), err)
	} else if err := checkDocument(r, sent, response, body); err != nil {
		v.t.Errorf("%s %s: %d is not as documented: %v\nsent %s\nanswer %s", r.Method, r.URL, response.StatusCode, err, shortened(sent), shortened(body))
	}
	return response, nil
}

func shortened(body []byte) string {
	if len(body) > 2000 {
		return string(body[:2000]) + " …"
	}
	return string(body)
}

// checkAnswer checks what holds for every answer.
func checkAnswer(r *http.Request, response *http.Response, body []byte) error {
	paged := false
	for name := range r.URL.Query() {
		paged = paged || strings.HasPrefix(name, "page_")
	}
	kind := response.Header.Get("Content-Type")
	switch {
	case response.StatusCode == http.StatusNoContent:
		return fmt.Errorf("there is a body for every answer")
	case response.StatusCode == http.StatusPartialContent && !paged:
		return fmt.Errorf("nobody asked for a page")
	case r.Method == http.MethodHead:
		return nil
	case response.StatusCode < 400 && kind == "application/yaml":
		return nil
	case !json.Valid(body):
		return fmt.Errorf("the body is not JSON")
	case r.URL.Path == ixapi.PathOAuth2:
		return nil
	case response.StatusCode < 400 && kind != "application/json", response.StatusCode >= 400 && kind != "application/problem+json":
		return fmt.Errorf("the type is %s", kind)
	}
	return nil
}

// checkDocument checks a request and its answer against the document.
func checkDocument(r *http.Request, sent []byte, response *http.Response, body []byte) error {
	document, err := Document()
	if err != nil {
		return err
	}
	path, parameters := find(document, r.URL.EscapedPath())
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	item := document.Paths.Value(path)
	if item == nil || item.Operations()[method] == nil {
		return checkRefusal(document, response, body)
	}
	operation := item.Operations()[method]
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true}
	asked := r.Clone(r.Context())
	asked.Body = io.NopCloser(bytes.NewReader(sent))
	input := &openapi3filter.RequestValidationInput{Request: asked, PathParams: parameters, Options: options, Route: &routers.Route{
		Spec: document, Path: path, PathItem: item, Method: method, Operation: operation,
	}}
	if response.StatusCode < 400 && r.Header.Get(HeaderTolerated) == "" {
		if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			return fmt.Errorf("request: %w", err)
		}
	}
	if r.Method == http.MethodHead {
		if operation.Responses.Status(response.StatusCode) == nil {
			return fmt.Errorf("the status is not documented")
		}
		return nil
	}
	if err := checkAnswered(operation, response.StatusCode, body); err != nil {
		return err
	}
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header,
		Body: io.NopCloser(bytes.NewReader(body)), Options: options,
	})
}

// checkAnswered checks the properties of an answer in JSON.
func checkAnswered(operation *openapi3.Operation, status int, body []byte) error {
	answer := operation.Responses.Status(status)
	if answer == nil {
		return fmt.Errorf("the status is not documented")
	}
	for kind, media := range answer.Value.Content {
		if !strings.HasSuffix(kind, "json") || media.Schema == nil {
			continue
		}
		var value any
		if err := json.Unmarshal(body, &value); err != nil {
			return err
		}
		if err := checkProperties(media.Schema.Value, value); err != nil {
			return err
		}
	}
	return nil
}

// checkRefusal checks the answer where nothing is served: it is a problem.
func checkRefusal(document *openapi3.T, response *http.Response, body []byte) error {
	if response.StatusCode < 400 {
		return fmt.Errorf("the document has no such operation")
	}
	if len(body) == 0 {
		return nil
	}
	var problem any
	if err := json.Unmarshal(body, &problem); err != nil {
		return err
	}
	return document.Components.Schemas["Problem"].Value.VisitJSON(problem)
}

// find returns the path of the document that a request is for, and what stands in
// it for parameters.
func find(document *openapi3.T, escaped string) (path string, parameters map[string]string) {
	if escaped == ixapi.PathOAuth2 {
		return escaped, nil
	}
	escaped = "/" + strings.Trim(strings.TrimPrefix(escaped, ixapi.Base), "/")
	if escaped == ixapi.PathOAuth2 {
		return "", nil
	}
	if document.Paths.Value(escaped) != nil {
		return escaped, nil
	}
	segments := strings.Split(escaped, "/")
	if len(segments) < 3 {
		return "", nil
	}
	id := segments[2]
	segments[2] = "{id}"
	return strings.Join(segments, "/"), map[string]string{"id": id}
}
