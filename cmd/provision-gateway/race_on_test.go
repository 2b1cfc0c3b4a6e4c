//go:build race

package main

// cutOverRequests is smaller with the race detector, under which everything is
// about ten times slower.
const cutOverRequests = 1000
