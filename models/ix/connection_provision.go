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
