// Package peeringdbtest is a local server that speaks the PeeringDB 2.x API as
// far as lists go, for the tests of whoever copies them. It keeps the rules of
// the real one: without `since` live rows only, with it deleted rows too and
// the strict comparison on whole seconds; deletions that take what lies below
// with them; contacts that callers without a key do not see; lists from a cache
// that is behind; the cut at 250 rows when a depth is asked for; and the forms
// of its errors. It can also fail in the ways that servers and networks do.
//
// A test makes a server with New, points a client at URL, and changes rows and
// faults as it goes:
//
//	server := peeringdbtest.New(t, peeringdb.Demo())
//	client, err := peeringdb.New(peeringdb.Config{URL: server.URL(), Pause: time.Millisecond, Backoff: time.Millisecond})
//	…
//	server.Update("net", 2, time.Now(), peeringdbtest.Row{"name": "Another Name"})
//	server.Fail(peeringdbtest.Fault{Kind: peeringdbtest.Firewall})
//	…
//	server.Recover()
package peeringdbtest
