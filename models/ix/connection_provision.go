package ix

import "time"

// advanceConnection takes a connection a step on, when all its ports have taken
// theirs. Each port that does wakes it.
func advanceConnection(tx *Tx, o Object) error {
	c := o.(*Connection)
	reservations, err := find[*PortReservation](tx, PortReservations, "connection = ?", c.ID)
	if err != nil {
		return err
	}
	switch c.State {
	case StateRequested:
		if !areAll(reservations, StateAllocated, StateProduction) {
			return nil
		}
		c.State = StateAllocated
		if err := tx.Save(Connections, c); err != nil {
			return err
		}
		return tx.GoOn(Connections, c)
	case StateAllocated:
		if areAll(reservations, StateProduction) {
			today := day(time.Unix(tx.Time, 0)).Format(time.DateOnly)
			c.State, c.CurrentBillingStartDate = StateProduction, &today
			return tx.Save(Connections, c)
		}
	case StateDecommissionRequested:
		return tx.endConnection(c, reservations)
	}
	return nil
}

// wakeForming wakes a connection that waits for its ports.
func (tx *Tx) wakeForming(c *Connection) error {
	if c.State != StateRequested && c.State != StateAllocated {
		return nil
	}
	return tx.Wake(Connections, c.ID)
}

// areAll reports whether all reservations are in one of the states, or on their
// way out; without states, whether all are gone.
func areAll(reservations []*PortReservation, states ...State) bool {
	for _, p := range reservations {
		met := p.State.Gone() || len(states) > 0 && p.State.Leaving()
		for _, s := range states {
			met = met || p.State == s
		}
		if !met {
			return false
		}
	}
	return true
}
