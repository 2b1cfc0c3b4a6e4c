//go:build !race

package main

// cutOverRequests is how many requests are compared while scripts are moved.
const cutOverRequests = 10_000
