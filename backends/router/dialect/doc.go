// Package dialect knows how the command lines of router platforms are spoken
// to: which lines configure, change and remove a BGP neighbor, which answer is
// a refusal, what a prompt says about the mode a router is in, and how the
// list of BGP sessions reads. Everything in it is a pure function; connections
// are made by the package above.
//
// # What every platform has in common
//
// A rendered list of lines is complete: it enters configuration mode, leaves
// it and saves. Add expects no neighbor of that address on the router; Change
// first takes away whatever is there, so that no setting of before survives;
// Remove succeeds when there is nothing to remove. Where a platform commits a
// candidate configuration (Dialect.Candidate), Change replaces the neighbor in
// one transaction and an unchanged session stays up.
//
// A peer group carries the policies of a session. No platform's lines create
// one: a session that silently came up without policies would leak routes, so
// a name that the router does not know is left for the router to refuse.
//
// # What reaches a line
//
// Every value goes through a filter of its kind (address, AS number, number,
// word, text, secret). Words and secrets that hold anything the platform would
// interpret are refused with a ValueError; a description, which is the name of
// a network as its owner wrote it, is rewritten instead: see text in filter.go.
package dialect
