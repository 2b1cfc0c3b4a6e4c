package peeringdb

import (
	"net/netip"

	"provision-gateway/models"
)

// Exchange maps an exchange to the legacy columns of mgmtPublics. It never
// refuses one; notes say what did not fit.
func (x *IX) Exchange() (models.Exchange, []Note, error) {
	var c columns
	row := models.Exchange{
		ID:              x.Key(),
		Name:            c.required("name", x.Name, maxName),
		NameLong:        c.text("name_long", x.NameLong, maxName),
		City:            c.text("city", x.City, maxName),
		Country:         c.text("country", x.Country, maxName),
		RegionContinent: c.text("region_continent", x.RegionContinent, maxName),
		Media:           c.text("media", x.Media, maxName),
		Website:         c.text("website", x.Website, maxName),
		URLStats:        c.text("url_stats", x.URLStats, maxName),
		TechEmail:       c.mail("tech_email", x.TechEmail),
		TechPhone:       c.text("tech_phone", x.TechPhone, maxName),
		PolicyEmail:     c.mail("policy_email", x.PolicyEmail),
		PolicyPhone:     c.text("policy_phone", x.PolicyPhone, maxName),
		ProtoUnicast:    truth(x.ProtoUnicast, false),
		ProtoMulticast:  truth(x.ProtoMulticast, false),
		ProtoIPv6:       truth(x.ProtoIPv6, false),
	}
	return row, c.notes, nil
}

// ExchangePrefix maps a prefix of a peering LAN. The protocol follows from the
// prefix. The exchange is the one with the number of the LAN; a caller that
// knows better replaces it. A prefix that is not one is refused with a
// *models.RowError.
func (p *IXPfx) ExchangePrefix() (models.ExchangePrefix, []Note, error) {
	var c columns
	text := c.required("prefix", p.Prefix, maxName)
	prefix, err := netip.ParsePrefix(text)
	if err != nil || prefix.Addr().Is4In6() {
		return models.ExchangePrefix{}, nil, &models.RowError{Reason: "prefix is not an address prefix", Detail: quote(text)}
	}
	if masked := prefix.Masked(); masked != prefix {
		c.note("prefix has host bits, cleared", quote(text))
		prefix = masked
	}
	protocol := "IPv6"
	if prefix.Addr().Is4() {
		protocol = "IPv4"
	}
	row := models.ExchangePrefix{ID: p.Key(), ExchangeID: key(p.IXLanID), Protocol: protocol, Prefix: prefix.String()}
	return row, c.notes, nil
}
