package contract_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"provision-gateway/backends/contract"
	"provision-gateway/compat/golden"
)

// serves answers each request with what a table has for its query.
func serves(t *testing.T, answers map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		query := contract.Unsigned("?" + r.URL.RawQuery)[1:]
		if answer, ok := answers[query]; ok {
			_, _ = fmt.Fprint(w, answer)
			return
		}
		http.Error(w, "no answer for "+query, http.StatusTeapot)
	}))
	t.Cleanup(server.Close)
	return server
}

func file(t *testing.T, text string) *golden.File {
	t.Helper()
	f, err := golden.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const (
	dashes = "\n----------------------------------------\n"
	equals = "\n========================================\n"
	script = "/api/v1/api.php?"
)

// recordedCases are answers and what is to become of them.
var recordedCases = []struct {
	name string
	// queries are sent in turn; want is the body recorded for each.
	queries, answers, want []string
	requests               []string
	keep                   []golden.Kind
}{
	{name: "numbers and times", queries: []string{"target=peering&action=getSessions"},
		answers: []string{`{"data":[{"id":"51","public_id":"20","modified":"2014-05-22 23:14:54","x":"2014-05-22 23:14:54"},{"id":"20","prfx_max":"51","note":"at 2014-05-22 23:14:55"}]}`},
		want:    []string{`{"data":[{"id":"<id-1>","public_id":"<id-2>","modified":"<time-1>","x":"<time-1>"},{"id":"<id-3>","prfx_max":"51","note":"at <time-2>"}]}`}},
	{name: "what the caller chose stays", queries: []string{"target=peering&action=getSessions&public_id=20&created=2014-05-22+23:14:54"},
		answers: []string{`{"data":[{"id":"20","public_id":"20","created":"2014-05-22 23:14:54"}]}`},
		want:    []string{`{"data":[{"id":"<id-1>","public_id":"20","created":"2014-05-22 23:14:54"}]}`}},
	{name: "no numbers and times", queries: []string{"target=peering&action=getRequests"},
		answers: []string{`{"data":[{"id":null,"public_id":"0","custom_id":"7","time":"0000-00-00 00:00:00","date":12}]}`},
		want:    []string{`{"data":[{"id":null,"public_id":"0","custom_id":"7","time":"0000-00-00 00:00:00","date":12}]}`}},
	{name: "resources", queries: []string{"target=resource&action=get"},
		answers: []string{`{"data":[{"id":"5","date":1375846025,"attr":{"_section":"94","asn":"5","api-key":10},"section":{"id":"94"}}]}`},
		want:    []string{`{"data":[{"id":"<id-1>","date":<seconds-1>,"attr":{"_section":"<id-2>","asn":"5","api-key":<id-3>},"section":{"id":"<id-2>"}}]}`}},
	{name: "kept", queries: []string{"target=peering&action=getRequests"}, keep: []golden.Kind{golden.IDs, golden.Times},
		answers: []string{`{"data":[{"id":"1","created":"2014-05-22 23:14:54","password":"topsecret"}]}`},
		want:    []string{`{"data":[{"id":"1","created":"2014-05-22 23:14:54","password":"<secret-1>"}]}`}},
	{name: "secrets and mails", queries: []string{"target=lir&action=get"},
		answers: []string{`{"message":"it is topsecret","data":[{"mnt_by_password":"topsecret","api_key":"other-key","x":"topsecret","body":"Hello"}]}`},
		want:    []string{`{"message":"it is <secret-1>","data":[{"mnt_by_password":"<secret-1>","api_key":"<secret-2>","x":"<secret-1>","body":"<body>"}]}`}},
	{name: "text like placeholders", queries: []string{"target=peering&action=getPeers"},
		answers: []string{`{"data":[{"id":"1","name":"<id-1> <lt> <body> <time-1>"}]}`},
		want:    []string{`{"data":[{"id":"<id-1>","name":"<lt>id-1> <lt>lt> <lt>body> <lt>time-1>"}]}`}},
	{name: "later requests", queries: []string{"target=peering&action=getSessions", "target=peering&action=getSessions&id=1"},
		answers:  []string{`{"message":"1 session","data":[{"id":"1"}]}`, `{"message":"1 session, ID: 1, (1), (2)","data":[{"id":"1"}]}`},
		requests: []string{"target=peering&action=getSessions", "target=peering&action=getSessions&id=<id-1>"},
		want:     []string{`{"message":"1 session","data":[{"id":"<id-1>"}]}`, `{"message":"1 session, ID: <id-1>, (<id-1>), (2)","data":[{"id":"<id-1>"}]}`}},
}

func TestRecord(t *testing.T) {
	t.Parallel()
	for _, test := range recordedCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answers, f := map[string]string{}, &golden.File{}
			for i, query := range test.queries {
				answers[query] = test.answers[i]
				f.Pairs = append(f.Pairs, golden.Pair{Request: golden.Request{Line: "GET " + script + query}})
			}
			for _, credentials := range []contract.Credentials{{}, {Key: "1-KEY", Secret: "0123456789abcdef0123456789abcdef"}} {
				c := client(t, contract.ClientOptions{URL: serves(t, answers).URL, Credentials: credentials})
				o := contract.RecordOptions{Client: c, Keep: test.keep}
				data, err := contract.Record(t.Context(), contract.Plan{Name: "x", File: f}, o)
				if err != nil {
					t.Fatal(err)
				}
				got := file(t, string(data))
				for i, pair := range got.Pairs {
					if pair.Answer.Body != test.want[i] {
						t.Errorf("recorded\n%s, want\n%s", pair.Answer.Body, test.want[i])
					}
					want := test.queries[i]
					if test.requests != nil {
						want = test.requests[i]
					}
					if pair.Request.Query() != want {
						t.Errorf("request %q, want %q", pair.Request.Query(), want)
					}
				}
				// What was recorded holds, and recording it again gives the same.
				if report := contract.Verify(t.Context(), []contract.Case{{Name: "x", File: got}}, contract.VerifyOptions{Client: c}); report.Count(contract.OK) != 1 {
					t.Errorf("it does not verify: %+v", report.Files[0])
				}
				again, err := contract.Record(t.Context(), contract.Plan{Name: "x", File: got}, o)
				if err != nil || string(again) != string(data) {
					t.Errorf("recorded again:\n%s, %v, want\n%s", again, err, data)
				}
			}
		})
	}
}

func TestRecordRefuses(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Query().Get("x") {
		case "html":
			_, _ = fmt.Fprint(w, "<html>topsecret")
		case "401":
			w.WriteHeader(http.StatusUnauthorized)
		case "500":
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(server.Close)
	tests := []struct{ name, query, want string }{
		{"write", "target=peering&action=deleteSession&id=1", "request 1 is a write (peering.deleteSession), and writes are not allowed"},
		{"mail", "target=peering&action=sendEmail", "request 1 is a mail (peering.sendEmail)"},
		{"device", "target=peering&action=configureSession", "request 1 is a device (peering.configureSession)"},
		{"unknown", "target=ipam&action=get", "not known to read only"},
		{"page", "target=lir&action=get&x=html", "answers with what is not a JSON object"},
		{"refused", "target=lir&action=get&x=401", "does not accept the caller"},
		{"failed", "target=lir&action=get&x=500", "answers 500 Internal Server Error"},
	}
	for _, test := range tests {
		f := file(t, "GET "+script+test.query)
		_, err := contract.Record(t.Context(), contract.Plan{Name: "x", File: f}, contract.RecordOptions{Client: client(t, contract.ClientOptions{URL: server.URL})})
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%s: error %v, want %s", test.name, err, test.want)
		}
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestReadPlans(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	long := strings.Repeat("x", 100)
	lines := "# reads\n\nGET /api/v1/api.php?target=lir&action=get\r\nPOST /p?target=peering&action=getPeers&name=A%2FB+C&public_id=20&apiKey=1-A&hash=abc\n" +
		"GET /p?target=lir&action=get&id=../../etc\nGET /p?target=ipam&action=get&password=topsecret\nGET /api/v1/api.php?target=lir&action=get\nGET /q?target=lir&action=get\n" +
		"GET /p?target=lir&action=get&name=" + long + "\n"
	path := filepath.Join(folder, "requests.txt")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	plans, err := contract.ReadPlans(client(t, contract.ClientOptions{URL: "http://gateway.example"}), path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, plan := range plans {
		names = append(names, plan.Name)
	}
	all := strings.Join(names, "\n")
	for _, want := range []string{"lir/get/all\n", "peering/getPeers/name-A-B-C_public-id-20_post\n", "lir/get/id-..-..-etc\n", "other/target-ipam_action-get_password-secret-1\n", "\nlir/get/all_", "\nlir/get/name-xxx"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if len(plans) != 6 || strings.Contains(all, "topsecret") || strings.Contains(all, long) {
		t.Errorf("%d plans:\n%s", len(plans), all)
	}
	for _, plan := range plans {
		if result, err := contract.Write(folder, plan, []byte("x")); err != nil || result != contract.New {
			t.Errorf("%s: %s, %v", plan.Name, result, err)
		}
	}
	for _, want := range []contract.Written{contract.Changed, contract.Unchanged} {
		if result, err := contract.Write(folder, plans[0], []byte("y")); err != nil || result != want {
			t.Errorf("%s, %v, want %s", result, err, want)
		}
	}
	for _, bad := range []string{"../x", "/x", "a/../../x"} {
		if _, err := contract.Write(folder, contract.Plan{Name: bad}, nil); err == nil {
			t.Errorf("a file %q is written", bad)
		}
	}
	if err := os.WriteFile(path, []byte("get\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := contract.ReadPlans(client(t, contract.ClientOptions{URL: "http://gateway.example"}), path); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("error %v", err)
	}
}
