package peeringdb

import (
	"slices"
	"strings"

	"provision-gateway/models"
)

// notDisclosed is what the legacy columns say where a network says nothing.
const notDisclosed = "Not Disclosed"

// Network maps a network to the legacy columns of peerParticipants. It never
// refuses one; notes say what did not fit.
//
// Empty texts become NULL. Where the legacy enumeration has `Not Disclosed` as
// its default (traffic, ratio, type), an empty value becomes that. Scope has
// the default NULL there; Australia and Middle East pass, since the original
// showed them too. A missing name becomes an empty one.
func (n *Net) Network() (models.Network, []Note, error) {
	var c columns
	row := models.Network{
		ID:               n.Key(),
		ASN:              c.asn(n.ASN),
		Name:             c.required("name", n.Name, maxName),
		Aka:              c.text("aka", n.Aka, maxName),
		Website:          c.text("website", n.Website, maxName),
		NotesPublic:      c.text("notes", n.Notes, maxNotes),
		IRRASSet:         c.text("irr_as_set", n.IRRASSet, maxName),
		InfoTraffic:      c.fit("info_traffic", legacyTraffic(n.InfoTraffic), maxEnum),
		InfoRatio:        disclosed(c.required("info_ratio", n.InfoRatio, maxEnum)),
		InfoScope:        c.text("info_scope", n.InfoScope, maxEnum),
		InfoType:         legacyType(n.InfoType, n.InfoTypes),
		InfoPrefixes:     c.number("info_prefixes4", n.InfoPrefixes4),
		InfoLookingglass: c.text("looking_glass", n.LookingGlass, maxName),
		InfoRouteserver:  c.text("route_server", n.RouteServer, maxName),
		InfoUnicast:      truth(n.InfoUnicast, false),
		InfoMulticast:    truth(n.InfoMulticast, false),
		InfoIPv6:         truth(n.InfoIPv6, false),
		PolicyURL:        c.text("policy_url", n.PolicyURL, maxName),
		PolicyGeneral:    c.text("policy_general", n.PolicyGeneral, maxEnum),
		PolicyLocations:  legacyLocations(c.text("policy_locations", n.PolicyLocations, maxEnum)),
		PolicyRatio:      yesNo(n.PolicyRatio),
		PolicyContracts:  c.text("policy_contracts", n.PolicyContracts, maxEnum),
		DateCreated:      c.moment("created", n.Created),
		DateLastupdated:  c.moment("updated", n.Updated),
	}
	return row, c.notes, nil
}

func disclosed(value string) string {
	if value == "" {
		return notDisclosed
	}
	return value
}

// trafficSpellings are the classes of traffic that the legacy enumeration
// writes with a space and today's API without. The others are spelt the same
// in both, or are above 1 Tbps.
var trafficSpellings = map[string]string{
	"0-20Mbps":     "0-20 Mbps",
	"20-50Gbps":    "20-50 Gbps",
	"50-100Gbps":   "50-100 Gbps",
	"100-200Gbps":  "100-200 Gbps",
	"200-300Gbps":  "200-300 Gbps",
	"300-500Gbps":  "300-500 Gbps",
	"500-1000Gbps": "500-1000 Gbps",
}

// legacyTraffic gives the legacy spelling of a class of traffic. The API wrote
// the legacy spellings itself until 2019, with `10 Tbps+` above the highest.
func legacyTraffic(value *string) string {
	if value == nil || *value == "" {
		return notDisclosed
	}
	if legacy, ok := trafficSpellings[*value]; ok {
		return legacy
	}
	if strings.HasSuffix(strings.TrimSuffix(*value, "+"), "Tbps") {
		return "1 Tbps+"
	}
	return *value
}

// legacyTypes are the types of network that the legacy enumeration has.
var legacyTypes = []string{
	notDisclosed, "NSP", "Content", "Cable/DSL/ISP", "Enterprise", "Educational/Research", "Non-Profit",
}

// legacyType gives `Not Disclosed` for the types that came later: Route
// Server, Route Collector, Network Services, Government. The newer list of
// types counts only where the single one is missing.
func legacyType(value *string, list []string) string {
	first := ""
	switch {
	case value != nil:
		first = *value
	case len(list) > 0:
		first = list[0]
	}
	if slices.Contains(legacyTypes, first) {
		return first
	}
	return notDisclosed
}

// legacyLocations replaces the one value that the legacy enumeration lacks.
func legacyLocations(value *string) *string {
	if value == nil || *value != "Required - EU" {
		return value
	}
	international := "Required - International"
	return &international
}

func yesNo(value *bool) *string {
	if value == nil {
		return nil
	}
	text := "No"
	if *value {
		text = "Yes"
	}
	return &text
}
