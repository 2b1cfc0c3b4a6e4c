package ix

import "slices"

// catalogKinds are the collections of what the exchange offers and has: places, devices, offerings, ports and connections.
func catalogKinds() []*kind {
	return slices.Concat(placeKinds(), []*kind{devices(), availabilityZones(), productOfferings(), ports(), portReservations(), connections()})
}
