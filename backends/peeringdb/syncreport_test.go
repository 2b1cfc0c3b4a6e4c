package peeringdb_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

func TestSyncReportAsText(t *testing.T) {
	t.Parallel()
	types := peeringdb.Report{Types: []peeringdb.TypeReport{{
		Type: "net", Rows: 4, DirectoryChanges: models.DirectoryChanges{Added: 1, Changed: 1, Unchanged: 1}, Rejected: 1,
		Reasons: []peeringdb.Reason{{Text: "no id", Count: 1, Examples: []peeringdb.Example{{}}}},
	}}}
	tests := []struct {
		name   string
		report peeringdb.SyncReport
		want   string
	}{
		{"taken over", peeringdb.SyncReport{Mode: peeringdb.ModeFull, Requests: 5, Bytes: 3 << 20, Seconds: 12.34, Report: types},
			"full run: 5 requests, 3.0 MiB, 12.3 seconds\n" +
				"  type  rows  added  changed  unchanged  removed  rejected\n" +
				"   net     4      1        1          1        0         1\n" +
				"net: 1 rejected: no id (no id)\n"},
		{"failed", peeringdb.SyncReport{Mode: peeringdb.ModeIncremental, Requests: 1, Bytes: 1536}, "incremental run: 1 requests, 1.5 KiB, 0.0 seconds\nnothing was taken over\n"},
		{"not begun", peeringdb.SyncReport{Mode: peeringdb.ModeIncremental, Bytes: 12}, "incremental run: 0 requests, 12 bytes, 0.0 seconds\nnothing was taken over\n"},
	}
	for _, test := range tests {
		var b bytes.Buffer
		if n, err := test.report.WriteTo(&b); err != nil || n != int64(b.Len()) || b.String() != test.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", test.name, err, b.String(), test.want)
		}
		if _, err := test.report.WriteTo(brokenWriter{}); !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("%s: error %v", test.name, err)
		}
	}
}

func TestSyncReportAsJSON(t *testing.T) {
	t.Parallel()
	report := peeringdb.SyncReport{Mode: peeringdb.ModeFull, Requests: 5, Bytes: 7, Seconds: 1.5, Cursors: map[string]int64{"net": 9}}
	report.Types = []peeringdb.TypeReport{{Type: "net", Rows: 1, DirectoryChanges: models.DirectoryChanges{Added: 1}}}
	text, err := json.Marshal(report)
	const want = `{"mode":"full","requests":5,"bytes":7,"seconds":1.5,"cursors":{"net":9},` +
		`"types":[{"type":"net","missing":false,"rows":1,"added":1,"changed":0,"unchanged":0,"removed":0,"rejected":0}]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	var back peeringdb.SyncReport
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report, back); diff != "" {
		t.Error(diff)
	}
}

func TestSyncReportKnowsWhetherItWrote(t *testing.T) {
	t.Parallel()
	for want, all := range map[bool][]models.DirectoryChanges{
		true: {{Added: 1}, {Changed: 1}, {Removed: 1}}, false: {{}, {Unchanged: 9}},
	} {
		for _, changes := range all {
			report := peeringdb.SyncReport{Report: peeringdb.Report{Types: []peeringdb.TypeReport{{}, {DirectoryChanges: changes}}}}
			if report.Wrote() != want {
				t.Errorf("%+v: %v", changes, !want)
			}
		}
	}
}
