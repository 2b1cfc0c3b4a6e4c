package ixapi_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

// counterparts are the properties with which a member names another one that it
// has to do with, and whose id it must have been told.
var counterparts = map[ix.Collection]string{ix.NetworkServices: "joining_member_account", ix.MemberJoiningRules: "consuming_account"}

// refer puts the ids of the other account into bodies that were accepted with the
// stranger's own, of creations and of changes.
func (x *stranger) refer(o ixapi.Operation) {
	x.t.Helper()
	c := ix.Collection(strings.TrimPrefix(o.Path, "/"))
	own, _ := x.d.b.owned(x.t)
	accepted, references := 0, 0
	for _, order := range x.d.b.orders {
		if order.collection != c {
			continue
		}
		accepted++
		for property, value := range order.body {
			if counterparts[c] == property {
				continue
			}
			list, isList := value.([]string)
			if text, ok := value.(string); ok {
				list = []string{text}
			}
			for of, ids := range own {
				if len(list) == 0 || !slices.Contains(ids, list[0]) {
					continue
				}
				references++
				for _, id := range x.hidden(of) {
					body := maps.Clone(order.body)
					if body[property] = id; isList {
						body[property] = append(slices.Clone(list), id)
					}
					x.refused(x.same("POST", o.Path, written(x.t, body), id), property, id)
					has, _ := ix.OperationsOf(c)
					if !has.Update {
						continue
					}
					a := x.same("PATCH", o.Path+"/"+order.id, written(x.t, map[string]any{property: body[property]}), id)
					// What cannot be changed is not looked at.
					if a.Status >= 400 {
						x.refused(a, property, id)
					} else if strings.Contains(a.Body, id) {
						x.t.Errorf("PATCH of %s: %s", property, a.Body)
					}
				}
			}
		}
	}
	if accepted == 0 || references == 0 {
		x.t.Errorf("%s: %d bodies with %d references", o.Name, accepted, references)
	}
}

func (x *stranger) refused(a ixapitest.Answer, property, id string) {
	x.t.Helper()
	var p ix.Problem
	a.Decode(&p)
	if a.Status != http.StatusBadRequest || a.Problem() != "validation-error" || len(p.Properties) != 1 || p.Properties[0].Name != property {
		x.t.Errorf("%s %s: %d %s", property, id, a.Status, a.Body)
	}
}
