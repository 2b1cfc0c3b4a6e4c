package ix

import (
	"errors"
	"fmt"
)

// seedDemoLAN makes the exchange LAN of the demonstration and its route servers,
// of which the first is required.
func (tx *Tx) seedDemoLAN(operator string, out Seeded) error {
	const servers = 2
	lan := &NetworkService{
		Header: Header{demoLAN}, Typed: Typed{TypeExchangeLAN}, Stateful: Stateful{State: StateProduction},
		Ownable: Ownable{ManagingAccount: operator, ConsumingAccount: operator}, ProductOffering: "po:demo-lan",
		Name: out.Name, MetroAreaNetwork: demoNetwork, SubnetV4: out.SubnetV4, SubnetV6: out.SubnetV6,
		NSCProductOfferings: []string{"po:demo-lan"}, NSCRequiredContactRoles: []string{roleNOC}, AvailabilityZones: []string{}, MemberJoiningRules: []string{},
	}
	for n := 1; n <= servers; n++ {
		lan.NetworkFeatures = append(lan.NetworkFeatures, fmt.Sprintf("nf:demo-rs%d", n))
	}
	if err := tx.Insert(NetworkServices, lan); err != nil {
		return err
	}
	for n := 1; n <= servers; n++ {
		v4, v6 := fmt.Sprintf("203.0.113.%d", 250+n), fmt.Sprintf("2001:db8:113::%x", 0xf0+n)
		f := routeServer(lan, lan.NetworkFeatures[n-1], fmt.Sprintf("rs%d", n), 64510, &v4, &v6)
		f.FQDN, f.Required = fmt.Sprintf("rs%d.exb1.example.net", n), n == 1
		f.NFCRequiredContactRoles = []string{roleNOC}
		f.Flags = []FeatureFlag{
			{Name: "RPKI-HARD-FILTER", Description: "Routes whose origin is invalid by RPKI are rejected.", Mandatory: true},
			{Name: "BLACKHOLE", Description: "Routes with the community BLACKHOLE (RFC 7999) are accepted."},
		}
		if err := tx.AddFeature(f); err != nil {
			return err
		}
	}
	return nil
}

// seedDemoSmallLAN makes another exchange LAN in the same network, on which a
// cloud provider peers with its customers, with its offering and its route
// server.
func (tx *Tx) seedDemoSmallLAN(operator string) error {
	s := seeder{id: "demo-small", provider: demoProvider, metroArea: demoMetroArea, network: demoNetwork, pop: demoPop}
	offering := s.lan(demoSmallLAN)
	offering.Name, offering.DisplayName, offering.ServiceProvider = "Example Cloud One peering", "Example Cloud One peering", "Example Cloud One"
	v4, v6 := "198.51.100.224/27", "2001:db8:100::/64"
	lan := &NetworkService{
		Header: Header{demoSmallLAN}, Typed: Typed{TypeExchangeLAN}, Stateful: Stateful{State: StateProduction},
		Ownable: Ownable{ManagingAccount: operator, ConsumingAccount: operator}, ProductOffering: offering.ID,
		Name: "Example Cloud One peering LAN", MetroAreaNetwork: demoNetwork, SubnetV4: &v4, SubnetV6: &v6,
		NSCProductOfferings: []string{offering.ID}, NSCRequiredContactRoles: []string{roleNOC}, NetworkFeatures: []string{"nf:demo-small-rs1"},
		AvailabilityZones: []string{}, MemberJoiningRules: []string{},
	}
	server4, server6 := "198.51.100.254", "2001:db8:100::fe"
	f := routeServer(lan, lan.NetworkFeatures[0], "rs1", 64511, &server4, &server6)
	f.FQDN, f.Required, f.NFCRequiredContactRoles = "rs1.cloud.exb1.example.net", true, []string{roleNOC}
	return errors.Join(tx.Insert(ProductOfferings, offering), tx.Insert(NetworkServices, lan), tx.AddFeature(f))
}

// routeServer is a route server of a LAN with the addresses that are not nil.
// The member opens the session.
func routeServer(lan *NetworkService, id, name string, asn uint32, v4, v6 *string) *NetworkFeature {
	f := &NetworkFeature{
		Header: Header{id}, Typed: Typed{TypeRouteServer}, Name: name, NetworkService: lan.ID, ASN: asn, IPv4: v4, IPv6: v6,
		AddressFamilies: []string{}, SessionMode: "public", AvailableBGPSessionTypes: []string{"passive"},
		NFCRequiredContactRoles: []string{}, Flags: []FeatureFlag{},
	}
	if v4 != nil {
		f.AddressFamilies = append(f.AddressFamilies, FamilyIPv4)
	}
	if v6 != nil {
		f.AddressFamilies = append(f.AddressFamilies, FamilyIPv6)
	}
	return f
}
