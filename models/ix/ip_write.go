package ix

import (
	"net/netip"
	"regexp"
	"time"
)

// createIP registers an address that a member has elsewhere. Those of exchange
// LANs are given by the exchange only.
func createIP(tx *Tx, o Object) error {
	a := o.(*IPAddress)
	address, err := netip.ParseAddr(a.Address)
	if err != nil || address.Zone() != "" || !(address.IsGlobalUnicast() || address.IsLinkLocalUnicast()) {
		return InvalidProperty("address", "is not the address of a host")
	}
	address = address.Unmap()
	a.Address = address.String()
	var problems []Property
	if a.Version != version(address) {
		problems = append(problems, Property{"version", "is not that of the address"})
	}
	if a.PrefixLength < 0 || a.PrefixLength > address.BitLen() {
		problems = append(problems, Property{"prefix_length", "is not from 0 to the length of the address"})
	}
	var rows []Row
	if err := tx.db.Where("collection = ? AND type = ?", NetworkServices, TypeExchangeLAN).Find(&rows).Error; err != nil {
		return err
	}
	for i := range rows {
		lan, err := decode(&rows[i])
		if err != nil {
			return err
		}
		for _, subnet := range []*string{lan.(*NetworkService).SubnetV4, lan.(*NetworkService).SubnetV6} {
			if subnet == nil {
				continue
			}
			if prefix, err := netip.ParsePrefix(*subnet); err == nil && prefix.Contains(address) {
				problems = append(problems, Property{"address", "is of " + *subnet + ", which the exchange gives addresses of"})
			}
		}
	}
	if err := Invalid(append(problems, a.describe()...)...); err != nil {
		return err
	}
	return tx.Insert(IPs, a)
}

// updateIP changes what is said of an address. One that the exchange gave stays
// with the accounts of its configuration.
func updateIP(tx *Tx, before, o Object) error {
	old, a := before.(*IPAddress), o.(*IPAddress)
	if a.NetworkServiceConfig != "" {
		a.ManagingAccount, a.ConsumingAccount = old.ManagingAccount, old.ConsumingAccount
	}
	if err := Invalid(a.describe()...); err != nil {
		return err
	}
	return tx.Save(IPs, a)
}

// hostName is a domain name of labels as in RFC 1123 section 2.1; a dot at the
// end is allowed, and underscores are, which names of interfaces have.
var hostName = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?$`)

// describe says what is wrong with the name and the dates.
func (a *IPAddress) describe() []Property {
	var problems []Property
	if a.FQDN != nil && *a.FQDN != "" && !hostName.MatchString(*a.FQDN) {
		problems = append(problems, Property{"fqdn", "is not a domain name"})
	}
	return append(problems, checkValidity(a.ValidNotBefore, a.ValidNotAfter)...)
}

// checkValidity says what is wrong with the times between which something is
// valid.
func checkValidity(notBefore, notAfter *string) []Property {
	var problems []Property
	var times [2]time.Time
	for i, sent := range []struct {
		name string
		text *string
	}{{"valid_not_before", notBefore}, {"valid_not_after", notAfter}} {
		if sent.text == nil {
			continue
		}
		at, err := time.Parse(time.RFC3339, *sent.text)
		if err != nil {
			problems = append(problems, Property{sent.name, "expected a time as in RFC 3339"})
		}
		times[i] = at
	}
	if len(problems) == 0 && notBefore != nil && notAfter != nil && times[1].Before(times[0]) {
		problems = append(problems, Property{"valid_not_after", "is before valid_not_before"})
	}
	return problems
}
