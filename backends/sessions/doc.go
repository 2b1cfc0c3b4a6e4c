// Package sessions brings the BGP sessions of the database onto the routers they
// name, takes them off again, and reads back what the routers say of them.
//
// What may be on a router is noted before the router is told, and again when it
// is known that nothing was taken. A program that is killed between two steps so
// leaves a session that is still known to be, perhaps, on its router, and that is
// taken off when it is deleted.
package sessions
