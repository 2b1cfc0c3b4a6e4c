package handlers_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documentedExamples are the golden files that reproduce the answers of the
// vendor's documentation, by the name of the answer in a folder of examples
// beside the checkout. The example of an error of addSession is a copy of that
// of getRequests in the documentation itself.
var documentedExamples = map[string]string{
	"lir.add":                        "lir/add/documented",
	"lir.delete":                     "lir/delete/documented",
	"lir.get":                        "lir/get/documented",
	"lir.update":                     "lir/update/documented",
	"peering.addSession":             "peering/addSession/documented",
	"peering.addSession.error":       "peering/getRequests/documented_none",
	"peering.configureSession.error": "peering/configureSession/documented_error",
	"peering.deleteSession":          "peering/deleteSession/documented",
	"peering.deleteSession.none":     "peering/deleteSession/documented_none",
	"peering.getCommunications":      "peering/getCommunications/documented",
	"peering.getPeers":               "peering/getPeers/documented",
	"peering.getPeers.none":          "peering/getPeers/documented_none",
	"peering.getRequests":            "peering/getRequests/documented",
	"peering.getRequests.none":       "peering/getRequests/documented_none",
	"peering.getSessions":            "peering/getSessions/documented",
	"peering.getSessions.none":       "peering/getSessions/documented_none",
	"peering.resetPeerStatus":        "peering/resetPeerStatus/documented",
	"peering.resetPeerStatus.error":  "peering/resetPeerStatus/documented_error",
	"peering.sendRequest":            "peering/sendRequest/documented",
	"peering.sendRequest.error":      "peering/sendRequest/documented_error",
	"peering.updateSession":          "peering/updateSession/documented",
}

// documentedAnswer is the answer in a golden file of one request.
func documentedAnswer(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata, name+".golden"))
	if err != nil {
		t.Fatal(err)
	}
	_, pairs := parseGolden(string(data))
	if len(pairs) != 1 {
		t.Fatalf("%s has %d requests", name, len(pairs))
	}
	_, answer, _ := strings.Cut(pairs[0], line)
	return answer
}

// TestDocumentedExamples checks that every documented example has its golden
// file, and compares them byte for byte where the examples are at hand.
func TestDocumentedExamples(t *testing.T) {
	t.Parallel()
	const examples = "../../shared/reference/v1-examples"
	for example, golden := range documentedExamples {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			answer := documentedAnswer(t, golden)
			want, err := os.ReadFile(filepath.Join(examples, example+".json"))
			if os.IsNotExist(err) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, want := comparableForm(example, answer), comparableForm(example, strings.TrimSpace(string(want))); got != want {
				t.Errorf("%s:\n got %s\nwant %s", golden, got, want)
			}
		})
	}
	present, err := filepath.Glob(examples + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range present {
		if example := strings.TrimSuffix(filepath.Base(path), ".json"); documentedExamples[example] == "" {
			t.Errorf("the example %s has no golden file", example)
		}
	}
	files, err := filepath.Glob(testdata + "/*/*/documented*.golden")
	if err != nil {
		t.Fatal(err)
	}
	reproduced := map[string]bool{}
	for _, golden := range documentedExamples {
		reproduced[filepath.Join(testdata, golden)+".golden"] = true
	}
	for _, path := range files {
		if !reproduced[path] {
			t.Errorf("%s reproduces no example", path)
		}
	}
}

var count = regexp.MustCompile(`^(\{"success":1,"message":")[0-9]+ `)

// comparableForm takes from an answer what may differ: the count in front of the
// lists that the documentation trimmed by hand, and the recipient that its
// answer of sendRequest lacks.
func comparableForm(example, answer string) string {
	switch example {
	case "peering.getPeers", "peering.getCommunications":
		return count.ReplaceAllString(answer, "${1}N ")
	case "peering.sendRequest":
		return strings.ReplaceAll(answer, "Request sent to operations@as10933.example", "Request sent to ")
	}
	return answer
}
