package handlers_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/contract"
	"provision-gateway/compat"
	"provision-gateway/compat/golden"
	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// stage has the databases of one kind that golden files are replayed on.
type stage struct {
	// whole is the test of all files; what several share ends with it.
	whole *testing.T
	kind  modelstest.Kind
	mu    sync.Mutex
	// shared are databases by the names of their fixtures, for files that change
	// nothing.
	shared map[string]*modelstest.Lent
}

// database gives a database with the fixtures of a file.
func (s *stage) database(t *testing.T, settings map[string]string, pairs []golden.Pair) *modelstest.Lent {
	clock, err := time.Parse(time.DateTime, settings["time"])
	if err != nil {
		t.Fatal(err)
	}
	outside := settings["mail"] + settings["router"]
	if settings["allow"] != "" || outside != "" || slices.ContainsFunc(pairs, changes) {
		return s.fill(t, settings["fixture"], func() time.Time { return clock })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shared[settings["fixture"]] == nil {
		s.shared[settings["fixture"]] = s.share(settings["fixture"])
	}
	return s.shared[settings["fixture"]]
}

// share fills a database for several files and checks in the end that none of
// them changed it.
func (s *stage) share(names string) *modelstest.Lent {
	database := s.fill(s.whole, names, nil)
	versions := func() models.Versions {
		v, err := database.Store.Versions(context.Background())
		if err != nil {
			s.whole.Error(err)
		}
		return v
	}
	before := versions()
	s.whole.Cleanup(func() {
		if after := versions(); after != before {
			s.whole.Errorf("a file that refuses every write changed the database of %s, and so may have spoilt others", names)
		}
	})
	return database
}

func (s *stage) fill(t *testing.T, names string, now func() time.Time) *modelstest.Lent {
	database := modelstest.Lend(t, s.kind, now)
	insertFixtures(t, database, names)
	return database
}

// insertFixtures puts fixtures, whose names are given with commas between, into
// a database.
func insertFixtures(t testing.TB, database *modelstest.Lent, names string) {
	t.Helper()
	var fixtures []modelstest.Fixture
	for name := range strings.SplitSeq(names, ", ") {
		fixtures = append(fixtures, modelstest.ReadFixture(t, os.DirFS(filepath.Join(testdata, "fixtures")), name))
	}
	// One transaction, since the database would else wait for each row.
	execute(t, database, "BEGIN")
	modelstest.Insert(t, database.Raw, database.Keyring, fixtures...)
	execute(t, database, "COMMIT")
}

func execute(t testing.TB, database *modelstest.Lent, statement string) {
	t.Helper()
	if _, err := database.Raw.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// changes reports whether a request may change the database: it asks for no
// read, and its answer is no refusal, or says that some was deleted, or may
// become another one.
func changes(pair golden.Pair) bool {
	action := pair.Request.Action()
	reads := action != nil && action.Effect == compat.Read
	refused := pair.Answer != nil && strings.HasPrefix(pair.Answer.Body, `{"success":0,`) && !strings.Contains(pair.Answer.Body, " deleted")
	return !reads && (*update || !refused)
}

// serveGolden starts a gateway with the settings of a file:
//
//	fixture: names of testdata/fixtures, in order
//	time: what the clock shows
//	timezone: of times in answers
//	allow: permissions of the caller; all when missing
//	sign: none or wrong, with allow
//	mail, router: what the world outside answers: accepts (when missing),
//	refuses, fails, rejects, or missing (the gateway has no way out)
//	own: our AS numbers
//	rirs: the registries that an LIR may have
//	body-limit: bytes; variables: how many
func serveGolden(t *testing.T, database *modelstest.Lent, settings map[string]string) *staged {
	clock, err := time.Parse(time.DateTime, settings["time"])
	if err != nil {
		t.Fatal(err)
	}
	g := &staged{}
	g.service = serveOn(t, database, database.Store, func(o *handlers.Options) {
		o.Now = func() time.Time { return clock }
		o.RIRs = []string{"ARIN", "RIPE", "LACNIC", "AfriNIC", "APNIC", "1918"}
		o.Mailer, o.Router = outside(settings["mail"]), outside(settings["router"])
		if settings["mail"] == "missing" {
			o.Mailer = nil
		}
		if settings["router"] == "missing" {
			o.Router = nil
		}
		if zone := settings["timezone"]; zone != "" {
			if o.Location, err = time.LoadLocation(zone); err != nil {
				t.Fatal(err)
			}
		}
		if settings["own"] != "" {
			o.OwnASNs = nil
			for word := range strings.SplitSeq(settings["own"], ", ") {
				o.OwnASNs = append(o.OwnASNs, asn(t, word))
			}
		}
		if settings["rirs"] != "" {
			o.RIRs = strings.Split(settings["rirs"], ", ")
		}
		if limit := settings["body-limit"]; limit != "" {
			o.MaxBody = int64(asn(t, limit))
		}
		if most := settings["variables"]; most != "" {
			o.MaxVariables = int(asn(t, most))
		}
	})
	if allow := settings["allow"]; allow != "" {
		permissions, err := models.ParsePermissions(allow)
		if err != nil {
			t.Fatal(err)
		}
		caller := g.addKey(t, "golden", permissions...)
		switch settings["sign"] {
		case "none":
		case "wrong":
			g.Credentials = contract.Credentials{Key: caller.key, Secret: strings.Repeat("0", len(caller.secret))}
		default:
			g.Credentials = contract.Credentials{Key: caller.key, Secret: caller.secret}
		}
	}
	return g
}

// staged is a running gateway and how the requests to it are signed: with a key
// when the file allows something, not at all when it says so, or with a secret
// that is none.
type staged struct {
	*service
	contract.Credentials
}

// client sends the requests of a file to the gateway, as the command that
// verifies golden files does.
func (s *staged) client(t *testing.T) *contract.Client {
	t.Helper()
	client, err := contract.NewClient(contract.ClientOptions{URL: "http://" + s.address, Credentials: s.Credentials, Timeout: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
