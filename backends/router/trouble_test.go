package router

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"provision-gateway/backends/router/routerfake"
	"provision-gateway/models"
)

func TestUnreachable(t *testing.T) {
	t.Parallel()
	b, _ := newBackend(patient())
	for name, c := range map[string]struct {
		host, text string
	}{
		"nobody listens": {"127.0.0.1", "Router edge1 is unreachable: connection refused"},
		"no such name":   {"no such name", "Router edge1 is unreachable: its name cannot be resolved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := Access{Name: "edge1", Host: c.host, Port: closedPort(t), Platform: "frrouting", Username: "u", Password: "p"}
			_, err := b.Neighbors(t.Context(), a)
			wantFailure(t, err, models.Internal, c.text, false)
		})
	}
}

// The connection fails at every stage: before and in the SSH banner, during the
// key exchange, the authentication, the shell, and the lines. Each time the
// call ends in time and says whether lines may have been taken, nothing stays
// open, and the next call works.
func TestTroubleAtEveryStage(t *testing.T) {
	t.Parallel()
	whole := measure(t)
	limits := []int{0, 5}
	const stages = 16
	for i := 1; i < stages; i++ {
		limits = append(limits, whole*i/stages)
	}
	for _, trouble := range []struct {
		name   string
		kind   routerfake.Trouble
		limits []int
	}{
		{"close", routerfake.Close, limits},
		{"reset", routerfake.Reset, limits},
		{"garbage", routerfake.Garbage, limits},
		{"silence", routerfake.Silence, []int{0, 5, whole / 4, whole / 2, whole * 7 / 8}},
		{"drip", routerfake.Drip, []int{0, 5, whole / 4, whole / 2}},
	} {
		for _, limit := range trouble.limits {
			t.Run(fmt.Sprintf("%s after %d of %d bytes", trouble.name, limit, whole), func(t *testing.T) {
				t.Parallel()
				r := routerfake.New(t, routerfake.Options{})
				y := routerfake.NewRelay(t, r)
				y.Make(trouble.kind, limit)
				config := Config{ConnectTimeout: 1500 * time.Millisecond, CommandTimeout: time.Second, Timeout: 2500 * time.Millisecond}
				b, log := newBackend(config)
				a := through(accessTo(r, ""), y)
				begun := time.Now()
				err := b.Configure(t.Context(), a, neighbor("192.0.2.9"))
				wantWithin(t, begun, config.Timeout)
				if err == nil {
					t.Fatalf("no error\n%s", log)
				}
				sent := slices.Contains(r.Lines(), "router bgp 64500")
				if sent && !uncertain(err) {
					t.Errorf("error %q is certain although the router got lines", err)
				}
				if !sent && y.Passed() < whole/2 && uncertain(err) {
					t.Errorf("error %q is uncertain although the router got no line", err)
				}
				wantFailure(t, err, models.Internal, "Router edge1 ", uncertain(err))
				wantGone(t, y)

				y.Make(routerfake.None, 0)
				again, _ := newBackend(patient())
				if err := again.Configure(t.Context(), a, neighbor("192.0.2.9")); err != nil {
					t.Errorf("after the trouble: %v", err)
				}
			})
		}
	}
}

// measure counts the bytes that a router sends while it is configured.
func measure(t *testing.T) int {
	t.Helper()
	r := routerfake.New(t, routerfake.Options{})
	y := routerfake.NewRelay(t, r)
	y.Make(routerfake.Silence, 1<<30)
	b, _ := newBackend(patient())
	if err := b.Configure(t.Context(), through(accessTo(r, ""), y), neighbor("192.0.2.9")); err != nil {
		t.Fatal(err)
	}
	return y.Passed()
}

func TestSilence(t *testing.T) {
	t.Parallel()
	hang := func(at string) func(string) *routerfake.Answer {
		return func(line string) *routerfake.Answer {
			if line == at {
				return &routerfake.Answer{Hang: true}
			}
			return nil
		}
	}
	for name, c := range map[string]struct {
		options   routerfake.Options
		config    func(*Config)
		limit     time.Duration
		text      string
		uncertain bool
	}{
		"no prompt of the platform": {
			options: routerfake.Options{Prompt: "login shell % "},
			config:  func(c *Config) { c.ConnectTimeout = time.Second }, limit: time.Second,
			text: "Router edge1 is unreachable: it let the user in, but showed no prompt of its platform within 1s",
		},
		"a command to prepare the terminal": {
			options: routerfake.Options{Answer: hang("terminal length 0")},
			config:  func(c *Config) { c.ConnectTimeout = time.Second }, limit: time.Second,
			text: "showed no prompt of its platform within 1s",
		},
		"entering the configuration": {
			options: routerfake.Options{Answer: hang("conf t")}, limit: hasty().CommandTimeout,
			text: "Router edge1 stopped answering: it did not settle in time: conf t",
		},
		"a line": {
			options: routerfake.Options{Answer: hang("neighbor 192.0.2.9 password 0 s3cret-key")}, limit: hasty().CommandTimeout,
			text: "did not settle in time: neighbor 192.0.2.9 password 0 <secret>", uncertain: true,
		},
		"saving": {
			options: routerfake.Options{Answer: hang("write")}, limit: hasty().CommandTimeout,
			text: "did not settle in time: write", uncertain: true,
		},
		"the whole call": {
			options: routerfake.Options{Delay: 20 * time.Millisecond},
			config:  func(c *Config) { *c = patient(); c.Timeout = 1500 * time.Millisecond }, limit: 1500 * time.Millisecond,
			text: "Router edge1 ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := routerfake.New(t, c.options)
			config := hasty()
			if c.config != nil {
				c.config(&config)
			}
			b, log := newBackend(config)
			begun := time.Now()
			err := b.Configure(t.Context(), accessTo(r, ""), neighbor("192.0.2.9"))
			if c.limit == config.CommandTimeout {
				// The lines before the silent one take their time too.
				begun = begun.Add(2 * time.Second)
			}
			wantWithin(t, begun, c.limit)
			wantFailure(t, err, models.Internal, c.text, c.uncertain)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v is no end of time", err)
			}
			wantNoSecret(t, log.String())
			wantGone(t, r)
		})
	}
}

func TestLostMidway(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at        string
		text      string
		uncertain bool
	}{
		"before any line":        {"conf t", "Router edge1 was lost: it closed the connection at: conf t", false},
		"at the first line":      {"router bgp 64500", "it closed the connection at: router bgp 64500", true},
		"in the middle":          {"neighbor 192.0.2.9 maximum-prefix 20", "maximum-prefix 20", true},
		"while saving":           {"write", "it closed the connection at: write", true},
		"preparing the terminal": {"terminal length 0", "Router edge1 is unreachable: after the login it closed the connection", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := routerfake.New(t, routerfake.Options{Answer: func(line string) *routerfake.Answer {
				if line == c.at {
					return &routerfake.Answer{Close: true}
				}
				return nil
			}})
			b, log := newBackend(patient())
			err := b.Configure(t.Context(), accessTo(r, ""), neighbor("192.0.2.9"))
			wantFailure(t, err, models.Internal, c.text, c.uncertain)
			wantNoSecret(t, log.String())
			wantGone(t, r)
		})
	}
}

func TestGivenUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at        string
		text      string
		uncertain bool
	}{
		"during the login":   {"terminal length 0", "Router edge1 is unreachable: the request was given up", false},
		"between the lines":  {"neighbor 192.0.2.9 remote-as 64501", "the request was given up at: neighbor 192.0.2.9 remote-as 64501", true},
		"before any line":    {"conf t", "the request was given up at: conf t", false},
		"before the connect": {"", "Router edge1 was not connected to: the request was given up", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.at == "" {
				cancel()
			}
			r := routerfake.New(t, routerfake.Options{Answer: func(line string) *routerfake.Answer {
				if line == c.at {
					cancel()
					return &routerfake.Answer{Hang: true}
				}
				return nil
			}})
			b, _ := newBackend(patient())
			begun := time.Now()
			err := b.Configure(ctx, accessTo(r, ""), neighbor("192.0.2.9"))
			wantWithin(t, begun, 5*time.Second)
			wantFailure(t, err, models.Internal, c.text, c.uncertain)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v does not say that the context was cancelled", err)
			}
			wantGone(t, r)
		})
	}
}
