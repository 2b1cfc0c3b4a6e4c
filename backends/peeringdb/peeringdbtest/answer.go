package peeringdbtest

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cache is a list as it was at a time.
type cache struct {
	rows []Row
	at   time.Time
}

// Cache makes the server answer unfiltered lists as they are now, generated at
// a time, whatever changes later. No list means all.
func (s *Server) Cache(at time.Time, names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(names) == 0 {
		names = lists
	}
	for _, name := range names {
		s.cached[name] = cache{s.live(name), at}
	}
}

// Uncache makes all lists current again.
func (s *Server) Uncache() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.cached)
}

// live gives the live rows of a list by their ids.
func (s *Server) live(name string) []Row {
	return s.rows(name, func(r Row) bool { return r["status"] == "ok" }, func(Row) int64 { return 0 })
}

func (s *Server) rows(name string, want func(Row) bool, order func(Row) int64) []Row {
	type place struct {
		order int64
		id    uint64
	}
	var places []place
	for id, row := range s.tables[name] {
		if want(row) {
			places = append(places, place{order(row), id})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.id, b.id)) })
	rows := []Row{}
	for _, p := range places {
		rows = append(rows, s.tables[name][p.id])
	}
	return rows
}

func listAnswer(rows []Row, meta Row) []byte {
	if meta == nil {
		meta = Row{}
	}
	text, err := json.Marshal(map[string]any{"data": rows, "meta": meta})
	if err != nil {
		// Rows come from JSON or from literals of tests.
		panic(err)
	}
	return text
}

func errorAnswer(text string) []byte { return listAnswer([]Row{}, Row{"error": text}) }

// deepRows is how many rows a list with a depth has at most.
const deepRows = 250

// answer makes the answer to a request.
func (s *Server) answer(name string, r *http.Request) (int, []byte) {
	if s.tables[name] == nil {
		return http.StatusNotFound, errorAnswer("Not found.")
	}
	authorization := r.Header.Get("Authorization")
	if authorization != "" && (s.key == "" || authorization != "Api-Key "+s.key) {
		return http.StatusUnauthorized, errorAnswer("Invalid API key")
	}
	query := r.URL.Query()
	number := func(field string) int64 {
		n, err := strconv.ParseInt(query.Get(field), 10, 64)
		if err != nil && query.Has(field) {
			n = -1
		}
		return n
	}
	since, limit, skip, depth := number("since"), number("limit"), number("skip"), number("depth")
	if min(since, limit, skip, depth) < 0 {
		return http.StatusBadRequest, errorAnswer("'since', 'limit', 'skip' and 'depth' need to be numbers")
	}
	filters := filtersOf(query)
	meta := Row{}
	var rows []Row
	switch held, cached := s.cached[name]; {
	case since > 0:
		rows = s.rows(name, func(r Row) bool {
			return r.updated() > since && (!query.Has("status") || r["status"] == query.Get("status"))
		}, Row.updated)
	case cached && len(filters) == 0:
		rows = held.rows
		meta["generated"] = float64(held.at.UnixMilli()) / 1000
	default:
		rows = s.live(name)
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r Row) bool {
		return name == "poc" && authorization == "" && r["visible"] != "Public" || !matches(r, filters)
	})
	if len(rows) == 0 && (query.Has("id") || query.Has("asn")) {
		return http.StatusNotFound, errorAnswer("Entity not found")
	}
	rows = rows[min(skip, int64(len(rows))):]
	if limit > 0 {
		rows = rows[:min(limit, int64(len(rows)))]
	}
	if depth > 0 && (since > 0 || len(filters) > 0) && len(rows) > deepRows {
		rows = rows[:deepRows]
		meta["truncated"] = "Your search query (with depth " + query.Get("depth") + ") returned more than 250 rows and has been truncated."
	}
	return http.StatusOK, listAnswer(rows, meta)
}

// filtersOf gives the allowed values by field.
func filtersOf(query url.Values) map[string][]string {
	filters := map[string][]string{}
	for name := range query {
		switch field, in := strings.CutSuffix(name, "__in"); {
		case slices.Contains([]string{"since", "limit", "skip", "depth", "fields", "status", "pretty"}, name):
		case in:
			filters[field] = strings.Split(query.Get(name), ",")
		default:
			filters[name] = []string{query.Get(name)}
		}
	}
	return filters
}

func matches(r Row, filters map[string][]string) bool {
	for field, values := range filters {
		// Unknown fields are ignored.
		if _, ok := r[field]; ok && !slices.Contains(values, r.text(field)) {
			return false
		}
	}
	return true
}

// send writes an answer, packed when the client can unpack it.
func send(w http.ResponseWriter, r *http.Request, status int, answer []byte) {
	w.Header().Set("Content-Type", "application/json")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.WriteHeader(status)
		_, _ = w.Write(answer)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	packed := gzip.NewWriter(w)
	// A client that hangs up is no failure of the server.
	_, _ = packed.Write(answer)
	_ = packed.Close()
}
