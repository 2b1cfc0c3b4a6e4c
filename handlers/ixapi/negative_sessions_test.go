package ixapi_test

import "provision-gateway/models/ix"

// sessionRefusals are of sessions with route servers (guide, other validation
// rules).
var sessionRefusals = []refusal{
	{name: "second one of an address", base: "session", with: object{"ip": "{session ip}"}, of: ix.ProblemValidation, properties: "ip"},
	{name: "address of no configuration", base: "session", with: object{"ip": "{ip}"}, changes: true, of: ix.ProblemValidation, properties: "ip"},
	{name: "address of another configuration", base: "session", with: object{"ip": "{tagged ip}"}, changes: true, of: ix.ProblemValidation, properties: "ip"},
	{name: "unknown address", base: "session", with: object{"ip": "none"}, changes: true, of: ix.ProblemValidation, properties: "ip"},
	{name: "address of a family that the feature has not", base: "session", with: object{"network_feature": "nf:v4"}, of: ix.ProblemValidation, properties: "ip"},
	{name: "feature of another LAN", base: "session", with: object{"network_feature": "nf:other"}, of: ix.ProblemValidation, properties: "network_feature"},
	{name: "unknown feature", base: "session", with: object{"network_feature": "nf:none"}, of: ix.ProblemValidation, properties: "network_feature"},
	{name: "unknown configuration", base: "session", with: object{"network_service_config": "none"}, of: ix.ProblemValidation, properties: "network_service_config"},
	{name: "configuration that is not in production", base: "session", with: object{"network_service_config": "{new lan}"}, of: ix.ProblemValidation, properties: "network_service_config"},
	{name: "configuration that leaves", base: "session", with: object{"network_service_config": "{leaving lan}"}, of: ix.ProblemValidation, properties: "network_service_config"},
	{name: "configuration that lacks another feature", base: "session", with: object{"network_service_config": "{tagged lan}", "network_feature": "nf:demo-rs2"}, of: ix.ProblemValidation, properties: "network_service_config"},
	{name: "mode of another feature", base: "session", with: object{"session_mode": "collector"}, changes: true, of: ix.ProblemValidation, properties: "session_mode"},
	{name: "feature of another mode", base: "session", with: object{"network_feature": "nf:collector"}, of: ix.ProblemValidation, properties: "session_mode"},
	{name: "unknown mode", base: "session", with: object{"session_mode": "private"}, changes: true, of: ix.ProblemValidation, properties: "session_mode"},
	{name: "type that is not available", base: "session", with: object{"bgp_session_type": "active"}, changes: true, of: ix.ProblemValidation, properties: "bgp_session_type"},
	{name: "unknown type of session", base: "session", with: object{"bgp_session_type": "both"}, changes: true, of: ix.ProblemValidation, properties: "bgp_session_type"},
	{name: "mandatory flag disabled", base: "session", with: object{"flags": choice("RPKI-HARD-FILTER", false)}, changes: true, of: ix.ProblemValidation, properties: "flags"},
	{name: "unknown flag", base: "session", with: object{"flags": choice("NO-EXPORT", true)}, changes: true, of: ix.ProblemValidation, properties: "flags"},
	{name: "flag twice", base: "session", with: object{"flags": append(choice("BLACKHOLE", true), choice("BLACKHOLE", false)...)}, changes: true, of: ix.ProblemValidation, properties: "flags"},
	{name: "without a required role", base: "session", with: object{"role_assignments": []string{"{implementation}"}}, changes: true, of: ix.ProblemValidation, properties: "role_assignments"},
	{name: "account that is not in production", base: "session", with: object{"consuming_account": "{new customer}"}, changes: true, of: ix.ProblemValidation, properties: "consuming_account"},
	{name: "account that cannot pay", base: "session", with: object{"billing_account": "{customer}"}, of: ix.ProblemValidation, properties: "billing_account"},
	{name: "accounts that are not in production", base: "session", with: object{"consuming_account": "{new customer}", "billing_account": "{new customer}"}, of: ix.ProblemValidation, properties: "billing_account consuming_account"},
	{name: "AS 0", base: "session", with: object{"asn": 0}, changes: true, of: ix.ProblemValidation, properties: "asn"},
	{name: "AS of 33 bits", base: "session", with: object{"asn": 1 << 32}, changes: true, of: ix.ProblemValidation, properties: "asn"},
	{name: "negative limit", base: "session", with: object{"max_prefix_v4": -1}, changes: true, of: ix.ProblemValidation, properties: "max_prefix_v4"},
	{name: "long password", base: "session", with: object{"password": "{long}"}, changes: true, of: ix.ProblemValidation, properties: "password"},
	{name: "password of two lines", base: "session", with: object{"password": "a\nb"}, changes: true, of: ix.ProblemValidation, properties: "password"},
	{name: "another's configuration", method: "POST", path: "/network-feature-configs", body: `{"type":"route_server","managing_account":"{b}","consuming_account":"{b}","billing_account":"{b}","network_feature":"nf:demo-rs1","network_service_config":"{lan}","asn":64497,"session_mode":"public","bgp_session_type":"passive","ip":"{session ip}"}`, stranger: true, of: ix.ProblemValidation, properties: "ip network_service_config"},
	{name: "type of another feature", base: "session", with: object{"type": "blackholing"}, of: ix.ProblemValidation, properties: "type"},
	{name: "leaving, changed", method: "PATCH", path: "/network-feature-configs/{leaving session}", body: `{"asn":64499}`, of: ix.ProblemUnableToFulfill},
}

func choice(name string, enabled bool) []object { return []object{{"name": name, "enabled": enabled}} }

// announcementRefusals are of AS-SETs: one of the family of the feature, or one
// of both, in the form AS-SET@IRR.
var announcementRefusals = []refusal{
	{name: "none of two families", base: "session", with: object{"as_set_v4": nil}, of: ix.ProblemValidation, properties: "as_set_v4 as_set_v6"},
	{name: "emptied", method: "PATCH", path: "/network-feature-configs/{session}", body: `{"as_set_v4":null,"as_set_v6":""}`, of: ix.ProblemValidation, properties: "as_set_v4 as_set_v6"},
	{name: "none of IPv4", base: "session", with: object{"network_feature": "nf:v4", "ip": "{session ip}", "as_set_v4": nil, "as_set_v6": "AS-EXAMPLE@RIPE"}, of: ix.ProblemValidation, properties: "as_set_v4"},
	{name: "none of IPv6", base: "session", with: object{"network_feature": "nf:v6"}, of: ix.ProblemValidation, properties: "as_set_v6"},
	announcement("no registry", "AS-EXAMPLE"),
	announcement("empty registry", "AS-EXAMPLE@"),
	announcement("registry of no name", "AS-EXAMPLE@9"),
	announcement("AS number", "AS64496@RIPE"),
	announcement("registry first", "RIPE::AS-EXAMPLE"),
	announcement("gap", "AS-EXAMPLE @RIPE"),
	announcement("several", "AS-EXAMPLE@RIPE, AS-OTHER@RIPE"),
	announcement("too long", "AS-{long}@RIPE"),
	{name: "both wrong", base: "session", with: object{"as_set_v4": "x", "as_set_v6": "y"}, changes: true, of: ix.ProblemValidation, properties: "as_set_v4 as_set_v6"},
}

func announcement(name, set string) refusal {
	return refusal{name: name, base: "session", with: object{"as_set_v4": set}, changes: true, of: ix.ProblemValidation, properties: "as_set_v4"}
}

// cancellationRefusals are of dates that are none, or that the terms of an
// offering do not allow.
var cancellationRefusals = []refusal{
	{name: "policy of a past date", method: "GET", path: "/network-services/{circuit}/cancellation-policy?decommission_at=2020-01-01", of: ix.ProblemCancellationPolicy},
	{name: "policy within the notice", method: "GET", path: "/network-service-configs/{noticed lan}/cancellation-policy?decommission_at=2026-04-01", of: ix.ProblemCancellationPolicy},
	{name: "policy of no date", method: "GET", path: "/connections/{connection}/cancellation-policy?decommission_at=soon", of: ix.ProblemValidation, properties: "decommission_at"},
	{name: "policy of no day", method: "GET", path: "/port-reservations/{reservation}/cancellation-policy?decommission_at=2027-02-30", of: ix.ProblemValidation, properties: "decommission_at"},
	{name: "policy of the exchange LAN", method: "GET", path: "/network-services/ns:demo/cancellation-policy", of: ix.ProblemPermissionDenied},
	{name: "policy for the other side", method: "GET", path: "/network-services/{b's circuit}/cancellation-policy", stranger: true, of: ix.ProblemPermissionDenied},
	{name: "no policy", method: "GET", path: "/network-feature-configs/{session}/cancellation-policy", of: ix.ProblemNotFound},
	{name: "service at a past date", method: "DELETE", path: "/network-services/{circuit}", body: `{"decommission_at":"2020-01-01"}`, of: ix.ProblemCancellationPolicy},
	{name: "service within the notice", method: "DELETE", path: "/network-services/{noticed circuit}", body: `{"decommission_at":"2026-04-01"}`, of: ix.ProblemCancellationPolicy},
	{name: "config at a past date", method: "DELETE", path: "/network-service-configs/{lan}", body: `{"decommission_at":"2020-01-01"}`, of: ix.ProblemCancellationPolicy},
	{name: "config within the notice", method: "DELETE", path: "/network-service-configs/{noticed lan}", body: `{"decommission_at":"2026-04-01"}`, of: ix.ProblemCancellationPolicy},
	{name: "connection within the notice", method: "DELETE", path: "/connections/{noticed connection}", body: `{"decommission_at":"2026-04-01"}`, of: ix.ProblemCancellationPolicy},
	{name: "port within the notice", method: "DELETE", path: "/port-reservations/{noticed reservation}", body: `{"decommission_at":"2026-04-01"}`, of: ix.ProblemCancellationPolicy},
	{name: "service at no date", method: "DELETE", path: "/network-services/{circuit}", body: `{"decommission_at":"soon"}`, of: ix.ProblemValidation, properties: "decommission_at"},
	{name: "config at a number", method: "DELETE", path: "/network-service-configs/{lan}", body: `{"decommission_at":20300101}`, of: ix.ProblemValidation, properties: "decommission_at"},
}
