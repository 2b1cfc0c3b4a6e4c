package ixapi_test

import "provision-gateway/models/ix"

// requiredRefusals are of empty bodies: each names all that is required. What is
// empty or null is as what is not there.
var requiredRefusals = []refusal{
	{name: "account", method: "POST", path: "/accounts", body: "{}", of: ix.ProblemValidation, properties: "address name"},
	{name: "contact", method: "POST", path: "/contacts", of: ix.ProblemValidation, properties: "consuming_account managing_account"},
	{name: "role assignment", method: "POST", path: "/role-assignments", body: "null", of: ix.ProblemValidation, properties: "contact role"},
	{name: "hardware address", method: "POST", path: "/macs", body: "{}", of: ix.ProblemValidation, properties: "address consuming_account managing_account"},
	{name: "address", method: "POST", path: "/ips", body: "{}", of: ix.ProblemValidation, properties: "address consuming_account managing_account prefix_length version"},
	{name: "connection", method: "POST", path: "/connections", body: "{}", of: ix.ProblemValidation, properties: "billing_account consuming_account managing_account mode port_quantity product_offering"},
	{name: "port reservation", method: "POST", path: "/port-reservations", body: "{}", of: ix.ProblemValidation, properties: "connection"},
	{name: "type", method: "POST", path: "/network-services", body: "{}", of: ix.ProblemValidation, properties: "type"},
	{name: "circuit", method: "POST", path: "/network-services", body: `{"type":"p2p_vc"}`, of: ix.ProblemValidation, properties: "billing_account consuming_account joining_member_account managing_account product_offering"},
	{name: "group", method: "POST", path: "/network-services", body: `{"type":"mp2mp_vc","billing_account":null}`, of: ix.ProblemValidation, properties: "billing_account consuming_account managing_account product_offering"},
	{name: "cloud", method: "POST", path: "/network-services", body: `{"type":"cloud_vc","cloud_key":""}`, of: ix.ProblemValidation, properties: "billing_account cloud_key consuming_account managing_account product_offering"},
	{name: "rule", method: "POST", path: "/member-joining-rules", body: `{"type":"allow"}`, of: ix.ProblemValidation, properties: "consuming_account managing_account network_service"},
	{name: "config", method: "POST", path: "/network-service-configs", body: `{"type":"exchange_lan"}`, of: ix.ProblemValidation, properties: "billing_account connection consuming_account managing_account network_service vlan_config"},
	{name: "session", method: "POST", path: "/network-feature-configs", body: `{"type":"route_server"}`, of: ix.ProblemValidation, properties: "asn bgp_session_type billing_account consuming_account ip managing_account network_feature network_service_config session_mode"},
	{name: "change request", method: "POST", path: "/network-services/{circuit}/change-request", body: "{}", of: ix.ProblemValidation, properties: "product_offering"},
	{name: "emptied", method: "PATCH", path: "/network-service-configs/{lan}", body: `{"connection":"","vlan_config":null}`, of: ix.ProblemValidation, properties: "connection vlan_config"},
	{name: "replaced by nothing", method: "PUT", path: "/contacts/{contact}", body: "{}", of: ix.ProblemValidation, properties: "consuming_account managing_account"},
}

// orderRefusals are of accounts that cannot order or pay, and of offerings that
// are not for that (guide, accounts and visibility, other validation).
var orderRefusals = []refusal{
	{name: "used by an account that is not in production", base: "circuit", with: object{"consuming_account": "{new customer}"}, of: ix.ProblemValidation, properties: "consuming_account"},
	{name: "managed by an account that is not in production", base: "connection", with: object{"managing_account": "{new customer}"}, changes: true, of: ix.ProblemValidation, properties: "managing_account"},
	{name: "paid by an account without billing information", base: "circuit", with: object{"billing_account": "{customer}"}, changes: true, of: ix.ProblemValidation, properties: "billing_account"},
	{name: "paid by another", base: "circuit", with: object{"billing_account": "{b}"}, changes: true, of: ix.ProblemValidation, properties: "billing_account"},
	{name: "config managed by another", base: "lan", with: object{"managing_account": "{b}"}, changes: true, of: ix.ProblemValidation, properties: "managing_account"},
	{name: "session used by another", base: "session", with: object{"consuming_account": "{b}"}, changes: true, of: ix.ProblemValidation, properties: "consuming_account"},
	{name: "offering of another resource", base: "circuit", with: object{"product_offering": "po:demo-port-10g"}, changes: true, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering of another type", base: "circuit", with: object{"product_offering": "po:demo-mp2mp"}, changes: true, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "unknown offering", base: "circuit", with: object{"product_offering": "po:none"}, changes: true, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering of later", base: "circuit", with: object{"product_offering": "po:late-p2p"}, changes: true, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "offering of the past", base: "circuit", with: object{"product_offering": "po:past-p2p"}, changes: true, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "connection offering of the past", base: "connection", with: object{"product_offering": "po:past-port-10g"}, changes: true, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "config offering of later", base: "lan", with: object{"product_offering": "po:late-lan"}, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "config offering of the past", base: "lan", with: object{"product_offering": "po:past-lan"}, of: ix.ProblemValidation, properties: "product_offering"},
}

// connectionRefusals are of connections and the ports in them.
var connectionRefusals = []refusal{
	{name: "mode", base: "connection", with: object{"mode": "lag"}, changes: true, of: ix.ProblemValidation, properties: "mode"},
	{name: "timeout", base: "connection", with: object{"lacp_timeout": "medium"}, changes: true, of: ix.ProblemValidation, properties: "lacp_timeout"},
	{name: "timeout of another mode", base: "connection", with: object{"mode": "lag_static", "lacp_timeout": "fast"}, changes: true, of: ix.ProblemValidation, properties: "lacp_timeout"},
	{name: "negative ports", base: "connection", with: object{"port_quantity": -1}, of: ix.ProblemValidation, properties: "port_quantity"},
	{name: "too many ports", base: "connection", with: object{"port_quantity": 9}, of: ix.ProblemValidation, properties: "port_quantity"},
	{name: "standalone with two ports", base: "connection", with: object{"mode": "standalone", "port_quantity": 2}, of: ix.ProblemValidation, properties: "port_quantity"},
	{name: "no place for the cable", base: "connection", with: object{"product_offering": "po:demo-port-100g"}, of: ix.ProblemValidation, properties: "subscriber_side_demarcs"},
	{name: "other ports", base: "connection", with: object{"product_offering": "po:demo-port-100g", "subscriber_side_demarcs": []string{"x", "y"}}, of: ix.ProblemValidation, properties: "subscriber_side_demarcs"},
	{name: "changed to other ports", method: "PATCH", path: "/connections/{connection}", body: `{"product_offering":"po:demo-port-100g"}`, of: ix.ProblemValidation, properties: "product_offering"},
	{name: "without a role", base: "connection", with: object{"role_assignments": []string{"{implementation}"}}, changes: true, of: ix.ProblemValidation, properties: "role_assignments"},
	{name: "another's role", base: "connection", with: object{"role_assignments": []string{"{implementation}", "{b's noc}"}}, changes: true, of: ix.ProblemValidation, properties: "role_assignments"},
	{name: "port of another's connection", base: "reservation", with: object{"connection": "{b's connection}"}, of: ix.ProblemValidation, properties: "connection"},
	{name: "port of a full connection", base: "reservation", with: object{"connection": "{full connection}"}, of: ix.ProblemUnableToFulfill},
	{name: "port of a leaving connection", base: "reservation", with: object{"connection": "{leaving connection}"}, of: ix.ProblemUnableToFulfill},
	{name: "long order", base: "reservation", with: object{"purchase_order": "{long}"}, changes: true, of: ix.ProblemValidation, properties: "purchase_order"},
	{name: "last port deleted", method: "DELETE", path: "/port-reservations/{own reservation}", of: ix.ProblemUnableToFulfill},
	{name: "deleted in use", method: "DELETE", path: "/connections/{connection}", of: ix.ProblemConstraintViolation},
	{name: "leaving, changed", method: "PATCH", path: "/connections/{leaving connection}", body: `{"external_ref":"x"}`, of: ix.ProblemUnableToFulfill},
}
