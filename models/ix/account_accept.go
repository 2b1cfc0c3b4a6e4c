package ix

import (
	"context"
	"slices"
)

// statusTermsRequired is the tag of the status of an account whose terms nobody
// has accepted yet.
const statusTermsRequired = "toc_required"

func (a *Account) waitsForTerms() bool {
	return slices.ContainsFunc(a.Status, func(s Status) bool { return s.Tag == statusTermsRequired })
}

// AcceptTerms notes that the terms of the exchange are accepted for an account,
// which is in production from then on. There is no operation of the API for it:
// the exchange does it, when it has the signed document. An account that is not
// there is a NotFound problem, one that waits for no terms an UnableToFulfill
// problem.
func (s *Store) AcceptTerms(ctx context.Context, account string) error {
	return s.Write(ctx, "", func(tx *Tx) error {
		a, err := get[*Account](tx, Accounts, account)
		if err != nil {
			return err
		}
		if a.State != StateRequested || !a.waitsForTerms() {
			return UnableToFulfill("The account is in the state %s and waits for no terms.", a.State)
		}
		a.Status = []Status{}
		return advanceAccount(tx, a)
	})
}
