package handlers_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
)

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
		{"refused", &legacy.Answer{Status: 503, Body: []byte("away")}, nil, "away", 2},
		{"left alone", nil, &legacy.Error{}, `{"success":0,"message":"Internal error"}`, 2},
		{"an unknown outcome", nil, legacyTimeout(t), `{"success":0,"message":"Request r was interrupted or is being processed: its outcome is not known"}`, 1},
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
