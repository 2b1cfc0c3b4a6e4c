package ixapi_test

import (
	"strings"

	"provision-gateway/models/ix"
)

// tokenRefusals are of who is nobody (guide, authentication).
var tokenRefusals = []refusal{
	{name: "no token", method: "GET", path: "/contacts", header: "Authorization: ", of: ix.ProblemAuthentication},
	{name: "no token, write", method: "POST", path: "/contacts", body: "{}", header: "Authorization: ", of: ix.ProblemAuthentication},
	{name: "nonsense", method: "GET", path: "/account", header: "Authorization: Bearer nonsense", of: ix.ProblemAuthentication},
	{name: "basic", method: "GET", path: "/account", header: "Authorization: Basic eDp5", of: ix.ProblemAuthentication},
	{name: "refresh token as access token", method: "GET", path: "/account", header: "Authorization: Bearer {refresh}", of: ix.ProblemAuthentication},
	{name: "token of a gone account", method: "GET", path: "/account", header: "Authorization: Bearer {nobody's}", of: ix.ProblemAuthentication},
	{name: "expired", method: "GET", path: "/account", header: "Authorization: Bearer {expired}", of: ix.ProblemSignatureExpired},
	{name: "expired, write", method: "DELETE", path: "/contacts/{contact}", header: "Authorization: Bearer {expired}", of: ix.ProblemSignatureExpired},
	{name: "login without a body", method: "POST", path: "/auth/token", of: ix.ProblemValidation, properties: "api_key api_secret"},
	{name: "login without a secret", method: "POST", path: "/auth/token", body: `{"api_key":"{key}"}`, of: ix.ProblemValidation, properties: "api_secret"},
	{name: "login with numbers", method: "POST", path: "/auth/token", body: `{"api_key":1,"api_secret":2}`, of: ix.ProblemValidation, properties: "api_key api_secret"},
	{name: "wrong secret", method: "POST", path: "/auth/token", body: `{"api_key":"{key}","api_secret":"x"}`, of: ix.ProblemAuthentication},
	{name: "wrong key", method: "POST", path: "/auth/token", body: `{"api_key":"x","api_secret":"x"}`, of: ix.ProblemAuthentication},
	{name: "login with a form", method: "POST", path: "/auth/token", body: `api_key={key}`, of: ix.ProblemParse},
	{name: "refresh without a token", method: "POST", path: "/auth/refresh", body: "null", header: "Authorization: Bearer {refresh}", of: ix.ProblemValidation, properties: "refresh_token"},
	{name: "refresh with nonsense", method: "POST", path: "/auth/refresh", body: `{"refresh_token":"x"}`, of: ix.ProblemNotAuthenticated},
	{name: "refresh with an access token", method: "POST", path: "/auth/refresh", body: `{"refresh_token":"{access}"}`, of: ix.ProblemNotAuthenticated},
	{name: "refresh with an expired token", method: "POST", path: "/auth/refresh", body: `{"refresh_token":"{expired refresh}"}`, of: ix.ProblemSignatureExpired},
	{name: "refresh of a gone account", method: "POST", path: "/auth/refresh", body: `{"refresh_token":"{nobody's refresh}"}`, of: ix.ProblemAuthentication},
}

// pathRefusals are of requests that are for nothing, or cannot be read, and of
// what goes wrong here (guide, errors).
var pathRefusals = []refusal{
	{name: "unknown path", method: "GET", path: "/demarcs", of: ix.ProblemNotFound},
	{name: "unknown path, nobody", method: "GET", path: "/demarcs", header: "Authorization: ", of: ix.ProblemNotFound},
	{name: "base", method: "GET", path: "/", of: ix.ProblemNotFound},
	{name: "below an object", method: "GET", path: "/contacts/{contact}/more", of: ix.ProblemNotFound},
	{name: "unknown object", method: "GET", path: "/contacts/none", of: ix.ProblemNotFound},
	{name: "object of another collection", method: "GET", path: "/contacts/{mac}", of: ix.ProblemNotFound},
	{name: "change of an unknown object", method: "PATCH", path: "/contacts/none", body: `{"name":"x"}`, of: ix.ProblemNotFound},
	{name: "deletion of an unknown object", method: "DELETE", path: "/network-service-configs/none", of: ix.ProblemNotFound},
	{name: "another's object", method: "GET", path: "/contacts/{contact}", stranger: true, of: ix.ProblemNotFound},
	{name: "change of another's object", method: "PUT", path: "/contacts/{contact}", body: `{"name":"x"}`, stranger: true, of: ix.ProblemNotFound},
	{name: "deletion of another's object", method: "DELETE", path: "/macs/{free mac}", stranger: true, of: ix.ProblemNotFound},
	{name: "deletion of a collection", method: "DELETE", path: "/contacts", of: ix.ProblemMethodNotAllowed},
	{name: "creation below an object", method: "POST", path: "/contacts/{contact}", body: "{}", of: ix.ProblemMethodNotAllowed},
	{name: "creation of a role", method: "POST", path: "/roles", body: `{"name":"x"}`, of: ix.ProblemMethodNotAllowed},
	{name: "change of a role assignment", method: "PATCH", path: "/role-assignments/{noc}", body: "{}", of: ix.ProblemMethodNotAllowed},
	{name: "change of a hardware address", method: "PATCH", path: "/macs/{mac}", body: `{"address":"42:23:bc:8e:b8:78"}`, of: ix.ProblemMethodNotAllowed},
	{name: "deletion of an address", method: "DELETE", path: "/ips/{ip}", of: ix.ProblemMethodNotAllowed},
	{name: "deletion of a port", method: "DELETE", path: "/ports/x", of: ix.ProblemMethodNotAllowed},
	{name: "change of an offering", method: "PUT", path: "/product-offerings/po:demo-lan", body: "{}", of: ix.ProblemMethodNotAllowed},
	{name: "login by GET", method: "GET", path: "/auth/token", of: ix.ProblemMethodNotAllowed},
	{name: "unknown method", method: "FROBNICATE", path: "/contacts", of: ix.ProblemMethodNotAllowed},
	{name: "broken JSON", method: "POST", path: "/contacts", body: `{"name":`, of: ix.ProblemParse},
	{name: "list", method: "POST", path: "/contacts", body: `[]`, of: ix.ProblemParse},
	{name: "two objects", method: "PATCH", path: "/contacts/{contact}", body: `{} {}`, of: ix.ProblemParse},
	{name: "deletion with broken JSON", method: "DELETE", path: "/network-service-configs/{lan}", body: `{"decommission_at"`, of: ix.ProblemParse},
	{name: "huge body", method: "POST", path: "/contacts", body: `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, of: ix.ProblemParse},
	{name: "broken store", method: "GET", path: "/availability-zones/zone:broken", of: ix.ProblemServerError},
}

// listRefusals are of values that no object can have, and of pages (guide,
// filters and pagination).
var listRefusals = []refusal{
	{name: "state", method: "GET", path: "/network-services?state=asleep", of: ix.ProblemValidation, properties: "state"},
	{name: "state is not", method: "GET", path: "/connections?state__is_not=production,asleep", of: ix.ProblemValidation, properties: "state__is_not"},
	{name: "several", method: "GET", path: "/connections?state=asleep&mode=lag", of: ix.ProblemValidation, properties: "mode state"},
	{name: "as number", method: "GET", path: "/accounts?asn=AS64496", of: ix.ProblemValidation, properties: "asn"},
	{name: "billable", method: "GET", path: "/accounts?billable=perhaps", of: ix.ProblemValidation, properties: "billable"},
	{name: "speed", method: "GET", path: "/facilities?capability_speed__gte=fast", of: ix.ProblemValidation, properties: "capability_speed__gte"},
	{name: "bandwidth", method: "GET", path: "/product-offerings?bandwidth=1G", of: ix.ProblemValidation, properties: "bandwidth"},
	{name: "type of an offering", method: "GET", path: "/product-offerings?type=lan", of: ix.ProblemValidation, properties: "type"},
	{name: "version", method: "GET", path: "/ips?version=5", of: ix.ProblemValidation, properties: "version"},
	{name: "prefix length", method: "GET", path: "/ips?prefix_length=x", of: ix.ProblemValidation, properties: "prefix_length"},
	{name: "vlan", method: "GET", path: "/network-service-configs?outer_vlan=x", of: ix.ProblemValidation, properties: "outer_vlan"},
	{name: "hardware address", method: "GET", path: "/macs?address=x", of: ix.ProblemValidation, properties: "address"},
	{name: "time", method: "GET", path: "/macs?assigned_at=yesterday", of: ix.ProblemValidation, properties: "assigned_at"},
	{name: "required", method: "GET", path: "/network-features?required=perhaps", of: ix.ProblemValidation, properties: "required"},
	{name: "limit", method: "GET", path: "/contacts?page_limit=0", of: ix.ProblemValidation, properties: "page_limit"},
	{name: "offset", method: "GET", path: "/contacts?page_offset=-1", of: ix.ProblemValidation, properties: "page_offset"},
	{name: "token", method: "GET", path: "/contacts?page_token=x", of: ix.ProblemValidation, properties: "page_token"},
}
