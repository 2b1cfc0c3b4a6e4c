package ixapi

import (
	_ "embed"
	"net/http"
	"sync"

	"go.yaml.in/yaml/v3"

	"provision-gateway/models/ix"
)

// OpenAPI is the OpenAPI 3 document of this API, in YAML.
//
//go:embed openapi.yaml
var OpenAPI []byte

// openAPIJSON is the same in JSON.
var openAPIJSON = sync.OnceValues(func() ([]byte, error) {
	var document any
	if err := yaml.Unmarshal(OpenAPI, &document); err != nil {
		return nil, err
	}
	return ix.Encode(document)
})

// documentYAML answers the document as it was written.
func documentYAML(*request) (answer, error) {
	return answer{status: http.StatusOK, kind: "application/yaml", body: OpenAPI}, nil
}

// documentJSON answers the document in JSON.
func documentJSON(*request) (answer, error) {
	body, err := openAPIJSON()
	return answer{status: http.StatusOK, kind: typeJSON, body: body}, err
}
