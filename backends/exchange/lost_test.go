package exchange_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/exchange"
	"provision-gateway/backends/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// roundTripper is a function that carries requests.
type roundTripper func(r *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// carried is a desk whose requests a function carries; each may last as long as
// timeout.
func carried(t *testing.T, timeout time.Duration, carry func(r *http.Request, next http.RoundTripper) (*http.Response, error)) *desk {
	t.Helper()
	d := newDesk(t, modelstest.Kinds()[0], nil)
	client, err := ixapi.New(ixapi.Config{
		URL: d.Server.URL + "/api/v2", Key: d.Key, Secret: d.Secret, Attempts: 1, Timeout: timeout,
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) { return carry(r, d.wire.next) }),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.binding.Client = client
	d.Exchange = d.another()
	return d
}

func isOrder(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/network-feature-configs")
}

// TestLateOrder deletes a session whose order is at the exchange, which has not
// done it: the session is there until it is known that nothing comes, and what
// comes is ended.
func TestLateOrder(t *testing.T) {
	t.Parallel()
	for name, comes := range map[string]bool{"it comes": true, "it does not come": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var order *http.Request
			d := carried(t, time.Second, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				if order != nil || !isOrder(r) {
					return next.RoundTrip(r)
				}
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return nil, err
				}
				order = r.Clone(t.Context())
				order.Body = io.NopCloser(bytes.NewReader(body))
				// As of a connection that was there.
				httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
				return nil, errLost
			})
			s := d.add(d.session(ixapitest.RequiredFeatureIPv4))
			if err := d.Converge(t.Context(), s.ID); !exchange.IsPending(err) || d.link(s).PostedAt == nil {
				t.Fatalf("ordered: %v, %+v", err, d.link(s))
			}
			d.change(s, models.WantedDelete, nil)
			if err := d.Converge(t.Context(), s.ID); err != nil || d.state(s) != "deleting" {
				t.Fatalf("deleted: %v, %q", err, d.state(s))
			}
			if comes {
				response, err := d.wire.next.RoundTrip(order)
				if err != nil || response.StatusCode != http.StatusCreated || len(d.standing()) != 1 {
					t.Fatalf("the order: %v", err)
				}
				_ = response.Body.Close()
			}
			for deadline := time.Now().Add(20 * time.Second); d.link(s) != nil; time.Sleep(100 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("it does not end: %+v", d.link(s))
				}
				d.due()
				if err := d.Work(t.Context()); err != nil {
					t.Fatal(err)
				}
				d.Settle(t)
			}
			if have := d.standing(); len(have) != 0 || d.state(s) != "" {
				t.Errorf("left: %+v, %q", have, d.state(s))
			}
		})
	}
}

// TestPanic has the work on one session panic: the others are finished, and the
// one is not busy.
func TestPanic(t *testing.T) {
	t.Parallel()
	panics := 1
	d := carried(t, 5*time.Second, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if isOrder(r) && panics > 0 {
			panics--
			panic("as planted")
		}
		return next.RoundTrip(r)
	})
	first, second := d.add(d.session(ixapitest.RequiredFeatureIPv4)), d.add(d.session(ixapitest.RequiredFeatureIPv6))
	if err := d.Work(t.Context()); err != nil || d.link(first).ConfigID != nil || d.link(second).ConfigID == nil || d.link(first).DueAt <= time.Now().Unix() {
		t.Fatalf("%v: %+v, %+v", err, d.link(first), d.link(second))
	}
	started := time.Now()
	if err := d.Converge(t.Context(), first.ID); IsBusy(err) || time.Since(started) > 5*time.Second {
		t.Errorf("after it: %v", err)
	}
}

// IsBusy reports whether an error says that another call is busy with a session.
func IsBusy(err error) bool { return err != nil && strings.Contains(err.Error(), "is busy") }

// TestNoAS refuses a session without an AS number of ours.
func TestNoAS(t *testing.T) {
	t.Parallel()
	d := newDesk(t, modelstest.Kinds()[0], nil)
	s := d.session(ixapitest.RequiredFeatureIPv4)
	s.SourceASN = nil
	const says = "Missing required parameter: source_asn"
	if _, err := d.Plan(t.Context(), s); err == nil || err.Error() != says {
		t.Errorf("planned: %v", err)
	}
	d.add(s)
	if err := d.Converge(t.Context(), s.ID); !exchange.IsRefused(err) || err.Error() != says || d.state(s) != "error" {
		t.Errorf("brought: %v, %s", err, d.state(s))
	}
}

// TestRefused tells what the exchange will not do from what nobody knows.
func TestRefused(t *testing.T) {
	t.Parallel()
	status := 0
	d := carried(t, 5*time.Second, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if !isOrder(r) || status == 0 {
			if status == http.StatusTeapot && r.URL.Query().Has("external_ref") {
				return nil, errLost
			}
			return next.RoundTrip(r)
		}
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"title":"No"}`)), Request: r}, nil
	})
	s := d.add(d.session(ixapitest.RequiredFeatureIPv4))
	for _, step := range []struct {
		name             string
		status           int
		refused, pending bool
		posted           bool
	}{
		{"too many", http.StatusTooManyRequests, false, true, false},
		{"refused", http.StatusBadRequest, true, false, false},
		{"failed", http.StatusInternalServerError, false, true, true},
		{"refused after that", http.StatusConflict, false, false, true},
	} {
		status = step.status
		err := d.Converge(t.Context(), s.ID)
		if exchange.IsRefused(err) != step.refused || exchange.IsPending(err) != step.pending || (d.link(s).PostedAt != nil) != step.posted {
			t.Errorf("%s: %v, %+v", step.name, err, d.link(s))
		}
	}
	status = http.StatusTeapot
	other := d.add(d.session(ixapitest.RequiredFeatureIPv6))
	if err := d.Converge(t.Context(), other.ID); err == nil || exchange.IsRefused(err) {
		t.Errorf("the reference cannot be looked for: %v", err)
	}
	// A database that fails is no refusal.
	status = 0
	if err := d.store.Write(t.Context(), func(tx *models.Tx) error { return tx.DB().Exec("ALTER TABLE exchange_sessions RENAME TO away").Error }); err != nil {
		t.Fatal(err)
	}
	if err := d.Converge(t.Context(), s.ID); err == nil || exchange.IsRefused(err) {
		t.Errorf("without the database: %v", err)
	}
}

// TestPollerAndCaller changes a session while the background reads how far it has
// come: the change is still wanted then.
func TestPollerAndCaller(t *testing.T) {
	t.Parallel()
	var during func()
	d := carried(t, 5*time.Second, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if during != nil && r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/network-feature-configs/") {
			f := during
			during = nil
			f()
		}
		return next.RoundTrip(r)
	})
	s := d.add(d.session(ixapitest.RequiredFeatureIPv4))
	if err := d.Converge(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []string{models.WantedUpdate, models.WantedDelete} {
		during = func() { d.change(s, wanted, func(s *models.Session) { s.Password = "planted-" + wanted }) }
		if err := d.Converge(t.Context(), s.ID); err != nil || during != nil || d.link(s).Wanted != wanted || d.link(s).DueAt != 1 {
			t.Errorf("%s: %v, %+v", wanted, err, d.link(s))
		}
		if err := d.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		have := d.standing()
		if wanted == models.WantedUpdate && (len(have) != 1 || have[0].Password != "planted-update") || wanted == models.WantedDelete && len(have) != 0 {
			t.Errorf("%s: %+v", wanted, have)
		}
	}
}

// TestTimeout derives the time for one session from that for one request.
func TestTimeout(t *testing.T) {
	t.Parallel()
	asked := make(chan time.Duration, 100)
	d := carried(t, 2*time.Second, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
		return nil, errors.New("unreachable")
	})
	d.Timeout = 0
	s := d.add(d.session(ixapitest.RequiredFeatureIPv4))
	if held, err := d.store.TakeLease(t.Context(), exchange.Lease(s.ID), "killed", time.Minute); err != nil || !held {
		t.Fatal(held, err)
	}
	go func() {
		started := time.Now()
		if err := d.Converge(t.Context(), s.ID); !IsBusy(err) || !exchange.IsPending(err) {
			t.Errorf("%v", err)
		}
		asked <- time.Since(started)
	}()
	if took := <-asked; took < 5*time.Second || took > 20*time.Second {
		t.Errorf("given up after %v", took)
	}
}

// TestLongMessage logs a refusal once, however long it is.
func TestLongMessage(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`{"name":"password","reason":"`+strings.Repeat("long ", 50)+`"},`, 20)
	d := carried(t, 5*time.Second, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if !isOrder(r) {
			return next.RoundTrip(r)
		}
		return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader(`{"title":"No","properties":[` + strings.TrimSuffix(long, ",") + `]}`))}, nil
	})
	s := d.add(d.session(ixapitest.RequiredFeatureIPv4))
	for range 3 {
		d.due()
		if err := d.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var logged int64
	if err := d.store.Write(t.Context(), func(tx *models.Tx) error {
		return tx.DB().Model(&models.LogEntry{}).Where("message LIKE ?", "Session refused by the exchange%").Count(&logged).Error
	}); err != nil || logged != 1 || len([]rune(d.link(s).Message)) != 1000 {
		t.Errorf("logged %d times, %v", logged, err)
	}
}
