package ixapi_test

import (
	"strings"

	"provision-gateway/models/ix"
)

// accountRefusals are of accounts, and of who stands for them (guide, accounts
// and visibility, cascades).
var accountRefusals = []refusal{
	{name: "country", base: "customer", with: object{"address": object{"country": "nl", "locality": "x", "postal_code": "1", "street_address": "x"}}, changes: true, of: ix.ProblemValidation, properties: "address.country"},
	{name: "postal address", base: "customer", with: object{"address": object{}}, changes: true, of: ix.ProblemValidation, properties: "address.country address.locality address.postal_code address.street_address"},
	{name: "billing", base: "customer", with: object{"billing_information": object{"name": "x"}}, changes: true, of: ix.ProblemValidation, properties: "billing_information.address"},
	{name: "long name", base: "customer", with: object{"name": strings.Repeat("ö", 81)}, changes: true, of: ix.ProblemValidation, properties: "name"},
	{name: "network", base: "customer", with: object{"metro_area_network_presence": []string{"man:demo", "man:none"}}, changes: true, of: ix.ProblemValidation, properties: "metro_area_network_presence"},
	{name: "managed by another", base: "customer", with: object{"managing_account": "{b}"}, changes: true, of: ix.ProblemValidation, properties: "managing_account"},
	{name: "managed by itself", method: "PATCH", path: "/accounts/{customer}", body: `{"managing_account":"{customer}"}`, of: ix.ProblemValidation, properties: "managing_account"},
	{name: "managed by what it manages", method: "PATCH", path: "/accounts/{a}", body: `{"managing_account":"{customer}"}`, of: ix.ProblemValidation, properties: "managing_account"},
	{name: "shown, changed", method: "PATCH", path: "/accounts/{discoverable}", body: `{"name":"x"}`, stranger: true, of: ix.ProblemPermissionDenied},
	{name: "shown, deleted", method: "DELETE", path: "/accounts/{discoverable}", stranger: true, of: ix.ProblemPermissionDenied},
	{name: "deleted while it has services", method: "DELETE", path: "/accounts/{customer}", of: ix.ProblemUnableToFulfill},
	{name: "deleted while it manages", method: "DELETE", path: "/accounts/{a}", of: ix.ProblemUnableToFulfill},
}

// contactRefusals are of contacts and their roles: a contact has all that its
// roles require, and stays while it is needed.
var contactRefusals = []refusal{
	{name: "telephone", base: "contact", with: object{"telephone": "call me"}, changes: true, of: ix.ProblemValidation, properties: "telephone"},
	{name: "email", base: "contact", with: object{"email": "noc at example.net"}, changes: true, of: ix.ProblemValidation, properties: "email"},
	{name: "all at once", base: "contact", with: object{"telephone": "x", "email": "x"}, changes: true, of: ix.ProblemValidation, properties: "email telephone"},
	{name: "number for a name", base: "contact", with: object{"name": 1}, changes: true, of: ix.ProblemValidation, properties: "name"},
	{name: "long reference", base: "contact", with: object{"external_ref": "{long}"}, changes: true, of: ix.ProblemValidation, properties: "external_ref"},
	{name: "managed by another", base: "contact", with: object{"managing_account": "{b}"}, changes: true, of: ix.ProblemValidation, properties: "managing_account"},
	{name: "used by another", base: "contact", with: object{"consuming_account": "{b}"}, changes: true, of: ix.ProblemValidation, properties: "consuming_account"},
	{name: "deleted in use", method: "DELETE", path: "/contacts/{contact}", of: ix.ProblemConstraintViolation},
	{name: "without what its role requires", base: "noc", with: object{"contact": "{bare}"}, of: ix.ProblemUnableToFulfill},
	{name: "emptied of what its role requires", method: "PATCH", path: "/contacts/{contact}", body: `{"email":null}`, of: ix.ProblemUnableToFulfill},
	{name: "replaced without what its role requires", method: "PUT", path: "/contacts/{contact}", body: `{"managing_account":"{a}","consuming_account":"{a}","name":"x"}`, of: ix.ProblemUnableToFulfill},
	{name: "unknown role", base: "noc", with: object{"role": "role:none"}, of: ix.ProblemValidation, properties: "role"},
	{name: "unknown contact", base: "noc", with: object{"contact": "none"}, of: ix.ProblemValidation, properties: "contact"},
	{name: "another's contact", base: "noc", with: object{"contact": "{b's contact}"}, of: ix.ProblemValidation, properties: "contact"},
	{name: "role deleted in use", method: "DELETE", path: "/role-assignments/{noc}", of: ix.ProblemConstraintViolation},
}

// addressRefusals are of hardware addresses, which are of one interface, and of
// IP addresses.
var addressRefusals = []refusal{
	{name: "multicast", base: "mac", with: object{"address": "01:00:5e:00:00:01"}, of: ix.ProblemValidation, properties: "address"},
	{name: "broadcast", base: "mac", with: object{"address": "ff-ff-ff-ff-ff-ff"}, of: ix.ProblemValidation, properties: "address"},
	{name: "no hardware", base: "mac", with: object{"address": "00:00:00:00:00:00"}, of: ix.ProblemValidation, properties: "address"},
	{name: "eight octets", base: "mac", with: object{"address": "42:23:bc:8e:b8:01:02:03"}, of: ix.ProblemValidation, properties: "address"},
	{name: "nonsense", base: "mac", with: object{"address": "nonsense"}, of: ix.ProblemValidation, properties: "address"},
	{name: "valid before it is", base: "mac", with: object{"valid_not_before": "2026-02-01T00:00:00Z", "valid_not_after": "2026-01-01T00:00:00Z"}, of: ix.ProblemValidation, properties: "valid_not_after"},
	{name: "no time", base: "mac", with: object{"valid_not_before": "yesterday"}, of: ix.ProblemValidation, properties: "valid_not_before"},
	{name: "hardware deleted in use", method: "DELETE", path: "/macs/{mac}", of: ix.ProblemUnableToFulfill},
	{name: "no host", base: "ip", with: object{"address": "198.51.100.0/24"}, of: ix.ProblemValidation, properties: "address"},
	{name: "of the exchange", base: "ip", with: object{"address": "203.0.113.7"}, of: ix.ProblemValidation, properties: "address"},
	{name: "other version", base: "ip", with: object{"version": 6}, of: ix.ProblemValidation, properties: "version"},
	{name: "long prefix", base: "ip", with: object{"prefix_length": 33}, of: ix.ProblemValidation, properties: "prefix_length"},
	{name: "name", base: "ip", with: object{"fqdn": "gw..example.net"}, changes: true, of: ix.ProblemValidation, properties: "fqdn"},
	{name: "end before the begin", base: "ip", with: object{"valid_not_before": "2026-02-01T00:00:00Z", "valid_not_after": "2026-01-01T00:00:00Z"}, changes: true, of: ix.ProblemValidation, properties: "valid_not_after"},
}
