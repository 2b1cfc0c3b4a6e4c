package ix

// catalogKinds are the collections of what the exchange offers and has: places, devices, offerings, ports and connections.
func catalogKinds() []*kind { return nil }
