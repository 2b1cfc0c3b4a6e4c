package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

//go:embed load.lua
var loadScript []byte

// loadGenerator runs wrk.
type loadGenerator struct {
	program, script string
	connections     int
	// runs counts the runs that add rows: each has addresses of its own.
	runs int
}

// sample is what the load generator says about one measurement.
type sample struct {
	requests, bytes int64
	length          time.Duration
	perSecond       float64
	// p50 and p99 are the times within which half of the answers, and 99 of
	// 100, came.
	p50, p99 time.Duration
	// cpu is the CPU time of the generator itself.
	cpu time.Duration
}

// nextRun is a number that no run had before.
func (g *loadGenerator) nextRun() int {
	g.runs++
	return g.runs
}

// load asks a server for some time and says how it answered. Every answer must
// have come, with a status below 400.
func (g *loadGenerator) load(ctx context.Context, address string, c benchCase, length time.Duration) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, length+30*time.Second)
	defer cancel()
	args := []string{
		"-t1", "-c", strconv.Itoa(g.connections), "-d", strconv.Itoa(int(length/time.Second)) + "s", "--timeout", "20s",
		"-s", g.script, "http://" + address + c.target,
	}
	if c.token != "" {
		args = append(args, "-H", "Authorization: Bearer "+c.token)
	}
	if c.isWrite() {
		args = append(args, "--", escapeLua(c.form), addressFormat, strconv.Itoa(g.nextRun()))
	}
	var out, errorText bytes.Buffer
	cmd := exec.CommandContext(ctx, g.program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errorText
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	if err := cmd.Run(); err != nil {
		return sample{}, fmt.Errorf("wrk: %w\n%s", err, errorText.Bytes())
	}
	s, err := parseLoad(out.Bytes())
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return s, err
}

// escapeLua makes a form with one %s a format of Lua: percent-encoding stays.
func escapeLua(form string) string {
	head, tail, _ := bytes.Cut([]byte(form), []byte("%s"))
	double := func(b []byte) string { return string(bytes.ReplaceAll(b, []byte("%"), []byte("%%"))) }
	return double(head) + "%s" + double(tail)
}

// parseLoad reads the line that load.lua prints at the end of wrk's output.
func parseLoad(output []byte) (sample, error) {
	const mark = "\nRESULT "
	at := bytes.LastIndex(output, []byte(mark))
	if at < 0 {
		return sample{}, fmt.Errorf("wrk printed no result:\n%s", output)
	}
	var r struct {
		Requests, Microseconds, Bytes, P50, P99 int64
		ConnectErrors                           int64 `json:"connect_errors"`
		ReadErrors                              int64 `json:"read_errors"`
		WriteErrors                             int64 `json:"write_errors"`
		StatusErrors                            int64 `json:"status_errors"`
		Timeouts                                int64
	}
	if err := json.Unmarshal(output[at+len(mark):], &r); err != nil {
		return sample{}, fmt.Errorf("result of wrk: %w", err)
	}
	if bad := r.ConnectErrors + r.ReadErrors + r.WriteErrors + r.StatusErrors + r.Timeouts; bad > 0 {
		return sample{}, fmt.Errorf("of %d requests failed to connect %d, to read %d, to write %d, with a status of 400 or more %d, by timeout %d",
			r.Requests, r.ConnectErrors, r.ReadErrors, r.WriteErrors, r.StatusErrors, r.Timeouts)
	}
	if r.Requests < 1 || r.Microseconds < 1 {
		return sample{}, errors.New("wrk sent no request")
	}
	return sample{
		requests: r.Requests, bytes: r.Bytes, length: time.Duration(r.Microseconds) * time.Microsecond,
		perSecond: float64(r.Requests) / (float64(r.Microseconds) / 1e6),
		p50:       time.Duration(r.P50) * time.Microsecond, p99: time.Duration(r.P99) * time.Microsecond,
	}, nil
}
