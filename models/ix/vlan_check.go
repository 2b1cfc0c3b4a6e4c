package ix

import (
	"fmt"
	"slices"
	"strings"
)

// The first and last ids of IEEE 802.1Q that a service may have.
const firstVlan, lastVlan = 1, 4094

// The tag that IEEE 802.1Q defines, and those of stacked tags.
var ethertypes = []string{"0x8100", "0x88a8", "0x9100"}

// normalize drops what the type does not have, and adds defaults.
func (v *VlanConfig) normalize() {
	kept := VlanConfig{VlanType: v.VlanType}
	switch v.VlanType {
	case VlanDot1Q:
		kept.Vlan, kept.VlanEthertype = v.Vlan, ethertype(v.VlanEthertype)
	case VlanQinQ:
		kept.OuterVlan, kept.OuterVlanEthertype, kept.InnerVlan = v.OuterVlan, ethertype(v.OuterVlanEthertype), v.InnerVlan
	}
	*v = kept
}

func ethertype(sent *string) *string {
	text := ethertypes[0]
	if sent != nil && *sent != "" {
		text = strings.ToLower(*sent)
	}
	return &text
}

// problem says why a connection that offers these types and ethertypes cannot
// carry the service; it is empty when it can.
func (v *VlanConfig) problem(types, offered []string) string {
	if len(offered) == 0 {
		offered = ethertypes
	}
	switch {
	case !slices.Contains([]string{VlanPort, VlanDot1Q, VlanQinQ}, v.VlanType):
		return "vlan_type must be port, dot1q or qinq"
	case !slices.Contains(types, v.VlanType):
		return fmt.Sprintf("vlan_type %s is not offered on the connection, which has %s", v.VlanType, strings.Join(types, ", "))
	case v.VlanType == VlanQinQ && v.InnerVlan == nil:
		return "inner_vlan is required"
	}
	for _, id := range []struct {
		name  string
		value *int
	}{{"vlan", v.Vlan}, {"outer_vlan", v.OuterVlan}, {"inner_vlan", v.InnerVlan}} {
		if id.value != nil && (*id.value < firstVlan || *id.value > lastVlan) {
			return fmt.Sprintf("%s must be from %d to %d", id.name, firstVlan, lastVlan)
		}
	}
	for _, tag := range []struct {
		name  string
		value *string
	}{{"vlan_ethertype", v.VlanEthertype}, {"outer_vlan_ethertype", v.OuterVlanEthertype}} {
		if tag.value != nil && !slices.Contains(offered, *tag.value) {
			return fmt.Sprintf("%s %s is not offered on the connection, which has %s", tag.name, *tag.value, strings.Join(offered, ", "))
		}
	}
	return ""
}
