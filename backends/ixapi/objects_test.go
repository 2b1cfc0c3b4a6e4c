package ixapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"provision-gateway/backends/ixapi"
)

// TestStatus reads messages as one line that is not endless.
func TestStatus(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"two\nlines"`:                        "two lines",
		`null`:                                "",
		`"` + strings.Repeat("é", 5000) + `"`: strings.Repeat("é", 300) + "…",
	} {
		var s ixapi.Status
		if err := json.Unmarshal([]byte(`{"severity":3,"tag":"x","message":`+text+`}`), &s); err != nil || s.Message != want || s.Severity != 3 || s.Tag != "x" {
			t.Errorf("%.20s: %+v, %v", text, s, err)
		}
	}
	var s ixapi.Status
	if json.Unmarshal([]byte(`{"severity":"high"}`), &s) == nil {
		t.Error("a severity that is no number was read")
	}
}
