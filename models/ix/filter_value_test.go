package ix

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

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

// freeTexts are the filters whose values may be any text: names, references of
// clients, ids, and words that are the exchange's own.
var freeTexts = strings.Fields(`
	name external_ref organisation_name address_country address_locality postal_code service_provider service_provider_region service_provider_pop
	fqdn media_type capability_media_type cloud_key
	managing_account consuming_account contact contacts role role_assignments metro_area metro_area_network facility pop device port connection
	handover_metro_area handover_metro_area_network handover_pop service_metro_area service_metro_area_network supported_network_service
	product_offering network_service network_service_config service_config network_feature network_feature_config`)

// Every filter whose values are no free text refuses what it cannot read.
func TestFiltersAreChecked(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, k := range kinds {
		for name, f := range k.filters {
			if free := slices.Contains(freeTexts, name); free != (f.check == nil) {
				t.Errorf("%s: the filter %s has a check: %t", k.name, name, f.check != nil)
			}
			for _, objectType := range append([]string{""}, k.types...) {
				o := k.make(objectType)
				if o == nil {
					continue
				}
				if place := propertyOf(o, name); place.IsValid() && f.check == nil && !isText(place.Type()) {
					t.Errorf("%s: the filter %s is by a property that is no text", k.name, name)
				}
			}
			if f.check == nil {
				continue
			}
			checked++
			for _, value := range []string{"", "no such value", "x", "\xff"} {
				if f.check(value) == "" {
					t.Errorf("%s: %s=%q is taken", k.name, name, value)
				}
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d filters are checked", checked)
	}
}

func isText(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.String
}

// A value is found in each of its spellings.
func TestSpellings(t *testing.T) {
	t.Parallel()
	before, number := "2026-01-01T00:00:00Z", 10
	for _, one := range []struct {
		c        Collection
		name     string
		o        Object
		same     string
		other    string
		nonsense string
	}{
		{MACs, "valid_not_before", &MACAddress{ValidNotBefore: &before},
			"2026-01-01T00:00:00Z 2026-01-01T00:00:00+00:00 2026-01-01T01:00:00+01:00 2026-01-01t00:00:00z 2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00+01:00", "2026-01-01"},
		{MACs, "valid_not_after", &MACAddress{ValidNotAfter: new("2026-01-01T02:00:00+02:00")}, "2026-01-01T00:00:00Z 2025-12-31T23:00:00-01:00", "2026-01-01T02:00:00Z", "today"},
		{IPs, "valid_not_after", &IPAddress{ValidNotAfter: &before}, "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:01Z", "1767225600"},
		{IPs, "address", &IPAddress{Address: "2001:db8::1"}, "2001:db8::1 2001:DB8:0::1", "2001:db8::2", "192.0.2.0/24"},
		{IPs, "prefix_length", &IPAddress{PrefixLength: 24}, "24 024 +24", "240", "/24"},
		{NetworkServiceConfigs, "capacity", &NetworkServiceConfig{Typed: Typed{TypeExchangeLAN}, Capacity: &number}, "10 010", "100", "10G"},
		{Accounts, "asn", &Account{ASNs: []uint32{4294967295, 64496}}, "64496 4294967295", "64497", "AS64496"},
		{ProductOfferings, "contract_renewal_period", &ProductOffering{ContractRenewalPeriod: new("P1M")}, "P1M", "P2M", "1M"},
		{ProductOfferings, "contract_renewal_period", &ProductOffering{ContractRenewalPeriod: new("P1Y")}, "P1Y", "PT1H30M", "PT"},
		{ProductOfferings, "delivery_method", &ProductOffering{Typed: Typed{TypeCloud}, DeliveryMethod: "shared"}, "shared", "dedicated", "Shared"},
	} {
		k, _ := kindOf(one.c)
		f := k.filters[one.name]
		for value := range strings.FieldsSeq(one.same) {
			if reason := f.check(value); reason != "" || !f.match(one.o, []string{"x", value}) {
				t.Errorf("%s=%s: %q, or it is not found", one.name, value, reason)
			}
		}
		if reason := f.check(one.other); reason != "" || f.match(one.o, []string{one.other}) {
			t.Errorf("%s=%s: %q, or it is found", one.name, one.other, reason)
		}
		if f.check(one.nonsense) == "" || f.match(one.o, []string{one.nonsense}) {
			t.Errorf("%s=%s is taken", one.name, one.nonsense)
		}
	}
	// A plus that was not escaped.
	k, _ := kindOf(MACs)
	if f := k.filters["assigned_at"]; f.check("2026-01-01T00:00:00 00:00") != "" || !f.match(&MACAddress{ValidNotBefore: &before}, []string{"2026-01-01T00:00:00 00:00"}) {
		t.Error("an offset without its plus is refused")
	}
}
