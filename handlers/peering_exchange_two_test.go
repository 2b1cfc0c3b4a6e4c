package handlers_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models"
)

// held is what happens while a request is on its way to the exchange.
type held struct {
	method string
	once   atomic.Bool
	during func()
}

// while sends first, and then, while a request of the method is on its way to the
// exchange, second, up to where that waits for its turn.
func (b *bound) while(t *testing.T, method, first, second string) (string, string) {
	t.Helper()
	answers := make(chan string, 1)
	h := &held{method: method, during: func() {
		before := b.wishes(t)
		go func() { answers <- b.get(t, second).body }()
		for deadline := time.Now().Add(10 * time.Second); b.wishes(t) == before; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%s: nothing was written down", second)
				return
			}
		}
	}}
	b.held.Store(h)
	one := b.get(t, first).body
	b.held.Store(nil)
	if !h.once.Load() {
		t.Fatalf("%s: no %s was sent: %s", first, method, one)
	}
	return one, <-answers
}

// wishes is the sum of what was ever wanted of the sessions that are linked.
func (b *bound) wishes(t *testing.T) (n int64) {
	if err := b.database.Raw.QueryRowContext(t.Context(), "SELECT COALESCE(SUM(wishes), 0) FROM exchange_sessions").Scan(&n); err != nil {
		t.Error(err)
	}
	return n
}

// work has the background do what is due, and what is due later.
func (b *bound) work(t *testing.T) {
	t.Helper()
	err := b.exchange.Store.Write(t.Context(), func(tx *models.Tx) error {
		return tx.DB().Model(&models.ExchangeSession{}).Where("due_at > 0").Update("due_at", 1).Error
	})
	if err == nil {
		err = b.exchange.Work(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// standing adds a session that is in production.
func (b *bound) standing(t *testing.T) (id string) {
	t.Helper()
	added := b.get(t, b.adding(ixapitest.RequiredFeatureIPv4, "&prfx_max=100&password=first"))
	if !strings.Contains(added.body, `"success":1`) {
		t.Fatal(added.body)
	}
	b.Settle(t)
	b.work(t)
	return number(t, added.body)
}

// TestTwoCallers has one caller come while the exchange is busy with another's
// request: what both were told is what is there.
func TestTwoCallers(t *testing.T) {
	t.Parallel()
	const done = `"success":1`
	tooLong := "&password=" + strings.Repeat("x", 200)
	t.Run("two updates", func(t *testing.T) {
		t.Parallel()
		b := serveBound(t)
		update := "target=peering&action=updateSession&id=" + b.standing(t)
		one, two := b.while(t, http.MethodPatch, update+"&password=other", update+"&prfx_max=77")
		if have := b.FeatureConfigs()[0]; !strings.Contains(one, done) || !strings.Contains(two, done) || have.Password != "other" || *have.MaxPrefixV4 != 77 {
			t.Errorf("%s, %s: %+v", one, two, have)
		}
	})
	t.Run("an update and an end", func(t *testing.T) {
		t.Parallel()
		b := serveBound(t)
		id := b.standing(t)
		one, two := b.while(t, http.MethodPatch, "target=peering&action=updateSession&password=other&id="+id, "target=peering&action=deleteSession&force=1&id="+id)
		if !strings.Contains(one, done) || two != `{"success":1,"message":"1 sessions deleted."}` || b.live() != 0 {
			t.Errorf("%s, %s: %d stand", one, two, b.live())
		}
		if late := b.get(t, "target=peering&action=updateSession&password=late&id="+id).body; !strings.Contains(late, "is being deleted") {
			t.Errorf("after it: %s", late)
		}
	})
	t.Run("an addition and an end", func(t *testing.T) {
		t.Parallel()
		b := serveBound(t)
		one, two := b.while(t, http.MethodPost, b.adding(ixapitest.RequiredFeatureIPv4, ""), "target=peering&action=deleteSession&force=1&source_asn=64496")
		if !strings.Contains(two, done) || b.live() != 0 {
			t.Errorf("%s, %s: %d stand", one, two, b.live())
		}
	})
	t.Run("two equal additions", func(t *testing.T) {
		t.Parallel()
		b := serveBound(t)
		add := b.adding(ixapitest.RequiredFeatureIPv4, "")
		if one, two := b.while(t, http.MethodPost, add, add); !strings.Contains(one, done) || number(t, one) != number(t, two) || b.live() != 1 {
			t.Errorf("%s, %s: %d stand", one, two, b.live())
		}
	})
	t.Run("two equal additions that are refused", func(t *testing.T) {
		t.Parallel()
		b := serveBound(t)
		add := b.adding(ixapitest.RequiredFeatureIPv4, tooLong)
		one, two := b.while(t, http.MethodPost, add, add)
		for _, answer := range []string{one, two} {
			if !strings.Contains(answer, `"success":0`) || !strings.Contains(answer, "password: ") {
				t.Errorf("%s", answer)
			}
		}
		if list := b.get(t, "target=peering&action=getSessions&source_asn=64496").body; b.live() != 0 || strings.Contains(list, `"id"`) {
			t.Errorf("left: %s", list)
		}
	})
	t.Run("a refused update and another", func(t *testing.T) {
		t.Parallel()
		b := serveBound(t)
		id := b.standing(t)
		update := "target=peering&action=updateSession&id=" + id
		one, two := b.while(t, http.MethodPatch, update+tooLong, update+"&note=kept&prfx_max=77")
		b.work(t)
		list := b.get(t, "target=peering&action=getSessions&id="+id).body
		kept, told := strings.Contains(list, `"note":"kept"`), strings.Contains(two, done)
		if have := b.FeatureConfigs()[0]; !strings.Contains(one, "password: ") || kept != told || !strings.Contains(list, `"password":"first"`) ||
			have.Password != "first" || (*have.MaxPrefixV4 == 77) != told {
			t.Errorf("%s, %s: %s, %+v", one, two, list, have)
		}
	})
}

// TestKilledGateway finds sessions busy, as after a gateway was killed: nothing is
// forgotten, and all is done when the lease has ended.
func TestKilledGateway(t *testing.T) {
	t.Parallel()
	b := serveBound(t)
	b.exchange.Timeout = 2 * time.Second
	b.down.Store(true)
	add := b.adding(ixapitest.RequiredFeatureIPv4, "&password=first&source_ipaddr="+b.IPv4)
	b.get(t, add)
	b.down.Store(false)
	id := number(t, b.get(t, "target=peering&action=getSessions&source_asn=64496").body)
	store, lease := b.exchange.Store, "session-"+id
	for _, step := range []struct {
		query string
		done  func() bool
	}{
		{add, func() bool { return b.live() == 1 }},
		{"target=peering&action=updateSession&password=second&id=" + id, func() bool { return b.FeatureConfigs()[0].Password == "second" }},
		{"target=peering&action=deleteSession&force=1&id=" + id, func() bool { return b.live() == 0 }},
	} {
		if held, err := store.TakeLease(t.Context(), lease, "killed", time.Hour); err != nil || !held {
			t.Fatal(held, err)
		}
		if answer := b.get(t, step.query).body; !strings.Contains(answer, "is busy") || !strings.Contains(answer, "finished later") || step.done() {
			t.Errorf("%s: %s", step.query, answer)
		}
		if err := store.ReleaseLease(t.Context(), lease, "killed"); err != nil {
			t.Fatal(err)
		}
		if b.work(t); !step.done() {
			t.Errorf("%s is not finished", step.query)
		}
	}
}

// TestOnItsWay leaves a session that may be on its way to one exchange with that.
func TestOnItsWay(t *testing.T) {
	t.Parallel()
	b := serveBound(t)
	b.down.Store(true)
	b.get(t, b.adding(ixapitest.RequiredFeatureIPv4, "&source_ipaddr="+b.IPv4))
	b.down.Store(false)
	id := number(t, b.get(t, "target=peering&action=getSessions&source_asn=64496").body)
	for _, to := range []string{"10", "0", ""} {
		if answer := b.get(t, "target=peering&action=updateSession&public_id="+to+"&id="+id).body; !strings.Contains(answer, "is on its way to its exchange: delete it first") {
			t.Errorf("to %q: %s", to, answer)
		}
	}
	if answer := b.get(t, "target=peering&action=updateSession&source_asn=&id="+id).body; !strings.Contains(answer, "Missing required parameter: source_asn") {
		t.Errorf("without an AS number: %s", answer)
	}
}

// TestBoundLater brings a session to its exchange that was there before that was
// bound.
func TestBoundLater(t *testing.T) {
	t.Parallel()
	b := serveBound(t)
	asn, peerASN, public, peer := uint32(ixapitest.MemberASN), uint32(ixapitest.RouteServerASN), uint64(boundTo), ixapitest.RequiredFeatureIPv4
	s := &models.Session{SourceASN: &asn, SourceIPAddr: &b.IPv4, PeerASN: &peerASN, PeerIPAddr: &peer, PublicID: &public, IPType: "ipv4", Password: "first"}
	if err := b.exchange.Store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddSession(s) }); err != nil {
		t.Fatal(err)
	}
	id := number(t, b.get(t, "target=peering&action=getSessions&source_asn=64496").body)
	if answer := b.get(t, "target=peering&action=updateSession&public_id=20&id="+id).body; !strings.Contains(answer, `"success":1`) || b.live() != 1 || b.FeatureConfigs()[0].Password != "first" {
		t.Errorf("%s: %d stand", answer, b.live())
	}
}
