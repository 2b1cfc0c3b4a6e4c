package dialect

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	// tableHead is the line above the neighbors in the lists of IOS and
	// NX-OS ("Neighbor V AS …") and of IOS XR ("Neighbor Spk AS …").
	tableHead = regexp.MustCompile(`^Neighbor\s+(?:V|Spk)\s+AS\s.*(?:State|St)/PfxRcd$`)
	// tableRow is what follows the address of a neighbor: the BGP version or
	// the speaker, the AS number, five to six counters, the time, and the
	// state or, once established, the number of prefixes. An AS number that
	// fills its column may touch nothing, and columns never merge.
	tableRow = regexp.MustCompile(`^(\d+)\s+(\d+(?:\.\d+)?)((?:\s+\d+){5})\s+(\S+)\s+(\S.*)$`)
	// localAS is in the head of every list.
	localAS = regexp.MustCompile(`(?i)\blocal AS number (\d+(?:\.\d+)?)`)
	// noBGP says that there is nothing to list.
	noBGP = regexp.MustCompile(`(?i)^% ?(?:BGP (?:is )?not (?:active|running|configured)|BGP instance .* not active|None of the requested address families are configured.*|No (?:such )?(?:neighbors?|BGP neighbors?) .*)\.?$`)
	// tableNotes are lines that may stand among the rows.
	tableNotes = regexp.MustCompile(`^(?:\* Dynamically created based on a listen range command|Dynamically created neighbors: .*|Subnet range: .*|BGP peergroup .* listen range group members:.*|\S+/\d+)$`)
)

// parseTables reads the tables of IOS, IOS XR and NX-OS, one for each address
// family. A family that is not in use prints nothing on some releases; that is
// taken for an empty list only beside a family that printed its table.
func parseTables(outputs []string) ([]Status, error) {
	var c collection
	understood := false
	for i, output := range outputs {
		if strings.TrimSpace(output) == "" {
			continue
		}
		if err := parseTable(output, i == 1, &c); err != nil {
			return nil, err
		}
		understood = true
	}
	if !understood {
		return nil, fmt.Errorf("%w: nothing", ErrOutput)
	}
	return c.list(), nil
}

// parseTable reads one table. A row whose address is too long for its column
// goes on in the next line.
func parseTable(output string, v6 bool, c *collection) error {
	var local uint32
	known, inTable := false, false
	address := ""
	for line := range strings.SplitSeq(strings.ReplaceAll(output, "\r", "\n"), "\n") {
		line = strings.TrimSpace(line)
		if m := localAS.FindStringSubmatch(line); m != nil && !inTable {
			n, err := asNumber(m[1])
			if err != nil {
				return err
			}
			local, known = n, true
			continue
		}
		switch {
		case line == "":
			continue
		case tableHead.MatchString(line):
			inTable = true
			continue
		case !inTable:
			if noBGP.MatchString(line) {
				known = true
			}
			continue
		case tableNotes.MatchString(line):
			continue
		}
		row := line
		if address == "" {
			var found bool
			address, row, found = strings.Cut(line, " ")
			address = strings.TrimPrefix(address, "*")
			if _, err := neighborAddress(address); err != nil {
				return err
			}
			if !found {
				continue
			}
		}
		s, err := tableStatus(address, strings.TrimSpace(row))
		if err != nil {
			return err
		}
		s.LocalASN = local
		c.add(s, v6)
		address = ""
	}
	if address != "" {
		return fmt.Errorf("%w: a neighbor without a row", ErrOutput)
	}
	if !known {
		return fmt.Errorf("%w: %q", ErrOutput, shorten(strings.TrimSpace(output)))
	}
	return nil
}

// tableStatus reads a row without its address.
func tableStatus(address, row string) (Status, error) {
	m := tableRow.FindStringSubmatch(row)
	if m == nil {
		return Status{}, fmt.Errorf("%w: no row of a neighbor: %q", ErrOutput, shorten(row))
	}
	s := Status{State: Established}
	var err error
	if s.Address, err = neighborAddress(address); err != nil {
		return s, err
	}
	if s.RemoteASN, err = asNumber(m[2]); err != nil {
		return s, err
	}
	// IOS XR marks a session without policies with an exclamation mark.
	last := strings.TrimSuffix(m[5], "!")
	if n, err := strconv.ParseUint(last, 10, 32); err == nil {
		prefixes := uint32(n)
		s.PrefixesReceived = &prefixes
		return s, nil
	}
	s.State, err = state(last)
	return s, err
}
