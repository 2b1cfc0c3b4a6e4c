package ix

import "encoding/json"

// Accounts is the collection of accounts.
const Accounts Collection = "accounts"

// Account is a member of the exchange, or a customer of one.
type Account struct {
	Header
	Stateful
	// ManagingAccount is the account that made this one and may change it; nil
	// for a member that manages itself.
	ManagingAccount          *string             `json:"managing_account" ix:"create,update,account"`
	Name                     string              `json:"name" ix:"create,update,required,max=80"`
	LegalName                *string             `json:"legal_name" ix:"create,update,sensitive,max=80"`
	BillingInformation       *BillingInformation `json:"billing_information,omitempty" ix:"create,update,sensitive"`
	ExternalRef              *string             `json:"external_ref" ix:"create,update,sensitive,max=80"`
	Discoverable             bool                `json:"discoverable" ix:"create,update"`
	MetroAreaNetworkPresence []string            `json:"metro_area_network_presence" ix:"create,update"`
	Address                  *Address            `json:"address" ix:"create,update,required,sensitive"`
	ASNs                     []uint32            `json:"asns" ix:"sensitive"`
}

// BillingInformation is where invoices go.
type BillingInformation struct {
	Name      string   `json:"name"`
	Address   *Address `json:"address"`
	VATNumber *string  `json:"vat_number"`
}

// Address is a postal address.
type Address struct {
	// Country is an ISO 3166-1 alpha-2 code.
	Country             string  `json:"country"`
	Locality            string  `json:"locality"`
	Region              *string `json:"region"`
	PostalCode          string  `json:"postal_code"`
	StreetAddress       string  `json:"street_address"`
	PostOfficeBoxNumber *string `json:"post_office_box_number"`
}

// reduced are the properties that everybody sees of a discoverable account.
func (a *Account) reduced() []string { return []string{"id", "name", "metro_area_network_presence"} }

// manager is the account itself or the one that made it.
func (a *Account) manager() string {
	if a.ManagingAccount != nil {
		return *a.ManagingAccount
	}
	return a.ID
}

// columns lets an account be found as its own.
func (a *Account) columns(r *Row) {
	r.ManagingAccount, r.ConsumingAccount, r.ExternalRef = "", a.ID, a.ExternalRef
	if a.ManagingAccount != nil {
		r.ManagingAccount = *a.ManagingAccount
	}
}

func accounts() *kind {
	return &kind{
		name:    Accounts,
		make:    func(string) Object { return &Account{MetroAreaNetworkPresence: []string{}, ASNs: []uint32{}} },
		filters: all(stateFilters(), equals("managing_account", "external_ref", "name", "asn")),
		seen: func(_ *Caller, _ *Row, o Object, _ func(Collection, string) ([]Row, error)) (Access, error) {
			if o.(*Account).Discoverable {
				return Reduced, nil
			}
			return Hidden, nil
		},
		create: func(tx *Tx, o Object) error {
			a := o.(*Account)
			if a.ManagingAccount == nil && tx.Caller != nil {
				a.ManagingAccount = &tx.Caller.Account
			}
			a.State = StateRequested
			return tx.Insert(Accounts, a)
		},
		update:  func(tx *Tx, _, o Object) error { return tx.Save(Accounts, o) },
		destroy: destroyAccount,
	}
}

func destroyAccount(tx *Tx, o Object, _ map[string]json.RawMessage) error {
	return tx.Remove(Accounts, o)
}
