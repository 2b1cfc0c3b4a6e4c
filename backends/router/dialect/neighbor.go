package dialect

import (
	"fmt"
	"net/netip"
)

// Neighbor is one BGP session as a router is to hold it.
type Neighbor struct {
	// LocalASN and RemoteASN are the AS numbers of the router and of its
	// peer, 1 to 4294967295.
	LocalASN, RemoteASN uint32
	// Address is the peer's address: unicast, without a zone.
	Address netip.Addr
	// PeerGroup is the name of the peer group, neighbor group or template
	// that the neighbor belongs to; empty for none.
	PeerGroup string
	// Description is free text, normally the peer's name; empty for none.
	Description string
	// MaximumPrefixes is the limit of prefixes taken from the peer in the
	// address family of Address; 0 sets no limit, so that the one of the peer
	// group or of the platform holds.
	MaximumPrefixes uint32
	// Password is the key of the TCP MD5 signature (RFC 2385) in clear; empty
	// for none.
	Password string
}

// String names the neighbor by address and AS number. Neither the password nor
// any other free text is part of it.
func (n Neighbor) String() string {
	return fmt.Sprintf("%s AS%d", n.Address, n.RemoteASN)
}

// GoString is String, so that %#v does not show the password either.
func (n Neighbor) GoString() string { return "dialect.Neighbor{" + n.String() + "}" }

// Format prints String for every verb, so that %+v does not show the password.
func (n Neighbor) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(n.String())) }

// ValueError is the error for a value that cannot be expressed on a platform.
type ValueError struct {
	// Field is the name of the value as sessions call it: source_asn,
	// peer_asn, peer_ipaddr, peer_group, prfx_max or password.
	Field string
	// Value is what was refused. It is empty for a password.
	Value string
	// Reason says in a few words what is wrong with the value.
	Reason string
}

// Error names the field, the value, quoted, and the reason.
func (e *ValueError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("Invalid value for %s: %s", e.Field, e.Reason)
	}
	return fmt.Sprintf("Invalid value for %s: %q %s", e.Field, e.Value, e.Reason)
}
