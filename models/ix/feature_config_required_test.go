package ix

import (
	"encoding/json"
	"testing"
)

// stateOf is the state of an object, and the tags of its status.
func (m *market) stateOf(c Collection, id string) string {
	m.t.Helper()
	o, err := m.store.Read(m.t.Context(), "alice", c, id)
	if err != nil {
		m.t.Fatal(err)
	}
	var s Stateful
	if err := json.Unmarshal(o.Document, &s); err != nil {
		m.t.Fatal(err)
	}
	text := string(s.State)
	for _, status := range s.Status {
		text += " " + status.Tag
	}
	return text
}

// lacking is the state of a configuration without the session that it needs.
const lacking = "error " + statusFeatureRequired

// A configuration whose required session goes while it is tested errs, and is
// not paid for.
func TestRequiredSessionGoesInTesting(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		id := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		m.steps()
		address := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).IPs[0]
		session := m.create("alice", NetworkFeatureConfigs, m.session("alice", id, address))
		m.step()
		if got := m.stateOf(NetworkServiceConfigs, id); got != "testing" {
			t.Fatalf("with a session: %s", got)
		}
		if _, err := m.store.Destroy(t.Context(), "alice", NetworkFeatureConfigs, session, nil); err != nil {
			t.Fatal(err)
		}
		m.steps()
		if got := m.stateOf(NetworkServiceConfigs, id); got != lacking {
			t.Errorf("without it: %s", got)
		}
		if since := m.read("alice", NetworkServiceConfigs, id)["current_billing_start_date"]; since != nil {
			t.Errorf("paid for since %v", since)
		}
		m.create("alice", NetworkFeatureConfigs, m.session("alice", id, address))
		m.steps()
		if got := m.stateOf(NetworkServiceConfigs, id); got != "production" {
			t.Errorf("with another: %s", got)
		}
	})
}

// A configuration looks again at what it needs when a session has ended, whoever
// ended it. Its status keeps its time.
func TestEndOfARequiredSession(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		config, session := m.inProduction()
		m.exchange(func(tx *Tx) error {
			s, err := get[*NetworkFeatureConfig](tx, NetworkFeatureConfigs, session)
			if err != nil {
				return err
			}
			s.State = StateDecommissionRequested
			if err := tx.Save(NetworkFeatureConfigs, s); err != nil {
				return err
			}
			return tx.GoOn(NetworkFeatureConfigs, s)
		})
		m.steps()
		if got := m.stateOf(NetworkServiceConfigs, config); got != lacking {
			t.Fatalf("without its session: %s", got)
		}
		at := object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).Status[0].Timestamp
		m.exchange(func(tx *Tx) error { return tx.Wake(NetworkServiceConfigs, config) })
		m.steps()
		if got := object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).Status[0].Timestamp; got != at {
			t.Errorf("lacks it since %s, and since %s before", got, at)
		}
	})
}
