package peeringdb

import (
	"embed"
	"io/fs"
)

//go:embed demo/*.json
var demo embed.FS

// Demo is a small dump for trials: two exchanges and a dozen networks, all
// invented, with AS numbers (RFC 5398), addresses (RFC 5737, RFC 3849) and
// domains (RFC 2606) that are set aside for documentation. AS64500, `Example
// Networks (this is us)`, is the network that a trial runs for.
func Demo() fs.FS {
	sub, err := fs.Sub(demo, "demo")
	if err != nil {
		// fs.Sub fails on malformed names only.
		panic(err)
	}
	return sub
}
