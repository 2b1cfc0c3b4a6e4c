// Command gateway-bench measures how many requests a second the gateway
// answers, on SQLite and on MariaDB, beside two references: a bare net/http
// handler that writes the same bytes from memory, and the same API in PHP
// (nginx, php-fpm, PDO, json_encode) on the same MariaDB with the same indexes.
//
// All run on this machine, in one run, in rounds that take turns, so that what
// else the machine does falls on all of them; only ratios within one run mean
// anything. Before anything is measured, every variant must answer the same
// bytes. See docs/benchmark.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

// The exit codes.
const (
	exitOK = iota
	exitFailure
	exitUsage
	// exitNotMet is the answer to -check when an aim is not met.
	exitNotMet
)

// Processes are started on the main thread, which lives as long as the
// process: the kernel ends them when the thread that started them ends.
func init() { runtime.LockOSThread() }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(command(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// command runs the program and returns its exit code. The sub-command shadow
// measures something else; the two hidden ones are the servers that the program
// starts from its own file.
func command(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	run := runBenchmark
	if len(args) > 0 {
		switch args[0] {
		case commandGateway:
			run, args = serveGateway, args[1:]
		case commandBare:
			run, args = serveBare, args[1:]
		case commandShadow:
			run, args = measureShadow, args[1:]
		}
	}
	code, err := run(ctx, args, stdout, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "gateway-bench:", err)
	}
	return code
}

// runBenchmark measures and prints.
func runBenchmark(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	s, err := readSettings(args, stderr)
	if err != nil {
		return exitUsage, err
	}
	progress := func(format string, args ...any) { _, _ = fmt.Fprintf(stderr, format+"\n", args...) }
	r, err := measureAll(ctx, s, progress)
	if ctx.Err() != nil {
		return exitFailure, errors.New("interrupted")
	}
	if err != nil {
		return exitFailure, err
	}
	if err := printReport(stdout, r); err != nil {
		return exitFailure, err
	}
	if s.jsonFile != "" {
		if err := writeJSON(s.jsonFile, r); err != nil {
			return exitFailure, err
		}
	}
	if s.check && !allMet(r.Aims) {
		return exitNotMet, nil
	}
	return exitOK, nil
}
