package dialect

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// The states of a BGP session, RFC 4271 section 8.2.2.
const (
	Idle        = "idle"
	Connect     = "connect"
	Active      = "active"
	OpenSent    = "opensent"
	OpenConfirm = "openconfirm"
	Established = "established"
)

// Status is what a router says about one of its BGP neighbors.
type Status struct {
	// Address is the neighbor's address, without a zone.
	Address netip.Addr
	// RemoteASN is the neighbor's AS number; 0 as long as the router does not
	// know it, for example because none is configured.
	RemoteASN uint32
	// LocalASN is the router's own; 0 where the platform's list does not say
	// it (juniper_junos).
	LocalASN uint32
	// State is one of idle, connect, active, opensent, openconfirm and
	// established. A session that is shut down or over its limit of prefixes
	// is idle.
	State string
	// PrefixesReceived is the number of prefixes taken from the neighbor in
	// the address family of its address; nil while the session is not
	// established and where the router does not say it.
	PrefixesReceived *uint32
	// Description and PeerGroup are filled where the platform's list has them.
	Description, PeerGroup string
}

// ErrOutput is in the chain of the errors of ParseSummary.
var ErrOutput = errors.New("unknown output of the router")

// ParseSummary reads the outputs of SummaryCommands, in their order, into one
// entry per neighbor address, sorted by address. The list is that of the default
// routing instance, except for juniper_junos, which lists all instances
// together. A neighbor that stands in the lists of several address families has
// the numbers of its own.
//
// An output that is not entirely understood is an error and never an empty or
// shortened list: who compares it with what should be there would take sessions
// for gone. A router without neighbors or without BGP gives an empty list.
func (d *Dialect) ParseSummary(outputs []string) ([]Status, error) {
	if len(outputs) != len(d.summary) {
		return nil, fmt.Errorf("%w: %d outputs instead of %d", ErrOutput, len(outputs), len(d.summary))
	}
	list, err := d.parse(outputs)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b Status) int { return a.Address.Compare(b.Address) })
	return list, nil
}

// collection gathers the entries of several address families.
type collection struct {
	entries map[netip.Addr]Status
	own     map[netip.Addr]bool
}

// add takes an entry. v6 is the address family it was listed in.
func (c *collection) add(s Status, v6 bool) {
	if c.entries == nil {
		c.entries, c.own = map[netip.Addr]Status{}, map[netip.Addr]bool{}
	}
	own := s.Address.Is6() == v6
	if !own {
		// The prefixes are those of another family.
		s.PrefixesReceived = nil
	}
	if _, known := c.entries[s.Address]; known && (c.own[s.Address] || !own) {
		return
	}
	c.entries[s.Address], c.own[s.Address] = s, own
}

func (c *collection) list() []Status {
	list := make([]Status, 0, len(c.entries))
	for _, s := range c.entries {
		list = append(list, s)
	}
	return list
}

// state reads the name of a state as the platforms write it.
func state(name string) (string, error) {
	name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
	name, _, _ = strings.Cut(name, "(")
	switch strings.ToLower(name) {
	case "idle", "shut", "closing", "clearing", "deleted", "admin", "shutdown":
		return Idle, nil
	case "connect":
		return Connect, nil
	case "active":
		return Active, nil
	case "opensent":
		return OpenSent, nil
	case "openconfirm":
		return OpenConfirm, nil
	case "established", "establ", "estab":
		return Established, nil
	}
	return "", fmt.Errorf("%w: no state of a session: %s", ErrOutput, strconv.Quote(shorten(name)))
}

// neighborAddress reads the address of a neighbor in a list.
func neighborAddress(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%w: no address: %s", ErrOutput, strconv.Quote(shorten(s)))
	}
	return a.Unmap().WithZone(""), nil
}

// asNumber reads an AS number, also in the notation of RFC 5396 with a dot
// (1.10 is 65546).
func asNumber(s string) (uint32, error) {
	high, low, dotted := strings.Cut(s, ".")
	if !dotted {
		n, err := strconv.ParseUint(s, 10, 32)
		if err == nil {
			return uint32(n), nil
		}
	} else {
		h, err1 := strconv.ParseUint(high, 10, 16)
		l, err2 := strconv.ParseUint(low, 10, 16)
		if err1 == nil && err2 == nil {
			return uint32(h<<16 | l), nil
		}
	}
	return 0, fmt.Errorf("%w: no AS number: %s", ErrOutput, strconv.Quote(shorten(s)))
}

// shorten cuts what an error repeats of an output.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
