package peeringdb

import "provision-gateway/models"

// IXLan is a peering LAN of an exchange. It is not stored: prefixes name the
// LAN, and it tells their exchange.
type IXLan struct {
	Base
	IXID *int64 `json:"ix_id"`
}

// lans tells the exchange of a peering LAN.
type lans map[uint64]uint64

// port maps a port and remembers which exchange its LAN belongs to.
func (l lans) port(p *NetIXLan) (models.Port, []Note, error) {
	row, notes, err := p.Port()
	l.learn(key(p.IXLanID), row.ExchangeID)
	return row, notes, err
}

func (l lans) learn(lan, exchange uint64) {
	if lan != 0 && exchange != 0 {
		l[lan] = exchange
	}
}

// prefix maps a prefix. It only names its LAN, whose number is that of the
// exchange unless it is known better.
func (l lans) prefix(p *IXPfx) (models.ExchangePrefix, []Note, error) {
	row, notes, err := p.ExchangePrefix()
	if exchange, ok := l[row.ExchangeID]; ok {
		row.ExchangeID = exchange
	}
	return row, notes, err
}
