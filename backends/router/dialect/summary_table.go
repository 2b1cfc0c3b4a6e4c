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
	// the speaker, the AS number, five counters, the time, and the
	// state or, once established, the number of prefixes.
	tableRow = regexp.MustCompile(`^(\d+)\s+(\d+(?:\.\d+)?)((?:\s+\d+){5})\s+(\S+)\s+(\S.*)$`)
	// localAS is in the head of every list.
	localAS = regexp.MustCompile(`(?i)\blocal AS number (\d+(?:\.\d+)?)`)
	// noBGP says that there is nothing to list.
	noBGP = regexp.MustCompile(`(?i)^% ?(?:BGP (?:is )?not (?:active|running|configured)|BGP instance .* not active|None of the requested address families are configured.*|No (?:such )?(?:neighbors?|BGP neighbors?) .*)\.?$`)
	// emptyFamily is all that NX-OS prints of a family without neighbors.
	emptyFamily = regexp.MustCompile(`^BGP summary information for VRF default, address family IPv[46] Unicast$`)
	// tablePeers is how many neighbors NX-OS lists.
	tablePeers = regexp.MustCompile(`\bconfig peers (\d{1,6}),`)
	// tableNotes are lines that may stand among the rows.
	tableNotes = regexp.MustCompile(`^(?:\* Dynamically created based on a listen range command|Dynamically created neighbors: .*|Subnet range: .*|BGP peergroup .* listen range group members:.*|[0-9A-Fa-f.:]+/\d+)$`)
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

// table is what was read of one table.
type table struct {
	local   uint32
	known   bool // the head, or that there is nothing, was seen
	rows    int
	peers   int // how many the head announced, 0 where it does not
	inTable bool
	address string
	row     string // what of the row of address was read so far
}

// parseTable reads one table. A row whose address or AS number is too long for
// its column goes on in the next line.
func parseTable(output string, v6 bool, c *collection) error {
	var t table
	for line := range strings.SplitSeq(strings.ReplaceAll(output, "\r", "\n"), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case tableHead.MatchString(line):
			t.inTable = true
		case !t.inTable:
			if err := t.head(line); err != nil {
				return err
			}
		case line == "", tableNotes.MatchString(line):
		default:
			if err := t.body(line, v6, c); err != nil {
				return err
			}
		}
	}
	switch {
	case t.address != "":
		return fmt.Errorf("%w: half a row of a neighbor: %q", ErrOutput, shorten(t.row))
	case !t.known, t.rows < t.peers:
		return fmt.Errorf("%w: %d of %d neighbors: %q", ErrOutput, t.rows, t.peers, shorten(strings.TrimSpace(output)))
	}
	return nil
}

// head reads a line above the neighbors.
func (t *table) head(line string) (err error) {
	if m := localAS.FindStringSubmatch(line); m != nil {
		t.known = true
		t.local, err = asNumber(m[1])
	}
	if m := tablePeers.FindStringSubmatch(line); m != nil {
		t.peers, err = strconv.Atoi(m[1])
	}
	if noBGP.MatchString(line) || emptyFamily.MatchString(line) {
		t.known = true
	}
	return err
}

// body reads a line among the neighbors.
func (t *table) body(line string, v6 bool, c *collection) error {
	if t.address == "" {
		t.address, t.row, _ = strings.Cut(line, " ")
		t.address = strings.TrimPrefix(t.address, "*")
		if _, err := neighborAddress(t.address); err != nil {
			return err
		}
	} else {
		t.row += " " + line
	}
	t.row = strings.TrimSpace(t.row)
	if !tableRow.MatchString(t.row) {
		if len(strings.Fields(t.row)) > 2 {
			return fmt.Errorf("%w: no row of a neighbor: %q", ErrOutput, shorten(t.row))
		}
		return nil
	}
	s, err := tableStatus(t.address, t.row)
	if err != nil {
		return err
	}
	s.LocalASN = t.local
	c.add(s, v6)
	t.rows++
	t.address = ""
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
