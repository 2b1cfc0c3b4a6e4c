package peeringdbtest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
)

func TestServerFails(t *testing.T) {
	t.Parallel()
	server := world(t)
	server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Throttled, List: "net", Skip: 1, Times: 2, RetryAfter: "9"})
	server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Empty, List: "ix"})
	var got []int
	for range 4 {
		got = append(got, get(t, server, "/net", "").Status)
	}
	if !slices.Equal(got, []int{200, 429, 429, 200}) {
		t.Errorf("statuses %v", got)
	}
	if a := get(t, server, "/ix", ""); a.ids() != "" || a.Status != 200 {
		t.Errorf("empty: %v", a)
	}
	server.Recover()
	if a := get(t, server, "/ix", ""); a.ids() != "1 2" {
		t.Errorf("recovered: %q", a.ids())
	}
	server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Throttled, RetryAfter: "9"})
	if a := get(t, server, "/ix", ""); a.Header.Get("Retry-After") != "9" || a.Message != "Request was throttled. Expected available in 9 seconds." || a.Meta.Error != a.Message {
		t.Errorf("throttled: %+v", a)
	}
	server.Recover()
	url := server.URL()
	server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Refused})
	if response, err := http.DefaultTransport.RoundTrip(newRequest(t, url)); err == nil {
		_ = response.Body.Close()
		t.Error("connected")
	}
	server.Recover()
	if a := get(t, server, "/ix", ""); a.ids() != "1 2" || server.URL() != url {
		t.Errorf("recovered at %s: %q", server.URL(), a.ids())
	}
}

func newRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/ix", nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestServerTellsWhatWasAsked(t *testing.T) {
	t.Parallel()
	server := world(t)
	var before []string
	server.Before(func(list string) {
		if before = append(before, list); len(before) == 1 {
			server.Delete("net", 1, at(1))
		}
	})
	if got := get(t, server, "/net?depth=0", "").ids(); got != "2 3" {
		t.Errorf("rows %q", got)
	}
	get(t, server, "/ix", "")
	asked := server.Requests()
	if len(asked) != 2 || asked[0].List != "net" || asked[0].Query != "depth=0" || asked[1].List != "ix" || asked[1].At.Before(asked[0].At) || asked[0].Header.Get("User-Agent") == "" {
		t.Errorf("%+v", asked)
	}
	if more := server.Requests(); len(more) != 0 || !slices.Equal(before, []string{"net", "ix"}) {
		t.Errorf("%+v, before %q", more, before)
	}
}

func TestServerDumpsFiles(t *testing.T) {
	t.Parallel()
	server := world(t)
	server.Delete("net", 1, at(1))
	for name, want := range map[string]int{"net": 2, "poc": 1, "ixlan": 3} {
		file, err := server.Dump().Open(name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		err = peeringdb.ReadList(file, func(*peeringdb.Base, *json.UnmarshalTypeError) error { rows++; return nil })
		if err != nil || rows != want {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
		_ = file.Close()
	}
}
