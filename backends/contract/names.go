package contract

import (
	"strings"

	"provision-gateway/compat"
)

// identified are actions by what the id in their requests, and the id of what
// they list, is a number of.
var identified = map[string]string{
	"peering.getPeers": "network", "peering.getCommunications": "network", "peering.getRequests": "request",
	"peering.getSessions": "session", "peering.addSession": "session", "peering.updateSession": "session",
	"peering.deleteSession": "session", "peering.configureSession": "session", "peering.sendRequest": "request",
}

// references are members and parameters that hold the number of something, by
// what it is.
var references = map[string]string{
	"public_id": "exchange", "participant_id": "network", "peer_participant_id": "network", "source_participant_id": "network",
	"session_id": "session", "request_id": "request", "resource_id": "resource", "parent_id": "resource", "section_id": "resource",
	"orig_id": "resource", "_section": "resource", "category_id": "category",
}

// idKind says what a value is a number of, by the place where it stands in an
// answer (data[].public_ips[].id) or by the name of a parameter (meta[parent_id]);
// empty when it is no number of anything. The same number of two kinds is not
// the same value: session 20 is not exchange 20.
func idKind(a *compat.Action, names string) string {
	names = strings.TrimSuffix(names, "[]")
	member := names
	if i := strings.LastIndexAny(strings.TrimSuffix(names, "]"), ".["); i >= 0 {
		member = strings.TrimSuffix(names[i+1:], "]")
	}
	if kind := references[member]; kind != "" {
		return kind
	}
	ofResource := a != nil && (a.Target == "lir" || a.Target == "resource")
	switch {
	case strings.HasSuffix(member, "__in"), strings.HasSuffix(member, "__not_in"):
		return references[strings.SplitN(member, "__", 2)[0]+"_id"]
	case ofResource && strings.HasSuffix(names, ".attr."+member):
		// Numbers within attr are those of encrypted values.
		return "encrypted"
	case member != "id":
		return ""
	case ofResource:
		return "resource"
	case names == "id", names == "data[].id", names == "data.id":
		if a != nil {
			return identified[a.Key()]
		}
		return ""
	}
	return names
}
