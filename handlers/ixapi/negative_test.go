package ixapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
)

// object is the body of a request.
type object = map[string]any

// refusal is a request that must be refused. In its texts a name in braces
// stands for an id that negative has.
type refusal struct {
	name string
	// base is an order that would be accepted, and with is what is said
	// otherwise; nil leaves a property out. With changes, an object that was
	// ordered like that cannot be changed to that either.
	base    string
	with    object
	changes bool
	// Without a base, the request itself. header is NAME: VALUE.
	method, path, body, header string
	// stranger asks as the other member.
	stranger bool
	of       ix.ProblemType
	// properties are the names of those that are at fault.
	properties string
}

// refusals are all of them by subject.
var refusals = map[string][]refusal{
	"paths": pathRefusals, "tokens": tokenRefusals, "lists": listRefusals, "orders": orderRefusals, "required": requiredRefusals,
	"accounts": accountRefusals, "contacts": contactRefusals, "addresses": addressRefusals, "connections": connectionRefusals,
	"services": serviceRefusals, "joining": joiningRefusals, "changes": changeRefusals, "configs": configRefusals, "vlans": vlanRefusals,
	"clouds": cloudRefusals, "sessions": sessionRefusals, "announcements": announcementRefusals, "cancellation": cancellationRefusals,
}

// TestRefusals sends what breaks each rule of the guide and of the IX-API v2
// schema, on a database of each kind. Every refusal names the type and the
// properties, and changes nothing; what it is a variation of is accepted.
func TestRefusals(t *testing.T) {
	onDemo(t, func(t *testing.T, d *demo) {
		n := newNegative(t, d)
		before := d.stored(t)
		for _, subject := range slices.Sorted(maps.Keys(refusals)) {
			for _, row := range refusals[subject] {
				t.Run(subject+"/"+row.name, func(t *testing.T) {
					for _, ask := range n.questions(t, row) {
						ask.check(t, n, row)
					}
					after := d.stored(t)
					for id := range after {
						if before[id] != after[id] {
							t.Errorf("%s has changed:\n%s\n%s", id, before[id], after[id])
						}
					}
					if len(after) != len(before) {
						t.Errorf("there were %d objects and now are %d", len(before), len(after))
					}
					before = after
				})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(n.bases)) {
			base := n.bases[name]
			if a := d.a.Send("POST", "/"+string(base.collection), n.fill(written(t, base.body))); a.Status != http.StatusCreated {
				t.Errorf("what is refused of a %s is refused as it is: %d %s", name, a.Status, a.Body)
			}
		}
	})
}

// TestEveryProblemIsProvoked fails when a type of problem is answered that no
// refusal is of, and when two refusals have one name.
func TestEveryProblemIsProvoked(t *testing.T) {
	t.Parallel()
	count, names := map[ix.ProblemType]int{}, map[string]bool{}
	for subject, rows := range refusals {
		for _, row := range rows {
			count[row.of]++
			name := subject + "/" + row.name
			if names[name] {
				t.Errorf("%s is there twice", name)
			}
			names[name] = true
			if (row.of == ix.ProblemValidation) != (row.properties != "") {
				t.Errorf("%s: a problem of the type %s with the properties %q", name, row.of, row.properties)
			}
		}
	}
	for _, one := range ix.ProblemTypes() {
		if count[one] == 0 {
			t.Errorf("nothing provokes %s", one)
		}
	}
}

// question is a request of a row.
type question struct{ method, path, body string }

// questions are the requests of a row: one, or that of an order and that of the
// same change.
func (n *negative) questions(t *testing.T, row refusal) []question {
	t.Helper()
	if row.base == "" {
		return []question{{row.method, n.fill(row.path), n.fill(row.body)}}
	}
	base, known := n.bases[row.base]
	if !known {
		t.Fatalf("there is no %s", row.base)
	}
	path, body := "/"+string(base.collection), maps.Clone(base.body)
	for name, value := range row.with {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	list := []question{{"POST", path, n.fill(written(t, body))}}
	if row.changes {
		list = append(list, question{"PATCH", path + "/" + base.id, n.fill(written(t, row.with))})
	}
	return list
}

// check sends a question, whose answer must be the problem of a row.
func (q question) check(t *testing.T, n *negative, row refusal) {
	t.Helper()
	from := n.a
	if row.stranger {
		from = n.b
	}
	a := from.Send(q.method, q.path, q.body, n.fill(row.header), tolerated)
	if a.Problem() == "" {
		t.Errorf("%s %s %s\nis %d %s, not %s of %q", q.method, q.path, q.body, a.Status, a.Body, row.of, row.properties)
		return
	}
	var p ix.Problem
	a.Decode(&p)
	var names []string
	for _, property := range p.Properties {
		names = append(names, property.Name)
		if property.Reason == "" {
			t.Errorf("%s: no reason", property.Name)
		}
	}
	slices.Sort(names)
	if a.Status != row.of.Status() || p.Status != a.Status || p.Type != row.of.URL() || strings.Join(names, " ") != row.properties {
		t.Errorf("%s %s %s\nis %d %s, not %s of %q", q.method, q.path, q.body, a.Status, a.Body, row.of, row.properties)
		return
	}
	path, _, _ := strings.Cut(q.path, "?")
	if p.Title == "" || p.Detail == "" || p.Instance != ixapi.Base+path && p.Instance != path {
		t.Errorf("%s", a.Body)
	}
	n.checkType(t, q, a, p, row.of)
}

// checkType checks what a problem has by its type.
func (n *negative) checkType(t *testing.T, q question, a ixapitest.Answer, p ix.Problem, of ix.ProblemType) {
	t.Helper()
	for what, there := range map[string]bool{
		"the header WWW-Authenticate": a.Header.Get("WWW-Authenticate") == `Bearer realm="ix-api"`,
		"the header Allow":            a.Header.Get("Allow") != "" && !strings.Contains(a.Header.Get("Allow"), q.method),
		"the conflict":                p.Conflict != nil && p.ResourceType != "" && p.ResourceID != "" && p.RemoteResourceType != "" && p.RemoteResourceID != "",
		"the first possible dates":    p.DecommissionAt != "" && p.ChargedUntil != "",
	} {
		wanted := map[string]bool{
			"the header WWW-Authenticate": of.Status() == http.StatusUnauthorized,
			"the header Allow":            of == ix.ProblemMethodNotAllowed, "the conflict": of == ix.ProblemConstraintViolation,
			"the first possible dates": of == ix.ProblemCancellationPolicy,
		}[what]
		if there != wanted {
			t.Errorf("%s: %t, not %t: %v %s", what, there, wanted, a.Header, a.Body)
		}
	}
	if of == ix.ProblemCancellationPolicy {
		var policy ix.CancellationPolicy
		path, _, _ := strings.Cut(q.path, "/cancellation-policy")
		n.a.Send("GET", path+"/cancellation-policy", "").Decode(&policy)
		if got := fmt.Sprint(policy); got != fmt.Sprint(ix.CancellationPolicy{DecommissionAt: p.DecommissionAt, ChargedUntil: p.ChargedUntil}) {
			t.Errorf("%s, but the policy is %s", a.Body, got)
		}
	}
}
