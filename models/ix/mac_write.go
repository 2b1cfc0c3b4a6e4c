package ix

import (
	"encoding/json"
	"net"
	"slices"
)

func createMAC(tx *Tx, o Object) error {
	m := o.(*MACAddress)
	canonical, reason := readMAC(m.Address)
	problems := checkValidity(m.ValidNotBefore, m.ValidNotAfter)
	if reason != "" {
		problems = append(problems, Property{"address", reason})
	}
	if err := Invalid(problems...); err != nil {
		return err
	}
	m.Address = canonical
	return tx.Insert(MACs, m)
}

// readMAC writes a hardware address of six octets in canonical form, or says
// what is wrong. It takes colons or hyphens between octets, dots between pairs of
// them, or nothing.
func readMAC(text string) (canonical, reason string) {
	if len(text) == 12 {
		text = text[:4] + "." + text[4:8] + "." + text[8:]
	}
	address, err := net.ParseMAC(text)
	switch {
	case err != nil || len(address) != 6:
		return "", "is not a hardware address of six octets"
	case address[0]&1 != 0:
		return "", "is the address of a group, not of one interface"
	case !slices.ContainsFunc(address, func(octet byte) bool { return octet != 0 }):
		return "", "is no address of an interface"
	}
	return address.String(), ""
}

// destroyMAC deletes an address that no configuration uses. Orders that name it
// hold its row, so there is none under way.
func destroyMAC(tx *Tx, o Object, _ map[string]json.RawMessage) error {
	m := o.(*MACAddress)
	using, err := find[*NetworkServiceConfig](tx, NetworkServiceConfigs, "document LIKE ? AND state NOT IN ?", "%"+m.ID+"%", gone)
	if err != nil {
		return err
	}
	for _, c := range using {
		if slices.Contains(c.MACs, m.ID) {
			return UnableToFulfill("The address is used by the configuration %s.", c.ID)
		}
	}
	return tx.Remove(MACs, m)
}

// usedBy finds the addresses that configurations use.
func usedBy() filter {
	return filter{among: func(r *related, o Object, values []string) (bool, error) {
		configs, err := r.all(NetworkServiceConfigs)
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(values, func(id string) bool {
			c, known := configs[id].(*NetworkServiceConfig)
			return known && slices.Contains(c.MACs, o.header().ID)
		}), nil
	}}
}

// addressFilter finds hardware addresses in any form.
func addressFilter() filter {
	return filter{
		match: func(o Object, values []string) bool {
			return slices.ContainsFunc(values, func(value string) bool {
				canonical, _ := readMAC(value)
				return o.(*MACAddress).Address == canonical
			})
		},
		check: func(value string) string {
			_, reason := readMAC(value)
			return reason
		},
	}
}

// assignedAt finds what is valid at a time.
func assignedAt() filter {
	return filter{
		match: func(o Object, values []string) bool {
			m := o.(*MACAddress)
			return slices.ContainsFunc(values, func(value string) bool {
				at, _ := readTime(value)
				return (m.ValidNotBefore == nil || !at.Before(moment(*m.ValidNotBefore))) &&
					(m.ValidNotAfter == nil || !at.After(moment(*m.ValidNotAfter)))
			})
		},
		check: aTime,
	}
}
