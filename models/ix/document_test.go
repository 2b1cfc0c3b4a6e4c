package ix_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

// The document says of every type which properties it has, who sees them and
// which may be absent, and of every list what it can be filtered by.
func TestDocumentedProperties(t *testing.T) {
	t.Parallel()
	document, err := ixapitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range ix.Collections() {
		one := document.Paths.Value("/" + string(c) + "/{id}").Get.Responses.Status(200).Value.Content["application/json"].Schema.Value
		for objectType, shown := range ix.ShownProperties(c) {
			properties, required := ixapitest.Properties(one, objectType)
			documented := map[string]ix.ShownProperty{}
			for name, p := range properties {
				sensitive, optional := ixapitest.Marked(p, ixapitest.Sensitive), ixapitest.Marked(p, ixapitest.Optional)
				needed := slices.Contains(required, name)
				if sensitive && needed || optional && !sensitive {
					t.Errorf("%s %s: %s is required for those who do not see it, or needs no mark to be optional", c, objectType, name)
				}
				if !sensitive {
					optional = !needed
				}
				documented[name] = ix.ShownProperty{Sensitive: sensitive, Optional: optional}
			}
			if diff := cmp.Diff(documented, shown); diff != "" {
				t.Errorf("%s %s (-documented +shown):\n%s", c, objectType, diff)
			}
		}
		item := document.Paths.Value("/" + string(c))
		var names []string
		for _, p := range append(slices.Clone(item.Parameters), item.Get.Parameters...) {
			if p.Value.In == "query" && !strings.HasPrefix(p.Value.Name, "page_") {
				names = append(names, p.Value.Name)
			}
		}
		slices.Sort(names)
		if diff := cmp.Diff(names, ix.FilterNames(c)); diff != "" {
			t.Errorf("filters of %s (-documented +known):\n%s", c, diff)
		}
	}
}
