package ix

import "testing"

// Every filter by true or false takes the spellings of all clients.
func TestBooleanFilters(t *testing.T) {
	t.Parallel()
	billed := &Account{BillingInformation: &BillingInformation{Name: "x"}}
	for _, one := range []struct {
		c       Collection
		name    string
		yes, no Object
	}{
		{Accounts, "billable", billed, &Account{}},
		{NetworkFeatures, "required", &NetworkFeature{Required: true}, &NetworkFeature{}},
		{ProductOfferings, "upgrade_allowed", &ProductOffering{UpgradeAllowed: true}, &ProductOffering{}},
		{ProductOfferings, "downgrade_allowed", &ProductOffering{DowngradeAllowed: true}, &ProductOffering{}},
	} {
		k, _ := kindOf(one.c)
		f := k.filters[one.name]
		for value, want := range map[string]bool{"true": true, "True": true, "TRUE": true, "1": true, "t": true, "false": false, "False": false, "FALSE": false, "0": false} {
			if reason := f.check(value); reason != "" {
				t.Errorf("%s=%s is refused: %s", one.name, value, reason)
			}
			if f.match(one.yes, []string{value}) != want || f.match(one.no, []string{value}) == want {
				t.Errorf("%s=%s finds the wrong ones", one.name, value)
			}
		}
		for _, value := range []string{"", "yes", "2", "true ", "null"} {
			if f.check(value) == "" {
				t.Errorf("%s=%q is taken", one.name, value)
			}
		}
		if !f.match(one.yes, []string{"True", "False"}) || !f.match(one.no, []string{"True", "False"}) {
			t.Errorf("%s does not find either", one.name)
		}
	}
}
