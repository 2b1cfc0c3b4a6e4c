package peeringdb

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fetchType gets what the run needs of one type.
func (r *run) fetchType(ctx context.Context, list string) error {
	f := &fetched{}
	r.lists[list] = f
	if !r.full() {
		_, err := r.fetchInto(ctx, f, list, r.states[list].Cursor)
		return err
	}
	meta, err := r.fetchInto(ctx, f, list, -1)
	if err == nil && meta.Generated > 0 {
		// The list is as old as its cache. Without the rest, rows that an
		// earlier run got would go and come back.
		_, err = r.fetchInto(ctx, f, list, f.latest)
	}
	return err
}

// fetchInto gets one list: complete when since is negative, or what changed at
// that second or later.
func (r *run) fetchInto(ctx context.Context, f *fetched, list string, since int64) (listMeta, error) {
	query := url.Values{"depth": {"0"}}
	if since >= 0 {
		// The server gives what is later than the second that it is given, and
		// takes 0 as not given.
		query.Set("since", strconv.FormatInt(max(since-1, 1), 10))
	}
	var heads []head
	var meta listMeta
	part, err := r.client.fetch(ctx, list, query, r.tell(list), r.closed(ctx), func(from io.Reader) (err error) {
		heads, meta, err = readHeads(from)
		return err
	})
	if err != nil {
		return meta, err
	}
	f.add(part, heads)
	if since < 0 {
		r.gotComplete(ctx, part.size)
	}
	if list == TypeNetIXLan {
		for _, h := range heads {
			r.lans.learn(h.lan, h.ix)
		}
	}
	return meta, nil
}

func (r *run) tell(list string) func(done, total int64) {
	return func(done, total int64) { r.options.Progress(list, done, total) }
}

func (r *run) closed(ctx context.Context) func(until time.Time) {
	return func(until time.Time) { r.stayAway(ctx, until) }
}

// typeIXLan is the list of peering LANs.
const typeIXLan = "ixlan"

// lansAtOnce is how many LANs one request asks for; the server takes about 150.
const lansAtOnce = 100

// fetchLANs asks for the exchanges of those LANs that have prefixes but no
// ports among the fetched rows.
func (r *run) fetchLANs(ctx context.Context) error {
	unknown := map[uint64]bool{}
	for id, p := range r.lists[TypeIXPfx].last {
		if _, known := r.lans[p.lan]; id != 0 && !p.gone && !known && p.lan != 0 {
			unknown[p.lan] = true
		}
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(unknown)), lansAtOnce) {
		var ids []string
		for _, id := range some {
			ids = append(ids, strconv.FormatUint(id, 10))
		}
		query := url.Values{"depth": {"0"}, "id__in": {strings.Join(ids, ",")}}
		part, err := r.client.fetch(ctx, typeIXLan, query, r.tell(typeIXLan), r.closed(ctx), func(from io.Reader) error {
			return ReadList(from, func(lan *IXLan, _ *json.UnmarshalTypeError) error {
				r.lans.learn(lan.Key(), key(lan.IXID))
				return nil
			})
		})
		var failed *Error
		if errors.As(err, &failed) && failed.Status == http.StatusNotFound {
			// It is how the API says that none of the rows exists. The prefixes
			// are taken as those of the exchange with the number of their LAN.
			continue
		}
		if err != nil {
			return err
		}
		part.close()
	}
	return nil
}
