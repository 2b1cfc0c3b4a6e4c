package dialect_test

import (
	"testing"

	"provision-gateway/backends/router/dialect"
)

// promptsOf are prompts as the platforms print them, and the mode they show.
var promptsOf = []struct {
	platform, prompt string
	mode             dialect.Mode
}{
	{"frrouting", "r1> ", dialect.Exec},
	{"frrouting", "r1# ", dialect.Privileged},
	{"frrouting", "edge1.fra.example.net# ", dialect.Privileged},
	{"frrouting", "r1(config)# ", dialect.Config},
	{"frrouting", "r1(config-router)# ", dialect.ConfigBGP},
	{"frrouting", "r1(config-router-af)# ", dialect.ConfigFamily},
	{"frrouting", "r1(config-route-map)# ", dialect.ConfigOther},
	{"cisco_iosxe", "ar1.inoc.com>", dialect.Exec},
	{"cisco_iosxe", "ar1.inoc.com#", dialect.Privileged},
	{"cisco_iosxe", "ar1.inoc.com(config)#", dialect.Config},
	{"cisco_iosxe", "ar1.inoc.com(config-router)#", dialect.ConfigBGP},
	{"cisco_iosxe", "ar1.inoc.com(config-router-af)#", dialect.ConfigFamily},
	{"cisco_iosxe", "ar1.inoc.com(config-if)#", dialect.ConfigOther},
	{"cisco_iosxr", "RP/0/RP0/CPU0:ios#", dialect.Privileged},
	{"cisco_iosxr", "RP/0/RP0/CPU0:ios(config)#", dialect.Config},
	{"cisco_iosxr", "RP/0/RP0/CPU0:ios(config-bgp)#", dialect.ConfigBGP},
	{"cisco_iosxr", "RP/0/RP0/CPU0:ios(config-bgp-nbr)#", dialect.ConfigNeighbor},
	{"cisco_iosxr", "RP/0/RP0/CPU0:ios(config-bgp-nbr-af)#", dialect.ConfigFamily},
	{"cisco_iosxr", "RP/0/RP0/CPU0:ios(config-bgp-nbrgrp)#", dialect.ConfigOther},
	{"cisco_nxos", "nx-1# ", dialect.Privileged},
	{"cisco_nxos", "nx-1(config)# ", dialect.Config},
	{"cisco_nxos", "nx-1(config-router)# ", dialect.ConfigBGP},
	{"cisco_nxos", "nx-1(config-router-neighbor)# ", dialect.ConfigNeighbor},
	{"cisco_nxos", "nx-1(config-router-neighbor-af)# ", dialect.ConfigFamily},
	{"arista_eos", "spine-1>", dialect.Exec},
	{"arista_eos", "spine-1#", dialect.Privileged},
	{"arista_eos", "spine-1(config)#", dialect.Config},
	{"arista_eos", "spine-1(config-s-sess-1)#", dialect.Config},
	{"arista_eos", "spine-1(config-s-sess-1-router-bgp)#", dialect.ConfigBGP},
	{"arista_eos", "spine-1(config-router-bgp)#", dialect.ConfigBGP},
	{"arista_eos", "spine-1(config-router-bgp-af)#", dialect.ConfigFamily},
	{"arista_eos", "spine-1(config-s-sess-1-router-bgp-af)#", dialect.ConfigFamily},
	{"arista_eos", "spine-1(config-if-Et1)#", dialect.ConfigOther},
	{"juniper_junos", "netop@mx1> ", dialect.Privileged},
	{"juniper_junos", "{master:0}\nnetop@qfx-1> ", dialect.Privileged},
	{"juniper_junos", "\n[edit]\nnetop@mx1# ", dialect.Config},
	{"juniper_junos", "[edit protocols bgp]\r\nnetop@mx1# ", dialect.Config},
}

func TestModeOfPrompt(t *testing.T) {
	t.Parallel()
	for _, tt := range promptsOf {
		d := lookup(t, tt.platform)
		if m := d.Mode(tt.prompt); m != tt.mode {
			t.Errorf("%s: mode of %q is %q, want %q", tt.platform, tt.prompt, m, tt.mode)
		}
		if m := d.Mode("output of a line\r\n" + tt.prompt); m != tt.mode {
			t.Errorf("%s: mode of %q after an output is %q, want %q", tt.platform, tt.prompt, m, tt.mode)
		}
	}
}

func TestNoPrompt(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		d := lookup(t, name)
		for _, text := range []string{"", "\n", "r1", "Password:", "--More--", "r1# \nsome output", "% Unknown command: foo"} {
			if m := d.Mode(text); m != dialect.Unknown {
				t.Errorf("%s: %q shows mode %q", name, text, m)
			}
		}
	}
}

func TestAfter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		platform, line string
		mode           dialect.Mode
		known          bool
	}{
		{"frrouting", "conf t", dialect.Config, true},
		{"frrouting", "  configure   terminal ", dialect.Config, true},
		{"frrouting", "router bgp 65001", dialect.ConfigBGP, true},
		{"frrouting", "router bgp 65001 vrf red", dialect.ConfigBGP, true},
		{"frrouting", "no router bgp 65001", dialect.Unknown, false},
		{"frrouting", "address-family ipv6 unicast", dialect.ConfigFamily, true},
		{"frrouting", "exit-address-family", dialect.ConfigBGP, true},
		{"frrouting", "END", dialect.Privileged, true},
		{"frrouting", "neighbor 192.0.2.2 remote-as 65002", dialect.Unknown, false},
		{"cisco_iosxe", "conf t", dialect.Config, true},
		{"cisco_iosxr", "configure exclusive", dialect.Config, true},
		{"cisco_iosxr", "neighbor 2001:DB8::1", dialect.ConfigNeighbor, true},
		{"cisco_iosxr", "commit", dialect.Unknown, false},
		{"cisco_iosxr", "abort", dialect.Privileged, true},
		{"cisco_nxos", "neighbor 192.0.2.2", dialect.ConfigNeighbor, true},
		{"cisco_iosxe", "neighbor 192.0.2.2", dialect.Unknown, false},
		{"arista_eos", "configure session", dialect.Config, true},
		{"arista_eos", "configure session change-1", dialect.Config, true},
		{"arista_eos", "address-family ipv4", dialect.ConfigFamily, true},
		{"arista_eos", "commit", dialect.Privileged, true},
		{"juniper_junos", "configure private", dialect.Config, true},
		{"juniper_junos", "edit protocols bgp", dialect.Unknown, false},
		{"juniper_junos", "commit and-quit", dialect.Privileged, true},
		{"juniper_junos", "commit comment x and-quit", dialect.Privileged, true},
		{"juniper_junos", "commit check", dialect.Unknown, false},
	} {
		if m, known := lookup(t, tt.platform).After(tt.line); m != tt.mode || known != tt.known {
			t.Errorf("%s: after %q the mode is %q, %t; want %q, %t", tt.platform, tt.line, m, known, tt.mode, tt.known)
		}
	}
	if dialect.Privileged.Configuring() || dialect.Unknown.Configuring() || !dialect.Config.Configuring() || !dialect.ConfigOther.Configuring() {
		t.Error("Configuring does not tell the modes apart")
	}
}
