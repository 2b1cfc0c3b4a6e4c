package ix

// seedDemoPlaces makes a metro area with one network, point of presence and
// device. Its codes are none that UN/LOCODE or IATA give out.
func (tx *Tx) seedDemoPlaces() error {
	const facility, device = "fac:demo", "dev:demo-sw1"
	if err := tx.Insert(MetroAreas, &MetroArea{
		Header: Header{demoMetroArea}, UNLOCODE: "XX EXB", IATACode: "XXE", DisplayName: "Exampleburg",
		Facilities: []string{facility}, MetroAreaNetworks: []string{demoNetwork},
	}); err != nil {
		return err
	}
	if err := tx.Insert(MetroAreaNetworks, &MetroAreaNetwork{
		Header: Header{demoNetwork}, Name: "exb1", MetroArea: demoMetroArea, ServiceProvider: demoProvider, Pops: []string{demoPop},
	}); err != nil {
		return err
	}
	if err := tx.Insert(Facilities, &Facility{
		Header: Header{facility}, Name: "Example Data Centre 1", MetroArea: demoMetroArea, AddressCountry: "NL", AddressLocality: "Exampleburg",
		AddressRegion: "Example Region", PostalCode: "1000 XX", StreetAddress: "Sample Street 2", OrganisationName: "Example Data Centres", Pops: []string{demoPop},
	}); err != nil {
		return err
	}
	zone := "zone:demo-1"
	if err := tx.Insert(AvailabilityZones, &AvailabilityZone{Header: Header{zone}, Name: "exb1-a"}); err != nil {
		return err
	}
	if err := tx.Insert(Pops, &PointOfPresence{
		Header: Header{demoPop}, Name: "exb1-dc1", Facility: facility, MetroAreaNetwork: demoNetwork, Devices: []string{device}, AvailabilityZone: &zone,
	}); err != nil {
		return err
	}
	return tx.Insert(Devices, seededDevice(device, "sw1.exb1", demoPop, facility))
}

// seededDevice is a switch with many free ports.
func seededDevice(id, name, pop, facility string) *Device {
	return &Device{Header: Header{id}, Name: name, Pop: pop, Facility: facility, Capabilities: []Capability{
		{MediaType: "10GBASE-LR", Speed: 10_000, MaxLAG: 8, Availability: 480},
		{MediaType: "100GBASE-LR", Speed: 100_000, MaxLAG: 8, Availability: 96},
	}}
}
