package ix

import (
	"encoding/json"
	"slices"
	"strconv"
)

// The ways to tell the services of a connection apart.
const (
	VlanPort  = "port"
	VlanDot1Q = "dot1q"
	VlanQinQ  = "qinq"
)

// VlanConfig says which frames of a connection belong to a service: all of them
// (port), those with a tag (dot1q), or those with two (qinq). VLAN ids are 1 to
// 4094; Vlan and OuterVlan are nil where the exchange is to pick one. Ethertypes
// are written like 0x8100.
type VlanConfig struct {
	VlanType           string  `json:"vlan_type"`
	Vlan               *int    `json:"vlan"`
	VlanEthertype      *string `json:"vlan_ethertype"`
	OuterVlan          *int    `json:"outer_vlan"`
	OuterVlanEthertype *string `json:"outer_vlan_ethertype"`
	InnerVlan          *int    `json:"inner_vlan"`
}

// vlanProperties are the types that have a property.
var vlanProperties = map[string][]string{
	"vlan": {VlanDot1Q}, "vlan_ethertype": {VlanDot1Q},
	"outer_vlan": {VlanQinQ}, "outer_vlan_ethertype": {VlanQinQ}, "inner_vlan": {VlanQinQ},
}

// MarshalJSON writes the properties of the type.
func (v *VlanConfig) MarshalJSON() ([]byte, error) {
	type plain VlanConfig
	text, err := Encode((*plain)(v))
	if err != nil {
		return nil, err
	}
	return withoutForeign(text, v.VlanType, vlanProperties)
}

// withoutForeign drops the properties of a document that its type does not have.
func withoutForeign(text []byte, objectType string, properties map[string][]string) ([]byte, error) {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	for name, types := range properties {
		if !slices.Contains(types, objectType) {
			delete(document, name)
		}
	}
	return Encode(document)
}

// vlanFilters find configurations by their VLAN ids. The only id of dot1q counts
// as the outer one.
func vlanFilters() map[string]filter {
	by := func(of func(*VlanConfig) *int) filter {
		match := func(o Object, values []string) bool {
			v := o.(*NetworkServiceConfig).VlanConfig
			if v == nil {
				return false
			}
			id := of(v)
			return id != nil && slices.Contains(values, strconv.Itoa(*id))
		}
		return filter{match: match, check: integer}
	}
	return map[string]filter{
		"inner_vlan": by(func(v *VlanConfig) *int { return v.InnerVlan }),
		"outer_vlan": by(func(v *VlanConfig) *int {
			if v.VlanType == VlanDot1Q {
				return v.Vlan
			}
			return v.OuterVlan
		}),
	}
}
