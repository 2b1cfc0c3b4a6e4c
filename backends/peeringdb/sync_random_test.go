package peeringdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/backends/peeringdb/peeringdbtest"
	"provision-gateway/models/modelstest"
)

// upstream changes a server at random, the same way for the same seed.
type upstream struct {
	*rand.Rand
	server *peeringdbtest.Server
	// seconds is the time of the last change.
	seconds int64
	// next is the next free id of each list.
	next map[string]uint64
}

func newUpstream(server *peeringdbtest.Server, seed uint64) *upstream {
	u := &upstream{rand.New(rand.NewPCG(seed, 7)), server, 0, map[string]uint64{"net": 50, "ix": 50, "netixlan": 50, "ixpfx": 50, "poc": 50}}
	// Two LANs with numbers of their own, as exchanges had before 2020.
	for lan, exchange := range map[uint64]uint64{501: 1, 502: 2} {
		server.Add("ixlan", at(0), peeringdbtest.Row{"id": lan, "ix_id": exchange})
	}
	return u
}

// id gives a random id of a list; now and then it is that of a row to come.
func (u *upstream) id(list string) uint64 {
	if u.IntN(8) == 0 {
		return u.next[list]
	}
	if u.next[list] > 50 && u.IntN(2) == 0 {
		return 50 + u.Uint64N(u.next[list]-50)
	}
	return 1 + u.Uint64N(2)
}

// lan gives a random LAN and its exchange.
func (u *upstream) lan() (lan, exchange uint64) {
	if exchange = u.id("ix"); exchange <= 2 && u.IntN(2) == 0 {
		return 500 + exchange, exchange
	}
	return exchange, exchange
}

// row makes the fields of a new row.
func (u *upstream) row(list string) peeringdbtest.Row {
	n := u.next[list]
	switch list {
	case "net":
		return peeringdbtest.Row{"asn": 64512 + n, "name": fmt.Sprintf("Random %d", n), "info_prefixes4": u.IntN(1000)}
	case "ix":
		return peeringdbtest.Row{"name": fmt.Sprintf("Random-IX %d", n), "city": "Berlin"}
	case "netixlan":
		lan, exchange := u.lan()
		return peeringdbtest.Row{"net_id": u.id("net"), "ix_id": exchange, "ixlan_id": lan, "asn": 64512, "speed": u.IntN(5) * 1000, "ipaddr4": fmt.Sprintf("198.51.100.%d", n%250)}
	case "ixpfx":
		lan, _ := u.lan()
		return peeringdbtest.Row{"ixlan_id": lan, "protocol": "IPv4", "prefix": fmt.Sprintf("10.%d.%d.0/24", n/250, n%250)}
	default:
		return peeringdbtest.Row{"net_id": u.id("net"), "role": "NOC", "visible": []string{"Public", "Users"}[u.IntN(2)], "email": fmt.Sprintf("noc%d@example.net", n)}
	}
}

// change makes one random change, often in the second of the one before.
func (u *upstream) change() {
	u.seconds += u.Int64N(3)
	now := at(u.seconds)
	lists := []string{"net", "ix", "netixlan", "ixpfx", "poc"}
	list := lists[u.IntN(len(lists))]
	live := u.server.Rows(list)
	switch action := u.IntN(10); {
	case action < 4:
		row := u.row(list)
		row["id"] = u.next[list]
		u.next[list]++
		u.server.Add(list, now, row)
	case action < 6 && len(live) > 2:
		u.server.Delete(list, live[u.IntN(len(live))], now)
	case action < 8 && u.next[list] > 50:
		// It may be one that was deleted.
		u.server.Update(list, 50+u.Uint64N(u.next[list]-50), now, u.row(list))
	case len(live) > 0:
		u.server.Update(list, live[u.IntN(len(live))], now, nil)
	}
}

func (u *upstream) changes(n int) {
	for range n {
		u.change()
	}
}

// TestSyncEndsWhereAFreshCopyDoes makes random changes, some of them in the
// middle of runs, and random runs, some of which fail, and after each good run
// without changes in its middle compares with a copy made from nothing and with
// the files of a dump.
func TestSyncEndsWhereAFreshCopyDoes(t *testing.T) {
	t.Parallel()
	kinds := []peeringdbtest.Kind{
		peeringdbtest.Reset, peeringdbtest.CutLength, peeringdbtest.CutChunked, peeringdbtest.CutSilently, peeringdbtest.Garbage, peeringdbtest.FirewallOK,
		peeringdbtest.ServerError, peeringdbtest.Throttled, peeringdbtest.Truncated, peeringdbtest.Forbidden,
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			eachCopying(t, func(t *testing.T, c *copying) {
				u := newUpstream(c.server, seed)
				failed, good := 0, 0
				for round := range 12 {
					u.changes(u.IntN(12))
					c.server.Uncache()
					if u.IntN(3) == 0 {
						c.server.Cache(at(u.seconds), []string{"net", "ix", "netixlan", "ixpfx", "poc"}[u.IntN(5):]...)
						u.changes(u.IntN(6))
					}
					ctx, cancel := context.WithCancel(t.Context())
					switch u.IntN(4) {
					case 0:
						c.server.Fail(peeringdbtest.Fault{Kind: kinds[u.IntN(len(kinds))], Skip: u.IntN(6), Times: u.IntN(3)})
					case 1:
						left := u.IntN(6)
						c.server.Before(func(string) {
							if left--; left < 0 {
								cancel()
							}
						})
					case 2:
						c.server.Before(func(string) { u.changes(u.IntN(3)) })
					}
					if _, err := peeringdb.Sync(ctx, c.Store, c.client, peeringdb.SyncOptions{Full: u.IntN(4) == 0, Force: true}); err != nil {
						failed++
					}
					cancel()
					c.server.Recover()
					c.server.Before(nil)
					if u.IntN(2) == 0 && round < 11 {
						continue
					}
					good++
					c.sync(peeringdb.SyncOptions{Force: true})
					fresh := &copying{lent(t, modelstest.Lend(t, modelstest.Kinds()[0], nil)), c.server, c.client}
					fresh.sync(peeringdb.SyncOptions{Force: true})
					if got, want := c.live(), fresh.live(); got != want {
						t.Fatalf("round %d:\n%s\nwant\n%s", round, got, want)
					}
					loaded := lent(t, modelstest.Lend(t, modelstest.Kinds()[0], nil))
					load(t, loaded, c.server.Dump())
					tables := []string{"exchanges", "networks", "ports", "contacts"}
					if got, want := c.live(tables...), loaded.live(tables...); got != want {
						t.Fatalf("round %d, dump:\n%s\nwant\n%s", round, got, want)
					}
					if got := c.answer("SELECT p.id FROM ports p JOIN networks n ON n.id = p.network_id WHERE p.gone_at IS NULL AND n.gone_at IS NOT NULL"); got != "" {
						t.Fatalf("round %d: live ports below a network that is gone: %s", round, got)
					}
				}
				if failed == 0 || good == 0 {
					t.Errorf("%d runs failed, %d were compared", failed, good)
				}
			})
		})
	}
}
