package ix

import (
	"encoding/json"
	"slices"
	"time"
)

// createSession adds a session to a configuration that takes it.
func createSession(tx *Tx, o Object) error {
	s := o.(*NetworkFeatureConfig)
	c, err := get[*NetworkServiceConfig](tx, NetworkServiceConfigs, s.NetworkServiceConfig)
	if err != nil {
		return err
	}
	f, err := peek[*NetworkFeature](tx, NetworkFeatures, s.NetworkFeature)
	if err != nil {
		return err
	}
	takes, err := tx.takesSession(c, f)
	if err != nil {
		return err
	}
	if !takes {
		return InvalidProperty("network_service_config", "is in the state %s and not in production", c.State)
	}
	s.ID, s.State = tx.store.newID(), StateRequested
	if err := tx.checkSession(nil, s, c, f); err != nil {
		return err
	}
	if err := tx.Insert(NetworkFeatureConfigs, s); err != nil {
		return err
	}
	if err := tx.linkSession(s, c); err != nil {
		return err
	}
	if err := tx.GoOn(NetworkFeatureConfigs, s); err != nil {
		return err
	}
	return tx.Wake(NetworkServiceConfigs, c.ID)
}

// takesSession reports whether a configuration can have a session with a feature
// now. In production it can have any. Before, from when it has addresses, it can
// have those that it needs; and others once it has these, since it goes on to
// production by itself then, and who orders several sessions in a row cannot know
// which step it is at.
func (tx *Tx) takesSession(c *NetworkServiceConfig, f *NetworkFeature) (bool, error) {
	switch c.State {
	case StateProduction, StateProductionChangePending:
		return true, nil
	case StateAllocated, StateError, StateTesting:
		if f.Required {
			return true, nil
		}
		missing, err := tx.missingFeatures(c)
		return len(missing) == 0, err
	}
	return false, nil
}

func updateSession(tx *Tx, before, o Object) error {
	old, s := before.(*NetworkFeatureConfig), o.(*NetworkFeatureConfig)
	if old.State.Leaving() {
		return UnableToFulfill("The session is in the state %s.", old.State)
	}
	c, err := get[*NetworkServiceConfig](tx, NetworkServiceConfigs, s.NetworkServiceConfig)
	if err != nil {
		return err
	}
	f, err := peek[*NetworkFeature](tx, NetworkFeatures, s.NetworkFeature)
	if err != nil {
		return err
	}
	if err := tx.checkSession(old, s, c, f); err != nil {
		return err
	}
	if old.IP != s.IP {
		if err := tx.unlinkAddress(old); err != nil {
			return err
		}
	}
	if err := tx.sealAgain(old, s); err != nil {
		return err
	}
	if err := tx.saveChanged(NetworkFeatureConfigs, old, s); err != nil {
		return err
	}
	return tx.linkSession(s, c)
}

// destroySession begins the end of a session. A configuration that needs it is
// in error from then on.
func destroySession(tx *Tx, o Object, _ map[string]json.RawMessage) error {
	s := o.(*NetworkFeatureConfig)
	if s.State.Leaving() {
		return nil
	}
	s.State, s.Status = StateDecommissionRequested, []Status{}
	if err := tx.Save(NetworkFeatureConfigs, s); err != nil {
		return err
	}
	if err := tx.GoOn(NetworkFeatureConfigs, s); err != nil {
		return err
	}
	return tx.Wake(NetworkServiceConfigs, s.NetworkServiceConfig)
}

// advanceSession takes the next step of a session.
func advanceSession(tx *Tx, o Object) error {
	s := o.(*NetworkFeatureConfig)
	next := map[State]State{
		StateRequested: StateAllocated, StateAllocated: StateTesting, StateTesting: StateProduction,
		StateProductionChangePending: StateProduction, StateDecommissionRequested: StateDecommissioned,
	}
	state, goesOn := next[s.State]
	if !goesOn {
		return nil
	}
	s.State, s.Status = state, []Status{}
	switch state {
	case StateProduction:
		if s.CurrentBillingStartDate == nil {
			s.CurrentBillingStartDate = new(tx.now().Format(time.DateOnly))
		}
		return tx.Save(NetworkFeatureConfigs, s)
	case StateDecommissioned:
		if err := tx.unseal(s); err != nil {
			return err
		}
		return tx.endSession(s)
	}
	if err := tx.Save(NetworkFeatureConfigs, s); err != nil {
		return err
	}
	return tx.GoOn(NetworkFeatureConfigs, s)
}

// endSession takes a session away from its configuration, which may need it, and
// its address.
func (tx *Tx) endSession(s *NetworkFeatureConfig) error {
	if err := tx.Save(NetworkFeatureConfigs, s); err != nil {
		return err
	}
	c, err := get[*NetworkServiceConfig](tx, NetworkServiceConfigs, s.NetworkServiceConfig)
	if err != nil {
		return err
	}
	c.NetworkFeatureConfigs = slices.DeleteFunc(c.NetworkFeatureConfigs, func(id string) bool { return id == s.ID })
	if err := tx.Save(NetworkServiceConfigs, c); err != nil {
		return err
	}
	if err := tx.unlinkAddress(s); err != nil {
		return err
	}
	return tx.Wake(NetworkServiceConfigs, c.ID)
}

// linkSession notes a session at its configuration and its address.
func (tx *Tx) linkSession(s *NetworkFeatureConfig, c *NetworkServiceConfig) error {
	if !slices.Contains(c.NetworkFeatureConfigs, s.ID) {
		c.NetworkFeatureConfigs = append(c.NetworkFeatureConfigs, s.ID)
		if err := tx.Save(NetworkServiceConfigs, c); err != nil {
			return err
		}
	}
	a, err := get[*IPAddress](tx, IPs, s.IP)
	if err != nil || slices.Contains(a.NetworkFeatureConfigs, s.ID) {
		return err
	}
	a.NetworkFeatureConfigs, a.NetworkFeatures = append(a.NetworkFeatureConfigs, s.ID), append(a.NetworkFeatures, s.NetworkFeature)
	return tx.Save(IPs, a)
}

// unlinkAddress takes a session away from its address.
func (tx *Tx) unlinkAddress(s *NetworkFeatureConfig) error {
	a, err := get[*IPAddress](tx, IPs, s.IP)
	if err != nil {
		return err
	}
	a.NetworkFeatureConfigs = slices.DeleteFunc(a.NetworkFeatureConfigs, func(id string) bool { return id == s.ID })
	a.NetworkFeatures = slices.DeleteFunc(a.NetworkFeatures, func(id string) bool { return id == s.NetworkFeature })
	return tx.Save(IPs, a)
}

// sessionsOf returns the sessions of a configuration that have not gone, the
// oldest first.
func (tx *Tx) sessionsOf(config string) ([]*NetworkFeatureConfig, error) {
	return find[*NetworkFeatureConfig](tx, NetworkFeatureConfigs, "network_service_config = ? AND state NOT IN ?", config, gone)
}
