package peeringdb_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
)

// faults are the ways a server fails, and what is said about each.
func faults() map[string]struct {
	fault peeringdbtest.Fault
	want  string
	// status is that of the answer; 0 when there was none.
	status int
} {
	type row = struct {
		fault  peeringdbtest.Fault
		want   string
		status int
	}
	f := func(kind peeringdbtest.Kind, want string, status int) row {
		return row{peeringdbtest.Fault{Kind: kind, List: "netixlan"}, want, status}
	}
	return map[string]row{
		"refused":      {peeringdbtest.Fault{Kind: peeringdbtest.Refused}, "PeeringDB list poc: cannot connect to HOST: connect: connection refused", 0},
		"reset":        f(peeringdbtest.Reset, "PeeringDB list netixlan: no answer from HOST: ", 0),
		"black hole":   f(peeringdbtest.BlackHole, "PeeringDB list netixlan: HOST gave no answer in time (", 0),
		"stuck":        f(peeringdbtest.Stuck, "PeeringDB list netixlan: no byte of the answer came for 300ms", 200),
		"slow":         f(peeringdbtest.Slow, "PeeringDB list netixlan: the request took too long: more than 700ms", 200),
		"cut, length":  f(peeringdbtest.CutLength, " bytes: unexpected EOF", 200),
		"cut, chunked": f(peeringdbtest.CutChunked, " bytes: unexpected EOF", 200),
		"cut, silent":  f(peeringdbtest.CutSilently, "PeeringDB list netixlan: the answer is broken: byte ", 200),
		"garbage":      f(peeringdbtest.Garbage, "PeeringDB list netixlan: the answer is broken: byte ", 200),
		"not JSON":     f(peeringdbtest.NotJSON, "PeeringDB list netixlan: the answer is broken: byte 0: invalid character 'u' looking for beginning of value", 200),
		"firewall":     f(peeringdbtest.Firewall, "PeeringDB list netixlan: access was denied to this API key (HTML: a firewall, a proxy or a maintenance page answered, not the API)", 403),
		"firewall 200": f(peeringdbtest.FirewallOK, "PeeringDB list netixlan: HTML came instead of a list: a firewall, a proxy or a maintenance page answered, not the API", 200),
		"5xx":          f(peeringdbtest.ServerError, "PeeringDB list netixlan: the server failed with status 502 (HTML: a firewall, a proxy or a maintenance page answered, not the API)", 502),
		"throttled":    f(peeringdbtest.Throttled, `PeeringDB list netixlan: too many requests: "Request was throttled."`, 429),
		"forbidden":    f(peeringdbtest.Forbidden, `PeeringDB list netixlan: access was denied to this API key: "You do not have permission to perform this action."`, 403),
		"bad request":  f(peeringdbtest.BadRequest, `PeeringDB list netixlan: the request was refused: "unexpected Api-Key <secret>"`, 400),
		"truncated":    f(peeringdbtest.Truncated, `PeeringDB list netixlan: the answer is not the whole list: "\"too many rows\""`, 200),
		"elsewhere": {peeringdbtest.Fault{Kind: peeringdbtest.Elsewhere, List: "netixlan", Location: "https://user:pass@elsewhere.example.net/x"},
			`PeeringDB list netixlan: redirected to "https://elsewhere.example.net", which is another server: refused, set the URL of the right one`, 0},
	}
}

// hasty shortens the one time that a fault exceeds.
func hasty(c peeringdb.Config, name string) peeringdb.Config {
	switch name {
	case "black hole":
		c.AnswerTimeout = 500 * time.Millisecond
	case "stuck":
		c.SilenceTimeout = 300 * time.Millisecond
	case "slow":
		c.Timeout = 700 * time.Millisecond
	}
	return c
}

func TestSyncSurvivesEveryFault(t *testing.T) {
	t.Parallel()
	for name, test := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCopying(t, func(t *testing.T, c *copying) {
				var log strings.Builder
				config := hasty(keyed(c.server), name)
				config.Logger = slog.New(slog.NewTextHandler(&log, nil))
				client := newClient(t, config)
				c.sync(peeringdb.SyncOptions{})
				before := c.stored()
				c.server.Update("net", 2, at(1), peeringdbtest.Row{"name": "Renamed"})
				// Long enough that half of it is not the end of a row.
				c.server.Update("netixlan", 1, at(1), peeringdbtest.Row{"notes": strings.Repeat("long ", 1000)})

				c.server.Fail(test.fault)
				for _, full := range []bool{false, true} {
					began := time.Now()
					report, err := peeringdb.Sync(t.Context(), c.Store, client, peeringdb.SyncOptions{Full: full})
					if took := time.Since(began); took > 5*time.Second {
						t.Errorf("took %v", took)
					}
					if err == nil {
						t.Fatalf("no error: %s", report)
					}
					host := strings.TrimSuffix(strings.TrimPrefix(c.server.URL(), "http://"), "/api")
					text := strings.ReplaceAll(err.Error(), host, "HOST")
					if !strings.Contains(text, test.want) || strings.ContainsAny(text, "\n<") && !strings.Contains(text, "<secret>") || len(text) > 300 {
						t.Errorf("error %q\nwant  %q", text, test.want)
					}
					if e := apiError(t, err); e.Status != test.status {
						t.Errorf("status %d, want %d", e.Status, test.status)
					}
					if strings.Contains(text+log.String()+report.String(), secretKey) {
						t.Errorf("the key is in %s\n%s\n%s", text, log.String(), report)
					}
					if len(report.Types) != 0 || !strings.Contains(report.String(), "nothing was taken over") || report.Requests == 0 {
						t.Errorf("report %s", report)
					}
					if got := c.stored(); got != before {
						t.Errorf("stored\n%s\nwant\n%s", got, before)
					}
				}
				c.server.Recover()
				if report := c.sync(peeringdb.SyncOptions{}); changes(report)["net"].Changed != 1 || report.Mode != peeringdb.ModeIncremental {
					t.Errorf("recovery: %s", report)
				}
			})
		})
	}
}

func TestSyncTriesAgain(t *testing.T) {
	t.Parallel()
	again := map[string]bool{"reset": true, "black hole": true, "stuck": true, "slow": true, "cut, length": true, "cut, chunked": true, "cut, silent": true, "garbage": true,
		"not JSON": true, "5xx": true, "throttled": true}
	for name, test := range faults() {
		if name == "refused" {
			// It lasts until the test ends it.
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := peeringdbtest.New(t, peeringdb.Demo())
			c := &copying{sqlite(t), server, newClient(t, hasty(keyed(server), name))}
			fault := test.fault
			fault.Times = 1
			server.Fail(fault)
			report, err := peeringdb.Sync(t.Context(), c.Store, c.client, peeringdb.SyncOptions{})
			if (err == nil) != again[name] {
				t.Errorf("error %v", err)
			}
			if want := int64(6); err == nil && report.Requests != want {
				t.Errorf("%d requests, want %d", report.Requests, want)
			}
			if want := int64(3); err != nil && report.Requests != want {
				t.Errorf("%d requests, want %d: it was tried again", report.Requests, want)
			}
		})
	}
}
