package ix

import (
	"slices"
	"time"
)

// waitsFor are the statuses of what the members have to do before a service can
// go on.
func (tx *Tx) waitsFor(s *NetworkService) ([]Status, error) {
	if s.Type == TypeExchangeLAN || s.Type == TypeCloud {
		return []Status{}, nil
	}
	configs, err := tx.liveConfigs(s.ID)
	if err != nil {
		return nil, err
	}
	return tx.lacks(s, configs), nil
}

// lacks is waitsFor for a service with these configurations. A status that it had
// before keeps its time.
func (tx *Tx) lacks(s *NetworkService, configs []*NetworkServiceConfig) []Status {
	list := []Status{}
	need := func(tag, message string) {
		for _, had := range s.Status {
			if had.Tag == tag {
				list = append(list, had)
				return
			}
		}
		list = append(list, required(tag, message, time.Unix(tx.Time, 0), nil))
	}
	switch s.Type {
	case TypeP2P:
		a, b := s.sides(configs)
		if a == nil {
			need("a_side_nsc_required", "Please configure the A-Side")
		}
		if b == nil {
			need("b_side_nsc_required", "Please configure the B-Side")
		}
	case TypeP2MP, TypeMP2MP:
		if !s.Public && len(s.MemberJoiningRules) == 0 {
			need("member_joining_rule_required", "A joining rule is required for non public Closed User Groups.")
		}
		if !slices.ContainsFunc(configs, s.owns) {
			need("nsc_required", "Please join the closed user group by creating a Network Service Config.")
		}
	}
	return list
}

// reviewService brings the status of a service and the list of its joining rules
// up to date.
func reviewService(tx *Tx, o Object) error {
	s := o.(*NetworkService)
	if s.State.Leaving() || s.Type == TypeExchangeLAN {
		return nil
	}
	rules, err := find[*MemberJoiningRule](tx, MemberJoiningRules, "network_service = ?", s.ID)
	if err != nil {
		return err
	}
	s.MemberJoiningRules = []string{}
	for _, r := range rules {
		s.MemberJoiningRules = append(s.MemberJoiningRules, r.ID)
	}
	waits, err := tx.waitsFor(s)
	if err != nil {
		return err
	}
	s.Status = waits
	return tx.Save(NetworkServices, s)
}

// advanceService takes a service to production while nothing is missing, applies
// a change request, and ends the service at its date.
func advanceService(tx *Tx, o Object) error {
	s := o.(*NetworkService)
	switch s.State {
	case StateRequested, StateAllocated, StateTesting:
		if err := reviewService(tx, s); err != nil {
			return err
		}
		if len(s.Status) > 0 {
			return tx.waitAgain(s)
		}
	}
	switch s.State {
	case StateRequested:
		return tx.enter(s, StateAllocated)
	case StateAllocated:
		return tx.enter(s, StateTesting)
	case StateTesting:
		s.CurrentBillingStartDate = new(time.Unix(tx.Time, 0).UTC().Format(time.DateOnly))
		if s.Type == TypeCloud && s.ProviderRef == nil {
			offering, err := peek[*ProductOffering](tx, ProductOfferings, s.ProductOffering)
			if err != nil {
				return err
			}
			// With the other workflow the provider's order came first.
			if offering.ServiceProviderWorkflow == "exchange_first" {
				s.ProviderRef = new("circuit-" + s.ID)
			}
		}
		return tx.enter(s, StateProduction)
	case StateProductionChangePending:
		return tx.applyChange(s)
	case StateDecommissionRequested:
		if at := tx.decommissionTime(s); at > tx.Time {
			return tx.Due(NetworkServices, s, &at)
		}
		s.State, s.Status = StateDecommissioned, []Status{}
		if err := tx.Free(s.ID); err != nil {
			return err
		}
		return tx.Save(NetworkServices, s)
	}
	return nil
}

// waitAgain leaves a service requested until something wakes it: not all that it
// is made of is there, or not any more.
func (tx *Tx) waitAgain(s *NetworkService) error {
	if s.State == StateRequested {
		return nil
	}
	s.State = StateRequested
	return tx.Save(NetworkServices, s)
}

// enter brings a service into a state, from which it goes on unless that is
// production, and wakes the configurations that may wait for it.
func (tx *Tx) enter(s *NetworkService, state State) error {
	s.State = state
	if err := tx.Save(NetworkServices, s); err != nil {
		return err
	}
	if state != StateProduction {
		if err := tx.GoOn(NetworkServices, s); err != nil {
			return err
		}
	}
	configs, err := tx.liveConfigs(s.ID)
	if err != nil {
		return err
	}
	for _, n := range configs {
		if err := tx.Wake(NetworkServiceConfigs, n.ID); err != nil {
			return err
		}
	}
	return nil
}
