package ix

import (
	"encoding/json"
	"slices"
)

// reallocate sums up what is configured on a connection, and is called after
// each change of a configuration there. A configuration without a capacity
// reserves none: it shares what the others leave.
func (tx *Tx) reallocate(connection string) error {
	c, err := get[*Connection](tx, Connections, connection)
	if err != nil {
		return err
	}
	sum, err := tx.allocated(connection, "")
	if err != nil || sum == c.CapacityAllocated {
		return err
	}
	c.CapacityAllocated = sum
	return tx.Save(Connections, c)
}

// allocated is the capacity in Mbit/s of what is configured on a connection,
// except for one configuration.
func (tx *Tx) allocated(connection, except string) (int, error) {
	rows, err := tx.onConnection(connection)
	if err != nil {
		return 0, err
	}
	sum := 0
	for _, row := range rows {
		if row.ID == except || row.State.Gone() {
			continue
		}
		var config struct {
			Capacity *int `json:"capacity"`
		}
		if err := json.Unmarshal([]byte(row.Document), &config); err != nil {
			return 0, err
		}
		if config.Capacity != nil {
			sum += *config.Capacity
		}
	}
	return sum, nil
}

// requireCapacity checks that a connection has room for a configuration of a
// capacity in Mbit/s beside the others. The problem is of the property capacity.
func (tx *Tx) requireCapacity(connection, config string, capacity int) error {
	c, err := get[*Connection](tx, Connections, connection)
	if err != nil {
		return err
	}
	limit := c.CapacityAllocationLimit
	if limit == nil {
		// A connection from before its ports set the limit.
		limit = c.Speed
	}
	if limit == nil {
		return nil
	}
	others, err := tx.allocated(connection, config)
	if err != nil {
		return err
	}
	if others+capacity > *limit {
		return InvalidProperty("capacity", "the connection has %d Mbit/s left", max(0, *limit-others))
	}
	return nil
}

// supportsService finds connections on which a network service can be
// configured: those in its network, or in one where an offering for it is handed
// over.
func supportsService(r *related, o Object, values []string) (bool, error) {
	services, err := r.all("network-services")
	if err != nil {
		return false, err
	}
	offerings, err := r.all(ProductOfferings)
	if err != nil {
		return false, err
	}
	for _, value := range values {
		service, known := services[value]
		if !known {
			continue
		}
		networks := texts(service, "metro_area_network")
		for _, id := range texts(service, "nsc_product_offerings") {
			if offering, known := offerings[id].(*ProductOffering); known {
				networks = append(networks, offering.HandoverMetroAreaNetwork)
			}
		}
		if slices.Contains(networks, o.(*Connection).MetroAreaNetwork) {
			return true, nil
		}
	}
	return false, nil
}
