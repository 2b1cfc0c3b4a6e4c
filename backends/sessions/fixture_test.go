package sessions_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/sessions"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// call is one that a router got.
type call struct {
	// what is configure, remove, push, neighbors or key.
	what     string
	access   router.Access
	neighbor dialect.Neighbor
	text     string
}

// String names the call, the router and the neighbor; no password.
func (c call) String() string {
	switch c.what {
	case "configure", "remove":
		group := ""
		if c.neighbor.PeerGroup != "" {
			group = " in " + c.neighbor.PeerGroup
		}
		return fmt.Sprintf("%s %s on %s by AS%d%s", c.what, c.neighbor, c.access.Name, c.neighbor.LocalASN, group)
	case "push":
		return fmt.Sprintf("push %q to %s", c.text, c.access.Name)
	}
	return c.what + " of " + c.access.Name
}

// routers stands for all routers: it keeps what they were told and answers as
// the test says.
type routers struct {
	mu    sync.Mutex
	calls []call
	// answer is called while a router is being told; it may be nil.
	answer func(call) error
	// lists are the neighbors by the name of the router, keys the host keys.
	lists map[string][]dialect.Status
	keys  map[string]string
}

func (r *routers) take(c call) error {
	r.mu.Lock()
	r.calls = append(r.calls, c)
	answer := r.answer
	r.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(c)
}

// Configure keeps the call.
func (r *routers) Configure(_ context.Context, a router.Access, n dialect.Neighbor) error {
	return r.take(call{what: "configure", access: a, neighbor: n})
}

func (r *routers) Remove(_ context.Context, a router.Access, n dialect.Neighbor) error {
	return r.take(call{what: "remove", access: a, neighbor: n})
}

func (r *routers) Push(_ context.Context, a router.Access, text string) error {
	return r.take(call{what: "push", access: a, text: text})
}

func (r *routers) Neighbors(_ context.Context, a router.Access) ([]dialect.Status, error) {
	if err := r.take(call{what: "neighbors", access: a}); err != nil {
		return nil, err
	}
	return r.lists[a.Name], nil
}

func (r *routers) HostKey(_ context.Context, a router.Access) (string, error) {
	if err := r.take(call{what: "key", access: a}); err != nil {
		return "", err
	}
	return r.keys[a.Name], nil
}

// taken lists the calls since it was last asked.
func (r *routers) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := []string{}
	for _, c := range r.calls {
		lines = append(lines, c.String())
	}
	r.calls = nil
	return lines
}

// trouble is an error of a router.
type trouble struct {
	text      string
	uncertain bool
}

func (t trouble) Error() string   { return t.text }
func (t trouble) Uncertain() bool { return t.uncertain }

var (
	certain = trouble{"the router refused", false}
	unclear = trouble{"the router fell silent", true}
)

// moment is what the clocks of tests show at first: 2014-05-22 23:14:54 UTC.
const moment = 1400800494

// fixture is a database with routers, and the Sessions between both.
type fixture struct {
	*modelstest.Lent
	sessions *sessions.Sessions
	routers  *routers
	// cisco is a router called ar1, junos one called jr1.
	cisco, junos uint64
	added        int
}

// each runs f on every kind of database.
func each(t *testing.T, f func(t *testing.T, f *fixture)) {
	t.Helper()
	modelstest.EachLent(t, modelstest.NewClock(moment).Now, func(t *testing.T, l *modelstest.Lent) { f(t, newFixture(t, l)) })
}

func newFixture(t *testing.T, l *modelstest.Lent) *fixture {
	t.Helper()
	f := &fixture{Lent: l, routers: &routers{lists: map[string][]dialect.Status{}, keys: map[string]string{}}}
	f.sessions = sessions.New(sessions.Config{Store: l.Store, Routers: f.routers, OwnASNs: []uint32{64500}})
	f.cisco = f.router(t, "ar1", models.RouterHost, "192.0.2.250", models.RouterPort, "2222", models.RouterPlatform, "cisco_iosxe",
		models.RouterUsername, "netop", models.RouterPassword, "stored-secret", models.RouterHostKey, "ssh-ed25519 AAAA",
		models.RouterLocalAddress, "192.0.2.1")
	f.junos = f.router(t, "jr1", models.RouterHost, "192.0.2.251", models.RouterPlatform, "juniper_junos",
		models.RouterUsername, "netop", models.RouterPassword, "stored-secret-2")
	return f
}

// router stores a router with pairs of slug and value, and gives its id.
func (f *fixture) router(t *testing.T, name string, pairs ...string) (id uint64) {
	t.Helper()
	fields := models.FieldValues{}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], 0, pairs[i+1])
	}
	f.write(t, func(tx *models.Tx) error {
		view, err := tx.AddResource(models.ResourceChange{
			Name: &name, Type: new(models.TypeEntry), SectionSlug: new(models.SectionRouter), Fields: fields,
		})
		if err == nil {
			id = view.ID
		}
		return err
	})
	return id
}

// resource reads a router.
func (f *fixture) resource(t *testing.T, id uint64) *models.Router {
	t.Helper()
	r, err := f.Store.RouterByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// write runs a transaction that has to succeed.
func (f *fixture) write(t *testing.T, do func(*models.Tx) error) {
	t.Helper()
	if err := f.Store.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// session stores a session on ar1, changed by changes, with a peer address of
// its own: 198.51.100.1 for the first.
func (f *fixture) session(t *testing.T, changes ...func(*models.Session)) *models.Session {
	t.Helper()
	f.added++
	s := &models.Session{
		ResourceID: &f.cisco, SourceASN: new(uint32(64500)), SourceIPAddr: new("192.0.2.1"), PeerASN: new(uint32(64496)),
		PeerIPAddr: new(fmt.Sprintf("198.51.100.%d", f.added)), PeerName: new("Alpha"), IPType: "ipv4",
	}
	for _, change := range changes {
		change(s)
	}
	f.write(t, func(tx *models.Tx) error { return tx.AddSession(s) })
	return f.reread(t, s.ID)
}

// pushed is session for one that is on its router.
func (f *fixture) pushed(t *testing.T, changes ...func(*models.Session)) *models.Session {
	t.Helper()
	s := f.session(t, changes...)
	f.write(t, func(tx *models.Tx) error {
		if err := tx.SetPlacement(s.ID, s.Place()); err != nil {
			return err
		}
		_, err := tx.MarkConfigured(s.ID)
		return err
	})
	return f.reread(t, s.ID)
}

// change updates a session and reads it again.
func (f *fixture) change(t *testing.T, id uint64, change func(*models.Session)) *models.Session {
	t.Helper()
	f.write(t, func(tx *models.Tx) error {
		_, err := tx.UpdateSession(id, func(s *models.Session) error {
			change(s)
			return nil
		})
		return err
	})
	return f.reread(t, id)
}

// delete deletes a session.
func (f *fixture) delete(t *testing.T, s *models.Session) {
	t.Helper()
	f.write(t, func(tx *models.Tx) error {
		_, err := tx.DeleteSession(s)
		return err
	})
}

func (f *fixture) reread(t *testing.T, id uint64) *models.Session {
	t.Helper()
	s, err := f.Store.SessionByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// place is where the database says that a session, live or not, was pushed.
func (f *fixture) place(t *testing.T, id uint64) string {
	t.Helper()
	var router, asn *uint64
	var neighbor, group *string
	err := f.Raw.QueryRow("SELECT pushed_router_id, pushed_neighbor, pushed_asn, pushed_group FROM sessions WHERE id = ?", id).
		Scan(&router, &neighbor, &asn, &group)
	if err != nil {
		t.Fatal(err)
	}
	if neighbor == nil {
		return "nowhere"
	}
	name := map[uint64]string{f.cisco: "ar1", f.junos: "jr1"}[*router]
	text := fmt.Sprintf("%s on %s", *neighbor, name)
	if asn != nil {
		text += fmt.Sprintf(" by AS%d", *asn)
	}
	if group != nil {
		text += " in " + *group
	}
	return text
}

// texts lists the first column of a query's rows.
func (f *fixture) texts(t *testing.T, query string, args ...any) []string {
	t.Helper()
	return modelstest.Column(t, f.Raw, query, args...)
}

// equal fails unless two lists hold the same lines.
func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if d := modelstest.Differences(want, got); d != "" {
		t.Errorf("%s: want (-), got (+):\n%s", what, d)
	}
}

// refused fails unless an error has a code and a message.
func refused(t *testing.T, what string, err error, code models.Code, message string) {
	t.Helper()
	if err == nil || models.ErrorCode(err) != code || err.Error() != message {
		t.Errorf("%s: error %v (code %d), want %q (code %d)", what, err, models.ErrorCode(err), message, code)
	}
}

// within bounds what a test waits for.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
