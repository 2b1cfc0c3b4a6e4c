package ix

import (
	"net/netip"
	"strings"
	"testing"
)

func TestIPs(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		base := own("alice", props{"version": 6, "address": "2001:DB8::0:1", "prefix_length": 64})
		for _, test := range []struct {
			name   string
			change props
			want   string
		}{
			{"no address", props{"address": absent}, "validation-error address"},
			{"a name", props{"address": "router"}, "validation-error address"},
			{"a prefix", props{"address": "2001:db8::/64"}, "validation-error address"},
			{"a zone", props{"address": "fe80::1%eth0"}, "validation-error address"},
			{"a group", props{"address": "ff02::1"}, "validation-error address"},
			{"another version", props{"version": 4}, "validation-error version"},
			{"a long prefix", props{"prefix_length": 129}, "validation-error prefix_length"},
			{"an address of a LAN", props{"address": "2001:db8:2::9"}, "validation-error address"},
			{"another's account", props{"managing_account": "bob"}, "validation-error managing_account"},
			{"no domain name", props{"fqdn": "a b"}, "validation-error fqdn"},
			{"a long name", props{"fqdn": strings.Repeat("a.", 51)}, "validation-error fqdn"},
			{"a wrong time", props{"valid_not_after": "x"}, "validation-error valid_not_after"},
		} {
			_, err := m.store.Create(t.Context(), "alice", IPs, base.with(test.change).raw(t))
			t.Run(test.name, func(t *testing.T) { wantProblem(t, err, test.want) })
		}
		registered := m.create("alice", IPs, base)
		if shown := m.read("alice", IPs, registered); shown["address"] != "2001:db8::1" || shown["network_service_config"] != nil {
			t.Errorf("registered: %v", shown)
		}
		config := m.create("alice", NetworkServiceConfigs, m.lan("alice"))
		m.steps()
		for parameter, value := range map[string]string{"network_service_config": config, "network_service": "lan"} {
			if items, err := m.store.List(t.Context(), "alice", IPs, Query{parameter: {value}}); err != nil || len(items) != 2 {
				t.Errorf("%s: %d addresses, %v", parameter, len(items), err)
			}
			if items, err := m.store.List(t.Context(), "bob", IPs, Query{parameter: {value}}); err != nil || len(items) != 0 {
				t.Errorf("%s: bob sees %d addresses, %v", parameter, len(items), err)
			}
		}
		id := object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).IPs[0]
		change := props{"fqdn": "gw01.dc.example.ix", "address": "192.0.2.77", "version": 6, "prefix_length": 1}
		if _, err := m.store.Update(t.Context(), "alice", IPs, id, change.raw(t), true); err != nil {
			t.Fatal(err)
		}
		if shown := m.read("alice", IPs, id); shown["fqdn"] != "gw01.dc.example.ix" || shown["address"] != "192.0.2.2" || shown["version"] != 4.0 || shown["prefix_length"] != 24.0 {
			t.Errorf("renamed: %v", shown)
		}
		_, err := m.store.Update(t.Context(), "alice", IPs, id, props{"fqdn": "-x"}.raw(t), true)
		wantProblem(t, err, "validation-error fqdn")
		_, err = m.store.Update(t.Context(), "bob", IPs, id, props{"fqdn": "x"}.raw(t), true)
		wantProblem(t, err, "not-found")
		_, err = m.store.Destroy(t.Context(), "alice", IPs, id, nil)
		wantProblem(t, err, "not-found")
		_, err = m.store.List(t.Context(), "alice", IPs, Query{"version": {"5"}, "prefix_length": {"x"}})
		wantProblem(t, err, "validation-error prefix_length version")
	})
}

func TestLastOfASubnet(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"192.0.2.0/24": "192.0.2.255", "192.0.2.128/25": "192.0.2.255", "192.0.2.0/22": "192.0.3.255", "10.0.0.0/8": "10.255.255.255",
		"192.0.2.4/32": "192.0.2.4", "2001:db8::/126": "2001:db8::3",
	} {
		if got := lastOf(netip.MustParsePrefix(prefix).Masked()).String(); got != want {
			t.Errorf("%s: %s, want %s", prefix, got, want)
		}
	}
}
