package ix

import "time"

// advanceConnection takes a connection a step on, when all its ports have taken
// theirs.
func advanceConnection(tx *Tx, o Object) error {
	c := o.(*Connection)
	reservations, err := find[*PortReservation](tx, PortReservations, "connection = ?", c.ID)
	if err != nil {
		return err
	}
	switch c.State {
	case StateRequested:
		if areAll(reservations, StateAllocated, StateProduction) {
			c.State = StateAllocated
		}
	case StateAllocated:
		if areAll(reservations, StateProduction) {
			today := day(time.Unix(tx.Time, 0)).Format(time.DateOnly)
			c.State, c.CurrentBillingStartDate = StateProduction, &today
			return tx.Save(Connections, c)
		}
	case StateDecommissionRequested:
		return tx.endConnection(c, reservations)
	default:
		return nil
	}
	if err := tx.Save(Connections, c); err != nil {
		return err
	}
	return tx.GoOn(Connections, c)
}

// endConnection ends a connection on its day, once nothing is on it any more.
func (tx *Tx) endConnection(c *Connection, reservations []*PortReservation) error {
	if at := tx.decommissionTime(c); at > tx.Time {
		return tx.Due(Connections, c, &at)
	}
	configs, err := tx.onConnection(c.ID)
	if err != nil {
		return err
	}
	for _, row := range configs {
		if row.State == StateDecommissionRequested {
			return tx.GoOn(Connections, c)
		}
	}
	if !areAll(reservations) {
		return tx.GoOn(Connections, c)
	}
	c.State = StateDecommissioned
	return tx.Save(Connections, c)
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
