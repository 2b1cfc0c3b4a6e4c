package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// TestKillWhileOrdersAreProvisioned kills gateways at random moments while two
// members order, on each kind of database, and with two gateways on one. What
// was acknowledged must be there and come to its end, with each thing that it
// needs given to it once.
func TestKillWhileOrdersAreProvisioned(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		for gateways := 1; gateways <= 2; gateways++ {
			if gateways == 2 && kind.Name == "sqlite" {
				continue
			}
			t.Run(fmt.Sprintf("%s, %d", kind.Name, gateways), func(t *testing.T) {
				t.Parallel()
				database := kind.Database(t)
				args := []string{"--database", database, "--secrets-key-file", filepath.Join(t.TempDir(), "secrets.key")}
				seeded := seedDemo(t, args)
				f := startFleet(t, gateways, args)
				o := &orders{members: []*member{
					f.member(seeded.Accounts[0], "02:00:00:00:00:01"), f.member(seeded.Accounts[1], "02:00:00:00:00:02"),
				}}
				store := modelstest.Open(t, database, nil)
				o.placeAndKill(t, f, store)
				objects := o.settled(t, f, store)
				o.check(t, store, objects)
				t.Logf("%d acknowledged, %d without an answer, %d kills", len(o.acknowledged), o.unanswered.Load(), f.kills)
			})
		}
	}
}

// placeAndKill places all orders, and kills a gateway five times while they are
// placed and provisioned.
func (o *orders) placeAndKill(t *testing.T, f *fleet, store *models.Store) {
	t.Helper()
	o.acknowledged = map[string]ix.Collection{}
	var jobs []func()
	for i := range lans {
		jobs = append(jobs, func() { o.orderLAN(o.members[i%2], i%4 < 2) })
		if i < circuits {
			jobs = append(jobs, o.orderPrivate, func() { o.orderCloud(o.members[i%2], i) }, func() { o.orderGroup(o.members[i%2]) })
		}
	}
	work, next := sync.WaitGroup{}, make(chan func())
	var placed atomic.Int64
	for range 6 {
		work.Go(func() {
			for job := range next {
				job()
				placed.Add(1)
			}
		})
	}
	work.Go(func() {
		for _, job := range jobs {
			next <- job
		}
		close(next)
	})
	const kills = 5
	for n := range int64(kills) {
		for deadline := time.Now().Add(60 * time.Second); placed.Load() < (n+1)*int64(len(jobs))/(kills+1); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) || t.Failed() {
				t.Fatalf("%d of %d orders were placed\n%s", placed.Load(), len(jobs), f.logs())
			}
		}
		f.kill()
		// The lease of a gateway that was killed within a step ends by itself; one
		// test waits for the last of them.
		if n < kills-1 || store.Kind() == "mysql" {
			endLease(t, store)
		}
	}
	work.Wait()
}

func endLease(t *testing.T, store *models.Store) {
	t.Helper()
	err := store.Write(t.Context(), func(tx *models.Tx) error {
		return tx.DB().Model(&models.Lease{}).Where("name = ?", leaseSteps).Update("expires_at", 0).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// objects is everything that is in the database in the end, by collection.
type objects struct {
	services []ix.NetworkService
	configs  []ix.NetworkServiceConfig
	sessions []ix.NetworkFeatureConfig
	ips      []ix.IPAddress
}

// settled waits until no object has a step to take, and reads all of them.
func (o *orders) settled(t *testing.T, f *fleet, store *models.Store) objects {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var due []ix.Row
		if err := store.Reader(t.Context()).Select("id", "collection", "state").Where("due_at IS NOT NULL").Find(&due).Error; err != nil {
			t.Fatal(err)
		}
		if len(due) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d objects have a step to take, such as %s in %s, %s\n%s", len(due), due[0].ID, due[0].Collection, due[0].State, f.logs())
		}
	}
	return objects{
		rowsOf[ix.NetworkService](t, store, ix.NetworkServices), rowsOf[ix.NetworkServiceConfig](t, store, ix.NetworkServiceConfigs),
		rowsOf[ix.NetworkFeatureConfig](t, store, ix.NetworkFeatureConfigs), rowsOf[ix.IPAddress](t, store, ix.IPs),
	}
}

func rowsOf[T any](t *testing.T, store *models.Store, c ix.Collection) []T {
	t.Helper()
	var rows []ix.Row
	if err := store.Reader(t.Context()).Where("collection = ?", c).Order("position, id").Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	found := make([]T, len(rows))
	for i, row := range rows {
		decode(t, []byte(row.Document), &found[i])
	}
	return found
}

// check checks what must hold however often gateways were killed.
func (o *orders) check(t *testing.T, store *models.Store, have objects) {
	t.Helper()
	there := map[string]bool{}
	for _, s := range have.services {
		there[s.ID] = true
		if s.State != ix.StateProduction && o.acknowledged[s.ID] != "" {
			t.Errorf("the service %s, %s, is in the state %s with %+v", s.ID, s.Type, s.State, s.Status)
		}
	}
	// What is taken, by pool, value and holder.
	taken := map[ix.Allocation]bool{}
	take := func(pool, value, holder string) {
		a := ix.Allocation{Pool: pool, Value: value}
		if taken[a] {
			t.Errorf("%s of %s was given twice", value, pool)
		}
		taken[a] = true
		var row ix.Allocation
		if err := store.Reader(t.Context()).Where("pool = ? AND value = ?", pool, value).Limit(1).Find(&row).Error; err != nil || row.Holder != holder {
			t.Errorf("%s of %s: held by %q instead of %s, %v", value, pool, row.Holder, holder, err)
		}
	}
	for _, a := range have.ips {
		take("addresses "+a.NetworkService, a.Address, a.NetworkServiceConfig)
	}
	for _, s := range have.sessions {
		there[s.ID] = true
		if s.State != ix.StateProduction {
			t.Errorf("the session %s is in the state %s", s.ID, s.State)
		}
	}
	for _, c := range have.configs {
		there[c.ID] = true
		take("vlans "+c.Connection, fmt.Sprint(*c.VlanConfig.Vlan), c.ID)
		checkConfig(t, c, have)
	}
	for id, collection := range o.acknowledged {
		if !there[id] {
			t.Errorf("acknowledged and gone: %s in %s", id, collection)
		}
	}
	var rest int64
	if err := store.Reader(t.Context()).Model(&ix.Allocation{}).Where("pool LIKE 'addresses %' OR pool LIKE 'vlans %'").Count(&rest).Error; err != nil || rest != int64(len(taken)) {
		t.Errorf("%d values are taken and %d in use, %v", rest, len(taken), err)
	}
}

// checkConfig checks a configuration with its addresses and sessions.
func checkConfig(t *testing.T, c ix.NetworkServiceConfig, have objects) {
	t.Helper()
	var ips, sessions []string
	families := map[int]int{}
	for _, a := range have.ips {
		if a.NetworkServiceConfig == c.ID {
			ips = append(ips, a.ID)
			families[a.Version]++
		}
	}
	for _, s := range have.sessions {
		if s.NetworkServiceConfig == c.ID {
			sessions = append(sessions, s.ID)
		}
	}
	if !slices.Equal(slices.Sorted(slices.Values(sessions)), slices.Sorted(slices.Values(c.NetworkFeatureConfigs))) {
		t.Errorf("%s names the sessions %v and has %v", c.ID, c.NetworkFeatureConfigs, sessions)
	}
	if c.Type != ix.TypeExchangeLAN {
		if c.State != ix.StateProduction || len(c.Status) > 0 {
			t.Errorf("%s, %s, is in the state %s with %+v", c.ID, c.Type, c.State, c.Status)
		}
		return
	}
	if families[4] != 1 || families[6] != 1 || !slices.Equal(slices.Sorted(slices.Values(ips)), slices.Sorted(slices.Values(c.IPs))) {
		t.Errorf("%s names the addresses %v and has %v, by family %v", c.ID, c.IPs, ips, families)
	}
	waits := c.State == ix.StateError && len(c.Status) == 1 && c.Status[0].Tag == "network_feature_config_required"
	produces := c.State == ix.StateProduction && len(c.Status) == 0
	if len(sessions) == 0 && !waits || len(sessions) > 0 && !produces {
		t.Errorf("%s, with %d sessions, is in the state %s with %+v", c.ID, len(sessions), c.State, c.Status)
	}
}
