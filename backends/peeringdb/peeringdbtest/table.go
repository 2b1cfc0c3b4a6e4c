package peeringdbtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"testing/fstest"
	"time"
)

// Row is the fields of a row under their names in the API. Numbers that come
// from files are json.Number.
type Row map[string]any

// table is the rows of a list by their ids, deleted ones too.
type table map[uint64]Row

// lists are the lists that the server has.
var lists = []string{"ix", "net", "ixlan", "netixlan", "ixpfx", "poc"}

func readTable(dir fs.FS, name string) (table, error) {
	rows := table{}
	text, err := fs.ReadFile(dir, name+".json")
	if errors.Is(err, fs.ErrNotExist) {
		return rows, nil
	}
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data []Row `json:"data"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&answer); err != nil {
		return nil, err
	}
	for _, row := range answer.Data {
		rows[row.number("id")] = row
	}
	return rows, nil
}

// deriveLANs makes the peering LANs that no file names.
func (s *Server) deriveLANs() {
	if len(s.tables["ixlan"]) > 0 {
		return
	}
	add := func(lan, exchange uint64, like Row) {
		s.tables["ixlan"][lan] = Row{"id": lan, "ix_id": exchange, "created": like["created"], "updated": like["updated"], "status": "ok"}
	}
	for id, row := range s.tables["ix"] {
		add(id, id, row)
	}
	for _, port := range s.tables["netixlan"] {
		if lan := port.number("ixlan_id"); lan != 0 {
			exchange := port.number("ix_id")
			add(lan, exchange, s.tables["ix"][exchange])
		}
	}
}

// number gives a number, and 0, which no row has, for what is none.
func (r Row) number(field string) uint64 {
	if n, ok := r[field].(uint64); ok {
		return n
	}
	n, err := strconv.ParseUint(r.text(field), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (r Row) text(field string) string {
	switch value := r[field].(type) {
	case nil:
		return ""
	case string:
		return value
	case json.Number:
		return value.String()
	default:
		return fmt.Sprint(value)
	}
}

func (r Row) updated() int64 {
	at, err := time.Parse(time.RFC3339, r.text("updated"))
	if err != nil {
		return 0
	}
	return at.Unix()
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

// Add adds a row at a time. It must have an id that the list does not have; it
// need not belong to anything that exists.
func (s *Server) Add(list string, at time.Time, row Row) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	id := row.number("id")
	if _, ok := s.tables[list][id]; ok || id == 0 || s.tables[list] == nil {
		s.t.Fatalf("peeringdbtest: cannot add %s %d", list, id)
	}
	row = maps.Clone(row)
	row["created"], row["updated"], row["status"] = moment(at), moment(at), "ok"
	s.tables[list][id] = row
	if list == "ix" && s.tables["ixlan"][id] == nil {
		s.tables["ixlan"][id] = Row{"id": id, "ix_id": id, "created": moment(at), "updated": moment(at), "status": "ok"}
	}
}

// Update sets fields of a row at a time, and nothing but the time when there
// are none. A deleted row comes back, an exchange with its LANs; what else
// belonged to it stays deleted.
func (s *Server) Update(list string, id uint64, at time.Time, fields Row) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	row := maps.Clone(s.tables[list][id])
	if row == nil {
		s.t.Fatalf("peeringdbtest: no %s %d", list, id)
	}
	back := row["status"] != "ok"
	maps.Copy(row, fields)
	row["updated"], row["status"] = moment(at), "ok"
	s.tables[list][id] = row
	for lanID, lan := range s.tables["ixlan"] {
		if back && list == "ix" && lan.number("ix_id") == id {
			lan = maps.Clone(lan)
			lan["updated"], lan["status"] = moment(at), "ok"
			s.tables["ixlan"][lanID] = lan
		}
	}
}

// below says which rows go with one: those whose field holds its id.
var below = map[string][][2]string{
	"net":   {{"netixlan", "net_id"}, {"poc", "net_id"}},
	"ix":    {{"ixlan", "ix_id"}, {"netixlan", "ix_id"}},
	"ixlan": {{"ixpfx", "ixlan_id"}},
}

// Delete deletes a row at a time, and with it what belongs to it. Deleted ports
// lose their addresses, so that others can have them.
func (s *Server) Delete(list string, id uint64, at time.Time) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tables[list][id] == nil {
		s.t.Fatalf("peeringdbtest: no %s %d", list, id)
	}
	s.remove(list, id, at)
}

func (s *Server) remove(list string, id uint64, at time.Time) {
	row := maps.Clone(s.tables[list][id])
	if row["status"] == "deleted" {
		return
	}
	row["updated"], row["status"] = moment(at), "deleted"
	if list == "netixlan" {
		row["ipaddr4"], row["ipaddr6"] = nil, nil
	}
	s.tables[list][id] = row
	for _, child := range below[list] {
		for childID, other := range s.tables[child[0]] {
			if other.number(child[1]) == id {
				s.remove(child[0], childID, at)
			}
		}
	}
}

// Rows returns the ids of the live rows of a list, in order.
func (s *Server) Rows(list string) []uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []uint64
	for id, row := range s.tables[list] {
		if row["status"] == "ok" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Dump returns the lists as a folder of files, as somebody with the right key
// sees them now.
func (s *Server) Dump() fs.FS {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := fstest.MapFS{}
	for _, list := range lists {
		dir[list+".json"] = &fstest.MapFile{Data: listAnswer(s.live(list), nil)}
	}
	return dir
}
