package dialect_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ platform, line, output, want string }{
		{"cisco_iosxe", "neighbor 192.0.2.2 remot-as x", "                            ^\n% Invalid input detected at '^' marker.\n", "% Invalid input detected at '^' marker."},
		{"cisco_iosxe", "neighbor 192.0.2.2", "% Incomplete command.\n", "% Incomplete command."},
		{"cisco_iosxe", "n", "% Ambiguous command:  \"n\"\n", `% Ambiguous command: "n"`},
		{"cisco_iosxe", "neighbor 192.0.2.2 description x", "% Specify remote-as or peer-group commands first\n", "% Specify remote-as or peer-group commands first"},
		{"cisco_iosxe", "router bgp 65099", "BGP is already running; AS is 65001\n", "BGP is already running; AS is 65001"},
		{"cisco_iosxe", "router bgp 1", "Command authorization failed.\n", "Command authorization failed."},
		{"cisco_iosxe", "router bgp 1", "% Authorization failed.\n", "% Authorization failed."},
		{"cisco_iosxe", "write", "startup-config file open failed (Device or resource busy)\n", "startup-config file open failed (Device or resource busy)"},
		{"cisco_iosxe", "neighbor 192.0.2.2 peer-group G", "% Configure the peer-group G first\n", "% Configure the peer-group G first"},
		{"cisco_iosxr", "commit", "\nSun Oct 16 13:02:20.671 UTC\n\n% Failed to commit one or more configuration items during a pseudo-atomic operation. All changes made have been reverted. Please issue 'show configuration failed [inheritance]' from this session to view the errors\n",
			"% Failed to commit one or more configuration items during a pseudo-atomic operation. All changes made have been reverted. Please issue 'show configuration failed [inheritance]' from this session to v…"},
		{"cisco_iosxr", "show configuration failed", "!! SEMANTIC ERRORS: This configuration was rejected by\n!!% The process 'bgp' rejected the operation but returned no error\n", "!!% The process 'bgp' rejected the operation but returned no error"},
		{"cisco_iosxr", "configure exclusive", "Cannot enter exclusive mode. The Configuration Namespace is locked by another agent.\n", "Cannot enter exclusive mode. The Configuration Namespace is locked by another agent."},
		{"cisco_nxos", "router bgp 65099", "ERROR: BGP is already running with AS number 65001\n", "ERROR: BGP is already running with AS number 65001"},
		{"cisco_nxos", "foo", "                     ^\n% Invalid command at '^' marker.\n", "% Invalid command at '^' marker."},
		{"cisco_nxos", "copy running-config startup-config", "[###     ] 10%\nConfiguration update aborted: request was aborted\n", "Configuration update aborted: request was aborted"},
		{"arista_eos", "router bgp 65099", "% BGP is already running with AS number 65001\n", "% BGP is already running with AS number 65001"},
		{"arista_eos", "foo", "% Invalid input\n", "% Invalid input"},
		{"juniper_junos", "set protocols bgp grup x", "                          ^\nsyntax error.\n\n[edit]\n", "syntax error."},
		{"juniper_junos", "foo", "      ^\nunknown command.\n", "unknown command."},
		{"juniper_junos", "set protocols bgp group x neighbor 1.2.3", "                     ^\ninvalid ip address or hostname: 1.2.3 at '1.2.3'\n", "invalid ip address or hostname: 1.2.3 at '1.2.3'"},
		{"juniper_junos", "set protocols bgp group x neighbor 192.0.2.2 peer-as 0", "error: invalid value for 'peer-as'", "error: invalid value for 'peer-as'"},
		{"juniper_junos", "set protocols bgp group x neighbor 192.0.2.2 peer-as 0", "Invalid numeric value: 'x' at 'x'\n", "Invalid numeric value: 'x' at 'x'"},
		{"juniper_junos", "configure exclusive", "error: configuration database locked by:\n  root terminal p0 (pid 1) on since 2026-01-01\n", "error: configuration database locked by: root terminal p0 (pid 1) on since 2026-01-01"},
		{"juniper_junos", "configure private", "error: shared configuration database modified\n", "error: shared configuration database modified"},
		{"juniper_junos", "commit and-quit", "[edit protocols bgp group x]\n  'neighbor 192.0.2.2'\n    Error in neighbor 192.0.2.2 of group x: peer AS number must be configured for an external peer\nerror: configuration check-out failed\n",
			"Error in neighbor 192.0.2.2 of group x: peer AS number must be configured for an external peer"},
		{"frrouting", "neighbor 192.0.2.2 peer-group group b", "% Unknown command: neighbor 192.0.2.2 peer-group group b\n", "% Unknown command: neighbor 192.0.2.2 peer-group group b"},
		{"frrouting", "neighbor 192.0.2.2 peer-group G", "% Configure the peer-group first\n", "% Configure the peer-group first"},
		{"frrouting", "neighbor 192.0.2.2 remote-as", "% Command incomplete: neighbor 192.0.2.2 remote-as\n", "% Command incomplete: neighbor 192.0.2.2 remote-as"},
		{"frrouting", "neighbor 192.0.2.999 remote-as 1", "% Create the peer-group or interface first\n", "% Create the peer-group or interface first"},
		{"frrouting", "neighbor 192.0.2.1 remote-as 1", "% Can not configure the local system as neighbor\n", "% Can not configure the local system as neighbor"},
		{"frrouting", "neighbor 192.0.2.2 remote-as 1", "% Peer-group member cannot override remote-as of peer-group.\n", "% Peer-group member cannot override remote-as of peer-group."},
		{"frrouting", "neighbor 192.0.2.2 password x", "% Invalid value\n", "% Invalid value"},
		{"frrouting", "terminal width 511", "% Unknown command: terminal width 511", "% Unknown command: terminal width 511"},
		{"frrouting", "router bgp 65099", "BGP is already running; AS is 65001\n", "BGP is already running; AS is 65001"},
		{"frrouting", "router bgp 65001", "bgpd is not running\n", "bgpd is not running"},
		{"frrouting", "write", "Warning: closing connection to bgpd because of an I/O error!\n", "Warning: closing connection to bgpd because of an I/O error!"},
		{"frrouting", "clear bgp 192.0.2.99", "% BGP: Unknown neighbor - \"192.0.2.99\"\n", `% BGP: Unknown neighbor - "192.0.2.99"`},
		{"frrouting", "show bgp neighbors 192.0.2.99 json", `{"bgpNoSuchNeighbor":true}`, `{"bgpNoSuchNeighbor":true}`},
		{"frrouting", "neighbor 192.0.2.2 description a|b", "% Unknown action 'b'\n", "% Unknown action 'b'"},
		{"frrouting", "no neighbor 192.0.2.2 activate", "% Specify remote-as or peer-group commands first\n", "% Specify remote-as or peer-group commands first"},
		{"frrouting", "no neighbor 192.0.2.2", "% Unknown command: no neighbor 192.0.2.2\n", "% Unknown command: no neighbor 192.0.2.2"},
	} {
		t.Run(tt.platform+"/"+tt.line, func(t *testing.T) {
			t.Parallel()
			d := lookup(t, tt.platform)
			for _, output := range []string{tt.output, strings.ReplaceAll(tt.output, "\n", "\r\n"), tt.line + "\r\n" + tt.output} {
				if reason, refused := d.Refused(tt.line, output); !refused || reason != tt.want {
					t.Errorf("%q: %t, %q\nwant %q", output, refused, reason, tt.want)
				}
			}
		})
	}
}

func TestNotRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ platform, line, output string }{
		{"frrouting", "neighbor 192.0.2.2 route-map RM-IN in", "The route-map 'RM-IN' does not exist.\n"},
		{"frrouting", "write", "Note: this version of vtysh never writes vtysh.conf\nBuilding Configuration...\nConfiguration saved to /etc/frr/zebra.conf\nConfiguration saved to /etc/frr/bgpd.conf\n"},
		{"frrouting", "write", "Warning: /etc/frr/frr.conf.sav unlink failed\nIntegrated configuration saved to /etc/frr/frr.conf\n[OK]\n"},
		{"frrouting", "neighbor 192.0.2.2 description error: failed", "neighbor 192.0.2.2 description error: failed\r\n"},
		{"frrouting", "neighbor 192.0.2.2 description error: failed", "r1(config-router)# neighbor 192.0.2.2 description error: failed\r\nr1(config-router)# "},
		{"frrouting", "no neighbor 192.0.2.2", ""},
		{"frrouting", "end", "r1# "},
		{"cisco_iosxe", "conf t", "Enter configuration commands, one per line.  End with CNTL/Z.\n"},
		{"cisco_iosxe", "write", "Building configuration...\n[OK]\n"},
		{"cisco_iosxe", "end", "*Mar  1 00:01:02.003: %SYS-5-CONFIG_I: Configured from console by netop on vty0 (192.0.2.9)\n"},
		{"cisco_iosxe", "neighbor 192.0.2.2 activate", "%BGP-5-ADJCHANGE: neighbor 192.0.2.2 Up\n"},
		{"cisco_iosxe", "no neighbor 192.0.2.2", "% Specify remote-as or peer-group commands first\n"},
		{"cisco_iosxe", "neighbor 192.0.2.2 peer-group G", "% Warning: the policy takes effect later\n"},
		{"cisco_iosxr", "commit", "% No configuration changes to commit.\n"},
		{"cisco_iosxr", "commit", "Sun Oct 16 13:02:20.671 UTC\n"},
		{"cisco_nxos", "no neighbor 192.0.2.2", "ERROR: Neighbor not found\n"},
		{"cisco_nxos", "copy running-config startup-config", "[########################################] 100%\nCopy complete, now saving to disk (please wait)...\nCopy complete.\n"},
		{"arista_eos", "write", "Copy completed successfully.\n"},
		{"arista_eos", "neighbor 192.0.2.2 peer group G", "! Peer-group G has no policies\n"},
		{"juniper_junos", "configure private", "warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n\n[edit]\n"},
		{"juniper_junos", "delete protocols bgp group x neighbor 192.0.2.2", "warning: statement not found\n\n[edit]\n"},
		{"juniper_junos", "commit and-quit", "commit complete\nExiting configuration mode\n"},
		{"juniper_junos", "rollback", "load complete\n"},
	} {
		if reason, refused := lookup(t, tt.platform).Refused(tt.line, tt.output); refused || reason != "" {
			t.Errorf("%s: %q is refused: %q", tt.platform, tt.line, reason)
		}
	}
}

func TestReasonHidesSecrets(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ platform, line, output, want string }{
		{"frrouting", "neighbor 192.0.2.2 password 0 geheim77", "% Unknown command: neighbor 192.0.2.2 password 0 geheim77", "% Unknown command: neighbor 192.0.2.2 password 0 <secret>"},
		{"juniper_junos", `set x neighbor y authentication-key "geheim77"`, "syntax error, expecting <data>: geheim77", "syntax error, expecting <data>: <secret>"},
		{"juniper_junos", `set x authentication-key "geheim77"`, "error: bad text 'geheim' at 'heim77'", "error: bad text <secret> at <secret>"},
		{"cisco_iosxe", "neighbor 192.0.2.2 password 7 geheim77", "% Invalid encrypted password: geheim77", "% Invalid encrypted password: <secret>"},
		{"cisco_iosxe", "neighbor 192.0.2.2 password 0 xy", "% Not accepted: (xy)", "% Not accepted: <secret>"},
		{"cisco_nxos", "snmp-server community geheim77 ro", "ERROR: geheim77: already exists", "ERROR: <secret> already exists"},
	} {
		if reason, refused := lookup(t, tt.platform).Refused(tt.line, tt.output); !refused || reason != tt.want {
			t.Errorf("%s: %t, %q, want %q", tt.platform, refused, reason, tt.want)
		}
	}
}

func TestReasonIsOneShortLine(t *testing.T) {
	t.Parallel()
	reason, _ := lookup(t, "frrouting").Refused("x", "% Unknown\x07 \x1bcommand:\t"+strings.Repeat("é ", 300)+"\n% second")
	if utf8.RuneCountInString(reason) != 200 || strings.ContainsFunc(reason, unicode.IsControl) || strings.Contains(reason, "second") {
		t.Errorf("%d characters: %q", utf8.RuneCountInString(reason), reason)
	}
}

func FuzzRefused(f *testing.F) {
	f.Add("neighbor 192.0.2.2 password geheim77", "% Unknown command: neighbor 192.0.2.2 password geheim77", "geheim77")
	f.Add("conf t", "% Invalid input detected at '^' marker.\r\n\x1b[2K", "x")
	f.Add("a", "error: b:\n c", "d")
	f.Fuzz(func(t *testing.T, line, output, password string) {
		for _, name := range names {
			d := lookup(t, name)
			reason, refused := d.Refused(line, output)
			if refused == (reason == "") {
				t.Fatalf("%s: %t with reason %q", name, refused, reason)
			}
			if utf8.RuneCountInString(reason) > 200 || !utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl) {
				t.Fatalf("%s: %q", name, reason)
			}
			if len(password) < 4 || strings.Join(strings.Fields(password), "") != password || strings.ContainsAny(password, `"';<>`) ||
				!utf8.ValidString(password) || strings.ContainsFunc(password, func(r rune) bool { return !unicode.IsGraphic(r) }) ||
				strings.Contains("<secret>", password) || strings.Contains("% Invalid value: neighbor x password in line", password) {
				continue
			}
			reason, _ = d.Refused("neighbor 192.0.2.2 password "+password, "error: % Invalid value: neighbor x "+password+" in line "+password)
			if strings.Contains(reason, password) {
				t.Fatalf("%s: shows %q in %q", name, password, reason)
			}
		}
	})
}
