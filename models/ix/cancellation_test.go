package ix

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func offeringWith(initial, initialNotice, renewal, renewalNotice string) *ProductOffering {
	return &ProductOffering{
		ContractInitialPeriod: &initial, ContractInitialNoticePeriod: &initialNotice,
		ContractRenewalPeriod: &renewal, ContractRenewalNoticePeriod: &renewalNotice,
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	year := offeringWith("P1Y", "P3M", "P1Y", "P1M")
	for _, test := range []struct {
		name     string
		offering *ProductOffering
		// The contract starts on the first day; it is now the second one.
		start, today, wanted       string
		decommissionAt, chargedFor string
		problem                    string
	}{
		{"no offering", nil, "2026-01-01", "2026-01-10", "", "2026-01-10", "2026-01-10", ""},
		{"no terms", &ProductOffering{}, "2026-01-01", "2026-01-10", "", "2026-01-10", "2026-01-10", ""},
		{"no terms, later", &ProductOffering{}, "2026-01-01", "2026-01-10", "2026-02-28", "2026-02-28", "2026-02-28", ""},
		{"no terms, yesterday", &ProductOffering{}, "2026-01-01", "2026-01-10", "2026-01-09", "2026-01-10", "2026-01-10", "cancellation-policy-error"},
		{"first period", year, "2026-01-01", "2026-01-10", "", "2026-04-10", "2027-01-01", ""},
		{"first period, too soon", year, "2026-01-01", "2026-01-10", "2026-04-09", "2026-04-10", "2027-01-01", "cancellation-policy-error"},
		{"first period, its end", year, "2026-01-01", "2026-01-10", "2027-01-01", "2027-01-01", "2027-01-01", ""},
		{"first period, after its end", year, "2026-01-01", "2026-01-10", "2027-01-02", "2027-01-02", "2028-01-01", ""},
		{"first period, notice too late", year, "2026-01-01", "2026-11-15", "", "2027-02-15", "2028-01-01", ""},
		{"last day of the first period", year, "2026-01-01", "2026-12-31", "", "2027-03-31", "2028-01-01", ""},
		{"renewed", year, "2026-01-01", "2027-01-01", "", "2027-02-01", "2028-01-01", ""},
		{"renewed often", year, "2006-01-01", "2026-06-30", "", "2026-07-30", "2027-01-01", ""},
		{"monthly without notice", offeringWith("", "", "P1M", ""), "2019-08-01", "2019-08-24", "", "2019-08-24", "2019-09-01", ""},
		{"monthly from the 31st", offeringWith("", "", "P1M", ""), "2026-01-31", "2026-02-10", "", "2026-02-10", "2026-02-28", ""},
		{"from the 31st, later", offeringWith("", "", "P1M", ""), "2026-01-31", "2026-03-01", "", "2026-03-01", "2026-03-31", ""},
		{"from the 31st, a short month", offeringWith("", "", "P1M", ""), "2026-01-31", "2026-01-31", "2026-04-30", "2026-04-30", "2026-04-30", ""},
		{"initial only", offeringWith("P6M", "", "", ""), "2026-01-01", "2026-01-10", "", "2026-01-10", "2026-07-01", ""},
		{"initial only, over", offeringWith("P6M", "", "", ""), "2026-01-01", "2026-07-02", "", "2026-07-02", "2026-07-02", ""},
		{"the same notice always", offeringWith("P1M", "P2W", "P1M", ""), "2026-01-01", "2026-03-01", "", "2026-03-15", "2026-04-01", ""},
		{"37 days", offeringWith("P2W1D", "", "P37D", ""), "2026-01-01", "2026-01-20", "", "2026-01-20", "2026-02-22", ""},
		{"leap year", offeringWith("P1Y", "", "", ""), "2024-02-29", "2024-03-01", "", "2024-03-01", "2025-02-28", ""},
		{"far away", offeringWith("", "", "P1D", ""), "2006-01-01", "2026-01-01", "9999-12-31", "9999-12-31", "9999-12-31", ""},
		{"not a date", nil, "2026-01-01", "2026-01-10", "tomorrow", "", "", "validation-error"},
		{"a date with a time", nil, "2026-01-01", "2026-01-10", "2026-01-10T00:00:00Z", "", "", "validation-error"},
		{"a day that is not", nil, "2026-01-01", "2026-01-10", "2026-02-30", "", "", "validation-error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := &Connection{Billed: Billed{&test.start}}
			today, err := time.Parse(time.DateOnly, test.today)
			if err != nil {
				t.Fatal(err)
			}
			var wanted *string
			if test.wanted != "" {
				wanted = &test.wanted
			}
			got, err := policyOf(o, 0, today.Add(23*time.Hour), test.offering, "", wanted)
			if test.problem != "" {
				refused(t, err, http.StatusBadRequest, test.problem, "")
				if p, ok := err.(*Problem); ok {
					got = CancellationPolicy{p.DecommissionAt, p.ChargedUntil}
				}
			} else if err != nil {
				t.Error(err)
			}
			if want := (CancellationPolicy{test.decommissionAt, test.chargedFor}); got != want {
				t.Errorf("policy %+v, want %+v", got, want)
			}
		})
	}
}

func TestPolicyCountsFromTheOrder(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 1, 5, 23, 59, 59, 0, time.UTC)
	got, err := policyOf(&Connection{}, created.Unix(), created.AddDate(0, 0, 1), offeringWith("P1M", "", "", ""), "", nil)
	if err != nil || got != (CancellationPolicy{"2026-01-06", "2026-02-05"}) {
		t.Errorf("policy %+v, %v", got, err)
	}
	if _, err := policyOf(&Connection{}, 0, created, offeringWith("a month", "", "", ""), "", nil); err == nil || !strings.Contains(err.Error(), "is not a duration") {
		t.Errorf("terms in prose give %v", err)
	}
}

func TestReadSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]span{"": {}, "P1D": {0, 1}, "P2W": {0, 14}, "P3M": {3, 0}, "P1Y": {12, 0}, "P1Y2M3W4D": {14, 25}, "P0D": {}} {
		if got, err := readSpan(&text); got != want || err != nil {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"P", "1M", "PT1H", "P1DT1H", "P-1D", "P1.5M", "P1D1M", " P1D", "P1Y\n", "P10000000000Y"} {
		if got, err := readSpan(&text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func FuzzReadSpan(f *testing.F) {
	for _, text := range []string{"P1Y2M3W4D", "P1D", "P", "PT1H", ""} {
		f.Add(text)
	}
	today := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := readSpan(&text)
		if err == nil && s.times(1, today).Before(today) {
			t.Errorf("%q goes back in time: %v", text, s)
		}
	})
}

func TestCancellationPolicyOfAnObject(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		d.write(func(tx *Tx) error {
			p, err := get[*ProductOffering](tx, ProductOfferings, "po:demo-port-10g")
			if err != nil {
				return err
			}
			p.ContractRenewalPeriod, p.ContractRenewalNoticePeriod = new("P1M"), new("P1W")
			return tx.Save(ProductOfferings, p)
		})
		ask := func(account, id string, c Collection, wanted *string) (CancellationPolicy, error) {
			return d.CancellationPolicy(t.Context(), account, c, id, wanted)
		}
		first := CancellationPolicy{"2026-01-17", "2026-02-10"}
		if got, err := ask(d.a.ID, d.a.Connection, Connections, nil); got != first || err != nil {
			t.Errorf("first possible: %+v, %v", got, err)
		}
		if got, err := ask(d.a.ID, d.a.Connection, Connections, new("2026-02-11")); got != (CancellationPolicy{"2026-02-11", "2026-03-10"}) || err != nil {
			t.Errorf("later: %+v, %v", got, err)
		}
		_, err := ask(d.a.ID, d.a.Connection, Connections, new("2026-01-16"))
		refused(t, err, http.StatusBadRequest, "cancellation-policy-error", "2026-01-17")
		_, err = ask(d.b.ID, d.a.Connection, Connections, nil)
		refused(t, err, http.StatusNotFound, "not-found", "")
		_, err = ask(d.a.ID, "po:demo-lan", ProductOfferings, nil)
		refused(t, err, http.StatusNotFound, "not-found", "")
		_, err = ask(d.a.ID, "none", Connections, nil)
		refused(t, err, http.StatusNotFound, "not-found", "")

		for _, wrong := range []any{"soon", 20260201, true} {
			_, err := d.Destroy(t.Context(), d.a.ID, Connections, d.a.Connection, body(map[string]any{"decommission_at": wrong}))
			refused(t, err, http.StatusBadRequest, "validation-error", "decommission_at")
		}
		item, err := d.Destroy(t.Context(), d.a.ID, Connections, d.a.Connection, body(map[string]any{"decommission_at": nil}))
		if err != nil {
			t.Fatal(err)
		}
		var c Connection
		if err := json.Unmarshal(item.Document, &c); err != nil || c.State != StateDecommissionRequested || *c.DecommissionAt != first.DecommissionAt || *c.ChargedUntil != first.ChargedUntil {
			t.Errorf("destroyed: %s, %v", item.Document, err)
		}
		// What has its dates keeps them.
		d.clock.Advance(48 * time.Hour)
		if got, err := ask(d.a.ID, d.a.Connection, Connections, nil); got != first || err != nil {
			t.Errorf("on its way out: %+v, %v", got, err)
		}
		for _, wanted := range []any{nil, first.DecommissionAt} {
			again, err := d.Destroy(t.Context(), d.a.ID, Connections, d.a.Connection, body(map[string]any{"decommission_at": wanted}))
			if err != nil || string(again.Document) != string(item.Document) {
				t.Errorf("destroyed again: %s, %v", again.Document, err)
			}
		}
		for c, id := range map[Collection]string{Connections: d.a.Connection, PortReservations: d.connection(d.a.Connection).PortReservations[0]} {
			_, err := d.Destroy(t.Context(), d.a.ID, c, id, body(map[string]any{"decommission_at": "2030-01-01"}))
			refused(t, err, http.StatusBadRequest, "unable-to-fulfill", "at another date")
			_, err = d.Destroy(t.Context(), d.a.ID, c, id, body(map[string]any{"decommission_at": "nonsense"}))
			refused(t, err, http.StatusBadRequest, "validation-error", "decommission_at: expected a date")
		}
	})
}
