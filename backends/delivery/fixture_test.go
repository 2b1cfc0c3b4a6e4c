package delivery_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"provision-gateway/backends/delivery"
	"provision-gateway/backends/mail"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// mailer keeps what it is given and answers as the test says.
type mailer struct {
	mu    sync.Mutex
	mails []mail.Message
	// answer is called while a mail is being handed over; it may be nil.
	answer func(mail.Message) error
}

func (m *mailer) Send(_ context.Context, message mail.Message) error {
	m.mu.Lock()
	m.mails = append(m.mails, message)
	answer := m.answer
	m.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(message)
}

// trouble is an error of a mail server.
type trouble struct {
	text      string
	uncertain bool
}

func (t trouble) Error() string   { return t.text }
func (t trouble) Uncertain() bool { return t.uncertain }

var (
	certain = trouble{"mailbox unknown", false}
	unclear = trouble{"the server fell silent", true}
)

// moment is what the clocks of tests show at first: 2014-05-22 23:14:54 UTC.
const moment = 1400800494

// patience is how long the tests leave alone a mail that may be on its way.
const patience = 40 * time.Second

// fixture is a database, and a Delivery over it.
type fixture struct {
	*modelstest.Lent
	clock    *modelstest.Clock
	mailer   *mailer
	config   delivery.Config
	delivery *delivery.Delivery
}

// each runs f on every kind of database, with a directory in it: we are network
// 1, AS64500, and share the exchanges 20, 21 and 22 with network 2.
func each(t *testing.T, f func(t *testing.T, f *fixture)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(moment)
			f(t, newFixture(t, modelstest.Lend(t, kind, clock.Now), clock))
		})
	}
}

func newFixture(t *testing.T, l *modelstest.Lent, clock *modelstest.Clock) *fixture {
	t.Helper()
	f := &fixture{Lent: l, clock: clock, mailer: &mailer{}}
	f.config = delivery.Config{
		Store: l.Store, Mailer: f.mailer, Templates: templates(t, nil), OwnASNs: []uint32{64500}, Patience: patience,
	}
	f.delivery = delivery.New(f.config)
	put(t, f, models.Network{ID: 1, Name: "Gateway Example, Inc.", ASN: new(uint32(64500)), Website: new("https://gateway.example/")},
		models.Network{ID: 2, Name: "Alpha Networks", ASN: new(uint32(64496)), Website: new("https://alpha.example/")},
		models.Network{ID: 3, Name: "Nowhere Near"})
	put(t, f, models.Exchange{ID: 20, Name: "Zeta IX", City: new("Berlin")}, models.Exchange{ID: 21, Name: "Alpha IX"},
		models.Exchange{ID: 22, Name: "Mid IX", City: new("Palo Alto")}, models.Exchange{ID: 23, Name: "Theirs"})
	put(t, f, models.Port{ID: 1, NetworkID: 1, ExchangeID: 20, IPv4: new("203.0.113.1"), IPv6: new("2001:db8::1")},
		models.Port{ID: 2, NetworkID: 2, ExchangeID: 20, IPv4: new("203.0.113.2")}, models.Port{ID: 3, NetworkID: 2, ExchangeID: 20, IPv4: new("203.0.113.3")},
		models.Port{ID: 4, NetworkID: 1, ExchangeID: 21, IPv4: new("198.51.100.1")}, models.Port{ID: 5, NetworkID: 2, ExchangeID: 21, IPv4: new("198.51.100.2")},
		models.Port{ID: 6, NetworkID: 1, ExchangeID: 22, IPv4: new("192.0.2.1")}, models.Port{ID: 7, NetworkID: 2, ExchangeID: 22, IPv4: new("192.0.2.2")},
		models.Port{ID: 8, NetworkID: 2, ExchangeID: 23, IPv4: new("192.0.2.130")})
	return f
}

// put adds rows to the directory.
func put[R models.DirectoryRow](t *testing.T, f *fixture, rows ...R) {
	t.Helper()
	modelstest.Put(t, f.Store, rows...)
}

// templates are the built-in ones, but for those that are given by file name.
func templates(t *testing.T, own map[string]string) *mail.Templates {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range own {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	read, err := mail.LoadTemplates(files)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// write runs a transaction that has to succeed.
func (f *fixture) write(t *testing.T, do func(*models.Tx) error) {
	t.Helper()
	if err := f.Store.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// peer reads a network at an exchange.
func (f *fixture) peer(t *testing.T, network, exchange uint64) (p *models.Peer) {
	t.Helper()
	f.write(t, func(tx *models.Tx) (err error) {
		p, err = tx.FindPeer(network, exchange)
		return err
	})
	return p
}

// texts lists the first column of a query's rows.
func (f *fixture) texts(t *testing.T, query string, args ...any) []string {
	t.Helper()
	return modelstest.Column(t, f.Raw, query, args...)
}

// state is what the database says of a request and of its mail.
func (f *fixture) state(t *testing.T, id uint64) []string {
	t.Helper()
	lines := f.texts(t, `SELECT CONCAT(delivery, '; status ', COALESCE(status, '-'), '; failure ', COALESCE(failure, '-'), '; modified ', modified_at - ?)
		FROM requests WHERE id = ?`, moment, id)
	counted := f.texts(t, "SELECT created_at - ? FROM outgoing_mails WHERE mail_id = ?", moment, delivery.RequestID(id))
	lines = append(lines, fmt.Sprintf("counted %v", counted))
	lines = append(lines, f.texts(t, `SELECT CONCAT(network_id, '/', exchange_id, ' ', COALESCE(request_status, '-')) FROM communications ORDER BY id`)...)
	return append(lines, f.texts(t, `SELECT CONCAT(message, ' at ', time - ?, ' of ', network_id, '/', exchange_id, ' for ', request_id) FROM log_entries
		ORDER BY id`, moment)...)
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
