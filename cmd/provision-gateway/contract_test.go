package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/contract"
)

// shipped runs the shipped program as a process of its own.
func shipped(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	c := exec.CommandContext(t.Context(), path, args...)
	c.Env, c.Stdout, c.Stderr = append([]string{"HOME=" + t.TempDir()}, environ...), &stdout, &stderr
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return result{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// folderOf is what is in a folder, by path.
func folderOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, folder+"/")] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestContract records a gateway, and holds it and another one, in which a row is
// different, against what was recorded.
func TestContract(t *testing.T) {
	t.Parallel()
	one, other := start(t, "--demo", "--database", "sqlite:"+filepath.Join(t.TempDir(), "one.db")), start(t, "--demo", "--database", "sqlite:"+filepath.Join(t.TempDir(), "other.db"))
	folder := filepath.Join(t.TempDir(), "recorded")
	record := func() result {
		r := shipped(t, nil, "contract", "record", "--from", one.url, "--into", folder)
		if r.code != exitOK {
			t.Fatalf("record: %+v", r)
		}
		return r
	}
	if r := record(); !strings.Contains(r.stdout, "files: ") || !strings.Contains(r.stdout, " 0 changed, 0 unchanged.") {
		t.Errorf("it says\n%s", r.stdout)
	}
	before := folderOf(t, folder)
	for _, name := range []string{"lir/get/all", "lir/get/by_id", "resource/get/by_id", "peering/getSessions/all", "peering/getSessions/exchange_1", "peering/getPeers/exchange_2_details", "peering/getCommunications/exchange_1", "peering/getRequests/all", "test/helloWorld/all"} {
		if before[name+".golden"] == "" {
			t.Errorf("%s was not recorded", name)
		}
	}
	if r := record(); !strings.Contains(r.stdout, " 0 new, 0 changed,") {
		t.Errorf("recorded again, it says\n%s", r.stdout)
	}
	again := folderOf(t, folder)
	for name, text := range before {
		if again[name] != text {
			t.Errorf("%s differs, recorded again", name)
		}
	}
	for name, url := range map[string]string{"the same": one.url, "another with the same data": other.url} {
		if r := shipped(t, nil, "contract", "verify", "--against", url, folder); r.code != exitOK || !strings.Contains(r.stdout, " 0 missed, 0 in trouble, 0 left out.") {
			t.Errorf("%s: %+v", name, r)
		}
	}
	changeSession(t, other.url)
	r := shipped(t, nil, "contract", "verify", "--against", other.url, "--junit", filepath.Join(folder, "junit.xml"), folder)
	if r.code != exitFailure {
		t.Errorf("the changed row: %+v", r)
	}
	for _, want := range []string{"MISS      " + filepath.Join(folder, "peering/getSessions/all.golden"), "request   1: GET /api/v1/api.php?target=peering&action=getSessions\n", "$.data[1].prfx_max (value), byte ", `"prfx_max":"80"`, `"prfx_max":"81"`,
		"ok        " + filepath.Join(folder, "lir/get/all.golden")} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if xml, err := os.ReadFile(filepath.Join(folder, "junit.xml")); err != nil || !strings.Contains(string(xml), "<failure") {
		t.Errorf("JUnit: %s, %v", xml, err)
	}
	r = shipped(t, nil, "contract", "verify", "--against", other.url, "--json", filepath.Join(folder, "peering"), filepath.Join(folder, "lir"))
	var report contract.Report
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || r.code != exitFailure || report.Count(contract.Missed) == 0 || report.Count(contract.OK) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// changeSession changes a value of the second session of the demo network.
func changeSession(t *testing.T, url string) {
	t.Helper()
	var sessions []struct{ ID string }
	decode(t, get(t, url, "target=peering&action=getSessions").Data, &sessions)
	if a := get(t, url, "target=peering&action=updateSession&prfx_max=81&id="+sessions[1].ID); a.Success != 1 {
		t.Fatalf("%+v", a)
	}
}

// TestContractCredentials records and verifies with a key, and without the one
// that is needed. The secret is in no output and no file.
func TestContractCredentials(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	must(t, environ, "key", "add", "reads")
	text := must(t, environ, "key", "add", "also-reads")
	c := mustJSON[credential](t, environ, "key", "add", "third")
	s := serve(t, environ)
	folder, secret := t.TempDir(), c.SecretKey
	keys := filepath.Join(folder, "key.txt")
	if err := os.WriteFile(keys, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	signed := []string{variableKey + "=" + c.APIKey, variableSecret + "=" + secret}
	requests := filepath.Join(folder, "requests.txt")
	if err := os.WriteFile(requests, []byte("GET /api/v1/api.php?target=test&action=helloWorld&note="+secret+"&b=%2f\n"+
		"GET /api/v1/api.php?target=lir&action=get&apiKey=1-OLD&hash=abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join(folder, "golden")
	all := must(t, signed, "contract", "record", "--from", s.url, "--into", golden, "--requests", requests)
	all += must(t, nil, "contract", "record", "--from", s.url, "--into", golden+"2", "--key-file", keys)
	all += must(t, signed, "contract", "verify", "--against", s.url, golden)
	for _, args := range [][]string{
		{"contract", "verify", "--against", s.url, golden},
		{"contract", "record", "--from", s.url, "--into", golden + "3"},
	} {
		r := run(t, nil, args...)
		if r.code == exitOK || !strings.Contains(r.stdout+r.stderr, "401") {
			t.Errorf("%v without a key: %+v", args, r)
		}
		all += r.stdout + r.stderr
	}
	r := run(t, []string{variableKey + "=" + c.APIKey}, "contract", "verify", "--against", s.url, golden)
	if r.code != exitUsage || !strings.Contains(r.stderr, "an API key and its secret are needed") {
		t.Errorf("a key without its secret: %+v", r)
	}
	for name, text := range folderOf(t, folder) {
		if strings.HasSuffix(name, ".golden") {
			all += name + text
		}
	}
	if strings.Contains(all, secret) || strings.Contains(all, "1-OLD") {
		t.Errorf("the secret is shown in\n%s", all)
	}
	if !strings.Contains(all, "b=%2f") {
		t.Error("the encoding of a request was changed")
	}
}

// TestContractTrouble asks servers that are none.
func TestContractTrouble(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "get.golden")
	if err := os.WriteFile(file, []byte("GET /api/v1/api.php?target=lir&action=get\n----------------------------------------\n{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	raw := func(text string, wait time.Duration) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					defer func() { _ = conn.Close() }()
					_, _ = conn.Read(make([]byte, 4096))
					time.Sleep(wait)
					_, _ = io.WriteString(conn, text)
				}()
			}
		}()
		return "http://" + listener.Addr().String()
	}
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oh", http.StatusInternalServerError) }))
	t.Cleanup(failing.Close)
	for name, test := range map[string]struct{ url, want string }{
		"slow":    {raw("", time.Minute), "the server gave no whole answer within 200ms"},
		"garbage": {raw("\x00\x01 nothing\r\n\r\n", 0), "the server answers with what is not HTTP"},
		"500":     {failing.URL, "the server answers 500 Internal Server Error"},
		"closes":  {raw("", 0), "the server closed the connection without an answer"},
		"nobody":  {"http://127.0.0.1:1", "the server cannot be reached: it refuses the connection"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, nil, "contract", "verify", "--against", test.url, "--timeout", "200ms", folder)
			if r.code != exitTrouble || !strings.Contains(r.stdout, "TROUBLE   "+file+": request 1: "+test.want+"\n") || !strings.Contains(r.stderr, "1 of 1 files could not be verified") {
				t.Errorf("verify: %+v", r)
			}
			if r := run(t, nil, "contract", "record", "--from", test.url, "--timeout", "200ms", "--into", t.TempDir()); r.code != exitTrouble || !strings.Contains(r.stderr, test.want) {
				t.Errorf("record: %+v", r)
			}
		})
	}
}

// TestContractLeavesOut counts what is not sent, and does not call it verified.
func TestContractLeavesOut(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--demo", "--database", "sqlite:"+filepath.Join(t.TempDir(), "gateway.db"))
	r := run(t, nil, "contract", "verify", "--against", s.url, "../../testdata/peering/deleteSession", "../../testdata/test")
	for _, want := range []string{
		"left out  ../../testdata/peering/deleteSession/success.golden: ", "left out  ../../testdata/test/helloWorld/error_wrong_hash.golden: needs a server prepared with allow: read; sign: wrong\n",
		"ok        ../../testdata/test/helloWorld/success.golden\n", " 0 missed, 0 in trouble, ",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if r.code != exitOK {
		t.Errorf("exit code %d", r.code)
	}
	fails(t, nil, exitTrouble, "no file was verified: all were left out", "contract", "verify", "--against", s.url, "../../testdata/peering/deleteSession")
	if a := s.get("target=peering&action=getSessions"); !strings.HasPrefix(a.Message, "4 ") {
		t.Errorf("sessions were deleted: %s", a.Message)
	}
}

func TestContractUsage(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "bad.golden"), []byte("no"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		want string
		args []string
	}{
		{"needs a command: record, verify", nil},
		{"--against is required", []string{"verify"}},
		{"--from is required", []string{"record", "--into", folder}},
		{"--into is required", []string{"record", "--from", "http://x"}},
		{"must be http", []string{"verify", "--against", "gateway.example"}},
		{"is not NAME=VALUE", []string{"verify", "--against", "http://x", "--setting", "time"}},
		{"longer than nothing", []string{"verify", "--against", "http://x", "--timeout", "0s"}},
		{"neither ids nor times", []string{"record", "--from", "http://x", "--into", folder, "--keep", "names"}},
		{"--writes needs --requests", []string{"record", "--from", "http://x", "--into", folder, "--writes"}},
		{"cannot be negative", []string{"record", "--from", "http://x", "--into", folder, "--each", "-1"}},
		{"no such file", []string{"verify", "--against", "http://x", "--key-file", folder + "/none"}},
		{"does not hold an API key", []string{"verify", "--against", "http://x", "--key-file", folder + "/bad.golden"}},
		{"holds no certificate", []string{"verify", "--against", "https://x", "--ca-file", folder + "/bad.golden"}},
		{"bad.golden: pair 1: ", []string{"verify", "--against", "http://x", folder}},
		{"no such file", []string{"verify", "--against", "http://x", folder + "/none"}},
	} {
		fails(t, nil, exitUsage, test.want, append([]string{"contract"}, test.args...)...)
	}
}
