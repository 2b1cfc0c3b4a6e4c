package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// describe says where and with what a run is made.
func (b *bench) describe(ctx context.Context) (environment, error) {
	mariadb, err := b.databases.mariadbVersion(ctx)
	if err != nil {
		return environment{}, err
	}
	kilobytes, _ := strconv.Atoi(strings.TrimSuffix(fieldOf("/proc/meminfo", "MemTotal"), " kB"))
	return environment{
		Time: time.Now().UTC().Format("2006-01-02 15:04 UTC"), Cores: runtime.NumCPU(),
		Processor: fieldOf("/proc/cpuinfo", "model name"), MemoryMB: kilobytes >> 10, LoadBefore: loadAverage(),
		Versions: []string{
			runtime.Version(), "MariaDB " + mariadb, firstLine(b.programs.fpm, "-v"), firstLine(b.programs.nginx, "-v"), firstLine(b.programs.wrk, "-v"),
		},
		Rounds: b.settings.rounds, Seconds: b.settings.duration.Seconds(), Connections: b.settings.connections,
	}, nil
}

// loadAverage is the machine's load over the last minute.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// fieldOf is the value of the first `NAME: VALUE` line of a file.
func fieldOf(file, name string) string {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// firstLine is how a program names itself; some do with an exit code of 1.
func firstLine(program, argument string) string {
	out, _ := exec.Command(program, argument).CombinedOutput()
	line, _, _ := strings.Cut(string(out), "\n")
	line, _, _ = strings.Cut(strings.TrimPrefix(line, "nginx version: "), " [")
	line, _, _ = strings.Cut(line, " (")
	if line == "" {
		return filepath.Base(program)
	}
	return line
}
