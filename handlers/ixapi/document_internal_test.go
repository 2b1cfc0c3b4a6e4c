package ixapi_test

import (
	"strings"
	"testing"

	"provision-gateway/handlers/ixapi"
)

// What is stored and shown to nobody is no matter of the document.
func TestDocumentHasNothingInternal(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cloud_key_pattern", "password_secret"} {
		if strings.Contains(string(ixapi.OpenAPI), name) {
			t.Errorf("%s is in the document", name)
		}
	}
	if !strings.Contains(string(ixapi.OpenAPI), "service_provider_workflow") {
		t.Error("a cloud offering is not in the document")
	}
}
