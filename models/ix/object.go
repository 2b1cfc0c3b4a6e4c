package ix

import "time"

// Collection is a kind of object, named as in the path of its operations.
type Collection string

// Object is one of the structs of this package. Every one of them embeds Header.
type Object interface {
	header() *Header
}

// Header is what every object has.
type Header struct {
	// ID is opaque and never used again.
	ID string `json:"id"`
}

func (h *Header) header() *Header { return h }

// Typed is the discriminator of polymorphic collections.
type Typed struct {
	Type string `json:"type"`
}

func (t *Typed) discriminator() *string { return &t.Type }

// Ownable says who manages an object and who uses it.
type Ownable struct {
	ManagingAccount  string  `json:"managing_account" ix:"create,update,required,account"`
	ConsumingAccount string  `json:"consuming_account" ix:"create,update,required,account"`
	ExternalRef      *string `json:"external_ref" ix:"create,update,sensitive,max=128"`
}

func (o *Ownable) owners() *Ownable { return o }

// Invoiceable says who pays.
type Invoiceable struct {
	BillingAccount string  `json:"billing_account" ix:"create,update,required,sensitive,account"`
	PurchaseOrder  string  `json:"purchase_order" ix:"create,update,sensitive,max=80"`
	ContractRef    *string `json:"contract_ref" ix:"create,update,sensitive,max=128"`
}

func (i *Invoiceable) invoice() *Invoiceable { return i }

// Contactable has contacts in certain roles.
type Contactable struct {
	RoleAssignments []string `json:"role_assignments" ix:"create,update,sensitive,ref=role-assignments"`
}

func (c *Contactable) contacts() *Contactable { return c }

// Stateful has a state, and says what is to be done to leave it.
type Stateful struct {
	State  State    `json:"state" ix:"sensitive"`
	Status []Status `json:"status" ix:"sensitive"`
}

func (s *Stateful) stateful() *Stateful { return s }

// Cancelable can be terminated at a date. The dates are YYYY-MM-DD; they are set
// once it was asked for.
type Cancelable struct {
	DecommissionAt *string `json:"decommission_at,omitempty" ix:"sensitive"`
	ChargedUntil   *string `json:"charged_until,omitempty" ix:"sensitive"`
}

func (c *Cancelable) cancelable() *Cancelable { return c }

// Billed tells since when something is paid for, YYYY-MM-DD.
type Billed struct {
	CurrentBillingStartDate *string `json:"current_billing_start_date,omitempty" ix:"sensitive"`
}

func (b *Billed) billed() *Billed { return b }

// State is a step in the life of an object.
type State string

// The states. Those after StateProduction lead away from it.
const (
	StateRequested               State = "requested"
	StateAllocated               State = "allocated"
	StateTesting                 State = "testing"
	StateProduction              State = "production"
	StateProductionChangePending State = "production_change_pending"
	StateDecommissionRequested   State = "decommission_requested"
	StateDecommissioned          State = "decommissioned"
	StateArchived                State = "archived"
	StateError                   State = "error"
	StateOperator                State = "operator"
	StateScheduled               State = "scheduled"
	StateCancelled               State = "cancelled"
)

// Leaving reports whether an object is on its way out, or gone.
func (s State) Leaving() bool {
	switch s {
	case StateDecommissionRequested, StateDecommissioned, StateArchived, StateCancelled:
		return true
	}
	return false
}

// Gone reports whether an object has come to its end and is in nobody's way.
func (s State) Gone() bool {
	return s == StateDecommissioned || s == StateArchived || s == StateCancelled
}

// Status says what an object waits for, or what went wrong.
type Status struct {
	// Severity is that of syslog, 0 to 7 (RFC 5424 section 6.2.1).
	Severity int            `json:"severity"`
	Tag      string         `json:"tag"`
	Message  string         `json:"message"`
	Attrs    map[string]any `json:"attrs"`
	// Timestamp is RFC 3339.
	Timestamp string `json:"timestamp"`
}

// required is the status of something that the owner has to do.
func required(tag, message string, at time.Time, attrs map[string]any) Status {
	const critical = 2
	if attrs == nil {
		attrs = map[string]any{}
	}
	return Status{Severity: critical, Tag: tag, Message: message, Attrs: attrs, Timestamp: at.UTC().Format(time.RFC3339)}
}

// The mixins of an object, or nil where it has none.
func ownersOf(o Object) *Ownable {
	if m, ok := o.(interface{ owners() *Ownable }); ok {
		return m.owners()
	}
	return nil
}

func statefulOf(o Object) *Stateful {
	if m, ok := o.(interface{ stateful() *Stateful }); ok {
		return m.stateful()
	}
	return nil
}

func typeOf(o Object) string {
	if m, ok := o.(interface{ discriminator() *string }); ok {
		return *m.discriminator()
	}
	return ""
}

// encode writes an object as its document.
func encode(o Object) (string, error) {
	text, err := Encode(o)
	return string(text), err
}
