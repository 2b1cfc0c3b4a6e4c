package ix

// The collections of places.
const (
	MetroAreas        Collection = "metro-areas"
	MetroAreaNetworks Collection = "metro-area-networks"
	Facilities        Collection = "facilities"
	Pops              Collection = "pops"
	AvailabilityZones Collection = "availability-zones"
)

// MetroArea is a city in which exchanges have networks.
type MetroArea struct {
	Header
	// UNLOCODE is the code of UN/LOCODE, five characters without a space, or six
	// with one.
	UNLOCODE string `json:"un_locode"`
	// IATACode is the code of the city or of its main airport, three letters.
	IATACode          string   `json:"iata_code"`
	DisplayName       string   `json:"display_name"`
	Facilities        []string `json:"facilities"`
	MetroAreaNetworks []string `json:"metro_area_networks"`
}

// MetroAreaNetwork is the network of an exchange in a metro area.
type MetroAreaNetwork struct {
	Header
	Name      string `json:"name"`
	MetroArea string `json:"metro_area"`
	// ServiceProvider is the name of the exchange.
	ServiceProvider string   `json:"service_provider"`
	Pops            []string `json:"pops"`
}

// Facility is a data centre.
type Facility struct {
	Header
	Name      string `json:"name"`
	MetroArea string `json:"metro_area"`
	// AddressCountry is an ISO 3166-1 alpha-2 code.
	AddressCountry  string `json:"address_country"`
	AddressLocality string `json:"address_locality"`
	AddressRegion   string `json:"address_region"`
	PostalCode      string `json:"postal_code"`
	StreetAddress   string `json:"street_address"`
	// PeeringDBFacilityID is PeeringDB's fac.id.
	PeeringDBFacilityID *uint64 `json:"peeringdb_facility_id"`
	// OrganisationName is who runs the data centre.
	OrganisationName string   `json:"organisation_name"`
	Pops             []string `json:"pops"`
	// Latitude and Longitude are in degrees, WGS 84.
	Latitude  *float64 `json:"latitude,omitempty"`
	Longitude *float64 `json:"longitude,omitempty"`
}

// PointOfPresence is where an exchange has devices in a facility.
type PointOfPresence struct {
	Header
	Name             string   `json:"name"`
	Facility         string   `json:"facility"`
	MetroAreaNetwork string   `json:"metro_area_network"`
	Devices          []string `json:"devices"`
	AvailabilityZone *string  `json:"availability_zone,omitempty"`
}

// AvailabilityZone is a part of an exchange that does not fail together with
// another one.
type AvailabilityZone struct {
	Header
	Name string `json:"name"`
}

func placeKinds() []*kind {
	return []*kind{
		{name: MetroAreas, public: true, make: func(string) Object {
			return &MetroArea{Facilities: []string{}, MetroAreaNetworks: []string{}}
		}},
		{name: MetroAreaNetworks, public: true, make: func(string) Object { return &MetroAreaNetwork{Pops: []string{}} },
			filters: equals("name", "metro_area", "service_provider")},
		{name: Facilities, public: true, make: func(string) Object { return &Facility{Pops: []string{}} },
			filters: all(capabilityFilters(devicesOfFacility), equals("organisation_name", "metro_area", "address_country", "address_locality", "postal_code"),
				map[string]filter{"metro_area_network": through(Pops, "pops", "metro_area_network")})},
		{name: Pops, public: true, make: func(string) Object { return &PointOfPresence{Devices: []string{}} },
			filters: all(capabilityFilters(devicesOfPop), equals("facility", "metro_area_network"))},
	}
}

func availabilityZones() *kind {
	return &kind{name: AvailabilityZones, public: true, make: func(string) Object { return &AvailabilityZone{} }, filters: equals("name")}
}
