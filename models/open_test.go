package models_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	const wrongDSN = "open mysql database: the DSN is not of the form user:password@tcp(host:port)/database"
	for _, test := range []struct{ name, database, want string }{
		{"nothing", "", "database must be sqlite:PATH or mysql:DSN"},
		{"no kind", "gateway.db", "database must be sqlite:PATH or mysql:DSN"},
		{"no path", "sqlite:", "database must be sqlite:PATH or mysql:DSN"},
		{"no DSN", "mysql:", "database must be sqlite:PATH or mysql:DSN"},
		{"another kind", "postgres:app:s3cret@host/db", "database must be sqlite:PATH or mysql:DSN"},
		{"memory", "sqlite::memory:", "open sqlite database: the SQLite database must be a file: every connection would have a memory of its own"},
		{"no DSN but a URL", "mysql:mysql://app:s3cret@host/db", wrongDSN},
		{"no slash", "mysql:app:s3cret@tcp(host)", wrongDSN},
		{"a wrong parameter", "mysql:app:s3cret@tcp(host)/db?timeout=s3cret", wrongDSN},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := models.Open(t.Context(), models.Options{Database: test.database})
			if err == nil || err.Error() != test.want || models.ErrorCode(err) != models.Invalid {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// What the server says of a wrong password must not show how one connects.
func TestOpenWithTheWrongPassword(t *testing.T) {
	t.Parallel()
	database := strings.Replace(modelstest.MariaDBDatabase(t), "app:app@", "app:s3cret@", 1)
	_, err := models.Open(t.Context(), models.Options{Database: database})
	if err == nil || !contains(err, "1045") || contains(err, "s3cret", "app") || models.ErrorCode(err) != models.Internal {
		t.Errorf("error %v", err)
	}
}

func TestSQLiteFilesOfAnyName(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	names := []string{"plain", "with space", "per%20cent", "a?b", "a#b", "a&b=c", "Umläut 😀", "a+b", "mode=ro", "a;b", "a:b"}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(folder, name)
			store := modelstest.Open(t, "sqlite:"+path, standing)
			addSession(t, store, session(1))
			if n := len(sessions(t, store, false)); n != 1 {
				t.Errorf("%d sessions", n)
			}
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		})
	}
}

// The readers of a SQLite file cannot change it.
func TestReadersDoNotWrite(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[0], standing)
	if l.Store.Kind() != "sqlite" {
		t.Errorf("kind %q", l.Store.Kind())
	}
	for _, statement := range []string{"DELETE FROM generations", "CREATE TABLE x (a)", "UPDATE resources SET name = 'x'"} {
		if err := l.Store.ReadDB().Exec(statement).Error; err == nil || !contains(err, "readonly") {
			t.Errorf("%s: error %v", statement, err)
		}
	}
}

// Whatever a DSN asks for, the models get what they rely on.
func TestADSNCannotChangeWhatIsStored(t *testing.T) {
	t.Parallel()
	kind := modelstest.Kinds()[1]
	for name, parameters := range map[string]url.Values{
		"time zone":     {"time_zone": {"'+09:00'"}, "loc": {"Asia/Tokyo"}, "parseTime": {"true"}},
		"character set": {"charset": {"latin1"}},
		"two sets":      {"charset": {"utf8mb3,latin1"}, "collation": {"latin1_swedish_ci"}},
		"SQL mode":      {"sql_mode": {"''"}},
		"row counts":    {"clientFoundRows": {"false"}},
		"interpolation": {"interpolateParams": {"true"}},
		"isolation":     {"tx_isolation": {"'READ-UNCOMMITTED'"}},
		"limits":        {"timeout": {"2s"}, "readTimeout": {"20s"}, "writeTimeout": {"20s"}, "innodb_lock_wait_timeout": {"1000"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := modelstest.Lend(t, kind, standing)
			plain := l.Store
			asked, err := models.Open(t.Context(), models.Options{Database: l.Database + "?" + parameters.Encode(), Now: standing})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = asked.Close() })
			for i, store := range []*models.Store{plain, asked} {
				s := session(i)
				s.PeerName, s.Note = new("é ẞ İ 日本 😀"), new("a'b\\c\"d")
				s = addSession(t, store, s)
				write(t, store, func(tx *models.Tx) error {
					_, err := tx.UpdateSession(s.ID, func(s *models.Session) error { s.PrfxMax = new(uint32(4294967295)); return nil })
					return err
				})
				// Twice in one second: a row that is found and not changed.
				write(t, store, func(tx *models.Tx) error {
					for range 2 {
						if _, err := tx.MarkConfigured(s.ID); err != nil {
							return err
						}
					}
					return nil
				})
				tooLong := session(100)
				tooLong.PeerName = new(strings.Repeat("x", 256))
				if err := store.Write(t.Context(), func(tx *models.Tx) error { return tx.AddSession(&tooLong) }); err == nil {
					t.Error("a text that does not fit was cut")
				}
			}
			for _, store := range []*models.Store{plain, asked} {
				lines := sessions(t, store, false, models.TextIs("peer_name", "É ß I 日本 😀"))
				if len(lines) != 2 || strings.ReplaceAll(lines[1], "id=2", "id=1") != strings.ReplaceAll(lines[0], "198.51.0.0", "198.51.0.1") {
					t.Errorf("sessions %q", lines)
				}
			}
			equal(t, "times", column(t, l, "SELECT DISTINCT created_at FROM sessions"), []string{fmt.Sprint(moment)})
			var settings string
			write(t, asked, func(tx *models.Tx) error {
				return tx.DB().Raw("SELECT CONCAT(@@innodb_lock_wait_timeout, ' ', @@tx_isolation)").Scan(&settings).Error
			})
			// A third of the time in which the server has to answer.
			want := "10 REPEATABLE-READ"
			if name == "limits" {
				want = "6 REPEATABLE-READ"
			}
			if settings != want {
				t.Errorf("wait for a lock and isolation: %s, want %s", settings, want)
			}
		})
	}
}
