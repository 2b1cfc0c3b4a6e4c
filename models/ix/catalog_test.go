package ix

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"provision-gateway/models/modelstest"
)

// demonstration is the exchange of the demonstration with its two members.
type demonstration struct {
	*Store
	t     *testing.T
	clock *modelstest.Clock
	a, b  SeededAccount
}

// onDemo runs f as a parallel subtest for every kind of database, with the
// demonstration in it. The time is noon of 10 January 2026.
func onDemo(t *testing.T, f func(t *testing.T, d *demonstration)) {
	t.Helper()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			clock := modelstest.NewClock(time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC).Unix())
			d := &demonstration{Store: New(modelstest.Lend(t, kind, clock.Now).Store), t: t, clock: clock}
			seeded, err := d.SeedDemo(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			d.a, d.b = seeded.Accounts[0], seeded.Accounts[1]
			f(t, d)
		})
	}
}

// write runs f as the exchange.
func (d *demonstration) write(f func(tx *Tx) error) {
	d.t.Helper()
	if err := d.Write(d.t.Context(), "", f); err != nil {
		d.t.Fatal(err)
	}
}

// names lists what A sees of a collection, by one of the properties.
func (d *demonstration) names(c Collection, property string, q Query) string {
	d.t.Helper()
	items, err := d.List(d.t.Context(), d.a.ID, c, q)
	if err != nil {
		d.t.Errorf("list %s %v: %v", c, q, err)
	}
	var names []string
	for _, item := range items {
		var document map[string]any
		if err := json.Unmarshal(item.Document, &document); err != nil {
			d.t.Fatal(err)
		}
		name, _ := document[property].(string)
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// body is the body of a request.
func body(properties map[string]any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, value := range properties {
		out[name], _ = json.Marshal(value)
	}
	return out
}

// refused fails unless an error is a problem of a type, with a text.
func refused(t *testing.T, err error, status int, name, text string) {
	t.Helper()
	var p *Problem
	if !errors.As(err, &p) || p.Status != status || p.Type != ProblemBase+name+".html" || !strings.Contains(p.Error(), text) {
		t.Errorf("the answer is %v, want %d %s with %q", err, status, name, text)
	}
}

// listCase is a list with its parameters, "name=value value", and the values of
// a property of what it gives.
type listCase struct{ query, want string }

func (d *demonstration) lists(c Collection, property string, cases []listCase) {
	d.t.Helper()
	known := map[string]bool{}
	for _, test := range cases {
		q := Query{}
		for parameter := range strings.SplitSeq(test.query, "&") {
			if name, values, found := strings.Cut(parameter, "="); found {
				q[name] = strings.Split(values, ",")
				known[name] = true
			}
		}
		if got := d.names(c, property, q); got != test.want {
			d.t.Errorf("%s?%s gives %q, want %q", c, test.query, got, test.want)
		}
	}
	k, _ := kindOf(c)
	for name := range k.filters {
		if !known[name] {
			d.t.Errorf("the filter %s of %s has no test", name, c)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		// A second network in another city, with a small device.
		d.write(func(tx *Tx) error {
			return errors.Join(
				tx.Insert(MetroAreas, &MetroArea{Header: Header{"met:2"}, Facilities: []string{"fac:2"}, MetroAreaNetworks: []string{"man:2"}}),
				tx.Insert(MetroAreaNetworks, &MetroAreaNetwork{Header: Header{"man:2"}, Name: "two", MetroArea: "met:2", ServiceProvider: "Second", Pops: []string{"pop:2"}}),
				tx.Insert(Facilities, &Facility{
					Header: Header{"fac:2"}, Name: "Second DC", MetroArea: "met:2", OrganisationName: "Second", AddressCountry: "DE",
					AddressLocality: "Secondtown", PostalCode: "22222", Pops: []string{"pop:2", "pop:none"},
				}),
				tx.Insert(Pops, &PointOfPresence{Header: Header{"pop:2"}, Facility: "fac:2", MetroAreaNetwork: "man:2", Devices: []string{"dev:2"}}),
				tx.Insert(Devices, &Device{Header: Header{"dev:2"}, Name: "sw2", Pop: "pop:2", Facility: "fac:2", Capabilities: []Capability{
					{MediaType: "1000BASE-LX", Speed: 1000, MaxLAG: 2, Availability: 3}}}),
				tx.Insert(AvailabilityZones, &AvailabilityZone{Header: Header{"zone:2"}, Name: "b"}),
			)
		})
		speeds := func(one, two string) []listCase {
			return []listCase{
				{"", one + " " + two}, {"id=" + two, two}, {"id=" + one + "," + two, one + " " + two}, {"unknown=1", one + " " + two},
				{"capability_media_type=1000BASE-LX", two}, {"capability_media_type=10GBASE-LR,1000BASE-LX", one + " " + two},
				{"capability_speed=10000", one}, {"capability_speed=2000", ""},
				{"capability_speed__lt=10000", two}, {"capability_speed_lt=10000", two},
				{"capability_speed__lte=1000", two}, {"capability_speed_lte=999", ""},
				{"capability_speed__gt=1000", one}, {"capability_speed_gt=99999", one},
				{"capability_speed__gte=1000", one + " " + two}, {"capability_speed_gte=100001", ""},
			}
		}
		for c, cases := range map[Collection][]listCase{
			MetroAreas: {{"", "met:demo met:2"}, {"id=met:2", "met:2"}, {"id=none", ""}},
			MetroAreaNetworks: {{"name=two", "man:2"}, {"metro_area=met:demo", "man:demo"}, {"service_provider=Second,Example Exchange", "man:demo man:2"},
				{"name=two&metro_area=met:demo", ""}},
			Facilities: append(speeds("fac:demo", "fac:2"), listCase{"organisation_name=Second", "fac:2"}, listCase{"metro_area=met:demo", "fac:demo"},
				listCase{"metro_area_network=man:2", "fac:2"}, listCase{"address_country=NL", "fac:demo"}, listCase{"address_locality=Secondtown", "fac:2"},
				listCase{"postal_code=22222", "fac:2"}),
			Pops:              append(speeds("pop:demo", "pop:2"), listCase{"facility=fac:2", "pop:2"}, listCase{"metro_area_network=man:demo", "pop:demo"}),
			Devices:           append(speeds("dev:demo-sw1", "dev:2"), listCase{"name=sw2", "dev:2"}, listCase{"facility=fac:demo", "dev:demo-sw1"}, listCase{"pop=pop:2", "dev:2"}, listCase{"metro_area_network=man:2", "dev:2"}),
			AvailabilityZones: {{"", "zone:demo-1 zone:2"}, {"name=b", "zone:2"}},
		} {
			d.lists(c, "id", cases)
		}
		_, err := d.List(t.Context(), d.a.ID, Devices, Query{"capability_speed__gt": {"fast"}})
		refused(t, err, http.StatusBadRequest, "validation-error", "capability_speed__gt: expected an integer")
		item, err := d.Read(t.Context(), d.b.ID, Devices, "dev:demo-sw1")
		if err != nil || strings.Contains(string(item.Document), "named") || !strings.Contains(string(item.Document), `"availability":478`) {
			t.Errorf("a device is %s, %v", item.Document, err)
		}
	})
}

func TestTheCatalogIsReadOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []Collection{MetroAreas, MetroAreaNetworks, Facilities, Pops, Devices, AvailabilityZones, ProductOfferings, Ports} {
		if o, known := OperationsOf(c); !known || o != (Operations{}) {
			t.Errorf("%s can be changed: %+v, %t", c, o, known)
		}
	}
	if !slices.Contains(Collections(), Connections) {
		t.Error("there are no connections")
	}
}
