package ix

import "encoding/json"

// destroyService begins the end of a service, and of its configurations and
// their features with it. Nobody can join it any more, so its joining rules and
// a change request go at once.
func destroyService(tx *Tx, o Object, body map[string]json.RawMessage) error {
	s := o.(*NetworkService)
	if s.Type == TypeExchangeLAN {
		return endedByExchange()
	}
	if s.State.Leaving() {
		return tx.requestDecommission(NetworkServices, s, body)
	}
	if err := tx.removeJoiningRules(s); err != nil {
		return err
	}
	if err := tx.removeChange(s.ID); err != nil {
		return err
	}
	if err := tx.requestDecommission(NetworkServices, s, body); err != nil {
		return err
	}
	configs, err := tx.configsOf(s.ID)
	if err != nil {
		return err
	}
	for _, n := range configs {
		if err := tx.decommissionConfig(n, *s.DecommissionAt, *s.ChargedUntil); err != nil {
			return err
		}
	}
	return nil
}

// endedByExchange is the problem of who would end an exchange LAN.
func endedByExchange() error {
	return Denied("A network service of the type %s is ended by the exchange only.", TypeExchangeLAN)
}
