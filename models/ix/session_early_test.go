package ix

import "testing"

// Sessions are accepted whatever step the configuration has just taken: with a
// required server once there are addresses, with another one as soon as the
// required sessions are there.
func TestSessionsBeforeProduction(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		early := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		id := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		ips := func(id string) []string { return object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).IPs }
		order := func(name, state, config string, p props, want string) {
			t.Helper()
			if got := m.stateOf(NetworkServiceConfigs, config); got != state {
				t.Errorf("%s: state %s, want %s", name, got, state)
			}
			_, err := m.store.Create(t.Context(), "alice", NetworkFeatureConfigs, p.raw(t))
			if got := problemOf(err); got != want {
				t.Errorf("%s: problem %q, want %q (%v)", name, got, want, err)
			}
		}
		second := func(config string) props {
			return m.session("alice", config, ips(config)[1]).with(props{"as_set_v4": absent, "as_set_v6": "AS-MOON@RIPE"})
		}
		optional := func(config string) props {
			return m.session("alice", config, ips(config)[0]).with(props{"network_feature": "rs-4"})
		}
		const refused = "validation-error network_service_config"
		m.step()
		order("optional, too early", "allocated", early, optional(early), refused)
		order("required, early", "allocated", early, m.session("alice", early, ips(early)[0]), "")
		order("optional, early", "allocated", early, optional(early), "")
		m.step()
		order("second address, early", "testing", early, second(early), "")
		order("optional, without the required one", lacking, id, optional(id), refused)
		order("required", lacking, id, m.session("alice", id, ips(id)[0]), "")
		m.step()
		order("second address", "testing", id, second(id), "")
		order("optional", "testing", id, optional(id), "")
		order("again", "testing", id, optional(id), "validation-error ip")
		stranger := func(config string) props {
			return m.session("alice", config, ips(config)[0]).with(props{"network_feature": "rs-x"})
		}
		m.exchange(func(tx *Tx) error {
			f := newFeature(TypeRouteServer).(*NetworkFeature)
			f.ID, f.Required, f.NetworkService, f.SessionMode = "rs-x", true, "another", "public"
			f.AddressFamilies, f.AvailableBGPSessionTypes = []string{FamilyIPv4}, []string{"passive"}
			return tx.AddFeature(f)
		})
		order("of another service", "testing", id, stranger(id), "validation-error network_feature")
		m.steps()
		for _, config := range []string{early, id} {
			if got := m.stateOf(NetworkServiceConfigs, config); got != "production" {
				t.Errorf("at last: %s", got)
			}
			if n := len(object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).NetworkFeatureConfigs); n != 3 {
				t.Errorf("%d sessions", n)
			}
		}
	})
}
