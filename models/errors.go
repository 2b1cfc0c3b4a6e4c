package models

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
)

// Code says what kind of failure an Error is; handlers map each code to the
// answer of their protocol.
type Code int

// The codes of an Error.
const (
	// Internal is a failure of the gateway or its database.
	Internal Code = iota
	// Invalid is an input that cannot be used.
	Invalid
	// NotFound names something that does not exist.
	NotFound
	// Conflict is a change that contradicts what exists.
	Conflict
)

// Error is a failure that a caller may be told: Message is written for the
// person behind the request and holds no secret.
type Error struct {
	Code    Code
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Errorf makes an Error of a code with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// ErrorCode returns the code of the first Error in err's chain, and Internal
// when there is none.
func ErrorCode(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// InvalidValue is the error for a value that cannot be stored, in the words of
// the legacy contract.
func InvalidValue(parameter, value string) *Error {
	return Errorf(Invalid, "Invalid value for %s: %s", parameter, value)
}

// IsDuplicate reports whether err came from a unique key.
func IsDuplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }

// databaseError strips from a driver's error what may be the value of a
// column, since MySQL quotes values in its messages and they may be secret.
func databaseError(err error) error {
	var my *mysql.MySQLError
	if !errors.As(err, &my) || IsDuplicate(err) {
		return err
	}
	return fmt.Errorf("database error %d (%s): %s: %w", my.Number, my.SQLState[:], withoutQuoted(my.Message), errDatabase)
}

var errDatabase = errors.New("statement failed")

// withoutQuoted replaces the text between the first and the last single quote
// by an ellipsis. The server does not escape quotes within a value, so what is
// between two of them cannot be told from a value.
func withoutQuoted(s string) string {
	first, last := strings.IndexByte(s, '\''), strings.LastIndexByte(s, '\'')
	if first < 0 {
		return s
	}
	if first == last {
		return s[:first] + "'…"
	}
	return s[:first] + "'…'" + s[last+1:]
}
