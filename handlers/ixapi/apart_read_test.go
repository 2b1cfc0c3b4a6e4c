package ixapi_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

// list reads a list, with every parameter that it has.
func (x *stranger) list(o ixapi.Operation) {
	x.t.Helper()
	a := x.d.b.Send(o.Method, o.Path, "")
	x.secretless(o.Name, a)
	c := ix.Collection(strings.TrimPrefix(o.Path, "/"))
	if _, known := ix.OperationsOf(c); !known {
		return
	}
	var list []map[string]any
	a.Decode(&list)
	found := 0
	for _, one := range list {
		id := one["id"].(string)
		if slices.Contains(x.hidden(c), id) {
			x.t.Errorf("%s has %s", o.Name, id)
		}
		if x.shown[id] {
			found++
			x.reduced(o.Name, one)
		}
	}
	if want := len(x.ids[c]) - len(x.hidden(c)); found != want {
		x.t.Errorf("%s has %d objects that are meant for the other account, not %d", o.Name, found, want)
	}
	document, err := ixapitest.Document()
	if err != nil {
		x.t.Fatal(err)
	}
	item := document.Paths.Value(o.Path)
	parameters := append(slices.Clone(item.Parameters), item.GetOperation(o.Method).Parameters...)
	if parameters.GetByInAndName("query", "id") == nil {
		x.t.Errorf("%s has no parameter id", o.Name)
	}
	for _, p := range parameters {
		if p.Value.In != "query" || strings.HasPrefix(p.Value.Name, "page_") {
			continue
		}
		values, nothing := []string{x.d.a.secret}, []string{"anything else"}
		for _, id := range x.hidden("") {
			// Who owns what is shown is no secret.
			if id != x.d.a.Account {
				values, nothing = append(values, id), append(nothing, unknown(id))
			}
		}
		path := o.Path + "?" + p.Value.Name + "="
		got := x.d.b.Send("GET", path+url.QueryEscape(strings.Join(values, ",")), "", tolerated)
		want := x.d.b.Send("GET", path+url.QueryEscape(strings.Join(nothing, ",")), "", tolerated)
		if got.Status != want.Status || got.Body != want.Body {
			x.t.Errorf("%s by %s: %d %s\nto nothing %d %s", o.Name, p.Value.Name, got.Status, got.Body, want.Status, want.Body)
		}
		x.secretless(o.Name+" by "+p.Value.Name, got)
	}
	// What is shown is not found by what is not shown of it.
	for _, name := range []string{"state=production,requested", "billable=true", "external_ref=" + url.QueryEscape(x.d.a.secret)} {
		a := x.d.b.Send("GET", o.Path+"?"+name, "", tolerated)
		for id, shown := range x.shown {
			parameter, _, _ := strings.Cut(name, "=")
			if shown && parameters.GetByInAndName("query", parameter) != nil && strings.Contains(a.Body, `"id":"`+id) {
				x.t.Errorf("%s by %s finds %s", o.Name, name, id)
			}
		}
	}
}

// one calls an operation on every object.
func (x *stranger) one(o ixapi.Operation) {
	x.t.Helper()
	name, rest, _ := strings.Cut(strings.TrimPrefix(o.Path, "/"), "/{id}")
	for _, id := range x.ids[ix.Collection(name)] {
		path := "/" + name + "/" + id + rest
		bodies := []string{""}
		switch o.Method {
		case http.MethodPut, http.MethodPatch:
			bodies = []string{"{}", `{"external_ref":"mine","managing_account":"` + x.d.b.Account + `"}`, x.d.a.Send("GET", "/"+name+"/"+id, "").Body}
		case http.MethodPost:
			bodies = []string{"{}", change}
		case http.MethodDelete:
			bodies = []string{"", `{"decommission_at":"2030-01-01"}`, `{"decommission_at":"nonsense"}`}
		}
		for _, body := range bodies {
			what := o.Method + " " + path + " " + body
			if !x.shown[id] {
				if a := x.same(o.Method, path, body, id); a.Problem() != "not-found" || a.Status != http.StatusNotFound {
					x.t.Errorf("%s: %d %s", what, a.Status, a.Body)
				}
				continue
			}
			a := x.d.b.Send(o.Method, path, body, tolerated)
			x.secretless(what, a)
			if o.Method == http.MethodGet && rest == "" {
				var object map[string]any
				a.Decode(&object)
				if x.reduced(what, object); a.Status != http.StatusOK || object["id"] != id {
					x.t.Errorf("%s: %d %s", what, a.Status, a.Body)
				}
			} else if a.Problem() != "permission-denied" || a.Status != http.StatusForbidden {
				x.t.Errorf("%s: %d %s", what, a.Status, a.Body)
			}
		}
	}
}
