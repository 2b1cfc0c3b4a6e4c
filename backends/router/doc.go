// Package router talks to routers over SSH: it brings BGP sessions onto them,
// takes sessions off them, pushes configuration that a client sent, and reads
// the state of sessions.
//
// # Connections
//
// A [Backend] holds at most one connection to a router at a time; whoever comes
// second waits, for as long as the own context and [Config.Timeout] allow. A
// connection is made for one call and closed at its end, whatever the end is:
// no call leaves a connection or a goroutine behind.
//
// The host key of a router must have been stored before ([Access.HostKey]);
// nothing is trusted at first use. [Backend.HostKey] learns a key for an
// operator to compare and store.
//
// # Errors
//
// What a caller may be told is a *models.Error. A wrong password and an unknown
// user are [ErrCredentials] itself; everything else names the router and what
// happened in plain words. Every other error of a connection has a method
// Uncertain() bool, to be found with errors.As: true means that the router may
// have taken at least one line of configuration, so that nobody knows what it
// holds now. No error and no log entry holds a password or another secret.
package router
