package main

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	const tail = " S 1 4242 4242 0 -1 4194560 100 200 0 0 150 50 9 9 20 0 8 0 12345 1000000 500"
	for _, name := range []string{"nginx", "php-fpm: master", "a) S 1 7 (b"} {
		got, err := parseStat("4243 (" + name + ")" + tail)
		if err != nil || got != (procStat{4242, 2 * time.Second}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, text := range []string{"", "1 (x", "1 (x) S 1 2", "1 (x)" + strings.Replace(tail, "150", "many", 1)} {
		if got, err := parseStat(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add("4243 (nginx) S 1 4242 4242 0 -1 4194560 100 200 0 0 150 50 9 9 20 0 8 0")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := parseStat(text); err != nil && got != (procStat{}) {
			t.Errorf("an error and %+v", got)
		}
	})
}

func TestParseMachine(t *testing.T) {
	t.Parallel()
	got, err := parseMachine("cpu  100 20 30 5000 6 7 8 0 0 0\ncpu0 1 2 3 4\n")
	if err != nil || got != 1500*time.Millisecond {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "cpu 1 2", "cpu0 1 2 3 4", "cpu 1 x 3 4"} {
		if got, err := parseMachine(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

const rollup = `55d0c0a00000-7ffd1e5fe000 ---p 00000000 00:00 0                          [rollup]
Rss:               10000 kB
Pss:                7000 kB
Shared_Clean:       3000 kB
Shared_Dirty:       1000 kB
Private_Clean:      2000 kB
Private_Dirty:      4000 kB
Referenced:        10000 kB
`

func TestParseRollup(t *testing.T) {
	t.Parallel()
	private, shared := parseRollup(rollup)
	if private != 6000<<10 || shared != 4000<<10 {
		t.Errorf("private %d, shared %d", private, shared)
	}
	if private, shared := parseRollup("Private_Clean: many kB\n\nPrivate_Dirty:\n"); private != 0 || shared != 0 {
		t.Errorf("of nothing: private %d, shared %d", private, shared)
	}
}

func FuzzParseRollup(f *testing.F) {
	f.Add(rollup)
	f.Fuzz(func(t *testing.T, text string) {
		if !strings.Contains(text, "_") {
			if private, shared := parseRollup(text); private != 0 || shared != 0 {
				t.Errorf("%q: private %d, shared %d", text, private, shared)
			}
		}
	})
}

func TestUsageOf(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		if _, err := usageOf([]int{1}); err == nil {
			t.Error("no error without /proc")
		}
		return
	}
	p := startShell(t, "while :; do :; done")
	var u usage
	for deadline := time.Now().Add(20 * time.Second); u.cpu < 100*time.Millisecond && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var err error
		if u, err = usageOf([]int{p.group()}); err != nil {
			t.Fatal(err)
		}
	}
	if u.cpu < 100*time.Millisecond || u.memory < 100<<10 {
		t.Errorf("a busy shell uses %+v", u)
	}
	p.stop()
	if _, err := usageOf([]int{p.group()}); err == nil {
		t.Error("no error for a server that ended")
	}
}
