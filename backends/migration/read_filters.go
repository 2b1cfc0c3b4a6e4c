package migration

import (
	"context"
	"slices"
	"strconv"

	"provision-gateway/compat"
)

// filterColumn is a column of networks that only a filter tells, and the values
// that it may have.
type filterColumn struct {
	name   string
	values []string
}

// columnsByFilter are the enumerations and flags among getPeers' filters. A flag
// is asked for with a value that it never has too, to see whether the filter works
// at all.
func columnsByFilter() []filterColumn {
	action, _ := compat.Lookup("peering", "getPeers")
	var out []filterColumn
	for _, p := range action.Parameters {
		switch {
		case p.Type == compat.Enum && p.Column != "":
			out = append(out, filterColumn{p.Name, p.Values})
		case p.Type == compat.Char:
			out = append(out, filterColumn{p.Name, []string{"1", never}})
		}
	}
	return out
}

// never is a value that no flag has.
const never = "x"

// ofFilter asks which networks have a value in a column.
func (r *reader) ofFilter(column, value string) question {
	return func(ctx context.Context) (func() error, error) {
		found, err := rows[struct{ ID scalar }](ctx, r.asking, "peering", "getPeers", with(column, value))
		if _, ok := isLastingRefusal(err); ok {
			return func() error {
				r.hideColumn(column)
				return nil
			}, nil
		}
		if err != nil {
			return nil, err
		}
		return func() error {
			for _, row := range found {
				id, _ := strconv.ParseUint(row.ID.String(), 10, 64)
				network := get[Network](r.Snapshot, KindNetwork, Key{First: id})
				switch {
				case network == nil:
				case network.Columns[column] != "" && network.Columns[column] != value:
					network.Columns[column] = several
				default:
					network.Columns[column] = value
				}
			}
			return nil
		}, nil
	}
}

// several marks a network that was found under more than one value.
const several = "\x00"

// finishColumns drops the columns whose filters the side does not heed.
func (r *reader) finishColumns() {
	for _, column := range columnsByFilter() {
		heeded := true
		for _, o := range r.objects[KindNetwork] {
			value := o.(*Network).Columns[column.name]
			heeded = heeded && value != several && value != never
		}
		if !heeded {
			r.hideColumn(column.name)
		}
		if r.hides(column.name) {
			for _, o := range r.objects[KindNetwork] {
				delete(o.(*Network).Columns, column.name)
			}
		}
	}
}

// hideColumn notes that a side does not show a column of networks.
func (s *Snapshot) hideColumn(name string) {
	s.refused = append(s.refused, "column "+name)
	s.note("getPeers does not heed the filter %s: the column is not shown", name)
}

// hides reports whether a side does not show a column of networks.
func (s *Snapshot) hides(name string) bool { return slices.Contains(s.refused, "column "+name) }
