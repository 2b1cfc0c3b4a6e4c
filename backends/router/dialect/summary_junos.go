package dialect

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	// junosCount is the head of the list.
	junosCount = regexp.MustCompile(`^Groups: \d+\s+Peers: (\d+)\s+Down peers: \d+`)
	// junosHead is the line above the neighbors.
	junosHead = regexp.MustCompile(`^Peer\s+AS\s+InPkt\s+OutPkt\s+OutQ\s+Flaps\s+Last Up/Dwn\s+State\|`)
	// junosRow is what follows the address of a neighbor: the AS number, four
	// counters, the time, and the state or the prefixes of the families.
	junosRow = regexp.MustCompile(`^(\d+(?:\.\d+)?)(?:\s+\d+){4}\s+(\S+(?:\s+\d+:\d+(?::\d+)?)?)\s+(Establ|Active|Connect|Idle|OpenSent|OpenConfirm|Open\w*|\d+/\d+/\d+.*)$`)
	// junosTable is the line below an established neighbor that has the
	// prefixes of one routing table.
	junosTable = regexp.MustCompile(`^([\w.\-]+\.\d+): \d+/(\d+)/\d+(?:/\d+)?$`)
	// junosCounts are the prefixes of a family in the neighbor's own line:
	// active, received, accepted, damped.
	junosCounts = regexp.MustCompile(`^\d+/(\d+)/\d+(?:/\d+)?`)
)

// parseJunos reads "show bgp summary" in its form for people: Junos counts the
// peers in the head of the list, and so many must have been read.
func parseJunos(outputs []string) ([]Status, error) {
	output := strings.TrimSpace(outputs[0])
	if strings.EqualFold(output, "BGP is not running") {
		return []Status{}, nil
	}
	var c collection
	var rows, peers int
	var last *Status
	counted, inTable := false, false
	address := ""
	for line := range strings.SplitSeq(strings.ReplaceAll(output, "\r", "\n"), "\n") {
		line = strings.TrimSpace(line)
		if m := junosCount.FindStringSubmatch(line); m != nil && !counted {
			peers, _ = strconv.Atoi(m[1])
			counted = true
			continue
		}
		switch {
		case junosHead.MatchString(line):
			inTable = true
			continue
		case line == "", !inTable, strings.HasPrefix(line, "{"):
			continue
		}
		if m := junosTable.FindStringSubmatch(line); m != nil && last != nil && address == "" {
			junosPrefixes(last, m[1], m[2])
			continue
		}
		row := line
		if address == "" {
			var found bool
			address, row, found = strings.Cut(line, " ")
			if _, err := neighborAddress(address); err != nil {
				return nil, err
			}
			if !found {
				continue
			}
		}
		if last != nil {
			c.add(*last, last.Address.Is6())
		}
		s, err := junosStatus(address, strings.TrimSpace(row))
		if err != nil {
			return nil, err
		}
		last, address = &s, ""
		rows++
	}
	if last != nil {
		c.add(*last, last.Address.Is6())
	}
	if !counted || rows < peers || address != "" {
		return nil, fmt.Errorf("%w: %d of %d peers in %q", ErrOutput, rows, peers, shorten(output))
	}
	return c.list(), nil
}

// junosStatus reads a row without its address.
func junosStatus(address, row string) (Status, error) {
	m := junosRow.FindStringSubmatch(row)
	if m == nil {
		return Status{}, fmt.Errorf("%w: no row of a peer: %q", ErrOutput, shorten(row))
	}
	var s Status
	var err error
	if s.Address, err = neighborAddress(address); err != nil {
		return s, err
	}
	if s.RemoteASN, err = asNumber(m[1]); err != nil {
		return s, err
	}
	if counts := junosCounts.FindStringSubmatch(m[3]); counts != nil {
		// The prefixes of a neighbor with one family stand in its own line.
		s.State = Established
		return s, setPrefixes(&s, counts[1])
	}
	s.State, err = state(m[3])
	return s, err
}

// junosPrefixes takes the prefixes of a routing table, when it is that of the
// neighbor's address family in the default instance.
func junosPrefixes(s *Status, table, received string) {
	own := "inet.0"
	if s.Address.Is6() {
		own = "inet6.0"
	}
	if table == own {
		_ = setPrefixes(s, received)
	}
}

// setPrefixes reads a number of prefixes.
func setPrefixes(s *Status, received string) error {
	n, err := strconv.ParseUint(received, 10, 32)
	if err != nil {
		return fmt.Errorf("%w: no number of prefixes: %q", ErrOutput, shorten(received))
	}
	prefixes := uint32(n)
	s.PrefixesReceived = &prefixes
	return nil
}
