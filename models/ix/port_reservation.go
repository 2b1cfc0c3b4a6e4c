package ix

import "encoding/json"

// PortReservations is the collection of port reservations.
const PortReservations Collection = "port-reservations"

// PortReservation is the place of one port in a connection, from the order to
// the end of the port. It belongs to the accounts of the connection.
type PortReservation struct {
	Header
	Stateful
	Cancelable
	PurchaseOrder string  `json:"purchase_order" ix:"create,update,sensitive,max=80"`
	ContractRef   *string `json:"contract_ref" ix:"create,update,sensitive,max=128"`
	ExternalRef   *string `json:"external_ref" ix:"create,update,sensitive,max=128"`
	// SubscriberSideDemarc is where the exchange connects a cable to, when the
	// exchange does that, and ExchangeSideDemarc where the subscriber does.
	SubscriberSideDemarc *string `json:"subscriber_side_demarc" ix:"create,update,sensitive,max=255"`
	ExchangeSideDemarc   *string `json:"exchange_side_demarc" ix:"sensitive"`
	// ConnectingParty is the name of who lays the cable for the subscriber.
	ConnectingParty *string `json:"connecting_party" ix:"create,update,sensitive,max=255"`
	CrossConnectID  *string `json:"cross_connect_id" ix:"sensitive"`
	Connection      string  `json:"connection" ix:"create,required,ref=connections"`
	Port            *string `json:"port"`

	// Place is kept for the port until that is there.
	Place *Place `json:"place,omitempty" ix:"internal"`
	// Those of the connection.
	ManagingAccount  string `json:"managing_account" ix:"internal"`
	ConsumingAccount string `json:"consuming_account" ix:"internal"`
	ProductOffering  string `json:"product_offering" ix:"internal"`
}

func (p *PortReservation) columns(r *Row) {
	r.Connection, r.ManagingAccount, r.ConsumingAccount, r.ExternalRef = p.Connection, p.ManagingAccount, p.ConsumingAccount, p.ExternalRef
}

func (p *PortReservation) manager() string  { return p.ManagingAccount }
func (p *PortReservation) offering() string { return p.ProductOffering }

func portReservations() *kind {
	return &kind{
		name: PortReservations, make: func(string) Object { return &PortReservation{} },
		filters: all(stateFilters(), equals("connection", "port", "external_ref")),
		create:  createPortReservation,
		update: func(tx *Tx, _, o Object) error {
			if statefulOf(o).State.Leaving() {
				return UnableToFulfill("The port reservation is being decommissioned.")
			}
			return tx.Save(PortReservations, o)
		},
		destroy: destroyPortReservation,
		advance: advancePortReservation,
	}
}

// createPortReservation adds a port to a connection.
func createPortReservation(tx *Tx, o Object) error {
	p := o.(*PortReservation)
	c, err := get[*Connection](tx, Connections, p.Connection)
	if err != nil {
		return err
	}
	if !tx.Caller.ActsFor(c.ManagingAccount) {
		return Denied("The connection is managed by another account.")
	}
	if c.State.Leaving() {
		return UnableToFulfill("The connection is being decommissioned.")
	}
	offering, err := get[*ProductOffering](tx, ProductOfferings, c.ProductOffering)
	if err != nil {
		return err
	}
	c.PortQuantity++
	if reason := c.tooManyPorts(offering); reason != "" {
		return UnableToFulfill("The connection can have no other port: it %s.", reason)
	}
	if err := checkDemarcs(offering, "subscriber_side_demarc", textsOfPointer(p.SubscriberSideDemarc), 1); err != nil {
		return err
	}
	if p.Place, err = tx.requirePlaces(offering, c.Pop, 1); err != nil {
		return err
	}
	return tx.reserve(c, p)
}

// reserve adds a reservation to a connection, whose quantity counts it already,
// and saves both.
func (tx *Tx) reserve(c *Connection, p *PortReservation) error {
	p.Connection, p.ManagingAccount, p.ConsumingAccount, p.ProductOffering = c.ID, c.ManagingAccount, c.ConsumingAccount, c.ProductOffering
	p.State = StateRequested
	if err := tx.Insert(PortReservations, p); err != nil {
		return err
	}
	c.PortReservations = append(c.PortReservations, p.ID)
	if err := tx.Save(Connections, c); err != nil {
		return err
	}
	return tx.GoOn(PortReservations, p)
}

// destroyPortReservation gives up a port of a connection. The last one goes with
// the connection only.
func destroyPortReservation(tx *Tx, o Object, body map[string]json.RawMessage) error {
	p := o.(*PortReservation)
	c, err := get[*Connection](tx, Connections, p.Connection)
	if err != nil {
		return err
	}
	others, err := find[*PortReservation](tx, PortReservations, "connection = ? AND id <> ?", p.Connection, p.ID)
	if err != nil {
		return err
	}
	staying := 0
	for _, other := range others {
		if !other.State.Leaving() {
			staying++
		}
	}
	if staying == 0 && !p.State.Leaving() {
		return UnableToFulfill("It is the last port of its connection, which has to be deleted instead.")
	}
	if err := tx.requestDecommission(PortReservations, p, body); err != nil {
		return err
	}
	return tx.wakeForming(c)
}

func textsOfPointer(s *string) []string {
	if s == nil {
		return nil
	}
	return []string{*s}
}
