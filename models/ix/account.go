package ix

import (
	"slices"
	"strconv"
)

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
	MetroAreaNetworkPresence []string            `json:"metro_area_network_presence" ix:"create,update,ref=metro-area-networks"`
	Address                  *Address            `json:"address" ix:"create,update,required,sensitive"`
	ASNs                     []uint32            `json:"asns" ix:"sensitive"`
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
		name: Accounts,
		make: func(string) Object { return &Account{MetroAreaNetworkPresence: []string{}, ASNs: []uint32{}} },
		filters: all(stateFilters(), equals("managing_account", "external_ref", "name"), map[string]filter{
			"asn": number("asns"), "billable": billable(),
		}),
		seen: func(_ *Caller, _ *Row, o Object, _ func(Collection, string) ([]Row, error)) (Access, error) {
			if o.(*Account).Discoverable {
				return Reduced, nil
			}
			return Hidden, nil
		},
		create: createAccount, update: updateAccount, destroy: destroyAccount, advance: advanceAccount,
	}
}

// billable finds the accounts that invoices can be sent to.
func billable() filter {
	return booleanOf(func(o Object, values []string) bool {
		return slices.Contains(values, strconv.FormatBool(o.(*Account).BillingInformation != nil))
	})
}

// createAccount makes an account that the caller manages. Where the exchange has
// terms, it can be used once the exchange says that they are accepted; where it
// has none, after a step. The exchange itself makes accounts that are in
// production.
func createAccount(tx *Tx, o Object) error {
	a := o.(*Account)
	if err := a.check(); err != nil {
		return err
	}
	if tx.Caller == nil {
		a.State = StateProduction
		return tx.Insert(Accounts, a)
	}
	if a.ManagingAccount == nil || *a.ManagingAccount == "" {
		a.ManagingAccount = &tx.Caller.Account
	}
	a.State = StateRequested
	if tx.store.TermsURL == "" {
		if err := tx.Insert(Accounts, a); err != nil {
			return err
		}
		return tx.GoOn(Accounts, a)
	}
	a.Status = []Status{required(statusTermsRequired, "It is required to upload the signed Terms of Conditions document.", tx.now(), map[string]any{"url": tx.store.TermsURL})}
	return tx.Insert(Accounts, a)
}

// advanceAccount lets an account be used that waits for nobody.
func advanceAccount(tx *Tx, o Object) error {
	a := o.(*Account)
	if a.State != StateRequested || a.waitsForTerms() {
		return nil
	}
	a.State = StateProduction
	return tx.Save(Accounts, a)
}

// updateAccount changes an account. It keeps a managing account if it has one,
// and cannot be managed by itself or by what it manages.
func updateAccount(tx *Tx, old, o Object) error {
	before, a := old.(*Account), o.(*Account)
	if a.ManagingAccount == nil || *a.ManagingAccount == "" {
		a.ManagingAccount = before.ManagingAccount
	}
	if err := a.check(); err != nil {
		return err
	}
	if a.ManagingAccount != nil && !same(a.ManagingAccount, before.ManagingAccount) {
		below, err := tx.store.caller(tx.db, a.ID)
		if err != nil {
			return err
		}
		if below.ActsFor(*a.ManagingAccount) {
			return InvalidProperty("managing_account", "is the account itself, or below it")
		}
	}
	return tx.Save(Accounts, a)
}
