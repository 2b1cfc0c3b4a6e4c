package ixapi_test

import "provision-gateway/models/ix"

// serviceRefusals are of network services.
var serviceRefusals = []refusal{
	{name: "exchange LAN ordered", base: "circuit", with: object{"type": "exchange_lan"}, of: ix.ProblemPermissionDenied},
	{name: "exchange LAN changed", method: "PATCH", path: "/network-services/ns:demo", body: `{"name":"Mine"}`, of: ix.ProblemPermissionDenied},
	{name: "exchange LAN deleted", method: "DELETE", path: "/network-services/ns:demo", of: ix.ProblemPermissionDenied},
	{name: "unknown type", base: "circuit", with: object{"type": "lan"}, of: ix.ProblemValidation, properties: "type"},
	{name: "type changed", method: "PATCH", path: "/network-services/{circuit}", body: `{"type":"mp2mp_vc"}`, of: ix.ProblemValidation, properties: "type"},
	{name: "capacity below the offering", base: "circuit", with: object{"capacity": 9}, changes: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "capacity above the offering", base: "circuit", with: object{"capacity": 100001}, changes: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "no capacity", base: "circuit", with: object{"capacity": -1}, changes: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "unknown other side", base: "circuit", with: object{"joining_member_account": "none"}, of: ix.ProblemValidation, properties: "joining_member_account"},
	{name: "cloud key of no form", base: "cloud", with: object{"cloud_key": "12345"}, of: ix.ProblemValidation, properties: "cloud_key"},
	{name: "cloud key too long", base: "cloud", with: object{"cloud_key": "{long}{long}{long}{long}"}, of: ix.ProblemValidation, properties: "cloud_key"},
	{name: "long name", base: "group", with: object{"display_name": "{long}"}, changes: true, of: ix.ProblemValidation, properties: "display_name"},
	{name: "changed by the other side", method: "PATCH", path: "/network-services/{b's circuit}", body: `{"display_name":"x"}`, stranger: true, of: ix.ProblemPermissionDenied},
	{name: "deleted by the other side", method: "DELETE", path: "/network-services/{b's circuit}", stranger: true, of: ix.ProblemPermissionDenied},
	{name: "leaving, changed", method: "PATCH", path: "/network-services/{leaving circuit}", body: `{"display_name":"x"}`, of: ix.ProblemUnableToFulfill},
	{name: "leaving, at another date", method: "DELETE", path: "/network-services/{leaving circuit}", body: `{"decommission_at":"2030-01-01"}`, of: ix.ProblemUnableToFulfill},
}

// changeRefusals are of change requests, of which a service has one at most, and
// in production only.
var changeRefusals = []refusal{
	{name: "second one", method: "POST", path: "/network-services/{cloud}/change-request", body: change, of: ix.ProblemUnableToFulfill},
	{name: "beside one", method: "PATCH", path: "/network-services/{cloud}", body: `{"capacity":700}`, of: ix.ProblemUnableToFulfill},
	{name: "before production", method: "POST", path: "/network-services/{new circuit}/change-request", body: `{"product_offering":"po:demo-p2p"}`, of: ix.ProblemUnableToFulfill},
	{name: "unknown offering", method: "POST", path: "/network-services/{paired}/change-request", body: `{"product_offering":"po:none"}`, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering of another type", method: "POST", path: "/network-services/{paired}/change-request", body: `{"product_offering":"po:demo-p2p"}`, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering of another provider", method: "POST", path: "/network-services/{paired}/change-request", body: change, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "capacity of the offering", method: "POST", path: "/network-services/{paired}/change-request", body: `{"product_offering":"po:demo-cloud-provider-first","capacity":10001}`, of: ix.ProblemValidation, properties: "capacity"},
	{name: "capacity in words", method: "POST", path: "/network-services/{paired}/change-request", body: `{"product_offering":"po:demo-cloud-provider-first","capacity":"1G"}`, of: ix.ProblemValidation, properties: "capacity"},
	{name: "upgrade that is not allowed", method: "PATCH", path: "/network-services/{fixed circuit}", body: `{"capacity":2000}`, of: ix.ProblemValidation, properties: "capacity"},
	{name: "downgrade that is not allowed", method: "PATCH", path: "/network-services/{fixed circuit}", body: `{"capacity":500}`, of: ix.ProblemValidation, properties: "capacity"},
	{name: "of the exchange LAN", method: "POST", path: "/network-services/ns:demo/change-request", body: change, of: ix.ProblemPermissionDenied},
	{name: "by the other side", method: "POST", path: "/network-services/{b's circuit}/change-request", body: change, stranger: true, of: ix.ProblemPermissionDenied},
	{name: "read by the other side", method: "GET", path: "/network-services/{b's circuit}/change-request", stranger: true, of: ix.ProblemPermissionDenied},
	{name: "none to read", method: "GET", path: "/network-services/{circuit}/change-request", of: ix.ProblemNotFound},
	{name: "none to take back", method: "DELETE", path: "/network-services/{circuit}/change-request", of: ix.ProblemNotFound},
}

// joiningRefusals are of rules on who may join, and of who joins against them.
var joiningRefusals = []refusal{
	{name: "rule of a circuit", base: "rule", with: object{"network_service": "{circuit}"}, of: ix.ProblemValidation, properties: "network_service"},
	{name: "rule of another's service", method: "POST", path: "/member-joining-rules", body: `{"type":"allow","managing_account":"{b}","consuming_account":"{b}","network_service":"{tree}"}`, stranger: true, of: ix.ProblemPermissionDenied},
	{name: "rule of a hidden service", method: "POST", path: "/member-joining-rules", body: `{"type":"allow","managing_account":"{b}","consuming_account":"{b}","network_service":"{circuit}"}`, stranger: true, of: ix.ProblemValidation, properties: "network_service"},
	{name: "rule for nobody", base: "rule", with: object{"consuming_account": "none"}, changes: true, of: ix.ProblemValidation, properties: "consuming_account"},
	{name: "second rule", base: "rule", with: object{"consuming_account": "{friend}"}, changes: true, of: ix.ProblemValidation, properties: "consuming_account"},
	{name: "no capacity", base: "rule", with: object{"capacity_min": 0, "capacity_max": 0}, changes: true, of: ix.ProblemValidation, properties: "capacity_max capacity_min"},
	{name: "most below least", base: "rule", with: object{"capacity_min": 2, "capacity_max": 1}, changes: true, of: ix.ProblemValidation, properties: "capacity_max"},
	{name: "rule shown, changed", method: "PATCH", path: "/member-joining-rules/{b's limits}", body: `{"capacity_max":null}`, stranger: true, of: ix.ProblemPermissionDenied},
	{name: "closed group", base: "group place", with: asB(object{"network_service": "{group}"}), stranger: true, of: ix.ProblemPermissionDenied},
	{name: "denied by a rule", base: "group place", with: asB(object{"network_service": "{open group}"}), stranger: true, of: ix.ProblemPermissionDenied},
	{name: "below the limit of a rule", base: "group place", with: asB(object{"network_service": "{limited group}", "capacity": 49}), stranger: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "above the limit of a rule", base: "group place", with: asB(object{"network_service": "{limited group}", "capacity": 201}), stranger: true, of: ix.ProblemValidation, properties: "capacity"},
	{name: "side of two others", base: "circuit side", with: asB(object{"network_service": "{friend's circuit}"}), stranger: true, of: ix.ProblemPermissionDenied},
	{name: "side that is configured", base: "circuit side", with: object{"network_service": "{fixed circuit}"}, of: ix.ProblemUnableToFulfill},
	{name: "cloud of another", base: "cloud path", with: object{"network_service": "{customer's cloud}"}, of: ix.ProblemPermissionDenied},
	{name: "hidden service", base: "group place", with: asB(object{"network_service": "{cloud}"}), stranger: true, of: ix.ProblemValidation, properties: "network_service"},
	{name: "leaving service", base: "circuit side", with: object{"network_service": "{leaving circuit}"}, of: ix.ProblemValidation, properties: "network_service"},
}

// asB is a configuration of the other member.
func asB(more object) object {
	with := object{
		"managing_account": "{b}", "consuming_account": "{b}", "billing_account": "{b}", "connection": "{b's connection}",
		"role_assignments": []string{"{b's noc}", "{b's implementation}"}, "macs": nil,
	}
	for name, value := range more {
		with[name] = value
	}
	return with
}
