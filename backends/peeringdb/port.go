package peeringdb

import (
	"net/netip"
	"strings"

	"provision-gateway/models"
)

// Port maps the presence of a network at an exchange. It never refuses one: an
// address that does not parse is dropped with a note, and so is one of the
// other protocol. A port counts as operational unless the row says otherwise,
// since the field is younger than many dumps.
func (p *NetIXLan) Port() (models.Port, []Note, error) {
	var c columns
	row := models.Port{
		ID:              p.Key(),
		NetworkID:       key(p.NetID),
		ExchangeID:      key(p.IXID),
		ASN:             c.asn(p.ASN),
		IPv4:            c.address("ipaddr4", "IPv4", p.IPAddr4, netip.Addr.Is4),
		IPv6:            c.address("ipaddr6", "IPv6", p.IPAddr6, isIPv6),
		RouteServerPeer: truth(p.IsRSPeer, false),
		Operational:     truth(p.Operational, true),
	}
	if speed := c.number("speed", p.Speed); speed != nil {
		row.Speed = *speed
	}
	return row, c.notes, nil
}

// address gives the canonical form of an address, and NULL for null, missing
// and empty ones.
func (c *columns) address(field, protocol string, value *string, fits func(netip.Addr) bool) *string {
	if value == nil || *value == "" {
		return nil
	}
	address, err := netip.ParseAddr(strings.TrimSpace(*value))
	if err != nil || !fits(address) {
		c.note(field+" is not an "+protocol+" address, dropped", quote(*value))
		return nil
	}
	text := address.String()
	return &text
}

// isIPv6 is false for addresses with a zone and for IPv4 addresses in the
// form of IPv6: no session can be set up with either.
func isIPv6(a netip.Addr) bool { return a.Is6() && !a.Is4In6() && a.Zone() == "" }
