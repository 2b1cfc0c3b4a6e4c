package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// onPairs runs f with two gateways on one database, for every kind of database.
// Each has connections and memory of its own, as on two machines.
func onPairs(t *testing.T, f func(t *testing.T, a, b *service)) {
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			database := modelstest.Lend(t, kind, nil)
			insertFixtures(t, database, "lirs, example")
			second, err := models.Open(t.Context(), models.Options{Database: database.Database, Keyring: database.Keyring, Connections: 4})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = second.Close() })
			f(t, serveOn(t, database, database.Store, nil), serveOn(t, database, second, nil))
		})
	}
}

// ask asks a gateway without a network between.
func (s *service) ask(query string) string {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, api+"?"+query, nil))
	return w.Body.String()
}

// TestReadAfterWrite checks that a read which starts after a write was
// acknowledged shows it, whichever of two gateways is asked, while others read
// and write the same.
func TestReadAfterWrite(t *testing.T) {
	t.Parallel()
	const writers, rounds = 3, 100
	reads := []string{
		"target=peering&action=getSessions",
		"target=peering&action=getSessions&public_id=20",
		"target=peering&action=getPeers&public_id=20&include_log_data=1",
	}
	onPairs(t, func(t *testing.T, a, b *service) {
		pair := []*service{a, b}
		// Readers keep answers in memory and queries under way all the time.
		ctx, stop := context.WithCancel(t.Context())
		var readers sync.WaitGroup
		for i := range 4 {
			readers.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					pair[(i+n)%2].ask(reads[n%len(reads)])
				}
			})
		}
		var group sync.WaitGroup
		for writer, id := range []int{202, 205, 208}[:writers] {
			group.Go(func() {
				for n := range rounds {
					value := fmt.Sprintf("note-%d-%d-", writer, n)
					to, from := pair[n%2], pair[(n+1)%2]
					if answer := to.ask(fmt.Sprintf("target=peering&action=updateSession&id=%d&note=%s&peer_hostname=%s", id, value, value)); !strings.HasPrefix(answer, `{"success":1,`) {
						t.Errorf("write: %s", answer)
						return
					}
					for _, reader := range []*service{from, to} {
						if answer := reader.ask(reads[n%2]); !strings.Contains(answer, `"note":"`+value+`"`) {
							t.Errorf("round %d: %s is not in %s", n, value, answer)
							return
						}
					}
				}
			})
		}
		group.Wait()
		stop()
		readers.Wait()
	})
}

// TestReadAfterOtherWrites does the same for what other actions change, and for
// the answers that are made from it.
func TestReadAfterOtherWrites(t *testing.T) {
	t.Parallel()
	onPairs(t, func(t *testing.T, a, b *service) {
		for n := range 40 {
			writer, reader := a, b
			if n%2 == 1 {
				writer, reader = b, a
			}
			mark := fmt.Sprintf("mark%d", n)
			for _, step := range []struct{ write, read, want string }{
				{"target=lir&action=update&meta[id]=101&meta[type]=entry&fields[asn][]=" + mark, "target=lir&action=get", `"asn":"` + mark + `"`},
				{"target=resource&action=update&meta[id]=301&meta[type]=entry&meta[name]=" + mark, "target=peering&action=getSessions&id=201", `"resource_name":"` + mark + `"`},
				{"target=resource&action=add&meta[type]=category&meta[name]=" + mark, "target=resource&action=get&type=category", `"name":"` + mark + `"`},
				{
					"target=peering&action=updatePeer&participant_id=102&public_id=20&request_status=" + []string{"accepted", "rejected"}[n%2],
					"target=peering&action=getCommunications&public_id=20", `"request_status":"` + []string{"accepted", "rejected"}[n%2] + `","qualified":null`,
				},
				{
					"target=peering&action=sendRequest&public_id=20&peer_participant_id=105&source_participant_id=112&peer_name=" + mark +
						"&peer_asn=64505&email_from=o%40example.net&email_to=p%40example.net&subject=s&body=b&type=text",
					"target=peering&action=getRequests", `"peer_name":"` + mark + `"`,
				},
			} {
				if answer := writer.ask(step.write); !strings.HasPrefix(answer, `{"success":1,`) {
					t.Fatalf("%s: %s", step.write, answer)
				}
				if answer := reader.ask(step.read); !strings.Contains(answer, step.want) {
					t.Fatalf("round %d: %s: %s is not in %s", n, step.read, step.want, answer)
				}
			}
		}
	})
}

// TestRevokedElsewhere checks that a key which one gateway revoked is refused by
// the other at once, and that a new one is accepted at once.
func TestRevokedElsewhere(t *testing.T) {
	t.Parallel()
	onPairs(t, func(t *testing.T, a, b *service) {
		keeper := a.addKey(t, "keeper", models.PermissionRead)
		ctx, stop := context.WithCancel(t.Context())
		var others sync.WaitGroup
		others.Go(func() {
			for ctx.Err() == nil {
				b.ask(keeper.sign(hello))
			}
		})
		for n := range 50 {
			name := fmt.Sprintf("key %d", n)
			key := a.addKey(t, name, models.PermissionRead)
			if answer := b.ask(key.sign(hello)); !strings.HasPrefix(answer, `{"success":1,`) {
				t.Errorf("%s is new: %s", name, answer)
			}
			if err := a.database.Store.RevokeKey(t.Context(), name); err != nil {
				t.Fatal(err)
			}
			if answer := b.ask(key.sign(hello)); answer != `{"success":0,"message":"Unable to authenticate"}` {
				t.Errorf("%s is revoked: %s", name, answer)
			}
		}
		stop()
		others.Wait()
	})
}

// TestSharedWork checks that many who ask for the same at once are all answered
// in full.
func TestSharedWork(t *testing.T) {
	t.Parallel()
	onPairs(t, func(t *testing.T, a, _ *service) {
		want := a.ask("target=peering&action=getPeers&public_id=20")
		deadline := time.Now().Add(200 * time.Millisecond)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for time.Now().Before(deadline) {
					if got := a.ask("target=peering&action=getPeers&public_id=20"); got != want {
						t.Errorf("got %s", got)
						return
					}
				}
			})
		}
		for n := 0; time.Now().Before(deadline); n++ {
			// Changes what answers are made from, and not this one.
			a.ask(fmt.Sprintf("target=peering&action=updateSession&id=203&note=%d", n))
		}
		group.Wait()
	})
}
