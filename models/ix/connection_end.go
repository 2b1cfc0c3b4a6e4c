package ix

import "encoding/json"

// lastEnd is the latest day, YYYY-MM-DD, at which what is configured on a
// connection ends, as far as it is on its way out; empty when nothing is.
func lastEnd(configs []Row) (string, error) {
	last := ""
	for _, row := range configs {
		if row.State != StateDecommissionRequested {
			continue
		}
		var config Cancelable
		if err := json.Unmarshal([]byte(row.Document), &config); err != nil {
			return "", err
		}
		if config.DecommissionAt != nil {
			last = max(last, *config.DecommissionAt)
		}
	}
	return last, nil
}

// carries reports whether anything is still configured on a connection.
func (tx *Tx) carries(connection string) (bool, error) {
	configs, err := tx.onConnection(connection)
	if err != nil {
		return false, err
	}
	for _, row := range configs {
		if !row.State.Gone() {
			return true, nil
		}
	}
	return false, nil
}

// endConnection ends a connection on its day, once nothing is on it and its ports
// are free. The last of those wakes it.
func (tx *Tx) endConnection(c *Connection, reservations []*PortReservation) error {
	if at := tx.decommissionTime(c); at > tx.Time {
		return tx.Due(Connections, c, &at)
	}
	carries, err := tx.carries(c.ID)
	if err != nil || carries || !areAll(reservations) {
		return err
	}
	c.State = StateDecommissioned
	return tx.Save(Connections, c)
}

// keepsPorts reports whether the day of a leaving connection has come, but
// something still runs on it, whose end lets its ports go.
func (tx *Tx) keepsPorts(c *Connection) (bool, error) {
	if !c.State.Leaving() || tx.decommissionTime(c) > tx.Time {
		return false, nil
	}
	return tx.carries(c.ID)
}

// letGo wakes a leaving connection and its ports when nothing is configured on it
// any more.
func (tx *Tx) letGo(connection string) error {
	c, err := get[*Connection](tx, Connections, connection)
	if err != nil || !c.State.Leaving() || c.State.Gone() {
		return err
	}
	carries, err := tx.carries(c.ID)
	if err != nil || carries {
		return err
	}
	reservations, err := find[*PortReservation](tx, PortReservations, "connection = ?", c.ID)
	if err != nil {
		return err
	}
	for _, p := range reservations {
		if p.State == StateDecommissionRequested {
			if err := tx.Wake(PortReservations, p.ID); err != nil {
				return err
			}
		}
	}
	return tx.Wake(Connections, c.ID)
}
