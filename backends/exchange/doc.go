// Package exchange brings sessions with route servers to exchanges that speak
// IX-API v2, where each becomes a configuration of a network feature, and brings
// back how far they have come.
//
// What is wanted stands in the database before an exchange is told anything, and
// each configuration carries an external reference that was chosen before it was
// made. So whoever comes to a session later, this process or another one after a
// crash, can find out what is there and do the rest: Converge. Nothing is made
// that its reference finds already, and no service is ever ordered.
package exchange
