package compat

// publicID and the like are parameters of several actions.
func publicID() Parameter {
	return Parameter{Name: "public_id", Type: Integer, Required: true, About: "The exchange: mgmtPublics.id, today's PeeringDB ix.id."}
}

func participantID() Parameter {
	return Parameter{Name: "participant_id", Type: Integer, Required: true, About: "The peer: peerParticipants.id, today's PeeringDB net.id."}
}

func requestID() Parameter {
	return Parameter{Name: "request_id", Type: String, About: "Makes the call idempotent: the same value again is answered and not done again."}
}

// documented is a parameter of configureSession that the documentation copied
// from addSession. It is accepted and not used: what is configured is the
// session as it is stored.
func documented(name string, kind Type) Parameter {
	return Parameter{Name: name, Type: kind, About: "Accepted and not used: the session as stored is configured."}
}

// networkFilters are the columns of PeeringDB 1.0's peerParticipants, in the
// order of the documentation. An enumeration that the directory holds beyond
// the documented list (Australia, Middle East) can be asked for too.
var networkFilters = []Parameter{
	{Name: "id", Type: Integer, Column: "id"},
	{Name: "asn", Type: Integer, Column: "asn"},
	{Name: "name", Type: String, Column: "name"},
	{Name: "aka", Type: String, Column: "aka"},
	{Name: "website", Type: String, Column: "website"},
	{Name: "notes_public", Type: String, Column: "notes_public"},
	{Name: "notes_private", Type: String, About: "PeeringDB publishes none: any value matches nothing."},
	{Name: "irr_as_set", Type: String, Column: "irr_as_set"},
	{Name: "info_traffic", Type: Enum, Column: "info_traffic", Values: []string{
		"Not Disclosed", "0-20 Mbps", "20-100Mbps", "100-1000Mbps", "1-5Gbps", "5-10Gbps", "10-20Gbps", "20-50 Gbps", "50-100 Gbps",
		"100+ Gbps", "100-200 Gbps", "200-300 Gbps", "300-500 Gbps", "500-1000 Gbps", "1 Tbps+"}},
	{Name: "info_ratio", Type: Enum, Column: "info_ratio", Values: []string{
		"Not Disclosed", "Heavy Outbound", "Mostly Outbound", "Balanced", "Mostly Inbound", "Heavy Inbound"}},
	{Name: "info_scope", Type: Enum, Column: "info_scope", Values: []string{
		"Not Disclosed", "Regional", "North America", "Asia Pacific", "Europe", "Africa", "South America", "Global",
		"Australia", "Middle East"}},
	{Name: "info_type", Type: Enum, Column: "info_type", Values: []string{
		"Not Disclosed", "NSP", "Content", "Cable/DSL/ISP", "Enterprise", "Educational/Research", "Non-Profit"}},
	{Name: "info_prefixes", Type: Integer, Column: "info_prefixes"},
	{Name: "info_lookingglass", Type: String, Column: "info_lookingglass"},
	{Name: "info_routeserver", Type: String, Column: "info_routeserver"},
	{Name: "info_unicast", Type: Char, Column: "info_unicast"},
	{Name: "info_multicast", Type: Char, Column: "info_multicast"},
	{Name: "info_ipv6", Type: Char, Column: "info_ipv6"},
	{Name: "policy_url", Type: String, Column: "policy_url"},
	{Name: "policy_general", Type: Enum, Column: "policy_general", Values: []string{"Open", "Selective", "Restrictive", "No"}},
	{Name: "policy_locations", Type: Enum, Column: "policy_locations", Values: []string{
		"Not Required", "Preferred", "Required - US", "Required - International"}},
	{Name: "policy_ratio", Type: Enum, Column: "policy_ratio", Values: []string{"Yes", "No"}},
	{Name: "policy_contracts", Type: Enum, Column: "policy_contracts", Values: []string{"Not Required", "Private Only", "Required"}},
	{Name: "policy_nopublic", Type: Enum, Values: []string{"Y", "N"}, About: "N for every network of today's PeeringDB."},
	{Name: "policy_noprivate", Type: Enum, Values: []string{"Y", "N"}, About: "N for every network of today's PeeringDB."},
	{Name: "date_created", Type: DateTime, Column: "date_created"},
	{Name: "date_lastupdated", Type: DateTime, Column: "date_lastupdated"},
}

// sessionColumns are the columns of a session that a filter compares, in the
// order of the documentation.
var sessionColumns = []Parameter{
	{Name: "id", Type: Integer, Column: "id"},
	{Name: "public_id", Type: Integer, Column: "public_id", About: "The exchange."},
	{Name: "source_asn", Type: Integer, Column: "source_asn"},
	{Name: "source_ipaddr", Type: Address, Column: "source_ipaddr"},
	{Name: "resource_id", Type: Integer, Column: "resource_id", About: "The router, a resource in section router."},
	{Name: "peer_asn", Type: Integer, Column: "peer_asn"},
	{Name: "peer_name", Type: String, Column: "peer_name"},
	{Name: "peer_participant_id", Type: Integer, Column: "peer_participant_id"},
	{Name: "peer_ipaddr", Type: Address, Column: "peer_ipaddr"},
	{Name: "peer_hostname", Type: String, Column: "peer_hostname"},
	{Name: "peer_group", Type: String, Column: "peer_group"},
	{Name: "password", Type: String, Column: "password", About: "The MD5 password of the session; 0 is none."},
	{Name: "type", Type: String, Column: "type"},
	{Name: "state", Type: String, Column: "state"},
	{Name: "prfx_max", Type: Integer, Column: "prfx_max"},
	{Name: "prfx_received", Type: Integer, Column: "prfx_received"},
	{Name: "ip_type", Type: Enum, Column: "ip_type", Values: []string{"ipv4", "ipv6"}},
	{Name: "note", Type: String, Column: "note"},
	{Name: "created", Type: DateTime, Column: "created_at"},
	{Name: "modified", Type: DateTime, Column: "modified_at"},
	{Name: "deleted", Type: Integer, About: "1 asks for deleted sessions instead of live ones."},
}

// only returns the parameters of the given names, the last ones required.
func only(parameters []Parameter, required []string, names ...string) []Parameter {
	var out []Parameter
	for _, name := range names {
		for _, p := range parameters {
			if p.Name == name {
				for _, r := range required {
					p.Required = p.Required || r == name
				}
				out = append(out, p)
			}
		}
	}
	return out
}

func with(parameters []Parameter, more ...Parameter) []Parameter {
	return append(append([]Parameter(nil), parameters...), more...)
}

var peeringActions = []*Action{
	{Target: "peering", Name: "getCommunications", Effect: Read, Parameters: []Parameter{publicID()},
		About: "Returns all communication data on peers at an exchange."},
	{Target: "peering", Name: "getPeers", Effect: Read, About: "Returns the networks at an exchange, or all.",
		Parameters: with(append([]Parameter{{Name: "public_id", Type: Integer, About: "The exchange."}}, networkFilters...),
			Parameter{Name: "include_public_ips", Type: Boolean, About: "Lists the peers' addresses at exchanges."},
			Parameter{Name: "include_contacts", Type: Boolean, About: "Lists the peers' contacts."},
			Parameter{Name: "include_log_data", Type: Boolean, About: "Lists the peers' log entries."})},
	{Target: "peering", Name: "getRequests", Effect: Read, About: "Returns the peering requests.",
		Parameters: []Parameter{{Name: "peer_participant_id", Type: Integer, Column: "peer_participant_id"}}},
	{Target: "peering", Name: "getSessions", Effect: Read, Parameters: sessionColumns, About: "Returns BGP sessions."},
	{Target: "peering", Name: "addSession", Effect: Write, About: "Adds a BGP session.",
		Parameters: with(only(sessionColumns, []string{"peer_asn", "peer_ipaddr"},
			"source_asn", "source_ipaddr", "resource_id", "peer_asn", "peer_name", "peer_participant_id", "peer_ipaddr",
			"peer_hostname", "peer_group", "public_id", "type", "ip_type", "state", "prfx_max", "password", "note"), requestID())},
	{Target: "peering", Name: "configureSession", Effect: Device, About: "Configures a BGP session on its router.",
		Parameters: []Parameter{
			{Name: "session_id", Type: Integer, Required: true},
			{Name: "username", Type: String, About: "Of the router; with config."},
			{Name: "password", Type: String, About: "Of the router; with config."},
			{Name: "config", Type: String, About: "The lines to push; without, they are made from the session."},
			documented("source_ipaddr", Address), documented("resource_id", Integer), documented("peer_asn", Integer),
			documented("peer_name", String), documented("peer_participant_id", Integer), documented("peer_ipaddr", Address),
			documented("peer_hostname", String), documented("peer_group", String), documented("public_id", Integer),
			documented("type", String), documented("ip_type", String), documented("state", String),
			documented("prfx_max", Integer), documented("note", String), requestID()}},
	{Target: "peering", Name: "deleteSession", Effect: Write, About: "Deletes the sessions that match, from their routers and exchanges too.",
		Parameters: with(sessionColumns, Parameter{Name: "force", Type: Boolean, About: "Deletes sessions with route servers that their exchange requires, too."}, requestID())},
	{Target: "peering", Name: "updateSession", Effect: Write, About: "Changes the given values of a BGP session.",
		Parameters: with(only(sessionColumns, []string{"id"},
			"id", "public_id", "source_asn", "source_ipaddr", "resource_id", "peer_asn", "peer_name", "peer_participant_id",
			"peer_ipaddr", "peer_hostname", "peer_group", "password", "type", "state", "prfx_max", "prfx_received", "ip_type",
			"note"), requestID())},
	{Target: "peering", Name: "resetPeerStatus", Effect: Write, About: "Starts over with a peer at an exchange.",
		Parameters: []Parameter{participantID(), publicID(), requestID()}},
	{Target: "peering", Name: "sendRequest", Effect: Mail, About: "Sends a peering request by mail.",
		Parameters: []Parameter{
			publicID(),
			{Name: "peer_participant_id", Type: Integer, Required: true},
			{Name: "source_participant_id", Type: Integer, Required: true},
			{Name: "source_asn", Type: Integer, About: "Taken from source_participant_id when missing."},
			{Name: "peer_name", Type: String, Required: true},
			{Name: "peer_asn", Type: Integer, Required: true},
			{Name: "email_from", Type: String, Required: true},
			{Name: "email_to", Type: String, Required: true},
			{Name: "cc", Type: String}, {Name: "bcc", Type: String},
			{Name: "subject", Type: String, Required: true},
			{Name: "body", Type: String, Required: true},
			{Name: "type", Type: Enum, Required: true, Values: []string{"text", "html"}},
			{Name: "status", Type: Enum, Values: []string{"sent", "accepted", "rejected"}}, requestID()}},
	{Target: "peering", Name: "sendEmail", Effect: Mail, About: "Sends a mail to a contact of a peer.",
		Parameters: []Parameter{
			participantID(), publicID(),
			{Name: "template", Type: Enum, Values: []string{"noc", "policy", "technical", "request"}},
			{Name: "email_to", Type: String}, {Name: "cc", Type: String}, {Name: "bcc", Type: String},
			{Name: "email_from", Type: String}, {Name: "subject", Type: String}, {Name: "body", Type: String},
			{Name: "type", Type: Enum, Values: []string{"text", "html"}}, requestID()}},
	{Target: "peering", Name: "updatePeer", Effect: Write, About: "Marks a peer at an exchange.",
		Parameters: []Parameter{
			participantID(), publicID(),
			{Name: "request_status", Type: Enum, Values: []string{"none", "sent", "accepted", "rejected"}},
			{Name: "qualified", Type: Boolean}, {Name: "is_peer", Type: Boolean}, requestID()}},
}
