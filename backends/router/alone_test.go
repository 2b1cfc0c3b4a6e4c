package router

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/router/routerfake"
	"provision-gateway/models"
)

func TestOneConnectionAtATime(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{})
	b, _ := newBackend(patient())
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			a := accessTo(r, "")
			if i%2 == 1 {
				// Another name of the same router.
				a.ID, a.Name, a.Host = 18, "edge1 again", "["+a.Host+"]"
			}
			if err := b.Remove(t.Context(), a, neighbor("192.0.2.9")); err != nil {
				t.Error(err)
			}
			wantGone(t, r)
		})
	}
	all.Wait()
	if r.Logins() != 5 || len(b.locks.held) != 0 {
		t.Errorf("%d logins, %d locks left", r.Logins(), len(b.locks.held))
	}
}

func TestWaitingEnds(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	r := routerfake.New(t, routerfake.Options{Answer: func(line string) *routerfake.Answer {
		if line == "conf t" {
			close(arrived)
			return &routerfake.Answer{Hang: true}
		}
		return nil
	}})
	other := routerfake.New(t, routerfake.Options{})
	b, _ := newBackend(patient())
	ctx, leave := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() {
		err := b.Remove(ctx, accessTo(r, ""), neighbor("192.0.2.9"))
		wantFailure(t, err, models.Internal, "the request was given up at: conf t", false)
	})
	<-arrived
	begun := time.Now()
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := b.Neighbors(short, accessTo(r, ""))
	wantWithin(t, begun, 300*time.Millisecond)
	wantFailure(t, err, models.Internal, "Router edge1 is busy: another call has not ended in time", false)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v is no end of time", err)
	}
	if err := b.Remove(t.Context(), accessTo(other, ""), neighbor("192.0.2.9")); err != nil {
		t.Errorf("another router had to wait: %v", err)
	}
	leave()
	first.Wait()
}

// Nothing may go on after a call, however it ended. The test is not parallel:
// it looks at all goroutines of the process, and those that run beside each
// other start only after it.
func TestNothingGoesOn(t *testing.T) {
	hang := func(at string) routerfake.Options {
		return routerfake.Options{Answer: func(line string) *routerfake.Answer {
			if line == at {
				return &routerfake.Answer{Hang: true}
			}
			return nil
		}}
	}
	short := Config{ConnectTimeout: 500 * time.Millisecond, CommandTimeout: 300 * time.Millisecond, Timeout: time.Second}
	for name, c := range map[string]struct {
		options routerfake.Options
		config  Config
		access  func(*Access)
		trouble routerfake.Trouble
		limit   int
	}{
		"success":          {config: patient()},
		"wrong password":   {config: patient(), access: func(a *Access) { a.Password = "wrong" }},
		"wrong host key":   {config: patient(), access: func(a *Access) { a.HostKey = other(t) }},
		"no prompt":        {config: short, options: routerfake.Options{Prompt: "? "}},
		"silent command":   {config: short, options: hang("conf t")},
		"silent server":    {config: short, trouble: routerfake.Silence},
		"silent later":     {config: short, trouble: routerfake.Silence, limit: 3000},
		"garbage":          {config: short, trouble: routerfake.Garbage},
		"garbage later":    {config: short, trouble: routerfake.Garbage, limit: 3000},
		"slow drip":        {config: short, trouble: routerfake.Drip, limit: 1000},
		"reset":            {config: short, trouble: routerfake.Reset, limit: 1500},
		"endless question": {config: short, options: routerfake.Options{Answer: func(string) *routerfake.Answer { return &routerfake.Answer{Question: "Sure? ", Expect: "yes"} }}},
	} {
		t.Run(name, func(t *testing.T) {
			r := routerfake.New(t, c.options)
			y := routerfake.NewRelay(t, r)
			y.Make(c.trouble, c.limit)
			b, _ := newBackend(c.config)
			a := through(accessTo(r, ""), y)
			if c.access != nil {
				c.access(&a)
			}
			if err := b.Remove(t.Context(), a, neighbor("192.0.2.9")); (err == nil) != (name == "success") {
				t.Errorf("error %v", err)
			}
			wantGone(t, y)
			n, stacks := goroutines()
			for end := time.Now().Add(5 * time.Second); n > 0 && time.Now().Before(end); n, stacks = goroutines() {
				time.Sleep(5 * time.Millisecond)
			}
			if n > 0 {
				t.Errorf("%d goroutines left:\n%s", n, stacks)
			}
		})
	}
}
