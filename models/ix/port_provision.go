package ix

import "slices"

// advancePortReservation takes a reservation a step on: a port is allocated,
// then it is put into production; at its end the port is given back.
func advancePortReservation(tx *Tx, o Object) error {
	p := o.(*PortReservation)
	c, err := get[*Connection](tx, Connections, p.Connection)
	if err != nil {
		return err
	}
	switch p.State {
	case StateRequested, StateOperator:
		offering, err := get[*ProductOffering](tx, ProductOfferings, c.ProductOffering)
		if err != nil {
			return err
		}
		return tx.givePort(p, c, offering)
	case StateAllocated:
		if err := tx.startPort(p); err != nil {
			return err
		}
		return tx.wakeForming(c)
	case StateDecommissionRequested:
		return tx.endPort(p, c)
	}
	return nil
}

// givePort allocates a port. A reservation that there is none for waits for one
// that is given back, and lets the next one have its own after it.
func (tx *Tx) givePort(p *PortReservation, c *Connection, offering *ProductOffering) error {
	waited := p.State == StateOperator
	given, err := tx.allocatePort(p, c, offering)
	if err != nil {
		return err
	}
	if !given {
		p.State, p.Status = StateOperator, []Status{required("ports_exhausted", "No port of the product offering is free.", tx.now(), nil)}
		return tx.Save(PortReservations, p)
	}
	if err := tx.Save(PortReservations, p); err != nil {
		return err
	}
	if err := tx.sumPorts(c); err != nil {
		return err
	}
	if waited {
		if err := tx.wakeForPort(); err != nil {
			return err
		}
	}
	if err := tx.wakeForming(c); err != nil {
		return err
	}
	return tx.GoOn(PortReservations, p)
}

func (tx *Tx) startPort(p *PortReservation) error {
	port, err := get[*Port](tx, Ports, *p.Port)
	if err != nil {
		return err
	}
	port.State, port.OperationalState, p.State = StateProduction, "up", StateProduction
	if err := tx.Save(Ports, port); err != nil {
		return err
	}
	return tx.Save(PortReservations, p)
}

// endPort gives a port back on the day of the decommissioning.
func (tx *Tx) endPort(p *PortReservation, c *Connection) error {
	if at := tx.decommissionTime(p); at > tx.Time {
		return tx.Due(PortReservations, p, &at)
	}
	if keeps, err := tx.keepsPorts(c); err != nil || keeps {
		return err
	}
	if p.Port != nil {
		if err := tx.releasePort(*p.Port); err != nil {
			return err
		}
	} else if p.Place != nil {
		if err := tx.givePlace(p.Place.Device, p.Place.MediaType, p.Place.Speed); err != nil {
			return err
		}
	}
	p.State, p.Place = StateDecommissioned, nil
	if err := tx.Save(PortReservations, p); err != nil {
		return err
	}
	c.PortReservations = slices.DeleteFunc(c.PortReservations, func(id string) bool { return id == p.ID })
	if !c.State.Leaving() {
		c.PortQuantity--
	}
	if err := tx.sumPorts(c); err != nil || !c.State.Leaving() {
		return err
	}
	return tx.Wake(Connections, c.ID)
}

// sumPorts writes the ports and the speed of a connection, which limits what can
// be configured there, and saves it.
func (tx *Tx) sumPorts(c *Connection) error {
	ports, err := find[*Port](tx, Ports, "connection = ?", c.ID)
	if err != nil {
		return err
	}
	c.Ports, c.Speed, c.CapacityAllocationLimit = []string{}, nil, nil
	speed := 0
	for _, port := range ports {
		c.Ports = append(c.Ports, port.ID)
		if port.Speed != nil {
			speed += *port.Speed
			c.Speed, c.CapacityAllocationLimit = &speed, &speed
		}
	}
	return tx.Save(Connections, c)
}
