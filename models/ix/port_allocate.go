package ix

import "fmt"

// roomFor finds a device for ports of an offering, and which of its
// capabilities they are of. A connection that has ports already gets the others
// at the same place. nil is that there is none.
func (tx *Tx) roomFor(offering *ProductOffering, pop *string, ports int) (*Device, *Capability, error) {
	if pop == nil {
		pop = offering.HandoverPop
	}
	pops, err := find[*PointOfPresence](tx, Pops, "")
	if err != nil {
		return nil, nil, err
	}
	at := map[string]bool{}
	for _, p := range pops {
		at[p.ID] = p.MetroAreaNetwork == offering.HandoverMetroAreaNetwork && (pop == nil || *pop == p.ID)
	}
	devices, err := find[*Device](tx, Devices, "")
	if err != nil {
		return nil, nil, err
	}
	for _, d := range devices {
		for i := range d.Capabilities {
			c := &d.Capabilities[i]
			fits := offering.PhysicalPortSpeed == nil || *offering.PhysicalPortSpeed == c.Speed
			if at[d.Pop] && fits && c.Availability >= ports && (ports == 1 || c.MaxLAG >= ports) {
				return d, c, nil
			}
		}
	}
	return nil, nil, nil
}

// canHavePorts checks that there is a device for ports of an offering.
func (tx *Tx) canHavePorts(offering *ProductOffering, pop *string, ports int) error {
	d, _, err := tx.roomFor(offering, pop, ports)
	if err == nil && d == nil {
		return UnableToFulfill("No device has %d free ports of the product offering.", ports)
	}
	return err
}

// allocatePort gives a reservation a port, and reports false when none is free.
func (tx *Tx) allocatePort(p *PortReservation, c *Connection, offering *ProductOffering) (bool, error) {
	d, capability, err := tx.roomFor(offering, c.Pop, 1)
	if err != nil || d == nil {
		return false, err
	}
	capability.Availability--
	d.Named++
	speed := capability.Speed
	port := &Port{
		Ownable: c.Ownable, Invoiceable: c.Invoiceable, Contactable: c.Contactable, Stateful: Stateful{State: StateAllocated},
		Connection: &c.ID, Speed: &speed, Name: fmt.Sprintf("%s:%d", d.Name, d.Named), MediaType: capability.MediaType,
		OperationalState: "down", Device: d.ID, Pop: d.Pop,
	}
	if err := tx.Save(Devices, d); err != nil {
		return false, err
	}
	if err := tx.Insert(Ports, port); err != nil {
		return false, err
	}
	p.Port, p.State = &port.ID, StateAllocated
	if offering.CrossConnectInitiator == "subscriber" {
		p.ExchangeSideDemarc = &port.Name
	}
	c.Pop = &d.Pop
	return true, nil
}

// releasePort ends a port and makes its place on the device free.
func (tx *Tx) releasePort(id string) error {
	port, err := get[*Port](tx, Ports, id)
	if err != nil || port.State == StateDecommissioned {
		return err
	}
	d, err := get[*Device](tx, Devices, port.Device)
	if err != nil {
		return err
	}
	for i := range d.Capabilities {
		if c := &d.Capabilities[i]; c.MediaType == port.MediaType && port.Speed != nil && c.Speed == *port.Speed {
			c.Availability++
			break
		}
	}
	if err := tx.Save(Devices, d); err != nil {
		return err
	}
	port.State, port.Connection, port.OperationalState = StateDecommissioned, nil, "down"
	return tx.Save(Ports, port)
}
