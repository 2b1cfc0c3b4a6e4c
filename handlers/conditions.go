package handlers

import (
	"strings"

	"provision-gateway/compat"
	"provision-gateway/compat/phpvalue"
	"provision-gateway/models"
)

// conditions turns the filter parameters that were sent into conditions, by
// the rules of the action table: integers as MySQL coerces them, enumerations
// by their label, texts without regard to case. What cannot equal anything
// matches nothing.
func (k *call) conditions() []models.Condition {
	var out []models.Condition
	for _, p := range k.action.Parameters {
		v, sent := k.params.get(p.Name)
		if !sent {
			continue
		}
		if c, ok := k.condition(p, textOf(v)); ok {
			out = append(out, c)
		}
	}
	return out
}

// neverFilters are parameters of type Enum or String that no column backs; the
// value that they may have is that of every row, if any.
var neverFilters = map[string]string{"policy_nopublic": "N", "policy_noprivate": "N", "notes_private": ""}

func (k *call) condition(p compat.Parameter, value string) (models.Condition, bool) {
	if always, ok := neverFilters[p.Name]; ok {
		matches := always != "" && models.Fold(always) == models.Fold(value)
		return models.Nothing(), !matches
	}
	if p.Column == "" {
		return models.Condition{}, false
	}
	switch p.Type {
	case compat.Integer:
		if n, ok := rowID(value); ok {
			return models.NumberIs(p.Column, int64(n)), true
		}
	case compat.Char:
		if strings.TrimRight(value, " ") == "1" {
			return models.NumberIs(p.Column, 1), true
		}
	case compat.Enum:
		if found, ok := label(p.Values, value); ok {
			return models.ExactlyIs(p.Column, found), true
		}
	case compat.Address:
		if addr, ok := parseAddress(value); ok {
			return models.ExactlyIs(p.Column, addr.String()), true
		}
	case compat.DateTime:
		if at, ok := moment(value, k.Location); ok {
			return models.NumberIs(p.Column, at), true
		}
	case compat.String:
		return models.TextIs(p.Column, phpvalue.ValidUTF8(value)), true
	}
	return models.Nothing(), true
}
