package models_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// safe is what is sealed in a test: LIRs with a secret each, and API keys.
type safe struct {
	lirs map[uint64]string
	keys map[string]string
}

// fillSafe stores n LIRs and n keys.
func fillSafe(t *testing.T, s *models.Store, n int) *safe {
	t.Helper()
	box := &safe{lirs: map[uint64]string{}, keys: map[string]string{}}
	for i := range n {
		value := fmt.Sprint("s3cret é😀 ", i)
		id := addEntry(t, s, "lir", "LIR", values("rir", "RIPE", "asn", "1", "mnt-by", "M", "mnt-by-password", value))
		box.lirs[id] = value
		key, secret := addKey(t, s, models.NewKey{Name: fmt.Sprint("key ", i)})
		box.keys[key] = secret
	}
	return box
}

// check reads everything with a store and returns what is wrong.
func (box *safe) check(t *testing.T, s *models.Store) error {
	t.Helper()
	lirs, err := s.LIRs(t.Context(), nil, true)
	if err != nil {
		return fmt.Errorf("LIRs: %w", err)
	}
	found := map[uint64]string{}
	for _, l := range lirs {
		for _, e := range l.Entities {
			found[l.ID] = e["mnt-by-password"]
		}
	}
	if !maps.Equal(found, box.lirs) {
		return fmt.Errorf("%d LIRs have other secrets", len(found))
	}
	for key, secret := range box.keys {
		c, err := s.Credential(t.Context(), key)
		if err != nil || c == nil || c.Secret != secret {
			return fmt.Errorf("credential: %w", err)
		}
	}
	return nil
}

func rotate(t *testing.T, s *models.Store) models.Rotation {
	t.Helper()
	r, err := s.RotateSecrets(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRotateSecrets(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		box := fillSafe(t, l.Store, 3)
		running := l.Another(t)
		first := l.Keyring.Active()
		var steps []string
		one, err := l.Store.RotateSecrets(t.Context(), func(done, total int) { steps = append(steps, fmt.Sprint(done, "/", total)) })
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "progress", steps, []string{"1/6", "2/6", "3/6", "4/6", "5/6", "6/6"})
		two := rotate(t, l.Store)
		for i, r := range []models.Rotation{one, two} {
			before := []string{first, one.KeyID}[i]
			if r.Resealed != 6 || fmt.Sprint(r.Retired) != fmt.Sprint([]string{before}) || r.KeyID == before {
				t.Errorf("rotation %d: %+v", i+1, r)
			}
		}
		under, err := l.Store.SealedUnder(t.Context())
		if err != nil || fmt.Sprint(under) != fmt.Sprint([]string{two.KeyID}) {
			t.Errorf("sealed under %v, %v; want %s", under, err, two.KeyID)
		}
		data, err := os.ReadFile(l.KeyFile)
		if err != nil || strings.Count(string(data), "\n") != 1 || !strings.HasPrefix(string(data), two.KeyID+":") {
			t.Errorf("the key file has %d keys, %v", strings.Count(string(data), "\n"), err)
		}
		// One that ran all the time, with the keys of before, reads and writes.
		if err := box.check(t, running); err != nil {
			t.Errorf("a running gateway: %v", err)
		}
		id := addEntry(t, running, "lir", "New", values("rir", "RIPE", "asn", "1", "mnt-by", "M", "mnt-by-password", "new"))
		box.lirs[id] = "new"
		for what, s := range map[string]*models.Store{"the same": l.Store, "running": running, "started anew": l.Another(t)} {
			if err := box.check(t, s); err != nil {
				t.Errorf("%s gateway: %v", what, err)
			}
		}
	})
}

// A gateway that only writes has no reason to look at the keys of others.
func TestAGatewaySealsWithTheNewKeyAtOnce(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		running := l.Another(t)
		r := rotate(t, l.Store)
		box := fillSafe(t, running, 1)
		under, err := l.Store.SealedUnder(t.Context())
		if err != nil || !slices.Equal(under, []string{r.KeyID}) {
			t.Errorf("sealed under %v, %v; want %s", under, err, r.KeyID)
		}
		if err := box.check(t, l.Another(t)); err != nil {
			t.Error(err)
		}
	})
}

// What another transaction had sealed but not committed when the rotation
// began is sealed anew too.
func TestARotationWaitsForWhoSeals(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		fillSafe(t, l.Store, 1)
		writer, rotated := l.Another(t), make(chan error, 1)
		var id uint64
		write(t, writer, func(tx *models.Tx) error {
			v, err := tx.AddResource(models.ResourceChange{
				Name: new("In flight"), Type: new(models.TypeEntry), SectionSlug: new("lir"), RIRs: rirs,
				Fields: values("rir", "RIPE", "asn", "1", "mnt-by", "M", "mnt-by-password", "in flight"),
			})
			if err != nil {
				return err
			}
			id = v.ID
			old := l.Keyring.Active()
			go func() {
				_, err := l.Store.RotateSecrets(t.Context(), nil)
				rotated <- err
			}()
			for l.Keyring.Active() == old {
				time.Sleep(time.Millisecond)
			}
			// The new key is in the file. Time enough for the rest, were there
			// nothing to wait for.
			select {
			case err := <-rotated:
				return fmt.Errorf("the rotation did not wait: %v", err)
			case <-time.After(200 * time.Millisecond):
				return nil
			}
		})
		if err := <-rotated; err != nil {
			t.Fatal(err)
		}
		lirs, err := l.Another(t).LIRs(t.Context(), &id, true)
		if err != nil || len(lirs) != 1 || lirs[0].Entities[0]["mnt-by-password"] != "in flight" {
			t.Errorf("after the rotation: %d LIRs, %v", len(lirs), err)
		}
	})
}

// Two rotations, and gateways that seal meanwhile, lose nothing.
func TestManyRotateAndSeal(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		box := fillSafe(t, l.Store, 2)
		gateways := stores(t, l, 4)
		ids := make([][]uint64, len(gateways))
		for i, err := range together(len(gateways), func(i int) error {
			for n := range 4 {
				if i < 2 {
					if _, err := gateways[i].RotateSecrets(t.Context(), nil); err != nil {
						return err
					}
					continue
				}
				err := gateways[i].Write(t.Context(), func(tx *models.Tx) error {
					v, err := tx.AddResource(models.ResourceChange{
						Name: new("LIR"), Type: new(models.TypeEntry), SectionSlug: new("lir"), RIRs: rirs,
						Fields: values("rir", "RIPE", "asn", "1", "mnt-by", "M", "mnt-by-password", fmt.Sprint(i, n)),
					})
					if err == nil {
						ids[i] = append(ids[i][:n], v.ID)
					}
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		}) {
			if err != nil {
				t.Errorf("gateway %d: %v", i, err)
			}
			for n, id := range ids[i] {
				box.lirs[id] = fmt.Sprint(i, n)
			}
		}
		for _, s := range append(gateways, l.Another(t)) {
			if err := box.check(t, s); err != nil {
				t.Error(err)
			}
		}
	})
}
