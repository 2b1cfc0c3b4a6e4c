package models_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// together runs f n times at once and returns the errors.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	group.Wait()
	return errs
}

// stores are one or several, each of which stands for a process.
func stores(t *testing.T, l *modelstest.Lent, n int) []*models.Store {
	t.Helper()
	all := []*models.Store{l.Store}
	for len(all) < n {
		all = append(all, l.Another(t))
	}
	return all
}

func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{1, 2} {
		t.Run(fmt.Sprint(processes, " processes"), func(t *testing.T) {
			t.Parallel()
			modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
				const writers = 200
				gateways := stores(t, l, processes)
				before := versions(t, l.Store)
				ids := make([]uint64, writers)
				for i, err := range together(writers, func(i int) error {
					return gateways[i%processes].Write(t.Context(), func(tx *models.Tx) error {
						s := session(i)
						err := tx.AddSession(&s)
						ids[i] = s.ID
						return err
					})
				}) {
					if err != nil {
						t.Errorf("writer %d: %v", i, err)
					}
				}
				for _, gateway := range gateways {
					found := map[string]string{}
					for _, line := range column(t, l, "SELECT id FROM sessions WHERE deleted_at IS NULL") {
						found[line] = line
					}
					for i, id := range ids {
						if found[fmt.Sprint(id)] == "" {
							t.Errorf("session %d of writer %d is not there", id, i)
						}
					}
					if n := len(sessions(t, gateway, false)); n != writers {
						t.Errorf("%d sessions, want %d", n, writers)
					}
					if now := versions(t, gateway); now[1]-before[1] != writers {
						t.Errorf("%d changes are counted, want %d", now[1]-before[1], writers)
					}
				}
				if n := len(logs(t, l)); n != writers {
					t.Errorf("%d log entries, want %d", n, writers)
				}
			})
		})
	}
}

// Of writers that want the same address one is acknowledged, and no answer
// contradicts what is there.
func TestManyWritersOfTheSameSession(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		const writers, addresses = 120, 20
		gateways := stores(t, l, 2)
		acknowledged := map[int]int{}
		for i, err := range together(writers, func(i int) error {
			return gateways[i%2].Write(t.Context(), func(tx *models.Tx) error { return tx.AddSession(new(session(i % addresses))) })
		}) {
			if err == nil {
				acknowledged[i%addresses]++
			} else if models.ErrorCode(err) != models.Conflict {
				t.Errorf("writer %d: %v", i, err)
			}
		}
		if len(acknowledged) != addresses || slices.Max(slices.Collect(maps.Values(acknowledged))) != 1 {
			t.Errorf("acknowledged: %v", acknowledged)
		}
		if n := len(sessions(t, l.Store, false)); n != addresses || len(logs(t, l)) != addresses {
			t.Errorf("%d sessions, %d log entries; want %d", n, len(logs(t, l)), addresses)
		}
	})
}

func TestManyWritersOfOneRow(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		const writers = 100
		gateways := stores(t, l, 2)
		s := session(1)
		s.PrfxMax = new(uint32(0))
		s = addSession(t, l.Store, s)
		acknowledged := uint32(0)
		for i, err := range together(writers, func(i int) error {
			return gateways[i%2].Write(t.Context(), func(tx *models.Tx) error {
				_, err := tx.UpdateSession(s.ID, func(s *models.Session) error { s.PrfxMax = new(*s.PrfxMax + 1); return nil })
				return err
			})
		}) {
			if err != nil {
				t.Errorf("writer %d: %v", i, err)
				continue
			}
			acknowledged++
		}
		equal(t, "count", column(t, l, "SELECT prfx_max FROM sessions"), []string{fmt.Sprint(acknowledged)})
		if n := len(logs(t, l)); n != writers+1 {
			t.Errorf("%d log entries, want %d", n, writers+1)
		}
	})
}

// One delete of many reports that it deleted; what is written at the same time
// as a delete is not lost, and not found on a deleted session.
func TestManyDeleteAndConfigure(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		gateways := stores(t, l, 2)
		for n := range 5 {
			s := addSession(t, l.Store, session(n))
			deleted := make([]bool, 20)
			for i, err := range together(len(deleted), func(i int) error {
				return gateways[i%2].Write(t.Context(), func(tx *models.Tx) (err error) {
					if i%4 == 0 {
						_, err = tx.MarkConfigured(s.ID)
						return err
					}
					deleted[i], err = tx.DeleteSession(new(s))
					return err
				})
			}) {
				if err != nil && (i%4 != 0 || models.ErrorCode(err) != models.NotFound) {
					t.Errorf("writer %d: %v", i, err)
				}
			}
			if count := len(slices.DeleteFunc(deleted, func(b bool) bool { return !b })); count != 1 {
				t.Errorf("%d writers deleted the session", count)
			}
			last := column(t, l, "SELECT message FROM log_entries WHERE session_id = ? ORDER BY id DESC LIMIT 1", s.ID)
			equal(t, "the last that happened", last, []string{"Session deleted: " + s.Label()})
		}
	})
}
