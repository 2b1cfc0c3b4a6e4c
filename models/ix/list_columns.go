package ix

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// place is where a row has a property that is stored in a column of the same
// name too; nil for properties that are in the document alone. A filter by such a
// property finds the same objects in either.
func (r *Row) place(property string) any {
	switch property {
	case "id":
		return &r.ID
	case "type":
		return &r.Type
	case "managing_account":
		return &r.ManagingAccount
	case "consuming_account":
		return &r.ConsumingAccount
	case "state":
		return (*string)(&r.State)
	case "network_service":
		return &r.NetworkService
	case "network_service_config":
		return &r.NetworkServiceConfig
	case "connection":
		return &r.Connection
	case "external_ref":
		return &r.ExternalRef
	}
	return nil
}

// text is the value of a column that place knows; NULL is empty.
func (r *Row) text(column string) string {
	switch place := r.place(column).(type) {
	case *string:
		return *place
	case **string:
		if *place != nil {
			return **place
		}
	}
	return ""
}

// among is a column that must have one of some values.
type among struct {
	column string
	values []string
}

// mostValues is how many values of a parameter the database is asked for. It has
// a limit of its own, and a list with more of them is looked through here.
const mostValues = 500

// inColumns splits a query: what columns can tell, and whether it asks for
// anything else that is in the objects.
//
// Nothing, which NULL and an empty text are alike in a column, and texts that no
// database could hold are left to the objects.
func (k *kind) inColumns(q Query) (columns []among, more bool) {
	for name, values := range q {
		property := ""
		if f, known := k.filters[name]; known {
			property = f.column
		} else if name == "id" {
			property = name
		} else {
			more = more || name == "fields" && k.project != nil
			continue
		}
		unfit := func(value string) bool { return value == "" || !utf8.ValidString(value) }
		if property == "" || len(values) > mostValues || slices.ContainsFunc(values, unfit) {
			more = true
			continue
		}
		columns = append(columns, among{property, values})
	}
	return columns, more
}

// meets reports whether a row has the values. What a database takes for equal may
// not be.
func (r *Row) meets(columns []among) bool {
	return !slices.ContainsFunc(columns, func(a among) bool { return !slices.Contains(a.values, r.text(a.column)) })
}

// seenColumns are what it takes to decide who sees an object, and to write it.
var seenColumns = []string{"id", "type", "managing_account", "consuming_account", "document"}

// rowsOf reads the rows of a collection that a query finds, the oldest first,
// with seenColumns and the columns that are asked for. It reads them as they
// come, since GORM's reflection costs more than the database does.
func rowsOf(query *gorm.DB, c Collection, columns []among) ([]Row, error) {
	names := append([]string{"position"}, seenColumns...)
	for _, a := range columns {
		if query = query.Where(a.column+" IN ?", a.values); !slices.Contains(names, a.column) {
			names = append(names, a.column)
		}
	}
	found, err := query.Model(&Row{}).Where("collection = ?", c).Select(names).Order("position").Rows()
	if err != nil {
		return nil, models.DatabaseError(err)
	}
	defer func() { _ = found.Close() }()
	var rows []Row
	row := Row{Collection: c}
	places := make([]any, len(names))
	for i, name := range names {
		switch name {
		case "position":
			places[i] = &row.Position
		case "document":
			places[i] = &row.Document
		default:
			places[i] = row.place(name)
		}
	}
	for found.Next() {
		if err := found.Scan(places...); err != nil {
			return nil, models.DatabaseError(err)
		}
		if row.meets(columns) {
			rows = append(rows, row)
		}
	}
	// The index has them by position. Ordered by the id too, SQLite would copy every
	// document once more, for the sake of rows that two gateways gave one position.
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return rows, models.DatabaseError(found.Err())
}
