package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// measureAll starts everything, checks that all variants agree, measures the
// cases and stops everything.
func measureAll(ctx context.Context, s settings, progress func(string, ...any)) (*result, error) {
	p, err := findPrograms(programFolders())
	if err != nil {
		return nil, err
	}
	progress("filling SQLite and MariaDB, starting servers")
	m, err := startMachine(ctx, p, fullAmount)
	defer m.stop()
	if err != nil {
		return nil, err
	}
	script := filepath.Join(m.folder, "load.lua")
	if err := os.WriteFile(script, loadScript, 0o600); err != nil {
		return nil, err
	}
	b := &bench{machine: m, settings: s, progress: progress, generator: &loadGenerator{program: p.wrk, script: script, connections: s.connections}}
	cases := makeCases(s.cases, m.databases.credential, m.databases.data)
	if b.answers, err = m.agree(ctx, b.generator, cases); err != nil {
		return nil, fmt.Errorf("the variants do not agree: %w", err)
	}
	progress("all variants answer the same bytes")
	r := &result{}
	if r.Environment, err = b.describe(ctx); err != nil {
		return nil, err
	}
	for _, c := range cases {
		taking, by, err := b.measureCase(ctx, c)
		if err != nil {
			return nil, err
		}
		r.Cases = append(r.Cases, summarise(c, len(b.answers.bodies[c.target]), taking, by))
	}
	r.Environment.LoadAfter = loadAverage()
	database, err := usageOf([]int{m.databaseGroup})
	r.Environment.MariaDBMB = megabytes(database.memory)
	r.Aims = judge(r.Cases, aims())
	return r, err
}
