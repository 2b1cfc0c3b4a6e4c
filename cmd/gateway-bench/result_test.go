package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func measured(perSecond float64, requests int64, memory int64) measurement {
	return measurement{
		sample: sample{requests: requests, perSecond: perSecond, p50: 2 * time.Millisecond, p99: 8 * time.Millisecond, cpu: time.Second / 2},
		memory: memory << 20, peak: (memory + 5) << 20,
		serverCPU: time.Second, databaseCPU: 2 * time.Second, others: 0.25,
	}
}

func exampleCase() caseResult {
	taking := []*variant{{name: namePHP}, {name: nameMariaDB}, {name: nameBare}}
	return summarise(benchCase{name: "getPeers", about: "networks"}, 123, taking, map[string][]measurement{
		namePHP:     {measured(100, 1000, 40), measured(50, 1000, 40), measured(110, 1000, 40)},
		nameMariaDB: {measured(300, 1000, 30), measured(150, 1000, 33), measured(220, 1000, 31)},
		nameBare:    {measured(3000, 1000, 20), measured(1000, 1000, 20), measured(2200, 1000, 20)},
	})
}

func TestSummarise(t *testing.T) {
	t.Parallel()
	c := exampleCase()
	v := c.find(nameMariaDB)
	want := variantResult{
		Name: nameMariaDB, PerSecond: spread{220, 150, 300}, P50: 2, P99: 8, MemoryMB: 31, PeakMB: 38,
		ServerCPU: 1, DatabaseCPU: 2, GeneratorCPU: 0.5, ToPHP: spread{3, 2, 3}, ToBare: spread{0.1, 0.1, 0.15},
		CPUToPHP: spread{1, 1, 1}, Others: spread{0.25, 0.25, 0.25},
	}
	if *v != want {
		t.Errorf("got  %+v\nwant %+v", *v, want)
	}
	if c.find(nameSQLite) != nil {
		t.Error("found a variant that took no part")
	}
}

func TestOthers(t *testing.T) {
	t.Parallel()
	r := &result{Cases: []caseResult{
		{Variants: []variantResult{{Others: spread{0.1, 0, 0.4}}, {Others: spread{0.2, 0, 1.5}}}}, {Variants: []variantResult{{Others: spread{0.9, 0, 1}}}},
	}}
	if typical, most := r.others(); typical != 0.2 || most != 1.5 {
		t.Errorf("typical %v, most %v", typical, most)
	}
}

func TestSummariseWithoutReferences(t *testing.T) {
	t.Parallel()
	c := summarise(benchCase{}, 0, []*variant{{name: nameSQLite}}, map[string][]measurement{nameSQLite: {measured(5, 10, 1)}})
	if v := c.find(nameSQLite); v.ToPHP != (spread{}) || v.ToBare != (spread{}) {
		t.Errorf("ratios to nothing: %+v", v)
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "r.json")
	want := &result{Cases: []caseResult{exampleCase()}, Aims: []aimResult{{Case: "getPeers", Met: true}}}
	if err := writeJSON(file, want); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got result
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Cases) != 1 || got.Cases[0].Variants[1] != want.Cases[0].Variants[1] || got.Aims[0] != want.Aims[0] {
		t.Errorf("read back %+v", got)
	}
	if err := writeJSON(filepath.Join(file, "x"), want); err == nil {
		t.Error("no error for a file that cannot be")
	}
}
