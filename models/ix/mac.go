package ix

// MACs is the collection of hardware addresses of members.
const MACs Collection = "macs"

// MACAddress is the address of a router on a peering LAN, six octets in lower
// case with colons between.
type MACAddress struct {
	Header
	Ownable
	Address string `json:"address" ix:"create,required,max=23"`
	// ValidNotBefore and ValidNotAfter are RFC 3339.
	ValidNotBefore *string `json:"valid_not_before" ix:"create"`
	ValidNotAfter  *string `json:"valid_not_after" ix:"create"`
}

func macs() *kind {
	return &kind{
		name: MACs, make: func(string) Object { return &MACAddress{} },
		filters: all(accountFilters(), validity(), map[string]filter{
			"network_service_config": usedBy(), "address": addressFilter(), "assigned_at": assignedAt(),
		}),
		create: createMAC, destroy: destroyMAC,
	}
}
