package ix

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
		name: MemberJoiningRules, types: []string{RuleAllow, RuleDeny}, make: newJoiningRule,
		filters: all(accountFilters(), equals("network_service", "type")),
	}
}
