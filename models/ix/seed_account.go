package ix

import "context"

// demoMember is an account of the demonstration.
type demoMember struct {
	name, domain string
	asn          uint32
}

var demoMembers = []demoMember{{"Example Member A", "a.example.net", 64496}, {"Example Member B", "b.example.net", 64497}}

// seedMember makes an account in production with a contact in every role, a
// connection in production and a credential.
func (tx *Tx) seedMember(m demoMember) (SeededAccount, error) {
	a := &Account{
		Stateful: Stateful{State: StateProduction}, Name: m.name, MetroAreaNetworkPresence: []string{demoNetwork}, ASNs: []uint32{m.asn},
		Address: exampleAddress(), BillingInformation: &BillingInformation{Name: m.name, Address: exampleAddress()},
	}
	out := SeededAccount{Name: m.name}
	if err := tx.Insert(Accounts, a); err != nil {
		return out, err
	}
	out.ID = a.ID
	owners := Ownable{ManagingAccount: a.ID, ConsumingAccount: a.ID}
	name, telephone, email := m.name+" NOC", "+31205550100", "noc@"+m.domain
	contact := &Contact{Ownable: owners, Name: &name, Telephone: &telephone, Email: &email}
	if err := tx.Insert(Contacts, contact); err != nil {
		return out, err
	}
	c := newConnection("").(*Connection)
	for _, role := range []string{roleNOC, roleImplementation, rolePeering, roleLegal} {
		r := &RoleAssignment{Role: role, Contact: contact.ID, ManagingAccount: a.ID, ConsumingAccount: a.ID}
		if err := tx.Insert(RoleAssignments, r); err != nil {
			return out, err
		}
		c.RoleAssignments = append(c.RoleAssignments, r.ID)
	}
	c.Ownable, c.BillingAccount, c.Mode, c.PortQuantity, c.ProductOffering = owners, a.ID, ModeLACP, 1, "po:demo-port-10g"
	if err := tx.seedConnection(c); err != nil {
		return out, err
	}
	out.Connection = c.ID
	var err error
	out.APIKey, out.APISecret, err = tx.AddCredential(a.ID)
	return out, err
}

// seedConnection orders a connection and takes it through all its steps.
func (tx *Tx) seedConnection(c *Connection) error {
	if err := createConnection(tx, c); err != nil {
		return err
	}
	// A port takes two steps, and its connection one after each of them.
	for range 2 {
		for _, id := range c.PortReservations {
			p, err := get[*PortReservation](tx, PortReservations, id)
			if err != nil {
				return err
			}
			if err := advancePortReservation(tx, p); err != nil {
				return err
			}
			if err := tx.Due(PortReservations, p, nil); err != nil {
				return err
			}
		}
		current, err := get[*Connection](tx, Connections, c.ID)
		if err != nil {
			return err
		}
		if err := advanceConnection(tx, current); err != nil {
			return err
		}
		*c = *current
	}
	return tx.Due(Connections, c, nil)
}

// IssueCredential adds an API key and secret to an account that is there and not
// on its way out; others are a NotFound problem. The account of the exchange
// itself is a PermissionDenied problem.
func (s *Store) IssueCredential(ctx context.Context, account string) (key, secret string, err error) {
	if account == operatorAccount {
		return "", "", NewProblem(ProblemPermissionDenied, "The account is the exchange itself, which nobody logs in as.")
	}
	err = s.Write(ctx, "", func(tx *Tx) error {
		a, err := get[*Account](tx, Accounts, account)
		if err != nil {
			return err
		}
		if a.State.Leaving() {
			return NotFound(Accounts, account)
		}
		key, secret, err = tx.AddCredential(account)
		return err
	})
	return key, secret, err
}
