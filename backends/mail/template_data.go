package mail

// TemplateData is what a template can name.
type TemplateData struct {
	// Peer is the network that is written to, and We the one that writes.
	Peer, We Party
	// Exchanges are those where both have a port, the one that the mail is
	// about first; possibly none.
	Exchanges []Exchange
}

// Party is a network in a mail. Texts that are not known are empty.
type Party struct {
	Name string
	ASN  uint32
	// Website is a URL.
	Website string
	// Contact is the person or the role that signs or is written to; Email and
	// Telephone are how to reach them.
	Contact, Email, Telephone string
}

// Exchange is an exchange where both networks have a port.
type Exchange struct {
	Name, City string
	// Ours and Theirs are IP addresses in the exchange's network.
	Ours, Theirs []string
}

// samples are what templates are tried with: one with every value, one without
// any that may be missing.
func samples() []TemplateData {
	return []TemplateData{
		{
			Peer: Party{
				Name: "Example Networks", ASN: 64500, Website: "https://www.example.net/", Contact: "NOC",
				Email: "noc@example.net", Telephone: "+49 30 0000000",
			},
			We: Party{
				Name: "Gateway Example, Inc.", ASN: 64501, Website: "https://www.example.com/", Contact: "Operations",
				Email: "peering@example.com", Telephone: "+1 650 5550100",
			},
			Exchanges: []Exchange{
				{Name: "Example IX", City: "Berlin", Ours: []string{"192.0.2.1", "2001:db8::1"}, Theirs: []string{"192.0.2.2", "2001:db8::2"}},
				{Name: "Other IX", City: "Palo Alto", Ours: []string{"198.51.100.1"}, Theirs: []string{"198.51.100.2", "198.51.100.3"}},
			},
		},
		{Peer: Party{Name: "Example Networks", ASN: 64500}, We: Party{Name: "Gateway Example, Inc.", ASN: 64501}},
	}
}
