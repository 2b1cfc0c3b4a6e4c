package models_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// Callers choose what they filter by; the server must not have to keep a
// statement for every choice.
func TestManyFiltersKeepFewStatements(t *testing.T) {
	t.Parallel()
	columns := []string{"id", "asn", "info_prefixes", "info_unicast", "info_multicast", "info_ipv6", "date_created", "date_lastupdated"}
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		put(t, l.Store, models.Network{
			ID: 1, Name: "Example", ASN: new(uint32(1)), InfoPrefixes: new(uint32(1)), InfoUnicast: true, InfoMulticast: true,
			InfoIPv6: true, DateCreated: new(int64(1)), DateLastupdated: new(int64(1)),
		})
		var group sync.WaitGroup
		for worker := range 4 {
			group.Go(func() {
				for set := range 1 << len(columns) {
					var conditions []models.Condition
					for i, column := range columns {
						if set>>i&1 == 1 {
							conditions = append(conditions, models.NumberIs(column, 1))
						}
					}
					found := 0
					err := l.Store.EachPeer(t.Context(), nil, conditions, func(*models.PeerRow) error { found++; return nil })
					if err != nil || found != 1 {
						t.Errorf("worker %d, filters %b: found %d, %v", worker, set, found, err)
					}
				}
			})
		}
		group.Wait()
		if n := l.Store.Prepared(); n < 100 || n > 204 {
			t.Errorf("%d statements are kept", n)
		}
	})
}

func TestPadded(t *testing.T) {
	t.Parallel()
	lengths := map[int]bool{}
	for n := range 501 {
		list := make([]int, n)
		for i := range list {
			list[i] = i
		}
		out := models.Padded(list)
		lengths[len(out)] = true
		if len(out) < n || !slices.Equal(out[:n], list) {
			t.Fatalf("%d elements became %v", n, out)
		}
		for _, v := range out[n:] {
			if v != n-1 {
				t.Fatalf("%d elements: padded with %d", n, v)
			}
		}
	}
	if len(lengths) != 11 {
		t.Errorf("lists of up to 500 elements have %d lengths: %v", len(lengths), lengths)
	}
}

func TestAStatementThatCannotBePrepared(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		for range 2 {
			err := l.Store.EachPeer(t.Context(), nil, []models.Condition{models.NumberIs("no_such_column", 1)}, func(*models.PeerRow) error {
				return fmt.Errorf("a row was found")
			})
			if err == nil || models.ErrorCode(err) != models.Internal {
				t.Errorf("error %v", err)
			}
		}
		if n := l.Store.Prepared(); n != 0 {
			t.Errorf("%d statements are kept", n)
		}
	})
}
