package ixapi_test

import "provision-gateway/models/ix"

// configRefusals are of configurations of network services (guide, other
// validation rules).
var configRefusals = []refusal{
	{name: "type of another service", base: "lan", with: object{"type": "mp2mp_vc"}, of: ix.ProblemValidation, properties: "type"},
	{name: "service of another type", base: "lan", with: object{"network_service": "{group}"}, of: ix.ProblemValidation, properties: "type"},
	{name: "type changed", method: "PATCH", path: "/network-service-configs/{lan}", body: `{"type":"p2p_vc"}`, of: ix.ProblemValidation, properties: "type"},
	{name: "unknown service", base: "lan", with: object{"network_service": "ns:none"}, of: ix.ProblemValidation, properties: "network_service"},
	{name: "no offering", base: "lan", with: object{"product_offering": nil}, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering of another type", base: "lan", with: object{"product_offering": "po:demo-mp2mp-config"}, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering of another LAN", base: "lan", with: object{"product_offering": "po:other-lan"}, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "LAN of another offering", base: "lan", with: object{"network_service": "ns:other"}, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering of the service itself", base: "group place", with: object{"product_offering": "po:demo-p2mp-config"}, changes: true, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering handed over elsewhere", base: "lan", with: object{"product_offering": "po:elsewhere-lan"}, of: ix.ProblemValidation, properties: "connection"},
	{name: "connection elsewhere", base: "lan", with: object{"connection": "con:elsewhere"}, changes: true, of: ix.ProblemValidation, properties: "connection"},
	{name: "connection that is not in production", base: "lan", with: object{"connection": "con:new"}, changes: true, of: ix.ProblemValidation, properties: "connection"},
	{name: "connection that leaves", base: "lan", with: object{"connection": "{leaving connection}"}, changes: true, of: ix.ProblemValidation, properties: "connection"},
	{name: "another's connection", base: "lan", with: object{"connection": "{b's connection}"}, changes: true, of: ix.ProblemValidation, properties: "connection"},
	{name: "without a required role", base: "lan", with: object{"role_assignments": []string{"{implementation}"}}, changes: true, of: ix.ProblemValidation, properties: "role_assignments"},
	{name: "without roles", base: "group place", with: object{"role_assignments": []string{}}, changes: true, of: ix.ProblemValidation, properties: "role_assignments"},
	{name: "another's role", base: "lan", with: object{"role_assignments": []string{"{b's noc}"}}, changes: true, of: ix.ProblemValidation, properties: "role_assignments"},
	{name: "capacity below the offering", base: "lan", with: object{"capacity": 99}, changes: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "capacity above the offering", base: "lan", with: object{"product_offering": "po:small-lan", "capacity": 501}, of: ix.ProblemValidation, properties: "capacity"},
	{name: "capacity above the offering of the service", base: "group place", with: object{"capacity": 9}, changes: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "no capacity", base: "lan", with: object{"capacity": 0}, changes: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "more than the connection has", base: "lan", with: object{"capacity": 20_001}, changes: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "more than the demonstration's connection has", base: "lan", with: object{"connection": "{own}", "capacity": 400_000}, of: ix.ProblemValidation, properties: "capacity"},
	{name: "upgrade that is not allowed", method: "PATCH", path: "/network-service-configs/{fixed lan}", body: `{"capacity":200}`, of: ix.ProblemValidation, properties: "capacity"},
	{name: "no hardware address", base: "lan", with: object{"macs": []string{}}, changes: true, of: ix.ProblemValidation, properties: "macs"},
	{name: "unknown hardware address", base: "lan", with: object{"macs": []string{"{mac}", "none"}}, changes: true, of: ix.ProblemValidation, properties: "macs"},
	{name: "AS 0", base: "lan", with: object{"asns": []int{64496, 0}}, changes: true, of: ix.ProblemValidation, properties: "asns"},
	{name: "AS of 33 bits", base: "lan", with: object{"asns": []int{1 << 32}}, changes: true, of: ix.ProblemValidation, properties: "asns"},
	{name: "account that is not in production", base: "lan", with: object{"consuming_account": "{new customer}"}, changes: true, of: ix.ProblemValidation, properties: "consuming_account"},
	{name: "account that cannot pay", base: "lan", with: object{"billing_account": "{customer}"}, changes: true, of: ix.ProblemValidation, properties: "billing_account"},
	{name: "accounts that are not in production", base: "lan", with: object{"consuming_account": "{new customer}", "billing_account": "{new customer}"}, of: ix.ProblemValidation, properties: "billing_account consuming_account"},
	{name: "role in the tree", base: "tree leaf", with: object{"role": "trunk"}, changes: true, of: ix.ProblemValidation, properties: "role"},
	{name: "all at once", base: "lan", with: object{"role_assignments": []string{}, "capacity": 99, "macs": []string{}, "vlan_config": object{"vlan_type": "dot1q", "vlan": 4095}}, changes: true, of: ix.ProblemValidation, properties: "capacity macs role_assignments vlan_config"},
	{name: "leaving, changed", method: "PATCH", path: "/network-service-configs/{leaving lan}", body: `{"listed":true}`, of: ix.ProblemUnableToFulfill},
}

// vlanRefusals are of what a connection cannot carry.
var vlanRefusals = []refusal{
	vlan("unknown type", object{"vlan_type": "vxlan"}),
	vlan("no type", object{}),
	vlan("VLAN 0", object{"vlan_type": "dot1q", "vlan": 0}),
	vlan("VLAN 4095", object{"vlan_type": "dot1q", "vlan": 4095}),
	vlan("VLAN in words", object{"vlan_type": "dot1q", "vlan": "five"}),
	vlan("no inner VLAN", object{"vlan_type": "qinq", "outer_vlan": 5}),
	vlan("inner VLAN 4095", object{"vlan_type": "qinq", "outer_vlan": 5, "inner_vlan": 4095}),
	vlan("outer VLAN 0", object{"vlan_type": "qinq", "outer_vlan": 0, "inner_vlan": 5}),
	vlan("outer ethertype that the connection has not", object{"vlan_type": "qinq", "outer_vlan": 5, "inner_vlan": 5, "outer_vlan_ethertype": "0x9100"}),
	vlan("ethertype that the connection has not", object{"vlan_type": "dot1q", "vlan_ethertype": "0x9100"}),
	vlan("no ethertype", object{"vlan_type": "dot1q", "vlan_ethertype": "0x0800"}),
	vlan("VLAN in use", object{"vlan_type": "dot1q", "vlan": 4000}),
	vlan("outer VLAN in use", object{"vlan_type": "qinq", "outer_vlan": 4000, "inner_vlan": 5}),
	vlan("port of a connection in use", object{"vlan_type": "port"}),
	{name: "type that the connection has not", base: "lan", with: object{"connection": "con:narrow"}, changes: true, of: ix.ProblemValidation, properties: "vlan_config"},
	{name: "outer ethertype of a narrow connection", base: "lan", with: object{"connection": "con:narrow", "vlan_config": object{"vlan_type": "qinq", "inner_vlan": 5, "outer_vlan_ethertype": "0x88a8"}}, changes: true, of: ix.ProblemValidation, properties: "vlan_config"},
	{name: "connection in use as a whole", base: "lan", with: object{"connection": "{own}"}, changes: true, of: ix.ProblemValidation, properties: "connection"},
}

func vlan(name string, with object) refusal {
	return refusal{name: name, base: "lan", with: object{"vlan_config": with}, changes: true, of: ix.ProblemValidation, properties: "vlan_config"}
}

// cloudRefusals are of the paths to a cloud: each is configured once with a VLAN
// on the provider's side, which one with a single VLAN has not.
var cloudRefusals = []refusal{
	{name: "handover 0", base: "cloud path", with: object{"handover": 0}, of: ix.ProblemValidation, properties: "handover"},
	{name: "negative handover", base: "cloud path", with: object{"handover": -1}, of: ix.ProblemValidation, properties: "handover"},
	{name: "no handover", base: "cloud path", with: object{"handover": nil}, of: ix.ProblemValidation, properties: "handover"},
	{name: "handover above the diversity", base: "cloud path", with: object{"handover": 3}, of: ix.ProblemValidation, properties: "handover"},
	{name: "VLAN 0", base: "cloud path", with: object{"cloud_vlan": 0}, of: ix.ProblemValidation, properties: "cloud_vlan"},
	{name: "VLAN 4095", base: "cloud path", with: object{"cloud_vlan": 4095}, of: ix.ProblemValidation, properties: "cloud_vlan"},
	{name: "VLAN of a single one", base: "cloud path", with: object{"network_service": "{cloud}", "handover": 1, "cloud_vlan": 100}, of: ix.ProblemValidation, properties: "cloud_vlan"},
	{name: "configured with this VLAN", base: "cloud path", with: object{"handover": 1}, of: ix.ProblemValidation, properties: "cloud_vlan handover"},
	{name: "configured without a VLAN", base: "cloud path", with: object{"network_service": "{cloud}", "handover": 1, "cloud_vlan": nil}, of: ix.ProblemValidation, properties: "cloud_vlan handover"},
}
