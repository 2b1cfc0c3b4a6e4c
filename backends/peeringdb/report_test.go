package peeringdb_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

var sampleReport = peeringdb.Report{Types: []peeringdb.TypeReport{
	{Type: "ix", File: "ix.json", Missing: true},
	{Type: "net", File: "net.json", Rows: 1234, DirectoryChanges: models.DirectoryChanges{Added: 1200, Changed: 20, Unchanged: 3, Removed: 4}, Rejected: 7,
		Reasons: []peeringdb.Reason{
			{Text: "no id", Count: 1, Examples: []peeringdb.Example{{}}},
			{Text: "unknown network", Count: 6, Examples: []peeringdb.Example{{ID: 5, Detail: "99"}, {ID: 6}}},
		},
		Notes: []peeringdb.Reason{{Text: "name cut to 255 characters", Count: 1, Examples: []peeringdb.Example{{ID: 8, Detail: "had 300"}}}}},
}}

const sampleText = `  type  rows  added  changed  unchanged  removed  rejected
    ix     -      -        -          -        -         -
   net  1234   1200       20          3        4         7
ix: no file ix.json, left as it was
net: 1 rejected: no id (no id)
net: 6 rejected: unknown network (id 5: 99; id 6; …)
net: 1 noted: name cut to 255 characters (id 8: had 300)
`

func TestReportAsText(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	n, err := sampleReport.WriteTo(&b)
	if err != nil || n != int64(b.Len()) || b.String() != sampleText {
		t.Errorf("%d bytes, %v:\n%s\nwant\n%s", n, err, b.String(), sampleText)
	}
	if _, err := sampleReport.WriteTo(brokenWriter{}); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("error %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, iotest.ErrTimeout }

func TestReportAsJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(sampleReport)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"types":[` +
		`{"type":"ix","file":"ix.json","missing":true,"rows":0,"added":0,"changed":0,"unchanged":0,"removed":0,"rejected":0},` +
		`{"type":"net","file":"net.json","missing":false,"rows":1234,"added":1200,"changed":20,"unchanged":3,"removed":4,"rejected":7,` +
		`"reasons":[{"text":"no id","count":1,"examples":[{"id":0}]},{"text":"unknown network","count":6,"examples":[{"id":5,"detail":"99"},{"id":6}]}],` +
		`"notes":[{"text":"name cut to 255 characters","count":1,"examples":[{"id":8,"detail":"had 300"}]}]}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReportNamesAFewExamples(t *testing.T) {
	t.Parallel()
	var rows []string
	for id := range 20 {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"net_id":%d,"ix_id":1,"status":"ok"}`, id+1, id+100))
	}
	report := load(t, sqlite(t), fstest.MapFS{"netixlan.json": list(rows...)})
	ports := report.Types[2]
	if ports.Rejected != 20 || len(ports.Reasons) != 1 || ports.Reasons[0].Count != 20 || len(ports.Reasons[0].Examples) != 5 {
		t.Errorf("%+v", ports)
	}
	if want := "netixlan: 20 rejected: unknown network (id 1: 100; id 2: 101; id 3: 102; id 4: 103; id 5: 104; …)\n"; !strings.Contains(report.String(), want) {
		t.Errorf("%s\nlacks %s", report, want)
	}
}
