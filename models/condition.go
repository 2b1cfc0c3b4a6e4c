package models

import (
	"database/sql"
	"strings"
)

// Condition is an equality that rows must meet. Make one with NumberIs,
// ExactlyIs, TextIs or Nothing.
type Condition struct {
	column string
	kind   conditionKind
	number int64
	text   string
}

type conditionKind int

const (
	conditionNothing conditionKind = iota
	conditionNumber
	conditionExact
	conditionText
)

// NumberIs holds for rows whose number, moment or truth value (0 or 1) in a
// column equals n. NULL never does.
func NumberIs(column string, n int64) Condition {
	return Condition{column: column, kind: conditionNumber, number: n}
}

// ExactlyIs holds for rows whose text in a column is the same bytes. It is for
// columns that only hold canonical ASCII: addresses and enumerations.
func ExactlyIs(column, text string) Condition {
	return Condition{column: column, kind: conditionExact, text: text}
}

// TextIs holds for rows whose text in a column has the same Fold key. It is
// checked row by row in Go, so that no collation takes part.
func TextIs(column, text string) Condition {
	return Condition{column: column, kind: conditionText, text: Fold(text)}
}

// Nothing holds for no row: a value that nothing can equal.
func Nothing() Condition { return Condition{} }

// foldKeys are the columns that hold the Fold key of another one, so that the
// database can find rows by it.
var foldKeys = map[string]string{"n.name": "name_fold"}

// split turns conditions into SQL (each starting with " AND ") and those that
// are checked in Go. It is false when no row can meet them.
func split(conditions []Condition, prefix string) (where string, args []any, inGo []Condition, possible bool) {
	var b strings.Builder
	for _, c := range conditions {
		switch c.kind {
		case conditionNothing:
			return "", nil, nil, false
		case conditionNumber:
			args = append(args, c.number)
		case conditionExact:
			args = append(args, c.text)
		case conditionText:
			key, ok := foldKeys[prefix+c.column]
			if !ok {
				inGo = append(inGo, c)
				continue
			}
			c.column = key
			args = append(args, []byte(c.text))
		}
		b.WriteString(" AND ")
		b.WriteString(prefix)
		b.WriteString(c.column)
		b.WriteString(" = ?")
	}
	return b.String(), args, inGo, true
}

// meets checks the conditions that are checked in Go against the texts of
// their columns, in the same order. NULL meets none.
func meets(conditions []Condition, texts []sql.RawBytes) bool {
	for i, c := range conditions {
		if texts[i] == nil || Fold(string(texts[i])) != c.text {
			return false
		}
	}
	return true
}
