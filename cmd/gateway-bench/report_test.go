package main

import (
	"errors"
	"strings"
	"testing"
)

func TestPrintReport(t *testing.T) {
	t.Parallel()
	r := &result{
		Environment: environment{
			Time: "2026-01-02 03:04 UTC", Cores: 2, Processor: "Example CPU", MemoryMB: 4096, LoadBefore: "0.10", LoadAfter: "2.00",
			Versions: []string{"go1.26", "PHP 8.2"}, Rounds: 3, Seconds: 3, Connections: 16, MariaDBMB: 150.4,
		},
		Cases: []caseResult{exampleCase()},
		Aims:  []aimResult{{"getPeers", nameMariaDB, namePHP, 2, 3, true, 20}, {"getPeers", nameMariaDB, nameBare, 0.5, 0.1, false, 20}},
	}
	const want = `2026-01-02 03:04 UTC, 2 cores (Example CPU), 4096 MB of memory, load 0.10 before and 2.00 after.
go1.26, PHP 8.2.
3 rounds of 3 s, 16 connections; medians (lowest-highest). MariaDB itself held 150 MB.
Other programs kept 0.2 of 2 cores busy, at most 0.2.

### getPeers: networks, 123 bytes

| variant | requests/s       | p50 ms | p99 ms | memory MB (peak) | CPU ms/request: server, MariaDB, wrk | x php            | x bare           | x php by CPU |
|---------|------------------|--------|--------|------------------|--------------------------------------|------------------|------------------|--------------|
| php     | 100 (50-110)     | 2.00   | 8.00   | 40 (45)          | 1.000, 2.000, 0.500                  | 1.00 (1.00-1.00) | 0.05 (0.03-0.05) | 1.00         |
| mariadb | 220 (150-300)    | 2.00   | 8.00   | 31 (38)          | 1.000, 2.000, 0.500                  | 3.00 (2.00-3.00) | 0.10 (0.10-0.15) | 1.00         |
| bare    | 2200 (1000-3000) | 2.00   | 8.00   | 20 (25)          | 1.000, 2.000, 0.500                  | 20.0 (20.0-30.0) | 1.00 (1.00-1.00) | 1.00         |

### Aims

| case     | variant | aim                 | measured |         | bare x php |
|----------|---------|---------------------|----------|---------|------------|
| getPeers | mariadb | at least 2 x php    | 3.00     | met     | 20.0       |
| getPeers | mariadb | at least 0.5 x bare | 0.10     | NOT MET | 20.0       |
`
	var b strings.Builder
	if err := printReport(&b, r); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestPrintReportFails(t *testing.T) {
	t.Parallel()
	if err := printReport(brokenPipe{}, &result{}); err == nil {
		t.Error("no error from a broken pipe")
	}
}

// A ratio to a reference that took no part is none, and not 0.
func TestNoReference(t *testing.T) {
	t.Parallel()
	c := summarise(benchCase{}, 0, []*variant{{name: nameSQLite}}, map[string][]measurement{nameSQLite: {measured(5, 10, 1)}})
	if got := caseTable(&c); !strings.HasSuffix(strings.TrimSpace(got), "| -     | -      | -            |") {
		t.Errorf("got\n%s", got)
	}
}

func TestTableCountsCharacters(t *testing.T) {
	t.Parallel()
	const want = "| name   | n   |\n|--------|-----|\n| Zürich | 1   |\n| x      | 22  |\n"
	if got := table([][]string{{"name", "n"}, {"Zürich", "1"}, {"x", "22"}}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
