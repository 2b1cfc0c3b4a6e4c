package ix

// Ports is the collection of ports.
const Ports Collection = "ports"

// Port is a port on a device that an account has. The exchange makes and
// changes ports by itself.
type Port struct {
	Header
	Stateful
	Ownable
	Invoiceable
	Contactable
	Connection *string `json:"connection"`
	// Speed is in Mbit/s.
	Speed     *int   `json:"speed"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	// OperationalState is up or down.
	OperationalState string `json:"operational_state"`
	Device           string `json:"device"`
	Pop              string `json:"pop"`
}

func (p *Port) columns(r *Row) {
	r.Connection = ""
	if p.Connection != nil {
		r.Connection = *p.Connection
	}
}

func ports() *kind {
	return &kind{
		name: Ports, make: func(string) Object { return &Port{Contactable: Contactable{[]string{}}} },
		filters: all(stateFilters(), equals("external_ref", "media_type", "pop", "name", "device", "connection"),
			map[string]filter{"speed": number("speed")}),
	}
}
