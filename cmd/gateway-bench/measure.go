package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// measurement is a sample with what the servers took meanwhile.
type measurement struct {
	sample
	// memory is what the variant's servers held at the end, peak the most that
	// was seen, in bytes.
	memory, peak int64
	// serverCPU and databaseCPU are the CPU time that the variant's servers and
	// MariaDB used.
	serverCPU, databaseCPU time.Duration
	// others is how many cores programs were busy with that have nothing to do
	// with the measurement.
	others float64
}

const (
	// warmUp is how long a variant is asked before it is measured.
	warmUp = time.Second
	// between is a pause that lets a server finish what it began.
	between = 200 * time.Millisecond
	// watch is how often memory is looked at.
	watch = 500 * time.Millisecond
)

// bench measures on a machine.
type bench struct {
	*machine
	settings  settings
	generator *loadGenerator
	answers   answers
	progress  func(format string, args ...any)
}

// measureCase measures every variant that takes part in a case, in rounds.
// Each round begins with another variant. The result is by variant.
func (b *bench) measureCase(ctx context.Context, c benchCase) ([]*variant, map[string][]measurement, error) {
	taking := slices.DeleteFunc(slices.Clone(b.variants), func(v *variant) bool { return !v.takesPart(c) })
	results := map[string][]measurement{}
	for _, v := range taking {
		if _, err := b.generator.load(ctx, v.address, c, warmUp); err != nil {
			return nil, nil, fmt.Errorf("%s: %s: %w", c.name, v.name, err)
		}
	}
	for round := range b.settings.rounds {
		b.progress("%s, round %d of %d", c.name, round+1, b.settings.rounds)
		for i := range taking {
			v := taking[(i+round)%len(taking)]
			m, err := b.measureOne(ctx, v, c)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %s: %w", c.name, v.name, err)
			}
			results[v.name] = append(results[v.name], m)
		}
	}
	for _, v := range taking {
		if err := b.checkOne(ctx, v, b.generator, c, b.answers); err != nil {
			return nil, nil, err
		}
		if err := b.profile(ctx, v, c); err != nil {
			return nil, nil, err
		}
	}
	return taking, results, nil
}

// measureOne measures a variant once, and checks what was answered or written.
func (b *bench) measureOne(ctx context.Context, v *variant, c benchCase) (m measurement, err error) {
	time.Sleep(between)
	check, err := b.expect(ctx, v, c)
	if err != nil {
		return m, err
	}
	before, err := b.look(v)
	if err != nil {
		return m, err
	}
	stop := make(chan struct{})
	peak := watchMemory(v.groups, stop)
	m.sample, err = b.generator.load(ctx, v.address, c, b.settings.duration)
	close(stop)
	m.peak = <-peak
	if err != nil {
		return m, err
	}
	after, err := b.look(v)
	if err != nil {
		return m, err
	}
	m.memory, m.peak = after.server.memory, max(m.peak, before.server.memory, after.server.memory)
	m.serverCPU, m.databaseCPU = after.server.cpu-before.server.cpu, after.database.cpu-before.database.cpu
	others := after.machine - before.machine - m.serverCPU - m.databaseCPU - m.cpu
	m.others = max(0, others.Seconds()/m.length.Seconds())
	return m, check(ctx, m.sample)
}

// looked is what a look at the machine shows.
type looked struct {
	server, database usage
	machine          time.Duration
}

func (b *bench) look(v *variant) (l looked, err error) {
	if l.server, err = usageOf(v.groups); err != nil {
		return l, err
	}
	if l.database, err = usageOf([]int{b.databaseGroup}); err != nil {
		return l, err
	}
	l.machine, err = machineCPU()
	return l, err
}

// watchMemory looks at the memory of servers until stop is closed, and then
// sends the most that it saw.
func watchMemory(groups []int, stop <-chan struct{}) <-chan int64 {
	result := make(chan int64, 1)
	go func() {
		var most int64
		ticker := time.NewTicker(watch)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				result <- most
				return
			case <-ticker.C:
				// What goes wrong here shows in the look at the end.
				if u, err := usageOf(groups); err == nil {
					most = max(most, u.memory)
				}
			}
		}
	}()
	return result
}

// expect prepares the check of a measurement: of a read that as many bytes came
// as belong to the answers, of a write that as many rows were added.
func (b *bench) expect(ctx context.Context, v *variant, c benchCase) (func(context.Context, sample) error, error) {
	open := int64(b.settings.connections)
	if !c.isWrite() {
		size := b.answers.sizes[v.name][c.target]
		return func(_ context.Context, s sample) error {
			return within("bytes", s.bytes, s.requests*size, (s.requests+open)*size)
		}, nil
	}
	if v.database == nil {
		return func(context.Context, sample) error { return nil }, nil
	}
	sessions, entries, err := v.rows(ctx)
	return func(ctx context.Context, s sample) error {
		time.Sleep(between)
		sessionsAfter, entriesAfter, err := v.rows(ctx)
		if err != nil {
			return err
		}
		if err := within("new sessions", sessionsAfter-sessions, s.requests, s.requests+open); err != nil {
			return err
		}
		return within("new log entries", entriesAfter-entries, sessionsAfter-sessions, sessionsAfter-sessions)
	}, err
}

// within checks a count. Requests that were under way when the measurement
// ended make the two limits differ.
func within(what string, got, least, most int64) error {
	if got < least || got > most {
		return fmt.Errorf("%d %s, expected %d to %d", got, what, least, most)
	}
	return nil
}
