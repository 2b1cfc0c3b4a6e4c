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

// allocatePort gives a reservation its port, and reports false when none is free.
// One that was ordered when places were not kept yet takes one now.
func (tx *Tx) allocatePort(p *PortReservation, c *Connection, offering *ProductOffering) (bool, error) {
	if p.Place == nil {
		place, err := tx.takePlaces(offering, c.Pop, 1)
		if err != nil || place == nil {
			return false, err
		}
		p.Place = place
	}
	d, err := get[*Device](tx, Devices, p.Place.Device)
	if err != nil {
		return false, err
	}
	d.Named++
	port := &Port{
		Ownable: c.Ownable, Invoiceable: c.Invoiceable, Contactable: c.Contactable, Stateful: Stateful{State: StateAllocated},
		Connection: &c.ID, Speed: &p.Place.Speed, Name: fmt.Sprintf("%s:%d", d.Name, d.Named), MediaType: p.Place.MediaType,
		OperationalState: "down", Device: d.ID, Pop: d.Pop,
	}
	if err := tx.Save(Devices, d); err != nil {
		return false, err
	}
	if err := tx.Insert(Ports, port); err != nil {
		return false, err
	}
	p.Port, p.Place, p.State, p.Status = &port.ID, nil, StateAllocated, []Status{}
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
	port.State, port.Connection, port.OperationalState = StateDecommissioned, nil, "down"
	if err := tx.Save(Ports, port); err != nil || port.Speed == nil {
		return err
	}
	return tx.givePlace(port.Device, port.MediaType, *port.Speed)
}
