package main

import (
	"strings"
	"testing"
	"time"
)

const goodOutput = `Running 3s test @ http://127.0.0.1:1/api/v1/api.php
  1 threads and 16 connections
Requests/sec:   1000.00

RESULT {"requests":3000,"microseconds":3000000,"bytes":600000,"p50":1500,"p99":9000,"connect_errors":0,"read_errors":0,"write_errors":0,"status_errors":0,"timeouts":0}
`

func TestParseLoad(t *testing.T) {
	t.Parallel()
	s, err := parseLoad([]byte(goodOutput))
	want := sample{requests: 3000, bytes: 600000, length: 3 * time.Second, perSecond: 1000, p50: 1500 * time.Microsecond, p99: 9 * time.Millisecond}
	if err != nil || s != want {
		t.Errorf("got %+v, %v, want %+v", s, err, want)
	}
}

func TestParseLoadRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, says string }{
		"status":    {`"status_errors":0`, `"status_errors":7`, "status of 400 or more 7"},
		"timeout":   {`"timeouts":0`, `"timeouts":1`, "by timeout 1"},
		"connect":   {`"connect_errors":0`, `"connect_errors":2`, "connect 2"},
		"read":      {`"read_errors":0`, `"read_errors":3`, "read 3"},
		"write":     {`"write_errors":0`, `"write_errors":4`, "write 4"},
		"nothing":   {`"requests":3000`, `"requests":0`, "no request"},
		"no time":   {`"microseconds":3000000`, `"microseconds":0`, "no request"},
		"no result": {"RESULT", "Result", "printed no result"},
		"malformed": {`{"requests"`, `{requests`, "result of wrk"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output := strings.Replace(goodOutput, test.old, test.new, 1)
			if s, err := parseLoad([]byte(output)); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %+v, %v, want an error with %q", s, err, test.says)
			}
		})
	}
}

func FuzzParseLoad(f *testing.F) {
	f.Add([]byte(goodOutput))
	f.Add([]byte("\nRESULT {}"))
	f.Fuzz(func(t *testing.T, output []byte) {
		if s, err := parseLoad(output); err == nil && (s.requests < 1 || s.length <= 0 || s.perSecond <= 0) {
			t.Errorf("took %q for a result: %+v", output, s)
		}
	})
}

func TestEscapeLua(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"a=1&b=%s":        "a=1&b=%s",
		"a=%3A&b=%s":      "a=%%3A&b=%s",
		"a=%3A&b=%s&c=%2": "a=%%3A&b=%s&c=%%2",
	} {
		if got := escapeLua(form); got != want {
			t.Errorf("%s becomes %s, want %s", form, got, want)
		}
	}
}

func TestRunsAreNumbered(t *testing.T) {
	t.Parallel()
	g := &loadGenerator{}
	if a, b := g.nextRun(), g.nextRun(); a != 1 || b != 2 {
		t.Errorf("runs %d and %d, want 1 and 2", a, b)
	}
}
