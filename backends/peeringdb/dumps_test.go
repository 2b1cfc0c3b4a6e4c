package peeringdb_test

import (
	"io/fs"
	"os"
	"strings"

	"provision-gateway/backends/peeringdb"
)

// dump is a folder of files and what must be in the database after a load.
type dump struct {
	name  string
	files fs.FS
	// live is how many live rows each table has.
	live map[string]int
	// answers are the results of queries, a line per row.
	answers map[string]string
	// rejects is true when the dump holds rows that are refused.
	rejects bool
}

// dumps are the small dumps of this package, and real data where there is
// some beside the project.
func dumps() []dump {
	list := []dump{
		{"small", os.DirFS("testdata/dump"), map[string]int{"exchanges": 2, "networks": 4, "ports": 3, "exchange_prefixes": 2, "contacts": 3}, map[string]string{
			"SELECT asn, name, aka, info_traffic, info_scope, info_prefixes, policy_locations, policy_ratio, policy_contracts, date_created, date_lastupdated FROM networks WHERE id = 1": "64496|Example Networks|NULL|1 Tbps+|Australia|200|Required - International|No|NULL|1090972800|1532606315",
			"SELECT asn, name, info_traffic, info_ratio, info_scope, info_type, info_prefixes, policy_ratio, date_created, gone_at FROM networks WHERE id = 2":                            "NULL|Network Without|Not Disclosed|Not Disclosed|NULL|Not Disclosed|NULL|NULL|NULL|NULL",
			"SELECT name, name_fold, notes_public, info_type, policy_ratio FROM networks WHERE id = 3":                                                                                    "R&D / Telef\u00c3\u00b3nica|R&D / TELEF\u00c3\u00b3NICA|first\r\nsecond\n|Not Disclosed|Yes",
			"SELECT name FROM networks WHERE id = 5":                                        strings.Repeat("ä", 255),
			"SELECT id, name FROM networks WHERE gone_at IS NOT NULL":                       "4|Gone Networks",
			"SELECT id FROM exchanges WHERE gone_at IS NOT NULL":                            "2",
			"SELECT name_long, country, url_stats, tech_email FROM exchanges WHERE id = 1":  "Example Exchange|DE|NULL|noc@ix.example.net",
			"SELECT id, ipv4, ipv6, speed FROM ports WHERE gone_at IS NULL ORDER BY id":     "1|192.0.2.1|2001:db8::1|10000\n2|NULL|2001:db8:1::2|1000\n3|NULL|NULL|1000",
			"SELECT id, route_server_peer, operational FROM ports ORDER BY id":              "1|1|1\n2|0|1\n3|0|0\n7|0|1",
			"SELECT id, exchange_id, protocol, prefix FROM exchange_prefixes ORDER BY id":   "1|1|IPv4|192.0.2.0/24\n2|4|IPv6|2001:db8:1::/64",
			"SELECT id, role, name, telephone, email, visible FROM contacts ORDER BY id":    "1|NOC|Network Operations|+1-555-0100|noc@example.net|Public\n2|Policy|NULL|NULL|peering@example.net|Users\n4|Technical|NULL|NULL|tech@example.org|Private",
			"SELECT COUNT(*) FROM ports WHERE gone_at IS NULL AND network_id IN (4,98,99)":  "0",
			"SELECT COUNT(*) FROM networks WHERE name_fold IS NULL OR info_traffic IS NULL": "0",
		}, true},
		{"demo", peeringdb.Demo(), map[string]int{"exchanges": 2, "networks": 12, "ports": 19, "exchange_prefixes": 4, "contacts": 28}, map[string]string{
			"SELECT id, name FROM networks WHERE asn = 64500": "1|Example Networks (this is us)",
		}, false},
	}
	if _, err := os.Stat(realData); err == nil {
		list = append(list, dump{"peeringdb-2018", os.DirFS(realData), map[string]int{"exchanges": 678, "networks": 1000, "ports": 5825, "exchange_prefixes": 0, "contacts": 0}, map[string]string{
			"SELECT asn, name, website, irr_as_set, info_traffic, info_ratio, info_scope, info_type, info_prefixes, info_unicast, info_multicast, info_ipv6 FROM networks WHERE id = 2": "20940|Akamai Technologies|https://www.akamai.com/|AS-AKAMAI|1 Tbps+|Heavy Outbound|Global|Content|6500|1|0|1",
			"SELECT aka, policy_url, policy_general, policy_locations, policy_ratio, policy_contracts, date_created, date_lastupdated FROM networks WHERE id = 2":                       "NULL|NULL|Open|Not Required|No|Not Required|1090972800|1532606315",
			"SELECT name, name_long, city, country, region_continent, media, tech_email FROM exchanges WHERE id = 31":                                                                   "DE-CIX Frankfurt|Deutscher Commercial Internet Exchange|Frankfurt|DE|Europe|Ethernet|NULL",
			"SELECT COUNT(*), COUNT(DISTINCT network_id), COUNT(ipv4), COUNT(ipv6) FROM ports WHERE exchange_id = 31":                                                                   "290|224|288|278",
			"SELECT network_id, exchange_id, asn, ipv4, ipv6, speed, route_server_peer, operational FROM ports WHERE id = 38":                                                           "2|13|20940|206.81.80.113|2001:504:16::51cc|100000|0|1",
			"SELECT COUNT(*), COUNT(ipv4), COUNT(ipv6) FROM ports":                                                                                                                      "5825|5755|5180",
			"SELECT info_traffic, COUNT(*) FROM networks WHERE info_traffic IN ('Not Disclosed', '1 Tbps+', '0-20 Mbps', '100-1000Mbps') GROUP BY info_traffic ORDER BY info_traffic":   "0-20 Mbps|33\n1 Tbps+|75\n100-1000Mbps|118\nNot Disclosed|214",
			"SELECT info_type, COUNT(*) FROM networks GROUP BY info_type ORDER BY info_type":                                                                                            "Cable/DSL/ISP|283\nContent|236\nEducational/Research|52\nEnterprise|20\nNSP|365\nNon-Profit|27\nNot Disclosed|17",
			"SELECT policy_locations, COUNT(*) FROM networks GROUP BY policy_locations ORDER BY policy_locations":                                                                       "Not Required|711\nPreferred|234\nRequired - International|36\nRequired - US|19",
			"SELECT COUNT(*) FROM networks WHERE info_scope = 'Australia'":                                                                                                              "2",
			"SELECT COUNT(*) FROM networks WHERE policy_contracts IS NULL":                                                                                                              "27",
			"SELECT region_continent, COUNT(*) FROM exchanges WHERE region_continent IN ('Australia', 'Middle East') GROUP BY region_continent ORDER BY region_continent":               "Australia|27\nMiddle East|15",
			"SELECT COUNT(*) FROM ports p JOIN networks n ON n.id = p.network_id JOIN exchanges e ON e.id = p.exchange_id":                                                              "5825",
			"SELECT aka FROM networks WHERE id = 1722":                                                                                                                                  "METRO ",
			"SELECT name FROM networks WHERE name LIKE 'Telef%nica Germany%OHG'":                                                                                                        "Telefónica Germany GmbH & Co. OHG",
			"SELECT COUNT(*) FROM ports WHERE speed = 0 OR asn IS NULL":                                                                                                                 "43",
			"SELECT COUNT(*) FROM networks WHERE info_prefixes IS NOT NULL":                                                                                                             "1000",
			"SELECT COUNT(*) FROM networks WHERE notes_public IS NOT NULL":                                                                                                              "0",
			"SELECT MIN(date_created), MAX(date_lastupdated) FROM networks":                                                                                                             "1090972800|1541764235",
			"SELECT COUNT(*) FROM networks WHERE gone_at IS NOT NULL":                                                                                                                   "0",
			"SELECT COUNT(*) FROM exchanges WHERE media = 'Multiple'":                                                                                                                   "36",
			"SELECT COUNT(*) FROM ports WHERE exchange_id = 13":                                                                                                                         "94",
		}, false})
	}
	return list
}

// realData holds 1,000 networks of 2018 in the shape of the API.
const realData = "../../../shared/data/peeringdb-2018"
