package ix

import (
	"strconv"
	"strings"
)

func vlanPool(connection string) string { return "vlans " + connection }

// wholePort is the value of a service that takes a connection as a whole.
const wholePort = "port"

// value is what the configuration takes of its connection: the id, both ids with
// a dot between, or the port.
func (v *VlanConfig) value() string {
	switch v.VlanType {
	case VlanDot1Q:
		return strconv.Itoa(*v.Vlan)
	case VlanQinQ:
		return strconv.Itoa(*v.OuterVlan) + "." + strconv.Itoa(*v.InnerVlan)
	}
	return wholePort
}

// allocateVlan takes the VLAN ids of a configuration on its connection, whose
// row the transaction has locked, and picks the lowest free one where the
// configuration leaves that to the exchange. An untagged service shares its
// connection with no other; an outer id belongs to one service, or to several
// with different inner ones.
func (tx *Tx) allocateVlan(c *NetworkServiceConfig) error {
	pool, v := vlanPool(c.Connection), c.VlanConfig
	taken, err := tx.holders(pool)
	if err != nil {
		return err
	}
	for value, holder := range taken {
		if holder == c.ID {
			delete(taken, value)
		}
	}
	outer := map[string]bool{}
	for value := range taken {
		id, _, _ := strings.Cut(value, ".")
		outer[id] = true
	}
	free := func() bool {
		value := v.value()
		if v.VlanType == VlanDot1Q {
			return !outer[value]
		}
		id, _, _ := strings.Cut(value, ".")
		return taken[value] == "" && taken[id] == ""
	}
	switch {
	case taken[wholePort] != "":
		return InvalidProperty("connection", "is used as a whole by another configuration")
	case v.VlanType == VlanPort:
		if len(taken) > 0 {
			return InvalidProperty("vlan_config", "other configurations use the connection, which cannot be used as a whole")
		}
	default:
		id := &v.Vlan
		if v.VlanType == VlanQinQ {
			id = &v.OuterVlan
		}
		if *id != nil {
			if !free() {
				return InvalidProperty("vlan_config", "VLAN %s is in use on the connection", v.value())
			}
			break
		}
		for next := firstVlan; next <= lastVlan; next++ {
			*id = &next
			if free() {
				break
			}
		}
		if !free() {
			*id = nil
			return InvalidProperty("vlan_config", "all VLANs of the connection are in use")
		}
	}
	given, err := tx.Allocate(pool, v.value(), c.ID)
	if err == nil && !given {
		err = InvalidProperty("vlan_config", "VLAN %s is in use on the connection", v.value())
	}
	return err
}
