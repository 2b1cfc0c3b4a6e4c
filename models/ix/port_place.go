package ix

// Place is where a port is kept for a reservation from its order on, so that no
// more ports are ordered than there are.
type Place struct {
	Device    string `json:"device"`
	Pop       string `json:"pop"`
	MediaType string `json:"media_type"`
	// Speed is in Mbit/s.
	Speed int `json:"speed"`
}

// takePlaces takes a number of free ports of an offering on one device; nil is
// that none has as many.
func (tx *Tx) takePlaces(offering *ProductOffering, pop *string, ports int) (*Place, error) {
	d, capability, err := tx.roomFor(offering, pop, ports)
	if err != nil || d == nil {
		return nil, err
	}
	capability.Availability -= ports
	return &Place{Device: d.ID, Pop: d.Pop, MediaType: capability.MediaType, Speed: capability.Speed}, tx.Save(Devices, d)
}

// requirePlaces is takePlaces for an order, which is refused when there are none.
func (tx *Tx) requirePlaces(offering *ProductOffering, pop *string, ports int) (*Place, error) {
	place, err := tx.takePlaces(offering, pop, ports)
	if err == nil && place == nil {
		err = UnableToFulfill("No device has %d free ports of the product offering.", ports)
	}
	return place, err
}

// givePlace makes a port free, which may be what a reservation waits for.
func (tx *Tx) givePlace(device, mediaType string, speed int) error {
	d, err := get[*Device](tx, Devices, device)
	if err != nil {
		return err
	}
	for i := range d.Capabilities {
		if c := &d.Capabilities[i]; c.MediaType == mediaType && c.Speed == speed {
			c.Availability++
			break
		}
	}
	if err := tx.Save(Devices, d); err != nil {
		return err
	}
	return tx.wakeForPort()
}

// wakeForPort wakes the oldest reservation that waits for a port and can have one
// now. It wakes the next one when it has got its own.
func (tx *Tx) wakeForPort() error {
	waiting, err := find[*PortReservation](tx, PortReservations, "state = ?", StateOperator)
	if err != nil {
		return err
	}
	type wish struct{ offering, pop string }
	refused := map[wish]bool{}
	for _, p := range waiting {
		c, err := get[*Connection](tx, Connections, p.Connection)
		if err != nil {
			return err
		}
		w := wish{offering: c.ProductOffering}
		if c.Pop != nil {
			w.pop = *c.Pop
		}
		if refused[w] {
			continue
		}
		offering, err := peek[*ProductOffering](tx, ProductOfferings, c.ProductOffering)
		if err != nil {
			return err
		}
		d, _, err := tx.roomFor(offering, c.Pop, 1)
		if err != nil {
			return err
		}
		if d != nil {
			return tx.Wake(PortReservations, p.ID)
		}
		refused[w] = true
	}
	return nil
}
