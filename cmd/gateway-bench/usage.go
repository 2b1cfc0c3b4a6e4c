package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what a server takes of the machine.
type usage struct {
	// memory is in bytes: of every process group what its processes have for
	// themselves, and once the most that one of them shares. For a single
	// process that is its resident set.
	memory int64
	// cpu is the CPU time used so far.
	cpu time.Duration
}

// usageOf adds up what process groups use. It reads Linux's /proc.
func usageOf(groups []int) (usage, error) {
	var total usage
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return total, err
	}
	shared := map[int]int64{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // ended since
		}
		stat, err := parseStat(string(text))
		if err != nil {
			return total, fmt.Errorf("%s: %w", file, err)
		}
		if !slices.Contains(groups, stat.group) {
			continue
		}
		total.cpu += stat.cpu
		rollup, err := os.ReadFile(filepath.Join(filepath.Dir(file), "smaps_rollup"))
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return total, err
		}
		private, common := parseRollup(string(rollup))
		total.memory += private
		shared[stat.group] = max(shared[stat.group], common)
	}
	if len(shared) != len(groups) {
		return total, fmt.Errorf("%d of %d servers are not running", len(groups)-len(shared), len(groups))
	}
	for _, common := range shared {
		total.memory += common
	}
	return total, nil
}

// procStat is part of /proc/PID/stat.
type procStat struct {
	group int
	cpu   time.Duration
}

// ticks is how many units of CPU time the kernel counts a second; it has been
// 100 on every architecture of Linux since before /proc showed it.
const ticks = 100

// parseStat reads /proc/PID/stat. The name in parentheses may hold anything.
func parseStat(text string) (procStat, error) {
	end := strings.LastIndexByte(text, ')')
	fields := strings.Fields(text[end+1:])
	// Counted from the state, which follows the name: 2 is the process group,
	// 11 and 12 are user and system time.
	if end < 0 || len(fields) < 13 {
		return procStat{}, fmt.Errorf("unexpected text %q", text)
	}
	var numbers [3]int
	for i, at := range []int{2, 11, 12} {
		n, err := strconv.Atoi(fields[at])
		if err != nil {
			return procStat{}, err
		}
		numbers[i] = n
	}
	return procStat{numbers[0], time.Duration(numbers[1]+numbers[2]) * time.Second / ticks}, nil
}

// machineCPU is the CPU time that all processes together used so far, which
// Linux's /proc/stat tells.
func machineCPU() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	return parseMachine(string(text))
}

// parseMachine adds up the user, nice and system times of /proc/stat.
func parseMachine(text string) (time.Duration, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 4 || fields[0] != "cpu" {
		return 0, fmt.Errorf("/proc/stat begins with %q", line)
	}
	var sum int64
	for _, field := range fields[1:4] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return time.Duration(sum) * time.Second / ticks, nil
}

// parseRollup reads /proc/PID/smaps_rollup: bytes that the process has for
// itself, and that it shares with others.
func parseRollup(text string) (private, shared int64) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			continue
		}
		switch fields[0] {
		case "Private_Clean:", "Private_Dirty:":
			private += kilobytes << 10
		case "Shared_Clean:", "Shared_Dirty:":
			shared += kilobytes << 10
		}
	}
	return private, shared
}
