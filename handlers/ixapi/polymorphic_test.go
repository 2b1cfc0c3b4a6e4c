package ixapi_test

import (
	"net/http"
	"strings"
	"testing"

	"provision-gateway/models/ix"
)

// TestTypes creates and changes an object of a polymorphic collection: its type
// is needed to make it, may be absent when it is changed, and stays.
func TestTypes(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	group := &ix.NetworkService{
		Typed: ix.Typed{Type: ix.TypeMP2MP}, Ownable: ix.Ownable{ManagingAccount: m.Account, ConsumingAccount: m.Account},
		Invoiceable: ix.Invoiceable{BillingAccount: m.Account}, Stateful: ix.Stateful{State: ix.StateProduction, Status: []ix.Status{}},
		NSCProductOfferings: []string{}, NSCRequiredContactRoles: []string{}, AvailabilityZones: []string{}, NetworkFeatures: []string{}, MemberJoiningRules: []string{},
	}
	if err := s.Objects.Write(t.Context(), "", func(tx *ix.Tx) error { return tx.Insert(ix.NetworkServices, group) }); err != nil {
		t.Fatal(err)
	}
	rule := func(before string) string {
		return `{` + before + `"managing_account":"` + m.Account + `","consuming_account":"` + m.Account + `","network_service":"` + group.ID + `"}`
	}
	for _, before := range []string{"", `"type":null,`, `"type":"",`, `"type":"perhaps",`, `"type":1,`} {
		if a := m.Send("POST", "/member-joining-rules", rule(before)); a.Status != http.StatusBadRequest || a.Problem() != "validation-error" || !strings.Contains(a.Body, `"name":"type"`) {
			t.Errorf("created with %s: %d %s", before, a.Status, a.Body)
		}
	}
	id := m.Create(ix.MemberJoiningRules, rule(`"type":"allow",`))
	for _, tc := range []struct{ method, body, problem string }{
		{"PATCH", `{"capacity_min":10}`, ""},
		{"PATCH", `{"type":"allow","capacity_min":20}`, ""},
		{"PATCH", `{"type":"deny"}`, "validation-error"},
		{"PATCH", `{"type":1}`, "validation-error"},
		{"PUT", rule(""), ""},
		{"PUT", rule(`"type":"allow",`), ""},
		{"PUT", rule(`"type":"deny",`), "validation-error"},
	} {
		a := m.Send(tc.method, "/member-joining-rules/"+id, tc.body)
		if a.Problem() != tc.problem || tc.problem == "" && !strings.Contains(a.Body, `"type":"allow"`) {
			t.Errorf("%s %s: %d %s", tc.method, tc.body, a.Status, a.Body)
		}
	}
}
