package models_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// contains reports whether an error's text holds one of some texts.
func contains(err error, texts ...string) bool {
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(err.Error(), s) })
}

func TestErrorCode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		want models.Code
	}{
		{"none", nil, models.Internal},
		{"any other", errors.New("x"), models.Internal},
		{"direct", models.Errorf(models.NotFound, "x"), models.NotFound},
		{"wrapped", fmt.Errorf("context: %w", models.Errorf(models.Conflict, "x")), models.Conflict},
		{"joined", errors.Join(errors.New("x"), models.InvalidValue("a", "b")), models.Invalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := models.ErrorCode(test.err); got != test.want {
				t.Errorf("code %d, want %d", got, test.want)
			}
		})
	}
	if got := models.InvalidValue("peer_ipaddr", "1.2.3.400").Error(); got != "Invalid value for peer_ipaddr: 1.2.3.400" {
		t.Errorf("message %q", got)
	}
}

func TestDatabaseErrorHidesWhatIsQuoted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, message, want string }{
		{"nothing quoted", "Deadlock found", "Deadlock found"},
		{"a value", "Incorrect integer value: 's3cret' for column", "Incorrect integer value: '…' for column"},
		{"a value with a quote", "Duplicate entry 's3'cret' for key 'k'", "Duplicate entry '…'"},
		{"a value with two quotes", "Value 's3'c'ret' is wrong", "Value '…' is wrong"},
		{"a quote that is cut off", "You have an error near 's3cret", "You have an error near '…"},
		{"empty", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cause := &mysql.MySQLError{Number: 1366, SQLState: [5]byte{'H', 'Y', '0', '0', '0'}, Message: test.message}
			err := models.DatabaseError(fmt.Errorf("add session: %w", cause))
			if want := "database error 1366 (HY000): " + test.want + ": statement failed"; err.Error() != want {
				t.Errorf("error %q, want %q", err, want)
			}
			if errors.As(err, new(*mysql.MySQLError)) {
				t.Error("the server's own error is still within")
			}
		})
	}
	if err := models.DatabaseError(nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	if plain := errors.New("plain"); models.DatabaseError(plain) != plain {
		t.Error("another error was changed")
	}
}

// The server is made to quote what was to be stored.
func TestServerErrorsShowNoValue(t *testing.T) {
	t.Parallel()
	l := modelstest.Lend(t, modelstest.Kinds()[1], standing)
	const secret = "s3cr'et"
	for _, test := range []struct {
		name string
		f    func(tx *models.Tx) error
		// quotes is how the server says it to a plain client.
		quotes func() error
	}{
		{
			"wrong type", func(tx *models.Tx) error { return tx.DB().Exec("UPDATE generations SET version = ?", secret).Error },
			func() error { _, err := l.Raw.Exec("UPDATE generations SET version = 's3cr''et'"); return err },
		},
		{
			"invalid UTF-8",
			func(tx *models.Tx) error {
				return tx.DB().Exec("UPDATE resources SET name = ?", []byte(secret+"\xff")).Error
			},
			func() error { _, err := l.Raw.Exec("UPDATE resources SET name = ?", []byte("s3cr'et\xff")); return err },
		},
		{
			"syntax", func(tx *models.Tx) error { return tx.DB().Exec("UPDATE 's3cr''et'").Error },
			func() error { _, err := l.Raw.Exec("UPDATE 's3cr''et'"); return err },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.quotes(); err == nil || !contains(err, "s3cr", "\\xFF") {
				t.Fatalf("the server does not quote the value: %v", err)
			}
			err := l.Store.Write(t.Context(), test.f)
			if err == nil || models.ErrorCode(err) != models.Internal || contains(err, "s3cr", "et'", "\\xFF") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestDuplicatesAreKnownOnBothDatabases(t *testing.T) {
	t.Parallel()
	modelstest.EachLent(t, standing, func(t *testing.T, l *modelstest.Lent) {
		put(t, l.Store, directoryNetwork(1, "One"))
		for what, statement := range map[string]string{
			"unique key":  "INSERT INTO generations (scope, stripe, version) VALUES ('directory', 0, 0)",
			"primary key": "INSERT INTO exchanges (id, name, proto_unicast, proto_multicast, proto_ipv6) VALUES (7, 's3cret', 0, 0, 0)",
		} {
			err := l.Store.Write(t.Context(), func(tx *models.Tx) error {
				if err := tx.DB().Exec(statement).Error; err != nil {
					return err
				}
				return tx.DB().Exec(statement).Error
			})
			if !models.IsDuplicate(err) || contains(err, "s3cret") {
				t.Errorf("%s: error %v", what, err)
			}
		}
		other := l.Store.Write(t.Context(), func(tx *models.Tx) error {
			return tx.DB().Exec("INSERT INTO generations (scope, stripe, version) VALUES ('x', 0, NULL)").Error
		})
		if other == nil || models.IsDuplicate(other) {
			t.Errorf("NULL: error %v", other)
		}
	})
}
