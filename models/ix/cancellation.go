package ix

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"provision-gateway/models"
)

// CancellationPolicy says when something can be decommissioned, and until when
// it is paid for. The dates are YYYY-MM-DD.
type CancellationPolicy struct {
	DecommissionAt string `json:"decommission_at"`
	ChargedUntil   string `json:"charged_until"`
}

// cancellable is what has a cancellation policy.
type cancellable interface {
	Object
	cancelable() *Cancelable
	// offering is the id of the product offering with the terms, or empty.
	offering() string
}

// CancellationPolicy returns the policy of an object for a date, or with nil for
// the first possible one. Collections and objects without a policy are not
// found, and of an exchange LAN it is denied; see policy for the problems with
// the date.
func (s *Store) CancellationPolicy(ctx context.Context, account string, c Collection, id string, wanted *string) (CancellationPolicy, error) {
	db := s.Reader(ctx)
	caller, err := s.caller(db, account)
	if err != nil {
		return CancellationPolicy{}, err
	}
	if _, err := s.read(db, caller, c, id); err != nil {
		return CancellationPolicy{}, err
	}
	var row, terms Row
	if err := db.Where("id = ? AND collection = ?", id, c).Take(&row).Error; err != nil {
		return CancellationPolicy{}, models.DatabaseError(err)
	}
	decoded, err := decode(&row)
	if err != nil {
		return CancellationPolicy{}, err
	}
	k, _ := kindOf(c)
	if a, err := caller.access(k, &row, decoded, looker(db)); err != nil {
		return CancellationPolicy{}, err
	} else if a != Full {
		return CancellationPolicy{}, Denied("The object is another account's.")
	}
	o, ok := decoded.(cancellable)
	if !ok {
		return CancellationPolicy{}, NotFound(c, id)
	}
	if s, is := decoded.(*NetworkService); is && s.Type == TypeExchangeLAN {
		return CancellationPolicy{}, endedByExchange()
	}
	var offering *ProductOffering
	if o.offering() != "" {
		if err := db.Where("id = ? AND collection = ?", o.offering(), ProductOfferings).Take(&terms).Error; err != nil {
			return CancellationPolicy{}, models.DatabaseError(err)
		}
		found, err := decode(&terms)
		if err != nil {
			return CancellationPolicy{}, err
		}
		offering, _ = found.(*ProductOffering)
	}
	least := ""
	if _, is := o.(*Connection); is {
		var configs []Row
		if err := db.Where("collection = ? AND connection = ?", NetworkServiceConfigs, id).Find(&configs).Error; err != nil {
			return CancellationPolicy{}, models.DatabaseError(err)
		}
		if least, err = lastEnd(configs); err != nil {
			return CancellationPolicy{}, err
		}
	}
	return policyOf(o, row.CreatedAt, s.Now(), offering, least, wanted)
}

// policy returns when an object can be decommissioned and until when it is paid
// for then, by the terms of its offering; nil is an offering without terms.
// wanted is the date that was asked for, and nil the first possible one. The
// problem is validation-error for what is not a date, and
// cancellation-policy-error with the first possible dates for one before them.
func (tx *Tx) policy(o Object, offering *ProductOffering, wanted *string) (decommissionAt, chargedUntil string, problem error) {
	var row Row
	err := tx.db.Select("created_at").Where("id = ?", o.header().ID).Take(&row).Error
	if err != nil {
		return "", "", models.DatabaseError(err)
	}
	least := ""
	if c, is := o.(*Connection); is {
		configs, err := tx.onConnection(c.ID)
		if err != nil {
			return "", "", err
		}
		if least, err = lastEnd(configs); err != nil {
			return "", "", err
		}
	}
	p, err := policyOf(o, row.CreatedAt, time.Unix(tx.Time, 0), offering, least, wanted)
	return p.DecommissionAt, p.ChargedUntil, err
}

// policyOf applies the terms of an offering. What is under way to its end keeps
// its dates. least is a date that the first possible one is not before, or empty.
func policyOf(o Object, created int64, now time.Time, offering *ProductOffering, least string, wanted *string) (CancellationPolicy, error) {
	if m, ok := o.(cancellable); ok && wanted == nil && m.cancelable().DecommissionAt != nil && m.cancelable().ChargedUntil != nil {
		return CancellationPolicy{*m.cancelable().DecommissionAt, *m.cancelable().ChargedUntil}, nil
	}
	start := day(time.Unix(created, 0))
	if b, ok := o.(interface{ billed() *Billed }); ok && b.billed().CurrentBillingStartDate != nil {
		if at, err := time.Parse(time.DateOnly, *b.billed().CurrentBillingStartDate); err == nil {
			start = at
		}
	}
	terms, err := termsOf(offering)
	if err != nil {
		return CancellationPolicy{}, err
	}
	first := terms.first(start, day(now))
	if at, err := time.Parse(time.DateOnly, least); err == nil && at.After(first) {
		first = at
	}
	if wanted == nil {
		return terms.at(start, first), nil
	}
	date, err := time.Parse(time.DateOnly, *wanted)
	if err != nil {
		return CancellationPolicy{}, notADate()
	}
	if date.Before(first) {
		possible := terms.at(start, first)
		p := NewProblem(ProblemCancellationPolicy, "The first possible date is %s.", possible.DecommissionAt)
		p.DecommissionAt, p.ChargedUntil = possible.DecommissionAt, possible.ChargedUntil
		return CancellationPolicy{}, p
	}
	return terms.at(start, date), nil
}

// day is midnight of a day in UTC.
func day(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// decommissionWish reads the date of the body of a deletion; nil is none.
func decommissionWish(body map[string]json.RawMessage) (*string, error) {
	raw, sent := body["decommission_at"]
	if !sent {
		return nil, nil
	}
	var date *string
	if err := json.Unmarshal(raw, &date); err != nil {
		return nil, notADate()
	}
	return date, nil
}

// requestDecommission begins the end of an object: it gets the dates of its
// policy for the body of a deletion, the state decommission_requested, and the
// moment at which it goes on. An object that is leaving already stays as it is,
// and another date for it is refused.
func (tx *Tx) requestDecommission(c Collection, o cancellable, body map[string]json.RawMessage) error {
	state := statefulOf(o)
	wanted, err := decommissionWish(body)
	if err != nil {
		return err
	}
	if state.State.Leaving() {
		return sameEnd(o, wanted)
	}
	var offering *ProductOffering
	if o.offering() != "" {
		offering, err = get[*ProductOffering](tx, ProductOfferings, o.offering())
		var p *Problem
		if err != nil && !errors.As(err, &p) {
			return err
		}
	}
	decommissionAt, chargedUntil, err := tx.policy(o, offering, wanted)
	if err != nil {
		return err
	}
	return tx.leave(c, o, decommissionAt, chargedUntil)
}

// leave begins the end of an object at a date.
func (tx *Tx) leave(c Collection, o cancellable, decommissionAt, chargedUntil string) error {
	o.cancelable().DecommissionAt, o.cancelable().ChargedUntil = &decommissionAt, &chargedUntil
	state := statefulOf(o)
	state.State, state.Status = StateDecommissionRequested, []Status{}
	if err := tx.Save(c, o); err != nil {
		return err
	}
	due := max(tx.decommissionTime(o), *tx.next())
	return tx.Due(c, o, &due)
}

// sameEnd refuses another date than that at which an object is leaving.
func sameEnd(o cancellable, wanted *string) error {
	if wanted == nil || same(wanted, o.cancelable().DecommissionAt) {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, *wanted); err != nil {
		return notADate()
	}
	return UnableToFulfill("It is being decommissioned at another date.")
}

// notADate is the problem of what should be a date of decommissioning.
func notADate() error {
	return InvalidProperty("decommission_at", "expected a date as YYYY-MM-DD")
}

// decommissionTime is the Unix second at which the day of an object's
// decommissioning begins.
func (tx *Tx) decommissionTime(o cancellable) int64 {
	at := o.cancelable().DecommissionAt
	if at == nil {
		return tx.Time
	}
	date, err := time.Parse(time.DateOnly, *at)
	if err != nil {
		return tx.Time
	}
	return date.Unix()
}
