package exchange

// ReadASSet is readASSet.
var ReadASSet = readASSet

// Lease is the lease of whoever is busy with a session.
func Lease(session uint64) string { return lease(session) }
