package ix

import (
	"context"
	"fmt"
	"slices"

	"provision-gateway/models"
)

// NewAccount is a member that the exchange registers.
type NewAccount struct {
	Name string
	// LegalName may be empty.
	LegalName string
	// ASNs are the AS numbers of the member, each of one account only. By them a
	// configuration gets the addresses that PeeringDB knows of the member.
	ASNs []uint32
	// Address is also where invoices go; nil is an invented one.
	Address *Address
	// Credential is whether an API key is made at once.
	Credential bool
}

// Registered is an account that was registered, with its API key and secret if
// there are any; the secret cannot be shown again.
type Registered struct {
	*Account
	APIKey, APISecret string
}

// RegisterAccount makes an account that nobody manages but itself, in production
// and with billing information, so that it can order at once. What is wrong with
// it is a validation problem.
func (s *Store) RegisterAccount(ctx context.Context, n NewAccount) (Registered, error) {
	if n.Address == nil {
		n.Address = exampleAddress()
	}
	a := &Account{
		Stateful: Stateful{State: StateProduction}, Name: n.Name, ASNs: slices.Clone(n.ASNs), MetroAreaNetworkPresence: []string{},
		Address: n.Address, BillingInformation: &BillingInformation{Name: n.Name, Address: n.Address},
	}
	problems := textProperty("name", n.Name, 80, true)
	if n.LegalName != "" {
		a.LegalName = &n.LegalName
		a.BillingInformation.Name = n.LegalName
		problems = append(problems, textProperty("legal_name", n.LegalName, 80, false)...)
	}
	problems = append(problems, n.Address.check("address")...)
	for i, asn := range n.ASNs {
		if asn == 0 || slices.Contains(n.ASNs[:i], asn) {
			problems = append(problems, Property{"asns", fmt.Sprintf("%d is no AS number of a network, or is there twice", asn)})
		}
	}
	if err := Invalid(problems...); err != nil {
		return Registered{}, err
	}
	out := Registered{Account: a}
	err := s.Write(ctx, "", func(tx *Tx) error {
		all, err := find[*Account](tx, Accounts, "")
		if err != nil {
			return err
		}
		for _, other := range all {
			for _, asn := range n.ASNs {
				if slices.Contains(other.ASNs, asn) {
					return InvalidProperty("asns", "%d is of the account %s", asn, other.ID)
				}
			}
		}
		// The transaction may be tried again.
		a.ID = ""
		if err := tx.Insert(Accounts, a); err != nil || !n.Credential {
			return err
		}
		out.APIKey, out.APISecret, err = tx.AddCredential(a.ID)
		return err
	})
	if err != nil {
		return Registered{}, err
	}
	return out, nil
}

// AllAccounts are the accounts of the exchange, the oldest first, whoever manages
// them.
func (s *Store) AllAccounts(ctx context.Context) ([]*Account, error) {
	var rows []Row
	if err := s.Reader(ctx).Where("collection = ?", Accounts).Order("position, id").Find(&rows).Error; err != nil {
		return nil, models.DatabaseError(err)
	}
	accounts := []*Account{}
	for i := range rows {
		o, err := decode(&rows[i])
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, o.(*Account))
	}
	return accounts, nil
}
