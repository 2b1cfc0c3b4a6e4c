package migration_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/backends/migration"
	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// TestMain keeps the databases of the tests in memory where the system offers
// room there.
func TestMain(m *testing.M) {
	const folder, room = "/dev/shm", 2 << 30
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(folder, &fs) == nil && fs.Bavail*uint64(fs.Bsize) > room {
		if err := os.Setenv("TMPDIR", folder); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// moment is what the clock of every side shows.
var moment = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return moment }

// side is a gateway on a database of its own.
type side struct {
	*handlers.Gateway
	*modelstest.Lent
}

// open makes a side with fixtures, whose names are given with commas between.
func open(t *testing.T, kind modelstest.Kind, fixtures string) *side {
	t.Helper()
	s := &side{Lent: modelstest.Lend(t, kind, clock)}
	var read []modelstest.Fixture
	for name := range strings.SplitSeq(fixtures, ", ") {
		if name != "" {
			read = append(read, modelstest.ReadFixture(t, os.DirFS(filepath.Join("..", "..", "testdata", "fixtures")), name))
		}
	}
	modelstest.Insert(t, s.Raw, s.Keyring, read...)
	s.Gateway = gateway(t, s.Lent.Store)
	return s
}

func gateway(t *testing.T, store *models.Store) *handlers.Gateway {
	t.Helper()
	g, err := handlers.New(handlers.Options{
		Store: store, Now: clock, OwnASNs: []uint32{8038}, RIRs: []string{"ARIN", "RIPE", "LACNIC", "AfriNIC", "APNIC", "1918"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close(context.Background()) })
	return g
}

// from are the options for an import of one side into another.
func from(original migration.Asker, own *side) migration.Options {
	return migration.Options{Original: original, Own: own.Gateway, Store: own.Lent.Store, Reading: migration.Reading{Pauses: []time.Duration{time.Millisecond, time.Millisecond}}}
}

func importInto(t *testing.T, original migration.Asker, own *side) *migration.Report {
	t.Helper()
	report, err := migration.Import(t.Context(), from(original, own))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// differences verifies two sides.
func differences(t *testing.T, original migration.Asker, own *side) (*migration.Verification, []string) {
	t.Helper()
	var lines []string
	v, err := migration.Verify(t.Context(), original, own.Gateway, migration.Reading{}, true, func(d migration.Difference) { lines = append(lines, d.String()) })
	if err != nil {
		t.Fatal(err)
	}
	if v.Differences != len(lines) {
		t.Errorf("%d differences, told of %d", v.Differences, len(lines))
	}
	return v, lines
}

// same fails unless two sides are the same, byte for byte.
func same(t *testing.T, original migration.Asker, own *side) {
	t.Helper()
	v, lines := differences(t, original, own)
	if len(lines) > 0 || v.Same != v.Answers || v.Objects == 0 {
		t.Fatalf("%d of %d answers are the same, %d objects; differences:\n%s", v.Same, v.Answers, v.Objects, strings.Join(lines, "\n"))
	}
}

// bytesOf are the answers to every kind of question.
func bytesOf(t *testing.T, a migration.Asker, exchanges ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	ask := func(target, action string, pairs ...string) {
		var with []legacy.Parameter
		for i := 0; i < len(pairs); i += 2 {
			with = append(with, legacy.Parameter{Name: pairs[i], Value: pairs[i+1]})
		}
		reply, err := a.Ask(t.Context(), target, action, with...)
		if err != nil {
			t.Fatal(err)
		}
		out[target+" "+action+" "+strings.Join(pairs, " ")] = fmt.Sprint(reply.Success, reply.Message, string(reply.Data))
	}
	all := []string{"include_public_ips", "1", "include_contacts", "1", "include_log_data", "1"}
	ask("peering", "getPeers", all...)
	ask("peering", "getSessions")
	ask("peering", "getSessions", "deleted", "1")
	ask("peering", "getRequests")
	ask("lir", "get")
	ask("resource", "get")
	ask("resource", "get", "orderby", "id")
	ask("resource", "get", "getFromBackup", "1")
	for _, filter := range []string{"info_type=Content", "policy_general=Open", "info_ipv6=1", "policy_ratio=No", "info_scope=Global"} {
		name, value, _ := strings.Cut(filter, "=")
		ask("peering", "getPeers", name, value)
	}
	for _, id := range exchanges {
		ask("peering", "getPeers", append([]string{"public_id", id}, all...)...)
		ask("peering", "getCommunications", "public_id", id)
		ask("peering", "getSessions", "public_id", id)
	}
	return out
}

// text is a report for messages.
func text(r any) string {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// counts are the numbers of a report that are not 0, by kind.
func counts(r *migration.Report) []string {
	var out []string
	for _, kind := range migration.Kinds() {
		c := r.Kinds[kind]
		if c == nil || *c == (migration.Counts{Unchanged: c.Unchanged}) {
			continue
		}
		out = append(out, fmt.Sprintf("%s +%d ~%d -%d !%d own %d", kind, c.Added, c.Changed, c.Removed, c.Refused, c.Own))
	}
	return out
}

var allFixtures = []string{"example, lirs", "documentation", "example, lirs, lirs-several, tree", "lirs, lirs-several", "lir-update", ""}

func sorted(m map[string]string) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
