package ix

import (
	"fmt"
	"slices"
	"time"
)

// statusFeatureRequired is the tag of the status of a configuration that lacks
// the configuration of a required feature.
const statusFeatureRequired = "network_feature_config_required"

// advanceConfig takes the next step of a configuration. An exchange LAN needs
// addresses, and the required features configured; the other types need their
// network service.
func advanceConfig(tx *Tx, o Object) error {
	c := o.(*NetworkServiceConfig)
	switch c.State {
	case StateRequested, StateOperator:
		full, err := tx.giveAddresses(c)
		if err != nil {
			return err
		}
		if full != "" {
			return tx.settle(c, StateOperator, required("addresses_exhausted", full, tx.now(), nil))
		}
		return tx.proceed(c, StateAllocated)
	case StateAllocated, StateError, StateTesting, StateProduction, StateProductionChangePending:
		return tx.demandFeatures(c)
	case StateDecommissionRequested:
		return tx.endConfig(c)
	}
	return nil
}

// demandFeatures leads through testing to production, or to an error while a
// required feature has no configuration. What is in production stays there, or
// returns there once a change of it has been provisioned.
func (tx *Tx) demandFeatures(c *NetworkServiceConfig) error {
	missing, err := tx.missingFeatures(c)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return tx.settle(c, StateError, missing...)
	}
	switch c.State {
	case StateProduction:
		return nil
	case StateProductionChangePending:
		return tx.settle(c, StateProduction)
	}
	furthest, err := tx.furthest(c)
	if err != nil {
		return err
	}
	switch {
	case furthest == StateAllocated && c.State == StateTesting:
		return tx.settle(c, StateAllocated)
	case furthest == StateAllocated:
		return nil
	case c.State != StateTesting:
		return tx.proceed(c, StateTesting)
	case furthest == StateTesting:
		return nil
	}
	if c.CurrentBillingStartDate == nil {
		c.CurrentBillingStartDate = new(tx.now().Format(time.DateOnly))
	}
	if err := tx.settle(c, StateProduction); err != nil {
		return err
	}
	return tx.Wake(NetworkServices, c.NetworkService)
}

// missingFeatures is a status for each required feature of the service that the
// configuration has no configuration of; one that it had before keeps its time.
// Only exchange LANs require any.
func (tx *Tx) missingFeatures(c *NetworkServiceConfig) ([]Status, error) {
	if c.Type != TypeExchangeLAN {
		return nil, nil
	}
	features, err := tx.featuresOf(c.NetworkService)
	if err != nil {
		return nil, err
	}
	configured, err := tx.sessionsOf(c.ID)
	if err != nil {
		return nil, err
	}
	var missing []Status
	for _, feature := range features {
		has := slices.ContainsFunc(configured, func(s *NetworkFeatureConfig) bool { return s.NetworkFeature == feature.ID && !s.State.Leaving() })
		if !feature.Required || has {
			continue
		}
		had := slices.IndexFunc(c.Status, func(s Status) bool {
			return s.Tag == statusFeatureRequired && s.Attrs["network_feature"] == feature.ID
		})
		if had >= 0 {
			missing = append(missing, c.Status[had])
		} else {
			text := fmt.Sprintf("This service requires a route server network feature id: %s.", feature.ID)
			missing = append(missing, required(statusFeatureRequired, text, tx.now(), map[string]any{"network_feature": feature.ID}))
		}
	}
	return missing, nil
}

// furthest is the state to which the service of a configuration lets it go: as
// far as the service itself, since they are provisioned together. An exchange LAN
// is always there. The service wakes the configuration.
func (tx *Tx) furthest(c *NetworkServiceConfig) (State, error) {
	if c.Type == TypeExchangeLAN {
		return StateProduction, nil
	}
	service, err := get[*NetworkService](tx, NetworkServices, c.NetworkService)
	if err != nil {
		return "", err
	}
	switch service.State {
	case StateProduction, StateProductionChangePending:
		return StateProduction, nil
	case StateAllocated, StateTesting:
		return StateTesting, nil
	}
	return StateAllocated, nil
}

// proceed goes to a state from which there is a next step.
func (tx *Tx) proceed(c *NetworkServiceConfig, state State) error {
	if err := tx.settle(c, state); err != nil {
		return err
	}
	return tx.GoOn(NetworkServiceConfigs, c)
}

// settle goes to a state and stays there.
func (tx *Tx) settle(c *NetworkServiceConfig, state State, status ...Status) error {
	c.State, c.Status = state, slices.Concat([]Status{}, status)
	return tx.Save(NetworkServiceConfigs, c)
}

// now is the moment of the transaction.
func (tx *Tx) now() time.Time { return time.Unix(tx.Time, 0).UTC() }
