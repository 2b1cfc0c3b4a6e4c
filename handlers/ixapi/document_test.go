package ixapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/modelstest"
)

// serve starts the API on a fresh SQLite database.
func serve(t testing.TB, change func(*ixapi.Config)) *ixapitest.Service {
	t.Helper()
	clock := ixapitest.Clock()
	return ixapitest.New(t, modelstest.Lend(t, modelstest.Kinds()[0], clock.Now), change)
}

// documented lists the operations of the document as METHOD path operation.
func documented(t *testing.T) []string {
	t.Helper()
	document, err := ixapitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			list = append(list, method+" "+path+" "+operation.OperationID)
		}
	}
	slices.Sort(list)
	return list
}

// TestDocumentIsWhatIsServed compares the document with the operations, their
// names with those of /implementation, and who may call them.
func TestDocumentIsWhatIsServed(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	served, names := []string{}, []string{}
	for _, o := range s.Handler.Operations() {
		served = append(served, o.Method+" "+o.Path+" "+o.Name)
		if !strings.HasPrefix(o.Name, "openapi_") && o.Path != ixapi.PathOAuth2 {
			names = append(names, o.Name)
		}
	}
	slices.Sort(served)
	slices.Sort(names)
	if diff := cmp.Diff(documented(t), served); diff != "" {
		t.Errorf("operations (-documented +served):\n%s", diff)
	}
	var implementation struct {
		Operations []string `json:"supported_operations"`
	}
	s.Send("GET", "/implementation", "").Decode(&implementation)
	if diff := cmp.Diff(names, implementation.Operations); diff != "" {
		t.Errorf("supported_operations (-served +listed):\n%s", diff)
	}
	for _, absent := range []string{"statistics", "loa", "routing"} {
		if strings.Contains(strings.Join(implementation.Operations, " "), absent) {
			t.Errorf("%s is listed", absent)
		}
	}
}

// TestDocumentIsServed reads the document in both forms, without a token.
func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	if a := s.Send("GET", "/openapi.yaml", ""); a.Status != http.StatusOK || a.Body != string(ixapi.OpenAPI) {
		t.Errorf("YAML: %d", a.Status)
	}
	a := s.Send("GET", "/openapi.json", "")
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	a.Decode(&document)
	operations := 0
	for _, item := range document.Paths {
		for name := range item {
			if name != "parameters" && name != "servers" {
				operations++
			}
		}
	}
	if want := len(documented(t)); operations != want {
		t.Errorf("JSON has %d operations, want %d", operations, want)
	}
}
