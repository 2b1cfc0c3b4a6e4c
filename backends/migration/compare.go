package migration

import (
	"fmt"
	"slices"

	"provision-gateway/models"
)

// Difference is a field of an object that the sides do not agree on. Where only
// one side has the object, Field is empty.
type Difference struct {
	Kind Kind `json:"kind"`
	Key  Key  `json:"-"`
	// Object is the key as text.
	Object string `json:"object"`
	Field  string `json:"field,omitempty"`
	// Original and Own are values in JSON, `absent` for no object. What may be
	// secret is not in them.
	Original string `json:"original"`
	Own      string `json:"own"`
}

// String is one line.
func (d Difference) String() string {
	what := string(d.Kind) + " " + d.Object
	if d.Field != "" {
		what += " " + d.Field
	}
	return fmt.Sprintf("%s: %s, here %s", what, d.Original, d.Own)
}

const absent = "absent"

// Text is how messages name an object.
func (k Key) Text(kind Kind) string {
	if kind == KindCommunication {
		return fmt.Sprintf("of network %d at exchange %d", k.First, k.Second)
	}
	return fmt.Sprint(k.First)
}

// Compare compares two sides and calls f for each field that differs. It returns
// how many objects were compared.
func Compare(original, own *Snapshot, f func(Difference)) (compared int) {
	original.forget(own)
	own.forget(original)
	for _, kind := range Kinds() {
		for _, key := range keys(kind, original, own) {
			if isOurs(kind, original.objects[kind][key], own.objects[kind][key]) {
				original.note("section %s exists only here", own.objects[kind][key].(*Resource).Slug)
				continue
			}
			compared++
			for _, d := range compareObjects(kind, key, original.objects[kind][key], own.objects[kind][key]) {
				f(d)
			}
		}
	}
	return compared
}

// forget drops what the other side does not show, since nothing can be said about
// it.
func (s *Snapshot) forget(other *Snapshot) {
	for _, column := range columnsByFilter() {
		if !other.hides(column.name) {
			continue
		}
		for _, o := range s.objects[KindNetwork] {
			delete(o.(*Network).Columns, column.name)
		}
	}
	if slices.Contains(other.refused, archive) {
		for key, o := range s.objects[KindResource] {
			if o.(*Resource).Deleted && other.objects[KindResource][key] == nil {
				delete(s.objects[KindResource], key)
			}
		}
	}
}

func compareObjects(kind Kind, key Key, original, own any) []Difference {
	if isUnknownExchange(original) {
		return nil
	}
	d := Difference{Kind: kind, Key: key, Object: key.Text(kind)}
	theirs, ours := fieldsOf(original), fieldsOf(own)
	if theirs == nil || ours == nil {
		d.Original, d.Own = present(theirs), present(ours)
		return []Difference{d}
	}
	var out []Difference
	for i, f := range theirs {
		if f.value != ours[i].value {
			d.Field = f.name
			d.Original, d.Own = shown(kind, f), shown(kind, ours[i])
			out = append(out, d)
		}
	}
	return out
}

// isOurs reports whether a resource that only this side has is one of the sections
// that it cannot do without.
func isOurs(kind Kind, original, own any) bool {
	o, ok := own.(*Resource)
	return ok && kind == KindResource && original == nil && o.Type == models.TypeSection &&
		slices.Contains([]string{models.SectionLIR, models.SectionRouter, models.SectionResourceHolder}, o.Slug)
}

// isUnknownExchange reports whether no answer says anything about an exchange.
func isUnknownExchange(o any) bool {
	e, ok := o.(*Exchange)
	return ok && !e.Known
}

func present(fields []field) string {
	if fields == nil {
		return absent
	}
	return "present"
}

// hidden are fields whose values may be secret, or are no business of a list of
// differences.
var hidden = []string{"password", "entities", "attr", "body"}

// shown is a value for messages.
func shown(kind Kind, f field) string {
	const most = 200
	switch {
	case slices.Contains(hidden, f.name):
		return fmt.Sprintf("(%d bytes, not shown)", len(f.value))
	case len(f.value) > most:
		return fmt.Sprintf("%s… (%d bytes)", f.value[:most], len(f.value))
	}
	return f.value
}

// SameAnswers counts the answers of the original that this side gives byte for
// byte.
func SameAnswers(original, own *Snapshot) (same, all int) {
	for question, sum := range original.answers {
		all++
		if ours, asked := own.answers[question]; asked && ours == sum {
			same++
		}
	}
	return same, all
}
