package main

import (
	"encoding/json"
	"os"
	"slices"
	"time"
)

// result is one run, as -json writes it.
type result struct {
	Environment environment  `json:"environment"`
	Cases       []caseResult `json:"cases"`
	Aims        []aimResult  `json:"aims"`
}

// environment says where and with what a run was made.
type environment struct {
	Time        string   `json:"time"`
	Cores       int      `json:"cores"`
	Processor   string   `json:"processor"`
	MemoryMB    int      `json:"memory_mb"`
	LoadBefore  string   `json:"load_before"`
	LoadAfter   string   `json:"load_after"`
	Versions    []string `json:"versions"`
	Rounds      int      `json:"rounds"`
	Seconds     float64  `json:"seconds"`
	Connections int      `json:"connections"`
	// MariaDBMB is the memory of the MariaDB server, which most variants use.
	MariaDBMB float64 `json:"mariadb_mb"`
}

// caseResult is one case.
type caseResult struct {
	Name  string `json:"name"`
	About string `json:"about"`
	// Bytes is the length of the body of an answer.
	Bytes    int             `json:"bytes"`
	Variants []variantResult `json:"variants"`
}

// variantResult is a variant in a case. Numbers without a word about it are
// medians over the rounds.
type variantResult struct {
	Name      string `json:"name"`
	PerSecond spread `json:"requests_per_second"`
	// P50 and P99 are in milliseconds.
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
	// MemoryMB is at the end of the last round, PeakMB the most in any.
	MemoryMB float64 `json:"memory_mb"`
	PeakMB   float64 `json:"peak_mb"`
	// The CPU time of one request, in milliseconds: in the variant's servers,
	// in MariaDB and in wrk.
	ServerCPU    float64 `json:"server_cpu_ms"`
	DatabaseCPU  float64 `json:"mariadb_cpu_ms"`
	GeneratorCPU float64 `json:"wrk_cpu_ms"`
	// ToPHP and ToBare are ratios of requests per second; CPUToPHP is how many
	// requests the servers and MariaDB answer in the CPU time of one of PHP's.
	ToPHP    spread `json:"to_php"`
	ToBare   spread `json:"to_bare"`
	CPUToPHP spread `json:"cpu_to_php"`
	// Others is how many cores other programs kept busy meanwhile.
	Others spread `json:"other_cores"`
}

// others is how many cores other programs kept busy during the measurements,
// the median of all variants' medians and the most in any round.
func (r *result) others() (typical, most float64) {
	var medians []float64
	for _, c := range r.Cases {
		for _, v := range c.Variants {
			medians, most = append(medians, v.Others.Median), max(most, v.Others.Max)
		}
	}
	return median(medians), most
}

// find returns the result of a variant, nil when it took no part.
func (c *caseResult) find(name string) *variantResult {
	i := slices.IndexFunc(c.Variants, func(v variantResult) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Variants[i]
}

// summarise makes the result of a case out of its measurements.
func summarise(c benchCase, bytes int, taking []*variant, by map[string][]measurement) caseResult {
	r := caseResult{Name: c.name, About: c.about, Bytes: bytes}
	for _, v := range taking {
		ms := by[v.name]
		rates := each(ms, perSecond)
		last := ms[len(ms)-1]
		r.Variants = append(r.Variants, variantResult{
			Name: v.name, PerSecond: spreadOf(rates),
			P50:      median(each(ms, func(m measurement) float64 { return m.p50.Seconds() * 1000 })),
			P99:      median(each(ms, func(m measurement) float64 { return m.p99.Seconds() * 1000 })),
			MemoryMB: megabytes(last.memory), PeakMB: slices.Max(each(ms, func(m measurement) float64 { return megabytes(m.peak) })),
			ServerCPU:    median(each(ms, func(m measurement) float64 { return m.perRequest(m.serverCPU) })),
			DatabaseCPU:  median(each(ms, func(m measurement) float64 { return m.perRequest(m.databaseCPU) })),
			GeneratorCPU: median(each(ms, func(m measurement) float64 { return m.perRequest(m.cpu) })),
			ToPHP:        spreadOf(ratios(rates, each(by[namePHP], perSecond))),
			ToBare:       spreadOf(ratios(rates, each(by[nameBare], perSecond))),
			CPUToPHP:     spreadOf(ratios(each(by[namePHP], cpuPerRequest), each(ms, cpuPerRequest))),
			Others:       spreadOf(each(ms, func(m measurement) float64 { return m.others })),
		})
	}
	return r
}

func perSecond(m measurement) float64 { return m.perSecond }

// perRequest is the share of one request in a time, in milliseconds.
func (m measurement) perRequest(total time.Duration) float64 {
	return total.Seconds() * 1000 / float64(m.requests)
}

func cpuPerRequest(m measurement) float64 { return m.perRequest(m.serverCPU + m.databaseCPU) }

func each(ms []measurement, f func(measurement) float64) []float64 {
	out := make([]float64, len(ms))
	for i, m := range ms {
		out[i] = f(m)
	}
	return out
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func writeJSON(file string, r *result) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
