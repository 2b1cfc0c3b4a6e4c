package ix

// demoProvider is the name of the exchange of the demonstration.
const demoProvider = "Example Exchange"

// seeder makes the offerings of one network.
type seeder struct {
	id, provider, metroArea, network, pop string
}

// offering is what all offerings of a network have in common.
func (s seeder) offering(id, objectType, resourceType, name string, minimum, maximum int) *ProductOffering {
	p := &ProductOffering{
		Header: Header{"po:" + s.id + "-" + id}, Typed: Typed{objectType}, Name: name, DisplayName: name, ResourceType: resourceType,
		HandoverMetroArea: s.metroArea, HandoverMetroAreaNetwork: s.network, ServiceMetroArea: s.metroArea, ServiceMetroAreaNetwork: s.network,
		ServiceProvider: s.provider, DowngradeAllowed: true, UpgradeAllowed: true, ProviderVLANs: "single", RequiredContactRoles: []string{},
	}
	if maximum > 0 {
		p.BandwidthMin, p.BandwidthMax = &minimum, &maximum
	}
	return p
}

// connection is an offering of ports of a speed in Mbit/s.
func (s seeder) connection(id, name, initiator string, speed int) *ProductOffering {
	p, quantity := s.offering(id, TypeConnection, "connection", name, 0, 0), 8
	p.PhysicalPortSpeed, p.CrossConnectInitiator, p.HandoverPop, p.MaximumPortQuantity = &speed, initiator, &s.pop, &quantity
	p.RequiredContactRoles = []string{roleNOC, roleImplementation}
	return p
}

// lan is an offering of the exchange LAN. It is renewed every month.
func (s seeder) lan(service string) *ProductOffering {
	p, month := s.offering("lan", TypeExchangeLAN, "network_service_config", s.provider+" peering", 100, 400_000), "P1M"
	p.ExchangeLANNetworkService, p.ContractRenewalPeriod = service, &month
	return p
}

// cloud is an offering of circuits to an invented cloud provider.
func (s seeder) cloud(id, provider, workflow, delivery, keys string, diversity int) *ProductOffering {
	p := s.offering("cloud-"+id, TypeCloud, "network_service", provider+" circuit", 50, 10_000)
	region, pop := "example-1", provider+" on-ramp"
	p.ServiceProvider, p.ServiceProviderRegion, p.ServiceProviderPop = provider, &region, &pop
	p.ServiceProviderWorkflow, p.DeliveryMethod, p.Diversity, p.CloudKeyPattern = workflow, delivery, diversity, &keys
	return p
}

// seedDemoOfferings makes offerings of every type. The connection of
// 100 Gbit/s has a contract of a year with a notice of three months, and after it
// one of a month; the others can be given up from one day to the next.
func (tx *Tx) seedDemoOfferings() error {
	s := seeder{id: "demo", provider: demoProvider, metroArea: demoMetroArea, network: demoNetwork, pop: demoPop}
	large := s.connection("port-100g", "100 Gbit/s port", "exchange", 100_000)
	year, quarter, month := "P1Y", "P3M", "P1M"
	large.ContractInitialPeriod, large.ContractInitialNoticePeriod = &year, &quarter
	large.ContractRenewalPeriod, large.ContractRenewalNoticePeriod = &year, &month
	const service, config = "network_service", "network_service_config"
	azure := s.cloud("provider-first", "Example Cloud One", "provider_first", "shared", `[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`, 2)
	azure.ProviderVLANs = "multi"
	return insertAll(tx, ProductOfferings,
		s.connection("port-10g", "10 Gbit/s port", "subscriber", 10_000), large,
		s.offering("port", TypePortReservation, "port_reservation", "Port in a connection", 0, 0),
		s.lan(demoLAN),
		s.offering("p2p", TypeP2P, service, "Private circuit", 10, 100_000),
		s.offering("p2mp", TypeP2MP, service, "Tree", 10, 100_000),
		s.offering("p2mp-config", TypeP2MP, config, "Place in a tree", 10, 100_000),
		s.offering("mp2mp", TypeMP2MP, service, "Closed user group", 10, 100_000),
		s.offering("mp2mp-config", TypeMP2MP, config, "Place in a closed user group", 10, 100_000),
		azure, s.cloud("exchange-first", "Example Cloud Two", "exchange_first", "dedicated", `\d{12}`, 1),
	)
}
