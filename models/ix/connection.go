package ix

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Connections is the collection of connections.
const Connections Collection = "connections"

// The modes of a connection.
const (
	ModeLACP         = "lag_lacp"
	ModeStatic       = "lag_static"
	ModeFlexEthernet = "flex_ethernet"
	ModeStandalone   = "standalone"
)

// Connection is a port of an account, or several together, on which network
// services are configured.
type Connection struct {
	Header
	Stateful
	Cancelable
	Billed
	Ownable
	Invoiceable
	Contactable
	Mode string `json:"mode" ix:"create,update,required,enum=lag_lacp|lag_static|flex_ethernet|standalone"`
	// LACPTimeout is slow or fast, and nil unless the mode is lag_lacp.
	LACPTimeout      *string  `json:"lacp_timeout" ix:"create,update,enum=slow|fast"`
	Name             string   `json:"name"`
	ProductOffering  string   `json:"product_offering" ix:"create,update,required,ref=product-offerings"`
	Ports            []string `json:"ports"`
	PortReservations []string `json:"port_reservations"`
	Pop              *string  `json:"pop"`
	MetroArea        string   `json:"metro_area"`
	MetroAreaNetwork string   `json:"metro_area_network"`
	// Speed is the sum of the ports in Mbit/s; nil while there are none.
	Speed *int `json:"speed"`
	// CapacityAllocated is the sum of the capacities of what is configured on the
	// connection, in Mbit/s, and CapacityAllocationLimit what it can be at most:
	// the speed, and nil while there are no ports.
	CapacityAllocated       int      `json:"capacity_allocated"`
	CapacityAllocationLimit *int     `json:"capacity_allocation_limit"`
	VLANTypes               []string `json:"vlan_types"`
	// OuterVLANEthertypes are hexadecimal, such as 0x8100.
	OuterVLANEthertypes   []string `json:"outer_vlan_ethertypes"`
	PortQuantity          int      `json:"port_quantity" ix:"create,required"`
	SubscriberSideDemarcs []string `json:"subscriber_side_demarcs" ix:"create,sensitive"`
	ConnectingParty       *string  `json:"connecting_party,omitempty" ix:"create,internal,max=255"`
}

func (c *Connection) offering() string { return c.ProductOffering }

func newConnection(string) Object {
	return &Connection{
		Contactable: Contactable{[]string{}}, Ports: []string{}, PortReservations: []string{}, SubscriberSideDemarcs: []string{},
		VLANTypes: []string{VlanPort, VlanDot1Q, VlanQinQ}, OuterVLANEthertypes: []string{"0x8100", "0x88a8"},
	}
}

func connections() *kind {
	modes := oneOf(ModeLACP, ModeStatic, ModeFlexEthernet, ModeStandalone)
	return &kind{
		name: Connections, make: newConnection,
		filters: all(stateFilters(), accountFilters(), contactFilters(), equals("name", "metro_area", "metro_area_network", "pop"),
			map[string]filter{
				"mode": is("mode").checked(modes), "mode__is_not": isNot("mode").checked(modes),
				"facility":                  through(Pops, "pop", "facility"),
				"supported_network_service": {among: supportsService},
			}),
		create: createConnection, update: updateConnection, destroy: destroyConnection, advance: advanceConnection,
	}
}

// tooManyPorts says why a connection cannot have the quantity of ports that it
// has; empty is that it can.
func (c *Connection) tooManyPorts(offering *ProductOffering) string {
	switch limit := offering.MaximumPortQuantity; {
	case c.PortQuantity < 1:
		return "has at least one port"
	case c.Mode == ModeStandalone && c.PortQuantity > 1:
		return "has one port only in the mode standalone"
	case limit != nil && c.PortQuantity > *limit:
		return fmt.Sprintf("has %d ports at most", *limit)
	}
	return ""
}

// checkDemarcs checks where the exchange shall connect cables: when it does
// that, at least one place is needed, and there are not more than ports.
func checkDemarcs(offering *ProductOffering, property string, demarcs []string, ports int) error {
	given := len(demarcs) > 0 && !slices.Contains(demarcs, "")
	switch {
	case offering.CrossConnectInitiator == "exchange" && !given:
		return InvalidProperty(property, "is required: the exchange lays the cable")
	case len(demarcs) > ports:
		return InvalidProperty(property, "are more than %d ports", ports)
	}
	return nil
}

// destroyConnection begins the end of a connection and of its ports, which go
// with it unless they go before. What is configured on it must go first.
func destroyConnection(tx *Tx, o Object, body map[string]json.RawMessage) error {
	c := o.(*Connection)
	if c.State.Leaving() {
		return tx.requestDecommission(Connections, c, body)
	}
	configs, err := tx.onConnection(c.ID)
	if err != nil {
		return err
	}
	for _, row := range configs {
		if !row.State.Leaving() {
			return inUse(Connections, c.ID, NetworkServiceConfigs, row.ID)
		}
	}
	if err := tx.requestDecommission(Connections, c, body); err != nil {
		return err
	}
	reservations, err := find[*PortReservation](tx, PortReservations, "connection = ?", c.ID)
	if err != nil {
		return err
	}
	for _, p := range reservations {
		if p.State.Gone() || p.State.Leaving() && p.DecommissionAt != nil && *p.DecommissionAt <= *c.DecommissionAt {
			continue
		}
		if err := tx.leave(PortReservations, p, *c.DecommissionAt, *c.ChargedUntil); err != nil {
			return err
		}
	}
	return nil
}

// onConnection returns the rows of what is configured on a connection. They are
// locked, so that what was made a moment ago is among them.
func (tx *Tx) onConnection(id string) ([]Row, error) {
	var rows []Row
	err := tx.locked("connection").Where("collection = ? AND connection = ?", NetworkServiceConfigs, id).Order("position, id").Find(&rows).Error
	return rows, err
}
