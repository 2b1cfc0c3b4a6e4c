package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/compat"
)

func TestAskSteadily(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) > 100 {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	defer server.Close()
	begun := time.Now()
	l, err := askSteadily(t.Context(), server.URL, 200, 500*time.Millisecond)
	if took := time.Since(begun); err != nil || asked.Load() != 100 || took < 490*time.Millisecond {
		t.Errorf("%d requests in %v, %v", asked.Load(), took, err)
	}
	if l.p50 <= 0 || l.p99 < l.p50 {
		t.Errorf("latency %+v", l)
	}
	if _, err := askSteadily(t.Context(), server.URL, 10, 100*time.Millisecond); err == nil || !strings.Contains(err.Error(), "status 418") {
		t.Errorf("error %v", err)
	}
}

func TestLatencyOf(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	for n := range 200 {
		took = append(took, time.Duration(200-n))
	}
	if got := latencyOf(took); got != (latency{100, 198}) {
		t.Errorf("%+v", got)
	}
	if got := latencyOf([]time.Duration{7}); got != (latency{7, 7}) {
		t.Errorf("of one: %+v", got)
	}
	if got := latencyOf(nil); got != (latency{}) {
		t.Errorf("of none: %+v", got)
	}
}

func TestShadowTable(t *testing.T) {
	t.Parallel()
	at := func(p99 ...int) (out []latency) {
		for _, n := range p99 {
			out = append(out, latency{time.Millisecond, time.Duration(n) * time.Millisecond})
		}
		return out
	}
	got := shadowTable(map[compat.Mode][]latency{
		compat.ModeLegacy: at(2, 10, 3), compat.ModeShadow: at(3, 9, 5), compat.ModeLocal: at(1, 1, 1), compat.ModeVerify: at(1, 1, 1),
	})
	for _, want := range []string{
		"| legacy | 1.00 (1.00 to 1.00) | 3.00 (2.00 to 10.00) | 1.00 (-1.00 to 2.00) |", "| shadow | 1.00 (1.00 to 1.00) | 5.00 (3.00 to 9.00) |  |",
		"| local | 1.00 (1.00 to 1.00) | 1.00 (1.00 to 1.00) | 0.00 (0.00 to 0.00) |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
