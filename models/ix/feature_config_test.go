package ix

import (
	"slices"
	"strings"
	"testing"
)

// session is a session of an address with the required route server.
func (m *market) session(account, config, address string) props {
	return own(account, props{
		"type": TypeRouteServer, "billing_account": account, "network_feature": "rs-1", "network_service_config": config, "asn": 64496,
		"session_mode": "public", "bgp_session_type": "passive", "ip": address, "as_set_v4": "AS-MOON@RIPE",
		"role_assignments": []string{m.assignments[account]}, "password": "bgp-session-test",
	})
}

func TestRulesOfSessions(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		id := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		theirs := m.create("bob", NetworkServiceConfigs, m.lan("bob"))
		fresh := m.session("alice", id, "")
		m.steps()
		mine, bobs := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).IPs, object[*NetworkServiceConfig](m, NetworkServiceConfigs, theirs).IPs
		second := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		fresh["ip"] = mine[0]
		flag := func(name string, enabled bool) props {
			return props{"flags": []props{{"name": name, "enabled": enabled}}}
		}
		for _, test := range []struct {
			name   string
			change props
			want   string
		}{
			{"no type", props{"type": absent}, "validation-error type"},
			{"an optional feature before production", props{"network_feature": "rs-4"}, "validation-error network_service_config"},
			{"a configuration without addresses", props{"network_service_config": second}, "validation-error network_service_config"},
			{"another's configuration", props{"network_service_config": theirs}, "validation-error network_service_config"},
			{"no feature", props{"network_feature": "rs-0"}, "validation-error network_feature"},
			{"no address", props{"ip": absent}, "validation-error ip"},
			{"another's address", props{"ip": bobs[0]}, "validation-error ip"},
			{"no AS number", props{"asn": absent}, "validation-error asn"},
			{"an AS number that is none", props{"asn": 4294967296}, "validation-error asn"},
			{"another mode", props{"session_mode": "collector"}, "validation-error session_mode"},
			{"an unknown mode", props{"session_mode": "private"}, "validation-error session_mode"},
			{"a session type that is not offered", props{"bgp_session_type": "active"}, "validation-error bgp_session_type"},
			{"no AS-SET", props{"as_set_v4": absent}, "validation-error as_set_v4 as_set_v6"},
			{"an AS-SET without registry", props{"as_set_v4": "AS-MOON"}, "validation-error as_set_v4"},
			{"an AS-SET of the other family that is none", props{"as_set_v6": "MOON@RIPE"}, "validation-error as_set_v6"},
			{"no contact", props{"role_assignments": []string{}}, "validation-error role_assignments"},
			{"an unknown flag", flag("MAGIC", true), "validation-error flags"},
			{"a mandatory flag off", flag("RPKI", false), "validation-error flags"},
			{"a flag twice", props{"flags": []props{{"name": "BLACKHOLE"}, {"name": "BLACKHOLE", "enabled": true}}}, "validation-error flags"},
			{"a negative limit", props{"max_prefix_v4": -1}, "validation-error max_prefix_v4"},
			{"a password with a line break", props{"password": "a\nb"}, "validation-error password"},
			{"a long password", props{"password": strings.Repeat("x", 129)}, "validation-error password"},
			{"all is well", flag("RPKI", true), ""},
			{"the same again", props{}, "validation-error ip"},
			{"the other address", props{"ip": mine[1], "as_set_v4": absent, "as_set_v6": "AS64500:AS-MOON@RIPE"}, ""},
		} {
			_, err := m.store.Create(t.Context(), "alice", NetworkFeatureConfigs, fresh.with(test.change).raw(t))
			t.Run(test.name, func(t *testing.T) { wantProblem(t, err, test.want) })
		}
		m.steps()
		for _, test := range []struct {
			name   string
			change props
			want   string
		}{
			{"a feature of one family without its AS-SET", props{"network_feature": "rs-4", "as_set_v4": absent, "as_set_v6": "AS-MOON@RIPE"}, "validation-error as_set_v4"},
			{"a feature of the other family without its AS-SET", props{"network_feature": "rs-6", "ip": mine[1]}, "validation-error as_set_v6"},
			{"an address of the wrong family", props{"network_feature": "rs-6", "as_set_v6": "AS-MOON@RIPE"}, "validation-error ip"},
			{"an optional feature in production", props{"network_feature": "rs-4"}, ""},
		} {
			_, err := m.store.Create(t.Context(), "alice", NetworkFeatureConfigs, fresh.with(test.change).raw(t))
			t.Run(test.name, func(t *testing.T) { wantProblem(t, err, test.want) })
		}
	})
}

func TestUpdateOfASession(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		id := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		m.steps()
		addresses := object[*NetworkServiceConfig](m, NetworkServiceConfigs, id).IPs
		session := m.create("alice", NetworkFeatureConfigs, m.session("alice", id, addresses[0]))
		shown := m.read("alice", NetworkFeatureConfigs, session)
		if shown["insert_ixp_asn"] != true || shown["password"] != "bgp-session-test" || shown["state"] != "requested" {
			t.Errorf("created: %v", shown)
		}
		// What is fixed is ignored; clients send whole objects back.
		change := props{"network_feature": "rs-4", "network_service_config": "x", "billing_account": "bob", "max_prefix_v4": 5000, "ip": addresses[1], "insert_ixp_asn": false}
		if _, err := m.store.Update(t.Context(), "alice", NetworkFeatureConfigs, session, change.raw(t), true); err != nil {
			t.Fatal(err)
		}
		s := object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, session)
		if s.NetworkFeature != "rs-1" || s.NetworkServiceConfig != id || s.BillingAccount != "alice" || *s.MaxPrefixV4 != 5000 || s.IP != addresses[1] || s.InsertIXPASN {
			t.Errorf("updated: %+v", s)
		}
		for i, want := range []int{0, 1} {
			if a := object[*IPAddress](m, IPs, addresses[i]); len(a.NetworkFeatureConfigs) != want || len(a.NetworkFeatures) != want {
				t.Errorf("address %d has %v", i, a)
			}
			items, err := m.store.List(t.Context(), "alice", IPs, Query{"network_feature_config": {session}, "version": {[]string{"4", "6"}[i]}})
			if err != nil || len(items) != want {
				t.Errorf("address %d: %d found, %v", i, len(items), err)
			}
		}
		for name, change := range map[string]props{
			"validation-error session_mode":        {"session_mode": "collector"},
			"validation-error as_set_v4 as_set_v6": {"as_set_v4": nil},
			"validation-error flags":               {"flags": []props{{"name": "RPKI", "enabled": false}}},
		} {
			_, err := m.store.Update(t.Context(), "alice", NetworkFeatureConfigs, session, change.raw(t), true)
			wantProblem(t, err, name)
		}
		// A replacement without it is like a creation without it, and null is like
		// nothing.
		for _, sent := range []any{false, absent, nil} {
			whole := m.session("alice", id, addresses[1]).with(props{"insert_ixp_asn": sent})
			if _, err := m.store.Update(t.Context(), "alice", NetworkFeatureConfigs, session, whole.raw(t), false); err != nil {
				t.Fatal(err)
			}
			if s := object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, session); s.InsertIXPASN == (sent == false) || s.MaxPrefixV4 != nil {
				t.Errorf("replaced with %v: %+v", sent, s)
			}
		}
		_, err := m.store.Update(t.Context(), "bob", NetworkFeatureConfigs, session, props{"password": "x"}.raw(t), true)
		wantProblem(t, err, "not-found")
		for _, filter := range []string{"service_config", "network_service_config"} {
			items, err := m.store.List(t.Context(), "alice", NetworkFeatureConfigs, Query{filter: {id}})
			none, _ := m.store.List(t.Context(), "alice", NetworkFeatureConfigs, Query{filter: {"x"}})
			if err != nil || len(items) != 1 || len(none) != 0 {
				t.Errorf("%s: %d sessions, %v", filter, len(items), err)
			}
		}
		if items, err := m.store.List(t.Context(), "bob", NetworkFeatures, Query{"required": {"true"}, "network_service": {"lan"}}); err != nil || len(items) != 1 {
			t.Errorf("required features: %v, %v", items, err)
		}
	})
}

func TestReadASSet(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"AS-MOON@RIPE": true, "MOON-AS@RIPE": true, "AS64500:AS-X@RADB": true, "AS-MOON:AS-X-Y@NTTCOM": true, "as-moon@ripe": true,
		"AS64500:AS-X:AS64501@ARIN-WHOIS": true, "AS-A_B@RIPE": true,
		"": false, "AS-MOON": false, "@RIPE": false, "AS-MOON@": false, "AS-MOON@@RIPE": false, "AS64500@RIPE": false, "MOON@RIPE": false,
		"AS-@RIPE": false, "AS-MOON@RI PE": false, "AS-MOON:@RIPE": false, ":AS-MOON@RIPE": false, "AS-MO ON@RIPE": false, "AS-MOON@RIPE@X": false,
		"AS-MÖÖN@RIPE": false, "AS-MOON\n@RIPE": false, "AS-MOON@RIPE\n": false,
	} {
		if got := readASSet(text) == ""; got != good {
			t.Errorf("%q is accepted: %v", text, got)
		}
	}
}

// What is accepted has a registry, and parts that are names of objects.
func FuzzReadASSet(f *testing.F) {
	for _, seed := range []string{"AS-MOON@RIPE", "AS64500:AS-X@RADB", "@", "AS-A@B\n", "MOON-AS@RIPE"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if readASSet(text) != "" {
			return
		}
		set, irr, _ := strings.Cut(text, "@")
		if irr == "" || strings.Contains(irr, "@") || strings.ContainsAny(text, " \r\n\t") || slices.Contains(strings.Split(set, ":"), "") {
			t.Errorf("%q is accepted", text)
		}
	})
}
