package ix

import "fmt"

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
