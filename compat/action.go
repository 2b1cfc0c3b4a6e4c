// Package compat is the legacy wire and nothing else: which actions the API
// has, what their parameters mean, and how answers are written. It knows no
// database and no HTTP framework.
//
// The action table is the one source for dispatch, permissions and parameter
// checks. It holds what the vendor's documentation names, in its order.
package compat

import "slices"

// Effect says what an action does beyond answering, and with it which
// permission it needs and whether it may be run twice.
type Effect int

// The effects. Only a Read may be repeated freely.
const (
	// Read changes nothing.
	Read Effect = iota
	// Write changes our own records.
	Write
	// Mail sends electronic mail.
	Mail
	// Device changes the configuration of a router.
	Device
)

// String is read, write, mail or device.
func (e Effect) String() string { return [...]string{"read", "write", "mail", "device"}[e] }

// Type is the documented type of a parameter.
type Type int

// The types, as the documentation writes them.
const (
	// String is STRING: any text.
	String Type = iota
	// Integer is INTEGER or INT. In a filter it is coerced as MySQL coerces a
	// quoted value (see phpvalue.MySQLNumber).
	Integer
	// Address is a STRING that holds an IP address.
	Address
	// Enum is ENUM: one of the Values, in any case.
	Enum
	// Char is CHAR: "1" or unset.
	Char
	// Boolean is BOOL (see phpvalue.Boolean).
	Boolean
	// DateTime is DATETIME or TIMESTAMP: 2013-03-21 15:36:42.
	DateTime
	// Fields is an array of instances by field slug: fields[slug][instance].
	Fields
	// List is an array of values: name[].
	List
)

// Parameter is a documented parameter of an action.
type Parameter struct {
	// Name is as it is sent, with brackets: meta[name].
	Name string
	Type Type
	// Values are the labels of an Enum.
	Values []string
	// Required parameters must be there and not empty.
	Required bool
	// Column is the column that a filter compares, or that an add or update
	// sets; empty when the parameter is neither.
	Column string
	// About says what the parameter means, where the name does not.
	About string
}

// Action is an action of the API.
type Action struct {
	// Target and Name are the values of the parameters target and action.
	Target, Name string
	Effect       Effect
	Parameters   []Parameter
	// About says in a sentence what the action does.
	About string
}

// Key is the name by which logs and tables call the action: target.name.
func (a *Action) Key() string { return a.Target + "." + a.Name }

// Actions returns the table. It must not be changed.
func Actions() []*Action { return table }

var table = slices.Concat(peeringActions, lirActions, resourceActions, testActions)

var byTarget = func() map[string]map[string]*Action {
	m := map[string]map[string]*Action{}
	for _, a := range table {
		if m[a.Target] == nil {
			m[a.Target] = map[string]*Action{}
		}
		m[a.Target][a.Name] = a
	}
	return m
}()

// Lookup finds an action. The second result tells whether the target exists,
// so that an unknown target and an unknown action can be told apart.
func Lookup(target, name string) (action *Action, known bool) {
	actions, known := byTarget[target]
	return actions[name], known
}
