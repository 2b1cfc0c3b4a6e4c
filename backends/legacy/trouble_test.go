package legacy_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
)

const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

// Whatever goes wrong is said in time, without what was asked, and tells whether
// the original may have done it.
func TestTrouble(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		serve     func(c net.Conn, n int)
		want      string
		uncertain bool
	}{
		{"no answer", func(c net.Conn, _ int) { time.Sleep(2 * time.Second) }, "no whole answer within 500ms", true},
		{"closed without an answer", func(c net.Conn, _ int) { _ = c.Close() }, "connection closed without an answer", true},
		{"closed within the answer", func(c net.Conn, _ int) {
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}")
			_ = c.Close()
		}, "connection closed within the answer", true},
		{"a stop within the answer", func(c net.Conn, _ int) {
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}")
			time.Sleep(2 * time.Second)
		}, "no whole answer within 500ms", true},
		{"no HTTP", func(c net.Conn, _ int) { fmt.Fprint(c, "SSH-2.0-x\r\n\r\n"); _ = c.Close() }, "the answer is no HTTP", true},
		{"too long", func(c net.Conn, _ int) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n%s", strings.Repeat("x", 2000))
		}, "longer than 1000 bytes", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url, count := startRaw(t, test.serve)
			client := newClient(t, url, func(c *legacy.Config) { c.Timeout, c.MaxAnswer = 500*time.Millisecond, 1000 })
			started := time.Now()
			_, err := client.Do(t.Context(), &legacy.Request{Method: "GET", Query: "target=lir&password=s3cret&apiKey=x&hash=y"})
			if took := time.Since(started); took > 1500*time.Millisecond {
				t.Errorf("took %v", took)
			}
			var failed *legacy.Error
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), test.want) || failed.Uncertain() != test.uncertain {
				t.Fatalf("%v, uncertain %v", err, failed != nil && failed.Uncertain())
			}
			for _, part := range []string{"s3cret", key, secret, "lir", "hash"} {
				if strings.Contains(err.Error(), part) {
					t.Errorf("the error says %q: %v", part, err)
				}
			}
			if count() != 1 {
				t.Errorf("%d requests", count())
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	_, err = newClient(t, "http://"+listener.Addr().String(), nil).Do(t.Context(), &legacy.Request{Method: "GET", Query: "a=b"})
	var failed *legacy.Error
	if !errors.As(err, &failed) || failed.Uncertain() || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%v", err)
	}
}

// A server that closes a connection that was kept, without an answer, may have
// done what it was asked. Only what changes nothing is sent again.
func TestWritesAreNeverSentAgain(t *testing.T) {
	t.Parallel()
	serve := func(c net.Conn, n int) {
		if n == 2 {
			_ = c.Close()
			return
		}
		fmt.Fprint(c, whole)
	}
	for _, repeatable := range []bool{true, false} {
		url, count := startRaw(t, serve)
		client := newClient(t, url, nil)
		ask := func() error {
			_, err := client.Do(t.Context(), &legacy.Request{Method: "GET", Query: "target=lir&action=add", Repeatable: repeatable})
			return err
		}
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		err := ask()
		if repeatable && (err != nil || count() != 3) {
			t.Errorf("a read: %v after %d requests", err, count())
		}
		if !repeatable && (err == nil || count() != 2) {
			t.Errorf("a write: %v after %d requests", err, count())
		}
	}
}

// A server that fails is left alone for a while, and asked by one request
// whether it is back.
func TestBreaker(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	broken.Store(true)
	o := startOriginal(t, func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	var told []bool
	client := newClient(t, o.URL, func(c *legacy.Config) {
		c.Failures, c.Wait = 3, 200*time.Millisecond
		c.Changed = func(away bool) { told = append(told, away) }
	})
	ask := func() (int, error) {
		answer, err := client.Do(t.Context(), &legacy.Request{Method: "GET", Query: "a=b"})
		if err != nil {
			return 0, err
		}
		return answer.Status, nil
	}
	for n := range 3 {
		if status, err := ask(); err != nil || status != http.StatusServiceUnavailable {
			t.Fatalf("request %d: %d, %v", n, status, err)
		}
	}
	if _, err := ask(); !errors.Is(err, legacy.ErrAway) || o.count() != 3 {
		t.Fatalf("%v after %d requests", err, o.count())
	}
	var failed *legacy.Error
	if _, err := ask(); !errors.As(err, &failed) || failed.Uncertain() {
		t.Errorf("%v", err)
	}
	broken.Store(false)
	time.Sleep(250 * time.Millisecond)
	for range 3 {
		if status, err := ask(); err != nil || status != http.StatusOK {
			t.Fatalf("after it is back: %d, %v", status, err)
		}
	}
	if fmt.Sprint(told) != "[true false]" {
		t.Errorf("told %v", told)
	}
}

// A caller that hangs up says nothing about the server.
func TestCallersThatHangUpOpenNoBreaker(t *testing.T) {
	t.Parallel()
	o := startOriginal(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.RequestURI, "slow") {
			<-r.Context().Done()
		}
	})
	client := newClient(t, o.URL, func(c *legacy.Config) { c.Failures = 1 })
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		time.AfterFunc(50*time.Millisecond, cancel)
		if _, err := client.Do(ctx, &legacy.Request{Method: "GET", Query: "slow"}); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if _, err := client.Do(t.Context(), &legacy.Request{Method: "GET", Query: "a=b"}); err != nil {
		t.Error(err)
	}
}

func TestConnectionsAreLimited(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	o := startOriginal(t, func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(20 * time.Millisecond)
		now.Add(-1)
	})
	client := newClient(t, o.URL, func(c *legacy.Config) { c.Connections = 2 })
	errs := make(chan error, 10)
	for range cap(errs) {
		go func() {
			_, err := client.Do(t.Context(), &legacy.Request{Method: "GET", Query: "a=b", Repeatable: true})
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 2 {
		t.Errorf("%d requests at once", most.Load())
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []legacy.Config{
		{}, {URL: "ftp://x/"}, {URL: "https://x/api.php?a=b"}, {URL: "/api.php"},
		{URL: "https://x/api.php", Key: "1-A"}, {URL: "https://x/api.php", Secret: "s"},
	} {
		if _, err := legacy.New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}
