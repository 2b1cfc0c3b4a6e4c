package ix

import (
	"context"
	"errors"

	"gorm.io/gorm"
)

// Seeded is what a seed did.
type Seeded struct {
	// Added is false when it was there already; nothing was changed then.
	Added bool `json:"added"`
	// NetworkService is the id of the exchange LAN.
	NetworkService string `json:"network_service"`
	// Name and subnets of the exchange LAN; nil where it has none of a family.
	Name     string  `json:"name"`
	SubnetV4 *string `json:"subnet_v4"`
	SubnetV6 *string `json:"subnet_v6"`
	// RouteServers are the ids of its network features.
	RouteServers []string `json:"route_servers"`
	// Accounts are those that were made, with credentials that are shown this one
	// time.
	Accounts []SeededAccount `json:"accounts"`
}

// SeededAccount is an account with a credential.
type SeededAccount struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Connection is the id of its connection in production.
	Connection string `json:"connection"`
	APIKey     string `json:"api_key"`
	APISecret  string `json:"api_secret"`
}

// The fixed ids of the demonstration. Those of accounts are random.
const (
	demoMetroArea = "met:demo"
	demoNetwork   = "man:demo"
	demoPop       = "pop:demo"
	demoLAN       = "ns:demo"
	demoSmallLAN  = "ns:demo-small"
)

// SeedDemo makes an invented exchange: one metro area with a network, an
// exchange LAN with two route servers, a small one of a cloud provider with one,
// offerings of every type, and two accounts
// in production, each with contacts, a connection and a credential. The subnets,
// AS numbers and domains are set aside for documentation (RFC 5737, RFC 3849,
// RFC 5398, RFC 2606). When the demonstration is there already, nothing is
// added.
func (s *Store) SeedDemo(ctx context.Context) (Seeded, error) {
	var out Seeded
	err := s.Write(ctx, "", func(tx *Tx) error {
		v4, v6 := "203.0.113.0/24", "2001:db8:113::/64"
		out = Seeded{NetworkService: demoLAN, Name: "Example Exchange LAN", SubnetV4: &v4, SubnetV6: &v6, Accounts: []SeededAccount{}}
		has, err := tx.has(MetroAreas, demoMetroArea)
		if err != nil || has {
			return errors.Join(err, tx.seededFeatures(&out))
		}
		out.Added = true
		if err := tx.seedRoles(); err != nil {
			return err
		}
		operator, err := tx.seedOperator()
		if err != nil {
			return err
		}
		if err := tx.seedDemoPlaces(); err != nil {
			return err
		}
		if err := tx.seedDemoOfferings(); err != nil {
			return err
		}
		if err := errors.Join(tx.seedDemoLAN(operator, out), tx.seedDemoSmallLAN(operator)); err != nil {
			return err
		}
		for _, member := range demoMembers {
			account, err := tx.seedMember(member)
			if err != nil {
				return err
			}
			out.Accounts = append(out.Accounts, account)
		}
		return tx.seededFeatures(&out)
	})
	return out, err
}

// has reports whether an object is there.
func (tx *Tx) has(c Collection, id string) (bool, error) {
	var row Row
	err := tx.db.Select("id").Where("id = ? AND collection = ?", id, c).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ensure inserts an object unless there is one with its id.
func (tx *Tx) ensure(c Collection, o Object) error {
	has, err := tx.has(c, o.header().ID)
	if err != nil || has {
		return err
	}
	return tx.Insert(c, o)
}

// insertAll inserts objects of a collection.
func insertAll[T Object](tx *Tx, c Collection, objects ...T) error {
	for _, o := range objects {
		if err := tx.Insert(c, o); err != nil {
			return err
		}
	}
	return nil
}

// seededFeatures adds the route servers of the exchange LAN to the answer.
func (tx *Tx) seededFeatures(out *Seeded) error {
	features, err := find[*NetworkFeature](tx, NetworkFeatures, "network_service = ?", out.NetworkService)
	out.RouteServers = []string{}
	for _, f := range features {
		out.RouteServers = append(out.RouteServers, f.ID)
	}
	return err
}

// The ids of the roles of contacts, the same for all exchanges.
const (
	roleNOC            = "role:noc"
	roleImplementation = "role:implementation"
	rolePeering        = "role:peering"
	roleLegal          = "role:legal"
)

// seedRoles makes the roles of contacts.
func (tx *Tx) seedRoles() error {
	for _, r := range []*Role{
		{Header: Header{roleNOC}, Name: "noc", RequiredFields: []string{"name", "email"}},
		{Header: Header{roleImplementation}, Name: "implementation", RequiredFields: []string{"name", "telephone", "email"}},
		{Header: Header{rolePeering}, Name: "peering", RequiredFields: []string{"name", "email"}},
		{Header: Header{roleLegal}, Name: "legal", RequiredFields: []string{"name", "email"}},
	} {
		if err := tx.ensure(Roles, r); err != nil {
			return err
		}
	}
	return nil
}

// operatorAccount is the account of who runs the exchange. Nobody is given a
// credential of it: what belongs to the exchange is not for orders, and an
// account of a member is not below it.
const operatorAccount = "acc:exchange"

// seedOperator makes the account that manages what belongs to the exchange.
func (tx *Tx) seedOperator() (string, error) {
	a := &Account{
		Header: Header{operatorAccount}, Stateful: Stateful{State: StateProduction}, Name: "Exchange operator",
		MetroAreaNetworkPresence: []string{}, ASNs: []uint32{}, Address: exampleAddress(),
	}
	return a.ID, tx.ensure(Accounts, a)
}

func exampleAddress() *Address {
	return &Address{Country: "NL", Locality: "Exampleburg", PostalCode: "1000 XX", StreetAddress: "Sample Street 1"}
}
