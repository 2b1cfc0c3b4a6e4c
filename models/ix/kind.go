package ix

import (
	"encoding/json"
	"slices"
)

// kind is what a collection is.
type kind struct {
	name Collection
	// types are the types of a polymorphic collection, nil for others.
	types []string
	// make makes an empty object of a type, with its defaults; nil for an unknown
	// type.
	make func(objectType string) Object
	// public collections belong to the exchange and are shown to everybody.
	public bool
	// counterpart collections have consuming accounts that are not customers of the
	// managing account: they see the objects without what is sensitive.
	counterpart bool
	// sealed collections have objects with a secret text; see sealing.
	sealed bool
	// filters are the parameters of lists, beside id.
	filters map[string]filter
	// project reduces a listed object to the properties that a list was asked for
	// with the parameter fields; nil where there is no such parameter.
	project func(document json.RawMessage, fields []string) (json.RawMessage, error)
	// seen says who else sees an object; nil is nobody. look finds other rows of a
	// collection that belong to the object with an id.
	seen func(c *Caller, row *Row, o Object, look func(Collection, string) ([]Row, error)) (Access, error)
	// admit refuses what a caller cannot create whatever the body says; nil refuses
	// nothing.
	admit func(tx *Tx, o Object) error
	// create, update and destroy are the rules; nil where there is no such
	// operation. create and update get the object with the properties of the body
	// in it. update gets what it was as well.
	create  func(tx *Tx, o Object) error
	update  func(tx *Tx, before, o Object) error
	destroy func(tx *Tx, o Object, body map[string]json.RawMessage) error
	// review brings the status of an object up to date when something that it
	// waits for has changed; nil where it waits for nothing. See Tx.Wake.
	review func(tx *Tx, o Object) error
	// advance takes the next step of provisioning; nil where there is none.
	advance func(tx *Tx, o Object) error
}

// kinds are all collections.
var kinds []*kind

func init() {
	kinds = slices.Concat(
		[]*kind{accounts(), contacts(), roles(), roleAssignments()},
		catalogKinds(), serviceKinds(), configKinds(),
	)
}

func kindOf(c Collection) (*kind, bool) {
	for _, k := range kinds {
		if k.name == c {
			return k, true
		}
	}
	return nil, false
}

// Collections lists the collections.
func Collections() []Collection {
	var names []Collection
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// Operations says which operations a collection has.
type Operations struct{ Create, Update, Destroy bool }

// OperationsOf returns what a collection has beside list and read, and false
// when there is no such collection.
func OperationsOf(c Collection) (Operations, bool) {
	k, known := kindOf(c)
	if !known {
		return Operations{}, false
	}
	return Operations{Create: k.create != nil, Update: k.update != nil, Destroy: k.destroy != nil}, true
}
