package ixapitest

import (
	"encoding/json"
	"strings"
	"testing"
)

// An answer with a property that is not documented is refused, at any depth, and
// so is one of an owner who does not see all that it should.
func TestCheckProperties(t *testing.T) {
	t.Parallel()
	document, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	const base = `"id":"x","type":"p2p_vc","managing_account":"a","consuming_account":"b","product_offering":"p",` +
		`"nsc_product_offerings":[],"nsc_required_contact_roles":[],"availability_zones":[],"display_name":"","joining_member_account":"b"`
	const sensitive = `,"state":"error","status":[],"external_ref":null,"billing_account":"a","purchase_order":"","contract_ref":null,"capacity":1`
	for _, one := range []struct{ name, text, want string }{
		{"reduced", base, ""},
		{"whole", base + sensitive, ""},
		{"with what is optional", base + sensitive + `,"charged_until":"2026-08-01"`, ""},
		{"misspelt", base + `,"diplay_name":""`, "diplay_name"},
		{"of another type", base + `,"cloud_key":"x"`, "cloud_key"},
		{"no state", base + strings.Replace(sensitive, `"state":"error",`, "", 1), "no state"},
		{"no capacity", base + strings.TrimSuffix(sensitive, `,"capacity":1`), "no capacity"},
		{"one too many in part", base + `,"charged_until":"2026-08-01"`, "there is charged_until"},
		{"deep", base + strings.Replace(sensitive, `[]`, `[{"severity":2,"tag":"x","message":"","attrs":{"any":1},"timestamp":"","colour":1}]`, 1), "colour"},
		{"free", base + strings.Replace(sensitive, `[]`, `[{"severity":2,"tag":"x","message":"","attrs":{"any":1},"timestamp":""}]`, 1), ""},
	} {
		for _, text := range []string{"{" + one.text + "}", "[{" + one.text + "}]"} {
			schema := document.Paths.Value("/network-services/{id}").Get.Responses.Status(200).Value.Content["application/json"].Schema.Value
			if text[0] == '[' {
				schema = document.Paths.Value("/network-services").Get.Responses.Status(200).Value.Content["application/json"].Schema.Value
			}
			var value any
			if err := json.Unmarshal([]byte(text), &value); err != nil {
				t.Fatal(one.name, err)
			}
			err := checkProperties(schema, value)
			if (err == nil) != (one.want == "") || err != nil && !strings.Contains(err.Error(), one.want) {
				t.Errorf("%s: %v, want %q", one.name, err, one.want)
			}
		}
	}
}
