package ix

import (
	"encoding/json"
)

// MemberJoiningRules is the collection of rules on who may join a service.
const MemberJoiningRules Collection = "member-joining-rules"

// The types of joining rules.
const (
	RuleAllow = "allow"
	RuleDeny  = "deny"
)

// MemberJoiningRule lets an account join a network service of type p2mp_vc or
// mp2mp_vc, or keeps it from that.
type MemberJoiningRule struct {
	Header
	Typed
	ManagingAccount string `json:"managing_account" ix:"create,update,required,account"`
	// ConsumingAccount is the one that may join, or not. It need not be the
	// caller's.
	ConsumingAccount string  `json:"consuming_account" ix:"create,update,required"`
	ExternalRef      *string `json:"external_ref" ix:"create,update,sensitive,max=128"`
	NetworkService   string  `json:"network_service" ix:"create,required,ref=network-services"`
	// CapacityMin and CapacityMax are what a configuration may have, in Mbit/s; nil
	// is no limit.
	CapacityMin *int `json:"capacity_min" ix:"create,update,types=allow"`
	CapacityMax *int `json:"capacity_max" ix:"create,update,types=allow"`
}

// MarshalJSON writes the properties that a rule of its type has.
func (r *MemberJoiningRule) MarshalJSON() ([]byte, error) { return marshal(r) }

func (r *MemberJoiningRule) manager() string { return r.ManagingAccount }

func (r *MemberJoiningRule) columns(row *Row) {
	row.ManagingAccount, row.ConsumingAccount, row.ExternalRef = r.ManagingAccount, r.ConsumingAccount, r.ExternalRef
	row.NetworkService = r.NetworkService
}

func newJoiningRule(objectType string) Object {
	if objectType != RuleAllow && objectType != RuleDeny {
		return nil
	}
	return &MemberJoiningRule{Typed: Typed{objectType}}
}

func memberJoiningRules() *kind {
	return &kind{
		name: MemberJoiningRules, types: []string{RuleAllow, RuleDeny}, make: newJoiningRule, counterpart: true,
		filters: all(accountFilters(), typeFilter(RuleAllow, RuleDeny), equals("network_service")),
		create:  createJoiningRule, update: updateJoiningRule, destroy: destroyJoiningRule,
	}
}

// createJoiningRule makes a rule of a service that the caller manages.
func createJoiningRule(tx *Tx, o Object) error {
	r := o.(*MemberJoiningRule)
	s, err := get[*NetworkService](tx, NetworkServices, r.NetworkService)
	if err != nil {
		return err
	}
	if s.Type != TypeP2MP && s.Type != TypeMP2MP {
		return InvalidProperty("network_service", "a service of the type %s has no joining rules", s.Type)
	}
	if !tx.Caller.ActsFor(s.ManagingAccount) {
		return Denied("The network service is managed by another account.")
	}
	if s.State.Leaving() {
		return UnableToFulfill("The network service is being decommissioned.")
	}
	if err := tx.checkJoiningRule(r); err != nil {
		return err
	}
	if err := tx.Insert(MemberJoiningRules, r); err != nil {
		return err
	}
	return tx.Wake(NetworkServices, s.ID)
}

func updateJoiningRule(tx *Tx, _, o Object) error {
	r := o.(*MemberJoiningRule)
	if err := tx.checkJoiningRule(r); err != nil {
		return err
	}
	return tx.Save(MemberJoiningRules, r)
}

func destroyJoiningRule(tx *Tx, o Object, _ map[string]json.RawMessage) error {
	r := o.(*MemberJoiningRule)
	if err := tx.Remove(MemberJoiningRules, r); err != nil {
		return err
	}
	return tx.Wake(NetworkServices, r.NetworkService)
}

// checkJoiningRule checks the account and the limits of a rule. An account has
// at most one rule of a type at a service.
func (tx *Tx) checkJoiningRule(r *MemberJoiningRule) error {
	if err := tx.exists("consuming_account", r.ConsumingAccount); err != nil {
		return err
	}
	var problems []Property
	for _, limit := range []struct {
		property string
		value    *int
	}{{"capacity_min", r.CapacityMin}, {"capacity_max", r.CapacityMax}} {
		if limit.value != nil && *limit.value < 1 {
			problems = append(problems, Property{limit.property, "must be 1 or more"})
		}
	}
	if problems == nil && r.CapacityMin != nil && r.CapacityMax != nil && *r.CapacityMin > *r.CapacityMax {
		problems = append(problems, Property{"capacity_max", "is below capacity_min"})
	}
	others, err := find[*MemberJoiningRule](tx, MemberJoiningRules, "network_service = ?", r.NetworkService)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID != r.ID && other.Type == r.Type && other.ConsumingAccount == r.ConsumingAccount {
			problems = append(problems, Property{"consuming_account", "has a rule of this type already"})
		}
	}
	return Invalid(problems...)
}

// removeJoiningRules deletes all rules of a service that ends.
func (tx *Tx) removeJoiningRules(s *NetworkService) error {
	s.MemberJoiningRules = []string{}
	return tx.db.Where("collection = ? AND network_service = ?", MemberJoiningRules, s.ID).Delete(&Row{}).Error
}
