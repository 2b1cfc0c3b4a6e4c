package peeringdb_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

func load(t *testing.T, d *database, dir fs.FS) *peeringdb.Report {
	t.Helper()
	report, err := peeringdb.Load(t.Context(), d.Store, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// changesOf returns what a load did with the types whose files it had.
func changesOf(report *peeringdb.Report) map[string]models.DirectoryChanges {
	out := map[string]models.DirectoryChanges{}
	for _, t := range report.Types {
		if !t.Missing {
			out[t.Type] = t.DirectoryChanges
		}
	}
	return out
}

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

func TestLoad(t *testing.T) {
	t.Parallel()
	for _, dump := range dumps() {
		t.Run(dump.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *database) {
				first := load(t, d, dump.files)
				for table, want := range dump.live {
					if got := d.count("SELECT COUNT(*) FROM " + table + " WHERE gone_at IS NULL"); got != want {
						t.Errorf("%d live rows in %s, want %d", got, table, want)
					}
				}
				for query, want := range dump.answers {
					if got := d.answer(query); got != want {
						t.Errorf("%s\ngives %q\nwant  %q", query, got, want)
					}
				}
				before := d.version()
				second := load(t, d, dump.files)
				for i, got := range second.Types {
					was := first.Types[i]
					// What was marked gone by the first load is not looked for again.
					want := models.DirectoryChanges{Unchanged: was.Added + was.Removed}
					if got.DirectoryChanges != want {
						t.Errorf("second load of %s: %+v, want %+v", got.Type, got.DirectoryChanges, want)
					}
					if got.Rejected != was.Rejected || got.Rejected+got.Unchanged != got.Rows || (got.Rejected > 0 && !dump.rejects) {
						t.Errorf("second load of %s: %d rows, %d rejected, first %d", got.Type, got.Rows, got.Rejected, was.Rejected)
					}
					if len(got.Notes) > 0 && !dump.rejects {
						t.Errorf("%s: notes %v", got.Type, got.Notes)
					}
				}
				if after := d.version(); after != before {
					t.Errorf("second load touched the versions: %v -> %v", before, after)
				}
			})
		})
	}
}

func TestLoadReports(t *testing.T) {
	t.Parallel()
	type reasons = []peeringdb.Reason
	type examples = []peeringdb.Example
	want := []peeringdb.TypeReport{
		{Type: "ix", File: "ix.json", Rows: 4, DirectoryChanges: models.DirectoryChanges{Added: 2, Removed: 1}, Rejected: 1,
			Reasons: reasons{{"status is neither ok nor deleted", 1, examples{{3, `"pending"`}}}}},
		{Type: "net", File: "net.json", Rows: 9, DirectoryChanges: models.DirectoryChanges{Added: 4, Removed: 1}, Rejected: 4,
			Reasons: reasons{{"no id", 1, examples{{0, ""}}}, {"duplicate id", 1, examples{{1, ""}}},
				{"field of another type than expected", 1, examples{{6, "asn: string"}}}, {"row is not an object", 1, examples{{0, "string"}}}},
			Notes: reasons{{"name cut to 255 characters", 1, examples{{5, "had 269"}}}}},
		{Type: "netixlan", File: "netixlan.json", Rows: 8, DirectoryChanges: models.DirectoryChanges{Added: 3, Removed: 1}, Rejected: 4,
			Reasons: reasons{{"network is gone", 1, examples{{4, "4"}}}, {"unknown network", 2, examples{{5, "99"}, {8, "98"}}}, {"exchange is gone", 1, examples{{6, "2"}}}},
			Notes:   reasons{{"ipaddr4 is not an IPv4 address, dropped", 1, examples{{3, `"192.0.2.300"`}}}}},
		{Type: "ixpfx", File: "ixpfx.json", Rows: 4, DirectoryChanges: models.DirectoryChanges{Added: 2}, Rejected: 2,
			Reasons: reasons{{"unknown exchange", 1, examples{{3, "50"}}}, {"prefix is not an address prefix", 1, examples{{4, `"192.0.2.0/33"`}}}}},
		{Type: "poc", File: "poc.json", Rows: 4, DirectoryChanges: models.DirectoryChanges{Added: 3}, Rejected: 1,
			Reasons: reasons{{"network is gone", 1, examples{{3, "4"}}}},
			Notes:   reasons{{"visible is unknown, taken as Private", 1, examples{{4, `"Everybody"`}}}}},
	}
	each(t, func(t *testing.T, d *database) {
		if diff := cmp.Diff(want, load(t, d, os.DirFS("testdata/dump")).Types); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func list(rows ...string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`{"data":[` + strings.Join(rows, ",") + `],"meta":{}}`)}
}

func TestLoadFollowsUpstream(t *testing.T) {
	t.Parallel()
	const (
		exchange = `{"id":1,"name":"Example-IX","status":"ok"}`
		us       = `{"id":1,"asn":64500,"name":"Example Networks","status":"ok"}`
		peer     = `{"id":2,"asn":64501,"name":"Example Peer","status":"ok"}`
		port     = `{"id":1,"net_id":2,"ix_id":1,"ipaddr4":"192.0.2.2","status":"ok"}`
		portDown = `{"id":1,"net_id":2,"ix_id":1,"ipaddr4":null,"status":"deleted"}`
	)
	steps := []struct {
		name  string
		files fstest.MapFS
		want  map[string]models.DirectoryChanges
		// port and network are the gone marks, true when set.
		networkGone, portGone bool
	}{
		{"first", fstest.MapFS{"ix.json": list(exchange), "net.json": list(us, peer), "netixlan.json": list(port)},
			map[string]models.DirectoryChanges{"ix": {Added: 1}, "net": {Added: 2}, "netixlan": {Added: 1}}, false, false},
		{"network not listed, ports not read", fstest.MapFS{"net.json": list(us)},
			map[string]models.DirectoryChanges{"net": {Unchanged: 1, Removed: 1}}, true, false},
		{"its port still listed", fstest.MapFS{"netixlan.json": list(port)},
			map[string]models.DirectoryChanges{"netixlan": {Removed: 1}}, true, true},
		{"both back", fstest.MapFS{"net.json": list(peer, us), "netixlan.json": list(port)},
			map[string]models.DirectoryChanges{"net": {Changed: 1, Unchanged: 1}, "netixlan": {Changed: 1}}, false, false},
		{"port deleted", fstest.MapFS{"netixlan.json": list(portDown)},
			map[string]models.DirectoryChanges{"netixlan": {Removed: 1}}, false, true},
		{"a row that cannot be read changes nothing", fstest.MapFS{"net.json": list(us, `{"id":2,"asn":"new format","status":"ok"}`)},
			map[string]models.DirectoryChanges{"net": {Unchanged: 1}}, false, true},
		{"a row under review changes nothing", fstest.MapFS{"net.json": list(us, `{"id":2,"name":"Under Review","status":"pending"}`)},
			map[string]models.DirectoryChanges{"net": {Unchanged: 1}}, false, true},
	}
	each(t, func(t *testing.T, d *database) {
		for _, step := range steps {
			if diff := cmp.Diff(step.want, changesOf(load(t, d, step.files))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
			gone := d.answer("SELECT n.gone_at IS NOT NULL, p.gone_at IS NOT NULL FROM networks n JOIN ports p ON p.network_id = n.id WHERE n.id = 2")
			want := map[bool]string{true: "1", false: "0"}
			if want := want[step.networkGone] + "|" + want[step.portGone]; gone != want {
				t.Errorf("%s: gone %s, want %s", step.name, gone, want)
			}
			if got := d.answer("SELECT n.name, p.ipv4 FROM networks n JOIN ports p ON p.network_id = n.id WHERE n.id = 2"); got != "Example Peer|192.0.2.2" {
				t.Errorf("%s: resolved to %s", step.name, got)
			}
		}
	})
}

func TestLoadSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *database) {
		report := load(t, d, fstest.MapFS{"net.json": list()})
		missing := map[string]bool{}
		for _, t := range report.Types {
			missing[t.File] = t.Missing
		}
		if want := map[string]bool{"ix.json": true, "net.json": false, "netixlan.json": true, "ixpfx.json": true, "poc.json": true}; !maps.Equal(missing, want) {
			t.Errorf("missing %v, want %v", missing, want)
		}
		_, err := peeringdb.Load(t.Context(), d.Store, fstest.MapFS{"readme": list()}, nil)
		if models.ErrorCode(err) != models.NotFound || err.Error() != "no PeeringDB file found: none of ix.json, net.json, netixlan.json, ixpfx.json, poc.json" {
			t.Errorf("error %v", err)
		}
	})
}

func TestLoadRollsATypeBack(t *testing.T) {
	t.Parallel()
	const exchange = `{"id":1,"name":"Example-IX","status":"ok"}`
	var many []string
	for id := range 120 {
		many = append(many, fmt.Sprintf(`{"id":%d,"name":"Example %d","status":"ok"}`, id+1, id+1))
	}
	whole := string(list(many...).Data)
	cut := whole[:len(whole)-30]
	malformed := strings.Replace(whole, `"Example 90"`, `"Example 90`, 1)
	tests := []struct{ name, net, want string }{
		{"cut off", cut, fmt.Sprintf("net.json: byte %d: unexpected EOF", len(cut))},
		{"malformed", malformed, fmt.Sprintf("net.json: byte %d: invalid character 's' after object key:value pair", strings.Index(whole, many[89]))},
		{"no list", `{"message":"throttled"}`, "net.json: byte 23: no data in it: not a list of the API"},
		{"an error", `{"data":[],"meta":{"error":"Entity not found"}}`, `net.json: byte 46: the answer is an error of the API: "Entity not found"`},
		{"empty", ``, "net.json: byte 0: unexpected EOF"},
	}
	each(t, func(t *testing.T, d *database) {
		load(t, d, fstest.MapFS{"net.json": list(`{"id":1,"name":"Stored","status":"ok"}`)})
		for _, test := range tests {
			report, err := peeringdb.Load(t.Context(), d.Store, fstest.MapFS{"ix.json": list(exchange), "net.json": {Data: []byte(test.net)}, "poc.json": list()}, nil)
			if _, ok := errors.AsType[*peeringdb.FileError](err); !ok || err.Error() != test.want {
				t.Errorf("%s: error %q, want %q", test.name, err, test.want)
			}
			if len(report.Types) != 1 || report.Types[0].Type != "ix" {
				t.Errorf("%s: report %+v", test.name, report)
			}
			if got := d.answer("SELECT id, name, gone_at FROM networks"); got != "1|Stored|NULL" {
				t.Errorf("%s: networks %q", test.name, got)
			}
		}
		if got := d.answer("SELECT id, name FROM exchanges"); got != "1|Example-IX" {
			t.Errorf("exchanges %q", got)
		}
	})
}

func TestLoadStopsWhenTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *database) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := peeringdb.Load(ctx, d.Store, peeringdb.Demo(), func(object string, _, _ int64) {
			if object == peeringdb.TypeNetIXLan {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if got := d.answer("SELECT (SELECT COUNT(*) FROM networks), (SELECT COUNT(*) FROM ports)"); got != "12|0" {
			t.Errorf("networks and ports %s", got)
		}
	})
}

func TestLoadTellsProgress(t *testing.T) {
	t.Parallel()
	for _, dump := range dumps() {
		t.Run(dump.name, func(t *testing.T) {
			t.Parallel()
			d := sqlite(t)
			last := map[string][2]int64{}
			var order []string
			_, err := peeringdb.Load(t.Context(), d.Store, dump.files, func(object string, done, total int64) {
				if before, ok := last[object]; !ok {
					order = append(order, object)
					if done != 0 {
						t.Errorf("%s begins with %d", object, done)
					}
				} else if done < before[0] || total != before[1] {
					t.Errorf("%s: %d of %d after %v", object, done, total, before)
				}
				last[object] = [2]int64{done, total}
			})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, object := range []string{"ix", "net", "netixlan", "ixpfx", "poc"} {
				info, err := fs.Stat(dump.files, path.Base(object+".json"))
				if err != nil {
					continue
				}
				want = append(want, object)
				if last[object] != [2]int64{info.Size(), info.Size()} {
					t.Errorf("%s ends with %v, want %d", object, last[object], info.Size())
				}
			}
			if !slices.Equal(order, want) {
				t.Errorf("order %v, want %v", order, want)
			}
		})
	}
}
