package ix

import (
	"context"
	"encoding/json"
	"errors"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// changeRequests holds the change requests, each below an id that follows from
// that of its service. It has no operations of its own.
const changeRequests Collection = "network-service-change-requests"

// ChangeRequest asks for another offering or capacity of a network service.
type ChangeRequest struct {
	ProductOffering string `json:"product_offering"`
	// Capacity is in Mbit/s; nil is all that the offering allows.
	Capacity *int `json:"capacity"`
}

func changeID(service string) string { return "change:" + service }

// ReadChangeRequest returns the change request of a network service to an
// account that manages or uses the service. Without one it is a NotFound
// problem; an account that merely sees the service gets a permission-denied
// problem.
func (s *Store) ReadChangeRequest(ctx context.Context, account, service string) (ChangeRequest, error) {
	db := s.Reader(ctx)
	caller, err := s.caller(db, account)
	if err != nil {
		return ChangeRequest{}, err
	}
	if _, err := s.read(db, caller, NetworkServices, service); err != nil {
		return ChangeRequest{}, err
	}
	var row Row
	if err := db.Where("id = ?", service).Take(&row).Error; err != nil {
		return ChangeRequest{}, models.DatabaseError(err)
	}
	if !caller.ActsFor(row.ManagingAccount) && !caller.ActsFor(row.ConsumingAccount) {
		return ChangeRequest{}, Denied("The network service is another account's.")
	}
	r, err := changeOf(db, service)
	return r, models.DatabaseError(err)
}

// changeOf reads the change request of a service.
func changeOf(db *gorm.DB, service string) (r ChangeRequest, err error) {
	var row Row
	err = db.Where("id = ? AND collection = ?", changeID(service), changeRequests).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, NotFound(changeRequests, service)
	}
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(row.Document), &r)
}

// CreateChangeRequest asks for a change of a network service, which is in the
// state production_change_pending until the change is applied. It is refused
// (unable-to-fulfill) unless the service is in production and has no change
// pending, and (validation-error) where the offering is of something else, has
// not the bandwidth, or the old one allows no such change.
func (s *Store) CreateChangeRequest(ctx context.Context, account, service string, body map[string]json.RawMessage) (r ChangeRequest, err error) {
	err = s.Write(ctx, account, func(tx *Tx) error {
		o, err := tx.changeable(service)
		if err != nil {
			return err
		}
		if r, err = readChange(body); err != nil {
			return err
		}
		if o.State == StateProductionChangePending {
			return changePending()
		}
		if o.State != StateProduction {
			return UnableToFulfill("The network service is in the state %s, not in production.", o.State)
		}
		after := *o
		if err := tx.change(&after, o, r.ProductOffering, r.Capacity); err != nil {
			return err
		}
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		row := Row{
			ID: changeID(service), Collection: changeRequests, Position: s.position(), NetworkService: service, Document: string(text),
			CreatedAt: tx.Time, ModifiedAt: tx.Time,
		}
		if err := tx.db.Create(&row).Error; err != nil {
			return err
		}
		o.State = StateProductionChangePending
		if err := tx.Save(NetworkServices, o); err != nil {
			return err
		}
		return tx.GoOn(NetworkServices, o)
	})
	return r, err
}

// DeleteChangeRequest takes a change request back that is not applied yet, and
// returns it. Without one it is a NotFound problem.
func (s *Store) DeleteChangeRequest(ctx context.Context, account, service string) (r ChangeRequest, err error) {
	err = s.Write(ctx, account, func(tx *Tx) error {
		o, err := tx.changeable(service)
		if err != nil {
			return err
		}
		if r, err = changeOf(tx.db, service); err != nil {
			return err
		}
		if err := tx.removeChange(service); err != nil {
			return err
		}
		o.State = StateProduction
		if err := tx.Save(NetworkServices, o); err != nil {
			return err
		}
		return tx.Due(NetworkServices, o, nil)
	})
	return r, err
}

// changeable returns a service that the caller may change.
func (tx *Tx) changeable(service string) (*NetworkService, error) {
	k, _ := kindOf(NetworkServices)
	_, o, err := tx.mine(k, service)
	if err != nil {
		return nil, err
	}
	s := o.(*NetworkService)
	if s.Type == TypeExchangeLAN {
		return nil, Denied("A network service of the type %s is changed by the exchange only.", TypeExchangeLAN)
	}
	return s, nil
}

// readChange reads the body of a change request.
func readChange(body map[string]json.RawMessage) (r ChangeRequest, err error) {
	var problems []Property
	if raw, sent := body["product_offering"]; !sent || json.Unmarshal(raw, &r.ProductOffering) != nil || r.ProductOffering == "" {
		problems = append(problems, Property{"product_offering", "is required"})
	}
	if raw, sent := body["capacity"]; sent && json.Unmarshal(raw, &r.Capacity) != nil {
		problems = append(problems, Property{"capacity", "expected an integer or null"})
	}
	return r, Invalid(problems...)
}

// removeChange deletes the change request of a service, if there is one.
func (tx *Tx) removeChange(service string) error {
	return tx.db.Where("id = ? AND collection = ?", changeID(service), changeRequests).Delete(&Row{}).Error
}

// changePending is the problem of a second change at a time.
func changePending() error {
	return UnableToFulfill("A change of the network service is pending already.")
}

// applyChange does what a change request asks for. Without one the service was
// changed itself, and only its devices were left.
func (tx *Tx) applyChange(s *NetworkService) error {
	r, err := changeOf(tx.db, s.ID)
	var none *Problem
	if errors.As(err, &none) {
		return tx.enter(s, StateProduction)
	}
	if err != nil {
		return err
	}
	offering, err := get[*ProductOffering](tx, ProductOfferings, r.ProductOffering)
	if err != nil {
		return err
	}
	s.ProductOffering, s.Capacity = r.ProductOffering, r.Capacity
	if err := tx.offered(s, offering); err != nil {
		return err
	}
	if err := tx.removeChange(s.ID); err != nil {
		return err
	}
	return tx.enter(s, StateProduction)
}

// change gives a service another offering and capacity, if the offering that it
// had before allows that: more bandwidth is an upgrade, and less a downgrade.
func (tx *Tx) change(s, before *NetworkService, offering string, capacity *int) error {
	if item, err := tx.store.read(tx.db, tx.Caller, ProductOfferings, offering); err != nil || item.ID == "" {
		return InvalidProperty("product_offering", "there is no object %s in %s", offering, ProductOfferings)
	}
	from, err := get[*ProductOffering](tx, ProductOfferings, before.ProductOffering)
	if err != nil {
		return err
	}
	to := from
	if offering != before.ProductOffering {
		if to, err = tx.ordered(offering, serviceOffering, s.Type); err != nil {
			return err
		}
	}
	if to.ServiceProvider != from.ServiceProvider || to.ServiceMetroAreaNetwork != from.ServiceMetroAreaNetwork ||
		!same(to.ServiceProviderRegion, from.ServiceProviderRegion) {
		return InvalidProperty("product_offering", "is not an offering at the same place")
	}
	if err := fits("capacity", capacity, to); err != nil {
		return err
	}
	property := "capacity"
	if offering != before.ProductOffering {
		property = "product_offering"
	}
	had, gets := bandwidth(before.Capacity, from), bandwidth(capacity, to)
	switch {
	case less(had, gets) && !from.UpgradeAllowed:
		return InvalidProperty(property, "the present offering allows no upgrade")
	case less(gets, had) && !from.DowngradeAllowed:
		return InvalidProperty(property, "the present offering allows no downgrade")
	}
	s.ProductOffering, s.Capacity = offering, capacity
	return tx.offered(s, to)
}

// bandwidth is what a service has, in Mbit/s; nil is no limit.
func bandwidth(capacity *int, of *ProductOffering) *int {
	if capacity != nil {
		return capacity
	}
	return of.BandwidthMax
}

// less compares bandwidths.
func less(a, b *int) bool {
	switch {
	case a == nil:
		return false
	case b == nil:
		return true
	}
	return *a < *b
}
