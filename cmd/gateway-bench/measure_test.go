package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fakeGenerator stands for wrk: it notes its arguments and says that it got
// some answers.
func fakeGenerator(t *testing.T, requests, bytes int64) (g *loadGenerator, calls func() []string) {
	t.Helper()
	folder := t.TempDir()
	log := filepath.Join(folder, "calls")
	result := fmt.Sprintf(`{"requests":%d,"microseconds":1000000,"bytes":%d,"p50":100,"p99":900}`, requests, bytes)
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >>%s\nprintf '\\nRESULT %s\\n'\n", log, result)
	program := filepath.Join(folder, "wrk")
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return &loadGenerator{program: program, script: "load.lua", connections: 4}, func() []string {
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
}

// benchOf measures servers within the test itself, whose process group stands
// for theirs.
func benchOf(t *testing.T, g *loadGenerator, names ...string) *bench {
	t.Helper()
	body := []byte(strings.Repeat("x", 1000))
	own := syscall.Getpgrp()
	m := &machine{databaseGroup: own}
	a := answers{bodies: map[string][]byte{endpoint + "?a=1": body}, sizes: map[string]map[string]int64{}}
	for _, name := range names {
		m.variants = append(m.variants, &variant{name: name, address: serverOf(t, bareHandler(a.bodies)), groups: []int{own}})
		a.sizes[name] = map[string]int64{endpoint + "?a=1": 1100}
	}
	return &bench{
		machine: m, settings: settings{rounds: 2, duration: time.Second, connections: 4}, generator: g, answers: a,
		progress: func(string, ...any) {},
	}
}

func TestMeasureCaseTakesTurns(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		return // there is no /proc to measure with
	}
	g, calls := fakeGenerator(t, 100, 110_000)
	b := benchOf(t, g, namePHP, nameBare)
	taking, by, err := b.measureCase(t.Context(), benchCase{name: "getPeers", target: endpoint + "?a=1"})
	if err != nil || len(taking) != 2 {
		t.Fatalf("%d variants, %v", len(taking), err)
	}
	for name, ms := range by {
		if len(ms) != 2 || ms[0].perSecond != 100 || ms[0].p99 != 900*time.Microsecond || ms[0].memory <= 0 || ms[0].peak < ms[0].memory {
			t.Errorf("%s: %+v", name, ms)
		}
	}
	// Each warms up once; the second round begins with the other.
	first, second := b.variants[0].address, b.variants[1].address
	var order []string
	for _, call := range calls() {
		for _, address := range []string{first, second} {
			if strings.Contains(call, "http://"+address+endpoint+"?a=1") {
				order = append(order, map[string]string{first: "1", second: "2"}[address])
			}
		}
	}
	if got := strings.Join(order, ""); got != "121221" {
		t.Errorf("order %s, want 12 12 21", got)
	}
}

func TestMeasureCaseRefuses(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		return
	}
	for name, test := range map[string]struct {
		bytes int64
		says  string
	}{
		"too few bytes":  {109_999, "109999 bytes, expected 110000 to 114400"},
		"too many bytes": {114_401, "114401 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, _ := fakeGenerator(t, 100, test.bytes)
			_, _, err := benchOf(t, g, nameBare).measureCase(t.Context(), benchCase{name: "getPeers", target: endpoint + "?a=1"})
			if err == nil || !strings.Contains(err.Error(), "getPeers: bare: "+test.says) {
				t.Errorf("error %v, want one with %q", err, test.says)
			}
		})
	}
}

// A write must have added the rows that were answered for, and their log.
func TestWritesAreCounted(t *testing.T) {
	t.Parallel()
	d := filled(t)
	raw := openRaw(t, d.sqlite)
	b := benchOf(t, nil, nameSQLite)
	v := b.variants[0]
	v.database = raw
	c := benchCase{name: "addSession", form: "a=%s"}
	add := func(sessions, entries int) {
		for range sessions {
			if _, err := raw.ExecContext(t.Context(), "INSERT INTO sessions (ip_type, type, state, password, created_at, modified_at) VALUES ('ipv4', 'Peer', '', '0', 0, 0)"); err != nil {
				t.Fatal(err)
			}
		}
		for range entries {
			if _, err := raw.ExecContext(t.Context(), "INSERT INTO log_entries (message, time) VALUES ('', 0)"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name                        string
		requests, sessions, entries int
		fits                        bool
	}{
		{"as many", 3, 3, 3, true}, {"one under way", 3, 4, 4, true}, {"one missing", 3, 2, 2, false},
		{"one without log", 3, 3, 2, false}, {"more than could be", 1, 6, 6, false},
	} {
		check, err := b.expect(t.Context(), v, c)
		if err != nil {
			t.Fatal(err)
		}
		add(test.sessions, test.entries)
		if err := check(t.Context(), sample{requests: int64(test.requests)}); (err == nil) != test.fits {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// A write is sent as a form, with addresses of each run's own.
func TestLoadOfWrites(t *testing.T) {
	t.Parallel()
	g, calls := fakeGenerator(t, 1, 1)
	for range 2 {
		if _, err := g.load(t.Context(), "127.0.0.1:1", benchCase{target: "/q", token: "t", form: "n=%3A&a=%s"}, 3*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	for i, call := range calls() {
		want := fmt.Sprintf("-t1 -c 4 -d 3s --timeout 20s -s load.lua http://127.0.0.1:1/q -H Authorization: Bearer t -- n=%%%%3A&a=%%s %s %d", addressFormat, i+1)
		if call != want {
			t.Errorf("wrk %s\nwant %s", call, want)
		}
	}
	g.program = filepath.Join(t.TempDir(), "none")
	if _, err := g.load(t.Context(), "127.0.0.1:1", benchCase{target: "/q"}, time.Second); err == nil {
		t.Error("no error without wrk")
	}
}
