package exchange_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/exchange"
	"provision-gateway/backends/ixapi"
	server "provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// publicID is the exchange of the directory that is bound.
const publicID = 20

// desk is a gateway's database and an exchange that it is bound to.
type desk struct {
	*ixapitest.LAN
	t     *testing.T
	store *models.Store
	wire  *wire
	// binding is what is bound, for a second gateway.
	binding exchange.Binding
	*exchange.Exchange
}

// wire carries requests, and loses some.
type wire struct {
	mu sync.Mutex
	// lose is called with the number of each request, from 1; it says whether the
	// request is lost before it is there, or its answer after it was there.
	lose func(n int, r *http.Request) (before, after bool)
	n    int
	next http.RoundTripper
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.n++
	var before, after bool
	if w.lose != nil {
		before, after = w.lose(w.n, r)
	}
	w.mu.Unlock()
	if before {
		return nil, errLost
	}
	response, err := w.next.RoundTrip(r)
	if err == nil && after {
		_ = response.Body.Close()
		return nil, errLost
	}
	return response, err
}

func (w *wire) losing(lose func(n int, r *http.Request) (before, after bool)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lose, w.n = lose, 0
}

type lostError struct{}

func (lostError) Error() string { return "the wire lost it" }

var errLost = lostError{}

func newDesk(t *testing.T, kind modelstest.Kind, change func(*exchange.Binding)) *desk {
	t.Helper()
	service := ixapitest.New(t, modelstest.Lend(t, modelstest.Kinds()[0], nil), nil)
	service.Objects.Interval = 0
	d := &desk{LAN: service.Join(t), t: t, store: kind.Open(t), wire: &wire{next: ixapitest.Validated(t, nil)}}
	client, err := ixapi.New(ixapi.Config{
		URL: service.Server.URL + server.Base, Key: d.Key, Secret: d.Secret, Backoff: time.Millisecond, Attempts: 1, Transport: d.wire,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.binding = exchange.Binding{
		PublicID: publicID, Client: client, NetworkService: ixapitest.NetworkService, ASSet: "AS-EXAMPLE", IRR: "RIPE", Poll: time.Hour,
	}
	if change != nil {
		change(&d.binding)
	}
	d.Exchange = d.another()
	return d
}

// another is a second gateway on the database.
func (d *desk) another() *exchange.Exchange {
	d.t.Helper()
	e, err := exchange.New(exchange.Config{Store: d.store, Bindings: []exchange.Binding{d.binding}, Timeout: 10 * time.Second})
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

// session is a session with a route server that was not added yet.
func (d *desk) session(peer string) *models.Session {
	source, asn, peerASN, public, limit := d.IPv4, uint32(ixapitest.MemberASN), uint32(ixapitest.RouteServerASN), uint64(publicID), uint32(500)
	s := &models.Session{
		SourceASN: &asn, SourceIPAddr: &source, PeerASN: &peerASN, PeerIPAddr: &peer, PublicID: &public, IPType: "ipv4", PrfxMax: &limit, Password: "planted-secret",
	}
	if peer == ixapitest.RequiredFeatureIPv6 || peer == ixapitest.OptionalFeatureIPv6 {
		s.IPType, s.SourceIPAddr = "ipv6", &d.IPv6
	}
	return s
}

// add stores a session that is to be brought to the exchange.
func (d *desk) add(s *models.Session) *models.Session {
	d.t.Helper()
	err := d.store.Write(d.t.Context(), func(tx *models.Tx) error { return tx.AddExchangeSession(s, 1) })
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// change changes a session, or with the wanted operation delete ends it.
func (d *desk) change(s *models.Session, wanted string, change func(*models.Session)) {
	d.t.Helper()
	err := d.store.Write(d.t.Context(), func(tx *models.Tx) error {
		if change != nil {
			if _, err := tx.UpdateSession(s.ID, func(s *models.Session) error { change(s); return nil }); err != nil {
				return err
			}
		}
		x, err := tx.ExchangeSession(s.ID)
		if err != nil {
			return err
		}
		x.Want(wanted, 1)
		return tx.SaveExchangeSession(x)
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// due makes every session due.
func (d *desk) due() {
	d.t.Helper()
	if err := d.store.Write(d.t.Context(), func(tx *models.Tx) error {
		return tx.DB().Model(&models.ExchangeSession{}).Where("due_at > 0").Update("due_at", 1).Error
	}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) link(s *models.Session) *models.ExchangeSession {
	d.t.Helper()
	x, err := d.store.ExchangeSession(d.t.Context(), s.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return x
}

// state is the state of a session as answers show it, empty for one that is not
// live.
func (d *desk) state(s *models.Session) (state string) {
	d.t.Helper()
	err := d.store.EachSession(d.t.Context(), []models.Condition{models.NumberIs("id", int64(s.ID))}, false, func(row models.SessionRow) error {
		for i, column := range models.SessionColumns {
			if column == "state" {
				state = string(row[i])
			}
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return state
}

// standing are the sessions at the exchange that are not on their way out.
func (d *desk) standing() []ix.NetworkFeatureConfig {
	d.t.Helper()
	d.wire.losing(nil)
	var out []ix.NetworkFeatureConfig
	for _, c := range d.FeatureConfigs() {
		if !c.State.Leaving() {
			out = append(out, c)
		}
	}
	return out
}
