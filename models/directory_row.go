package models

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"
)

// directoryRow is what an import needs to know of a row, whatever its type.
type directoryRow interface {
	directoryID() uint64
	// goneAt is where the row says when it went.
	goneAt() **int64
	// references are the rows that this one belongs to. The kinds of parent
	// are the same for all rows of a type.
	references() []directoryReference
	// local reports whether only this gateway knows the row.
	local() bool
}

// directoryParent is a type of row that others belong to, named as in messages.
type directoryParent string

const (
	parentNetwork  directoryParent = "network"
	parentExchange directoryParent = "exchange"
)

type directoryReference struct {
	parent directoryParent
	id     uint64
}

var (
	_ directoryRow = (*Network)(nil)
	_ directoryRow = (*Exchange)(nil)
	_ directoryRow = (*ExchangePrefix)(nil)
	_ directoryRow = (*Port)(nil)
	_ directoryRow = (*Contact)(nil)
)

func (n *Network) directoryID() uint64        { return n.ID }
func (e *Exchange) directoryID() uint64       { return e.ID }
func (p *ExchangePrefix) directoryID() uint64 { return p.ID }
func (p *Port) directoryID() uint64           { return p.ID }
func (c *Contact) directoryID() uint64        { return c.ID }

func (n *Network) goneAt() **int64        { return &n.GoneAt }
func (e *Exchange) goneAt() **int64       { return &e.GoneAt }
func (p *ExchangePrefix) goneAt() **int64 { return &p.GoneAt }
func (p *Port) goneAt() **int64           { return &p.GoneAt }
func (c *Contact) goneAt() **int64        { return &c.GoneAt }

func (n *Network) local() bool        { return n.Local }
func (e *Exchange) local() bool       { return e.Local }
func (p *ExchangePrefix) local() bool { return p.Local }
func (p *Port) local() bool           { return p.Local }
func (c *Contact) local() bool        { return c.Local }

func (n *Network) references() []directoryReference  { return nil }
func (e *Exchange) references() []directoryReference { return nil }
func (p *ExchangePrefix) references() []directoryReference {
	return []directoryReference{{parentExchange, p.ExchangeID}}
}
func (p *Port) references() []directoryReference {
	return []directoryReference{{parentNetwork, p.NetworkID}, {parentExchange, p.ExchangeID}}
}
func (c *Contact) references() []directoryReference {
	return []directoryReference{{parentNetwork, c.NetworkID}}
}

// fingerprint is equal for rows with equal values. The moment a row went is
// not one of them.
type fingerprint [16]byte

// fingerprintOf clears GoneAt and hashes the JSON form of a row, which tells
// NULL from an empty text. NameFold takes part as it is stored, so that a key
// computed by an older rule counts as a change.
func fingerprintOf(d directoryRow) (fingerprint, error) {
	*d.goneAt() = nil
	if n, ok := d.(*Network); ok && n.NameFold == nil {
		n.NameFold = []byte{}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return fingerprint{}, err
	}
	sum := sha256.Sum256(text)
	return fingerprint(sum[:len(fingerprint{})]), nil
}

func formatID(id uint64) string { return strconv.FormatUint(id, 10) }
