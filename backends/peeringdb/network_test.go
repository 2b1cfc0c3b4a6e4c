package peeringdb

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/models"
)

func to[T any](v T) *T { return &v }

func TestNetworkMapsEveryColumn(t *testing.T) {
	t.Parallel()
	const text = `{"id":7,"org_id":3,"name":"Example","aka":"Ex","name_long":"ignored","website":"https://example.net/","social_media":[{"service":"x","identifier":"y"}],
		"asn":4200000000,"looking_glass":"https://lg.example.net/","route_server":"telnet://rs.example.net","irr_as_set":"AS64496:AS-ALL",
		"info_type":"Content","info_types":["Content","NSP"],"info_prefixes4":1200,"info_prefixes6":300,"info_traffic":"20-50Gbps","info_ratio":"Mostly Outbound",
		"info_scope":"Europe","info_unicast":true,"info_multicast":true,"info_ipv6":true,"notes":"line\r\nline","policy_url":"https://example.net/peering",
		"policy_general":"Selective","policy_locations":"Required - US","policy_ratio":true,"policy_contracts":"Private Only","netixlan_set":[1,2],
		"created":"2004-07-28T00:00:00Z","updated":"2018-07-26T11:58:35Z","status":"ok"}`
	got, notes, err := decode[Net](t, text).Network()
	if err != nil {
		t.Fatal(err)
	}
	checkNotes(t, notes)
	want := models.Network{
		ID: 7, ASN: to(uint32(4200000000)), Name: "Example", Aka: to("Ex"), Website: to("https://example.net/"), NotesPublic: to("line\r\nline"),
		IRRASSet: to("AS64496:AS-ALL"), InfoTraffic: "20-50 Gbps", InfoRatio: "Mostly Outbound", InfoScope: to("Europe"), InfoType: "Content",
		InfoPrefixes: to(uint32(1200)), InfoLookingglass: to("https://lg.example.net/"), InfoRouteserver: to("telnet://rs.example.net"),
		InfoUnicast: true, InfoMulticast: true, InfoIPv6: true, PolicyURL: to("https://example.net/peering"), PolicyGeneral: to("Selective"),
		PolicyLocations: to("Required - US"), PolicyRatio: to("Yes"), PolicyContracts: to("Private Only"),
		DateCreated: to(int64(1090972800)), DateLastupdated: to(int64(1532606315)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNetworkOfAlmostNothing(t *testing.T) {
	t.Parallel()
	want := models.Network{ID: 7, InfoTraffic: "Not Disclosed", InfoRatio: "Not Disclosed", InfoType: "Not Disclosed"}
	var names []string
	var row map[string]any
	full, _ := json.Marshal(Net{})
	if err := json.Unmarshal(full, &row); err != nil {
		t.Fatal(err)
	}
	for name, value := range row {
		if value != nil {
			t.Fatalf("%s of an empty row is %v", name, value)
		}
		names = append(names, name)
	}
	if len(names) != 26 {
		t.Fatalf("%d fields: %v", len(names), names)
	}
	empty := `{"id":7,"name":"","aka":"","website":"","notes":"","irr_as_set":"","info_traffic":"","info_ratio":"","info_scope":"","info_type":"","info_types":[],
		"looking_glass":"","route_server":"","policy_url":"","policy_general":"","policy_locations":"","policy_contracts":"","created":"","updated":"",
		"asn":0,"info_prefixes4":null,"info_unicast":false,"info_multicast":false,"info_ipv6":false,"policy_ratio":null}`
	row["id"] = 7
	null, _ := json.Marshal(row)
	for name, text := range map[string]string{"missing": `{"id":7}`, "null": string(null), "empty": empty} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, notes, err := decode[Net](t, text).Network()
			if err != nil {
				t.Fatal(err)
			}
			checkNotes(t, notes)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNetworkValues(t *testing.T) {
	t.Parallel()
	pick := map[string]func(models.Network) any{
		"asn":              func(n models.Network) any { return show(n.ASN) },
		"name":             func(n models.Network) any { return n.Name },
		"aka":              func(n models.Network) any { return show(n.Aka) },
		"notes":            func(n models.Network) any { return show(n.NotesPublic) },
		"info_traffic":     func(n models.Network) any { return n.InfoTraffic },
		"info_ratio":       func(n models.Network) any { return n.InfoRatio },
		"info_scope":       func(n models.Network) any { return show(n.InfoScope) },
		"info_type":        func(n models.Network) any { return n.InfoType },
		"info_prefixes4":   func(n models.Network) any { return show(n.InfoPrefixes) },
		"info_unicast":     func(n models.Network) any { return n.InfoUnicast },
		"policy_general":   func(n models.Network) any { return show(n.PolicyGeneral) },
		"policy_locations": func(n models.Network) any { return show(n.PolicyLocations) },
		"policy_ratio":     func(n models.Network) any { return show(n.PolicyRatio) },
		"policy_contracts": func(n models.Network) any { return show(n.PolicyContracts) },
		"created":          func(n models.Network) any { return show(n.DateCreated) },
		"updated":          func(n models.Network) any { return show(n.DateLastupdated) },
	}
	tests := []struct {
		field, value string
		want         any
		notes        []Note
	}{
		{"asn", `64496`, uint32(64496), nil},
		{"asn", `0`, "NULL", nil},
		{"asn", `4294967295`, uint32(4294967295), nil},
		{"asn", `4294967296`, "NULL", []Note{{"asn out of range, dropped", "4294967296"}}},
		{"asn", `-1`, "NULL", []Note{{"asn out of range, dropped", "-1"}}},
		{"info_prefixes4", `0`, uint32(0), nil},
		{"info_prefixes4", `null`, "NULL", nil},
		{"info_prefixes4", `-5`, "NULL", []Note{{"info_prefixes4 out of range, dropped", "-5"}}},

		{"name", `"Telef\u00f3nica & Co. / OHG"`, "Telefónica & Co. / OHG", nil},
		{"name", `"Telef\u00c3\u00b3nica"`, "Telef\u00c3\u00b3nica", nil},
		{"name", `"AT&amp;T"`, "AT&amp;T", nil},
		{"aka", `"METRO "`, "METRO ", nil},
		{"aka", `" "`, " ", nil},
		{"notes", `"one\ntwo\r\n"`, "one\ntwo\r\n", nil},

		{"info_traffic", `""`, "Not Disclosed", nil},
		{"info_traffic", `"Not Disclosed"`, "Not Disclosed", nil},
		{"info_traffic", `"0-20Mbps"`, "0-20 Mbps", nil},
		{"info_traffic", `"20-100Mbps"`, "20-100Mbps", nil},
		{"info_traffic", `"100-1000Mbps"`, "100-1000Mbps", nil},
		{"info_traffic", `"1-5Gbps"`, "1-5Gbps", nil},
		{"info_traffic", `"5-10Gbps"`, "5-10Gbps", nil},
		{"info_traffic", `"10-20Gbps"`, "10-20Gbps", nil},
		{"info_traffic", `"20-50Gbps"`, "20-50 Gbps", nil},
		{"info_traffic", `"50-100Gbps"`, "50-100 Gbps", nil},
		{"info_traffic", `"100-200Gbps"`, "100-200 Gbps", nil},
		{"info_traffic", `"200-300Gbps"`, "200-300 Gbps", nil},
		{"info_traffic", `"300-500Gbps"`, "300-500 Gbps", nil},
		{"info_traffic", `"500-1000Gbps"`, "500-1000 Gbps", nil},
		{"info_traffic", `"1-5Tbps"`, "1 Tbps+", nil},
		{"info_traffic", `"5-10Tbps"`, "1 Tbps+", nil},
		{"info_traffic", `"10-20Tbps"`, "1 Tbps+", nil},
		{"info_traffic", `"20-50Tbps"`, "1 Tbps+", nil},
		{"info_traffic", `"50-100Tbps"`, "1 Tbps+", nil},
		{"info_traffic", `"100+Tbps"`, "1 Tbps+", nil},
		{"info_traffic", `"0-20 Mbps"`, "0-20 Mbps", nil},
		{"info_traffic", `"20-50 Gbps"`, "20-50 Gbps", nil},
		{"info_traffic", `"50-100 Gbps"`, "50-100 Gbps", nil},
		{"info_traffic", `"100+ Gbps"`, "100+ Gbps", nil},
		{"info_traffic", `"100-200 Gbps"`, "100-200 Gbps", nil},
		{"info_traffic", `"200-300 Gbps"`, "200-300 Gbps", nil},
		{"info_traffic", `"300-500 Gbps"`, "300-500 Gbps", nil},
		{"info_traffic", `"500-1000 Gbps"`, "500-1000 Gbps", nil},
		{"info_traffic", `"1 Tbps+"`, "1 Tbps+", nil},
		{"info_traffic", `"10 Tbps+"`, "1 Tbps+", nil},

		{"info_ratio", `""`, "Not Disclosed", nil},
		{"info_ratio", `"Heavy Inbound"`, "Heavy Inbound", nil},
		{"info_scope", `""`, "NULL", nil},
		{"info_scope", `"Not Disclosed"`, "Not Disclosed", nil},
		{"info_scope", `"Global"`, "Global", nil},
		{"info_scope", `"Australia"`, "Australia", nil},
		{"info_scope", `"Middle East"`, "Middle East", nil},

		{"info_type", `""`, "Not Disclosed", nil},
		{"info_type", `"Not Disclosed"`, "Not Disclosed", nil},
		{"info_type", `"NSP"`, "NSP", nil},
		{"info_type", `"Content"`, "Content", nil},
		{"info_type", `"Cable/DSL/ISP"`, "Cable/DSL/ISP", nil},
		{"info_type", `"Enterprise"`, "Enterprise", nil},
		{"info_type", `"Educational/Research"`, "Educational/Research", nil},
		{"info_type", `"Non-Profit"`, "Non-Profit", nil},
		{"info_type", `"Route Server"`, "Not Disclosed", nil},
		{"info_type", `"Route Collector"`, "Not Disclosed", nil},
		{"info_type", `"Network Services"`, "Not Disclosed", nil},
		{"info_type", `"Government"`, "Not Disclosed", nil},
		{"info_type", `"","info_types":["NSP"]`, "Not Disclosed", nil},
		{"info_type", `null,"info_types":["NSP","Content"]`, "NSP", nil},

		{"info_unicast", `true`, true, nil},
		{"info_unicast", `null`, false, nil},
		{"policy_general", `"Open"`, "Open", nil},
		{"policy_general", `"No"`, "No", nil},
		{"policy_locations", `"Not Required"`, "Not Required", nil},
		{"policy_locations", `"Preferred"`, "Preferred", nil},
		{"policy_locations", `"Required - US"`, "Required - US", nil},
		{"policy_locations", `"Required - EU"`, "Required - International", nil},
		{"policy_locations", `"Required - International"`, "Required - International", nil},
		{"policy_contracts", `""`, "NULL", nil},
		{"policy_contracts", `"Required"`, "Required", nil},
		{"policy_ratio", `true`, "Yes", nil},
		{"policy_ratio", `false`, "No", nil},
		{"policy_ratio", `null`, "NULL", nil},

		{"created", `"2010-07-29T00:00:00Z"`, int64(1280361600), nil},
		{"created", `"2010-07-29T02:00:00+02:00"`, int64(1280361600), nil},
		{"created", `"2010-07-29T00:00:00.999999Z"`, int64(1280361600), nil},
		{"updated", `null`, "NULL", nil},
		{"updated", `"0000-00-00 00:00:00"`, "NULL", []Note{{"updated is not a time, dropped", `"0000-00-00 00:00:00"`}}},
	}
	for _, test := range tests {
		t.Run(test.field+" "+test.value, func(t *testing.T) {
			t.Parallel()
			network, notes, err := decode[Net](t, fmt.Sprintf(`{"id":1,%q:%s}`, test.field, test.value)).Network()
			if err != nil {
				t.Fatal(err)
			}
			if got := pick[test.field](network); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			checkNotes(t, notes, test.notes...)
			checkFits(t, network, err)
		})
	}
}

func TestNetworkIsNotLostForLongTexts(t *testing.T) {
	t.Parallel()
	row := map[string]any{"id": 1}
	for _, field := range []string{"name", "aka", "website", "notes", "irr_as_set", "info_traffic", "info_ratio", "info_scope", "looking_glass", "route_server", "policy_url", "policy_general", "policy_locations", "policy_contracts"} {
		row[field] = strings.Repeat("ä", 70000)
	}
	text, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	network, notes, err := decode[Net](t, string(text)).Network()
	checkFits(t, network, err)
	if len(notes) != len(row)-1 {
		t.Errorf("%d notes for %d long texts: %v", len(notes), len(row)-1, notes)
	}
}
