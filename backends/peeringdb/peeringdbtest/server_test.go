package peeringdbtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"provision-gateway/backends/peeringdb/peeringdbtest"
)

func at(seconds int64) time.Time { return time.Unix(1735689600+seconds, 0) }

// answer is what a client got.
type answer struct {
	Status  int
	Header  http.Header
	Data    []map[string]any
	Message string
	Meta    struct {
		Error     string
		Generated float64
		Truncated string
	}
}

func get(t *testing.T, server *peeringdbtest.Server, path, key string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		request.Header.Set("Authorization", key)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	a := answer{Status: response.StatusCode, Header: response.Header}
	if err := json.NewDecoder(response.Body).Decode(&a); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return a
}

// ids are the ids of the rows as a text, with a minus before deleted ones.
func (a answer) ids() string {
	var out []string
	for _, row := range a.Data {
		id := fmt.Sprint(row["id"])
		if row["status"] != "ok" {
			id = "-" + id
		}
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

// world is two exchanges and three networks.
func world(t *testing.T) *peeringdbtest.Server {
	t.Helper()
	list := func(rows ...string) *fstest.MapFile {
		for i, row := range rows {
			rows[i] = "{" + row + `,"updated":"2024-01-01T00:00:00Z","status":"ok"}`
		}
		return &fstest.MapFile{Data: []byte(`{"data":[` + strings.Join(rows, ",") + `]}`)}
	}
	return peeringdbtest.New(t, fstest.MapFS{
		"ix.json":       list(`"id":1,"name":"A"`, `"id":2,"name":"B"`),
		"net.json":      list(`"id":1,"asn":64500`, `"id":2,"asn":64501`, `"id":3,"asn":64502`),
		"netixlan.json": list(`"id":1,"net_id":1,"ix_id":1,"ixlan_id":7,"ipaddr4":"192.0.2.1"`, `"id":2,"net_id":2,"ix_id":2,"ixlan_id":2,"ipaddr4":"192.0.2.2"`),
		"ixpfx.json":    list(`"id":1,"ixlan_id":7,"prefix":"192.0.2.0/24"`),
		"poc.json":      list(`"id":1,"net_id":1,"visible":"Public"`, `"id":2,"net_id":1,"visible":"Users"`, `"id":3,"net_id":2,"visible":"Public"`),
	})
}

func TestServerAnswersLists(t *testing.T) {
	t.Parallel()
	server := world(t)
	server.SetKey("right")
	server.Update("net", 3, at(20), peeringdbtest.Row{"asn": 64509})
	server.Delete("net", 1, at(10))
	server.Add("net", at(30), peeringdbtest.Row{"id": 9, "asn": 64510})
	tests := []struct {
		path, key string
		status    int
		ids       string
		err       string
	}{
		{"/net", "", 200, "2 3 9", ""},
		{"/net?since=1735689609", "", 200, "-1 3 9", ""},
		{"/net?since=1735689610", "", 200, "3 9", ""},
		{"/net?since=1735689630", "", 200, "", ""},
		{"/net?since=1735689609&status=deleted", "", 200, "-1", ""},
		{"/net?status=deleted", "", 200, "2 3 9", ""},
		{"/net?since=1735689609&limit=1&skip=1", "", 200, "3", ""},
		{"/net?limit=2", "", 200, "2 3", ""},
		{"/net?limit=2&skip=2", "", 200, "9", ""},
		{"/net?skip=200", "", 200, "", ""},
		{"/net?asn=64509", "", 200, "3", ""},
		{"/net?asn=1", "", 404, "", "Entity not found"},
		{"/net?id=1", "", 404, "", "Entity not found"},
		{"/net?id__in=1,2,9", "", 200, "2 9", ""},
		{"/net?no_such_field=7&depth=0&fields=id", "", 200, "2 3 9", ""},
		{"/net?since=yesterday", "", 400, "", "'since', 'limit', 'skip' and 'depth' need to be numbers"},
		{"/fac", "", 404, "", "Not found."},
		{"/poc", "", 200, "3", ""},
		{"/poc?since=1", "", 200, "3 -1", ""},
		{"/poc?since=1", "Api-Key right", 200, "3 -1 -2", ""},
		{"/poc", "Api-Key wrong", 401, "", "Invalid API key"},
		{"/poc", "Basic cmlnaHQ6", 401, "", "Invalid API key"},
		{"/netixlan", "", 200, "2", ""},
		{"/ixlan", "", 200, "1 2 7", ""},
		{"/ixlan?id__in=7", "", 200, "7", ""},
	}
	for _, test := range tests {
		a := get(t, server, test.path, test.key)
		if a.Status != test.status || a.ids() != test.ids || a.Meta.Error != test.err || a.Data == nil {
			t.Errorf("%s: %d %q %q", test.path, a.Status, a.ids(), a.Meta.Error)
		}
	}
	server.SetKey("")
	if a := get(t, server, "/net", "Api-Key right"); a.Status != 401 {
		t.Errorf("no key is right: %d", a.Status)
	}
}

func TestServerDeletesWhatIsBelow(t *testing.T) {
	t.Parallel()
	server := world(t)
	server.Delete("ix", 1, at(1))
	server.Delete("ix", 1, at(2))
	for path, want := range map[string]string{"/ix?since=1735689600": "-1", "/ixlan": "2", "/ixpfx": "", "/ixpfx?since=1735689600": "-1", "/netixlan": "2", "/net": "1 2 3"} {
		if got := get(t, server, path, "").ids(); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if port := get(t, server, "/netixlan?since=1735689600", "").Data[0]; port["ipaddr4"] != nil || port["updated"] != "2025-01-01T00:00:01Z" {
		t.Errorf("deleted port %v", port)
	}
	server.Update("ix", 1, at(3), nil)
	if got := get(t, server, "/ixlan", "").ids() + "," + get(t, server, "/ixpfx", "").ids(); got != "1 2 7," {
		t.Errorf("came back: %q", got)
	}
	if got := server.Rows("ix"); !slices.Equal(got, []uint64{1, 2}) {
		t.Errorf("rows %v", got)
	}
}

func TestServerAnswersFromACache(t *testing.T) {
	t.Parallel()
	server := world(t)
	server.Cache(at(500), "net")
	server.Delete("net", 1, at(600))
	server.Delete("ix", 1, at(600))
	if a := get(t, server, "/net", ""); a.ids() != "1 2 3" || a.Meta.Generated != 1735690100 {
		t.Errorf("cached %q, generated %v", a.ids(), a.Meta.Generated)
	}
	for path, want := range map[string]string{"/net?since=1735689600": "-1", "/net?asn=64501": "2", "/ix": "2"} {
		if a := get(t, server, path, ""); a.ids() != want || a.Meta.Generated != 0 {
			t.Errorf("%s: %q, generated %v", path, a.ids(), a.Meta.Generated)
		}
	}
	server.Uncache()
	if a := get(t, server, "/net", ""); a.ids() != "2 3" || a.Meta.Generated != 0 {
		t.Errorf("current %q, generated %v", a.ids(), a.Meta.Generated)
	}
	server.Cache(at(700))
	if a := get(t, server, "/ix", ""); a.Meta.Generated == 0 {
		t.Error("not all lists are cached")
	}
}

func TestServerCutsDeepLists(t *testing.T) {
	t.Parallel()
	server := peeringdbtest.New(t, fstest.MapFS{})
	for id := range uint64(300) {
		server.Add("net", at(int64(id)), peeringdbtest.Row{"id": id + 1, "info_ipv6": true})
	}
	for path, want := range map[string]int{"/net": 300, "/net?depth=1": 300, "/net?since=1": 300, "/net?since=1&depth=1": 250, "/net?depth=2&info_ipv6=true": 250} {
		if a := get(t, server, path, ""); len(a.Data) != want || (a.Meta.Truncated != "") != (want == 250) {
			t.Errorf("%s: %d rows, %q", path, len(a.Data), a.Meta.Truncated)
		}
	}
}
