package handlers_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/handlers"
)

const notKnown = `{"success":0,"message":"Request r was interrupted or is being processed: its outcome is not known"}`

// A write that is passed on is done once for a token, and may be tried again
// only when the original surely did not do it.
func TestPassedWritesAreIdempotent(t *testing.T) {
	t.Parallel()
	const query = "target=lir&action=add&meta[name]=x&request_id="
	for _, test := range []struct {
		name   string
		answer *legacy.Answer
		err    error
		// second is what the same request gets afterwards, and asked how often the
		// original was asked in all.
		second string
		asked  int
	}{
		{"done", &legacy.Answer{Status: 200, Body: []byte(firstBody)}, nil, firstBody, 1},
		{"a refused key", &legacy.Answer{Status: 401, Body: []byte("no")}, nil, "no", 2},
		{"too many requests", &legacy.Answer{Status: 429}, nil, "", 2},
		{"broken", &legacy.Answer{Status: 500, Body: []byte("<html>")}, nil, notKnown, 1},
		{"a proxy without an answer", &legacy.Answer{Status: 502, Body: []byte("bad gateway")}, nil, notKnown, 1},
		{"away", &legacy.Answer{Status: 503, Body: []byte("away")}, nil, notKnown, 1},
		{"a proxy that did not wait", &legacy.Answer{Status: 504, Body: []byte("timeout")}, nil, notKnown, 1},
		{"nothing", &legacy.Answer{Status: 200}, nil, notKnown, 1},
		{"elsewhere", &legacy.Answer{Status: 302, Body: []byte("moved")}, nil, notKnown, 1},
		{"left alone", nil, &legacy.Error{}, `{"success":0,"message":"Internal error"}`, 2},
		{"an unknown outcome", nil, legacyTimeout(t), notKnown, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, f, _ := serveBoth(t, compat.Policy{Pattern: "lir.add", Mode: compat.ModeLegacy})
			f.answer, f.err = test.answer, test.err
			s.get(t, query+"r")
			second := s.get(t, query+"r").body
			if second != test.second {
				t.Errorf("second: %s", second)
			}
			if asked := f.take(); len(asked) != test.asked {
				t.Errorf("asked %d times", len(asked))
			}
		})
	}
}

// request_id may be a parameter of an action that only the original knows: there
// the header alone makes a request one that is done once.
func TestRequestIDOfUnknownActions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, query, header string
		asked               int
	}{
		{"an unknown target", "target=ipam&action=getRequest&request_id=7", "", 2},
		{"an unknown action", "target=lir&action=getRequest&request_id=7", "", 2},
		{"an unknown target with the header", "target=ipam&action=getRequest&request_id=7", "Idempotency-Key: r", 1},
		{"a known action", "target=lir&action=add&request_id=7", "", 1},
		{"a known action with the header", "target=lir&action=add", "Idempotency-Key: r", 1},
		{"a read", "target=lir&action=get&request_id=7", "", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, f, _ := serveBoth(t, compat.Policy{Pattern: "*", Mode: compat.ModeLegacy})
			for range 2 {
				var headers []string
				if test.header != "" {
					headers = append(headers, test.header)
				}
				if got := s.send(t, "GET "+api+"?"+test.query+" HTTP/1.1", "", headers...).body; got != firstBody {
					t.Errorf("answered %s", got)
				}
			}
			if asked := f.take(); len(asked) != test.asked {
				t.Errorf("asked %d times", len(asked))
			}
		})
	}
}

// What the original did is answered, even when this side cannot write down that it
// did; the token then stays claimed.
func TestAnswerOutlivesItsToken(t *testing.T) {
	t.Parallel()
	log := &logBook{}
	f := &first{answer: &legacy.Answer{Status: 200, Body: []byte(firstBody)}}
	s := serve(t, func(o *handlers.Options) {
		o.Original, o.Modes = f, compat.Policies{"lir.add": {Pattern: "lir.add", Mode: compat.ModeLegacy, Share: 100}}
		o.Logger = log.logger()
	})
	if _, err := s.database.Raw.Exec("CREATE TRIGGER full BEFORE UPDATE ON idempotency_records BEGIN SELECT RAISE(ABORT, 'disk full'); END"); err != nil {
		t.Fatal(err)
	}
	const query = "target=lir&action=add&meta[name]=x&request_id=r"
	if got := s.get(t, query); got.body != firstBody {
		t.Errorf("answered %s", got.body)
	}
	if got := s.get(t, query); got.body != notKnown {
		t.Errorf("again: %s", got.body)
	}
	if asked := f.take(); len(asked) != 1 {
		t.Errorf("asked %d times", len(asked))
	}
	for _, line := range log.lines(t) {
		if text := fmt.Sprint(line["msg"], line["error"]); strings.Contains(text, "could not be kept") && strings.Contains(text, "disk full") {
			return
		}
	}
	t.Error("the log does not say so")
}

// legacyTimeout is the error of a server that does not answer in time.
func legacyTimeout(t *testing.T) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client, err := legacy.New(legacy.Config{URL: "http://" + listener.Addr().String() + "/", Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Do(t.Context(), &legacy.Request{Method: "GET"})
	var failed *legacy.Error
	if !errors.As(err, &failed) || !failed.Uncertain() {
		t.Fatalf("%v is certain", err)
	}
	return err
}
