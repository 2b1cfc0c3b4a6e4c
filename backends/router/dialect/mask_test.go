package dialect_test

import (
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	t.Parallel()
	d := lookup(t, "cisco_iosxe")
	for _, tt := range []struct{ in, want string }{
		{"neighbor 192.0.2.2 password 0 geheim", "neighbor 192.0.2.2 password 0 <secret>"},
		{"neighbor 192.0.2.2 password geheim", "neighbor 192.0.2.2 password <secret>"},
		{"neighbor 192.0.2.2 password 0", "neighbor 192.0.2.2 password <secret>"},
		{"neighbor 192.0.2.2 password 0 0", "neighbor 192.0.2.2 password 0 <secret>"},
		{"neighbor 192.0.2.2 password 7 121A0C041104", "neighbor 192.0.2.2 password 7 <secret>"},
		{"neighbor 192.0.2.2 password clear geheim", "neighbor 192.0.2.2 password clear <secret>"},
		{"neighbor 192.0.2.2 password two words", "neighbor 192.0.2.2 password <secret>"},
		{"neighbor 192.0.2.2 passw geheim", "neighbor 192.0.2.2 passw <secret>"},
		{"NEIGHBOR 192.0.2.2 PASSWORD GEHEIM", "NEIGHBOR 192.0.2.2 PASSWORD <secret>"},
		{"  password 0   geheim  ", "  password 0   <secret>"},
		{"no neighbor 192.0.2.2 password", "no neighbor 192.0.2.2 password"},
		{"enable secret 5 $1$abc", "enable secret 5 <secret>"},
		{"username netop privilege 15 secret geheim", "username netop privilege 15 secret <secret>"},
		{"username netop password 0 geheim", "username netop password 0 <secret>"},
		{"username netop secret sha512 $6$x", "username netop secret sha512 <secret>"},
		{"tacacs-server host 192.0.2.9 key 7 geheim", "tacacs-server host 192.0.2.9 key 7 <secret>"},
		{"radius-server key geheim", "radius-server key <secret>"},
		{"key-string geheim", "key-string <secret>"},
		{"ip ospf message-digest-key 1 md5 geheim", "ip ospf message-digest-key 1 md5 <secret>"},
		{"ntp authentication-key 1 md5 geheim", "ntp authentication-key 1 md5 <secret>"},
		{"standby 1 authentication geheim", "standby 1 authentication <secret>"},
		{"crypto isakmp key geheim address 192.0.2.1", "crypto isakmp key <secret>"},
		{"snmp-server community geheim ro", "snmp-server community <secret>"},
		{"snmp-server comm geheim", "snmp-server comm <secret>"},
		{"snmp-server host 192.0.2.9 version 2c geheim", "snmp-server host <secret>"},
		{"snmp-server user u g v3 auth md5 geheim priv aes 128 geheim2", "snmp-server user <secret>"},
		{"set snmp community geheim authorization read-only", "set snmp community <secret>"},
		{`set protocols bgp group g neighbor x authentication-key "geheim"`, "set protocols bgp group g neighbor x authentication-key <secret>"},
		{`set system root-authentication encrypted-password "$6$x"`, "set system root-authentication encrypted-password <secret>"},
		{`set security ike policy p pre-shared-key ascii-text "geheim"`, "set security ike policy p pre-shared-key <secret>"},
		{"set system radius-server 192.0.2.9 secret geheim", "set system radius-server 192.0.2.9 secret <secret>"},
		{"archive path ftp://netop:geheim@192.0.2.9/x", "archive path ftp://<secret>@192.0.2.9/x"},
		{`{"password":"geheim"}`, `{"password":<secret>`},
		{"login password=geheim", "login password=<secret>"},
		{"% Unknown command: neighbor x password 0 geheim", "% Unknown command: neighbor x password 0 <secret>"},
		{"a\nneighbor x password geheim\nb", "a\nneighbor x password <secret>\nb"},
		{"neighbor 192.0.2.2 description Key Largo Networks", "neighbor 192.0.2.2 description Key <secret>"},
		// Lines without a secret stay as they are.
		{"", ""},
		{"service password-encryption", "service password-encryption"},
		{"neighbor 192.0.2.2 passive", "neighbor 192.0.2.2 passive"},
		{"neighbor 192.0.2.2 send-community both", "neighbor 192.0.2.2 send-community both"},
		{"set community 65000:1 additive", "set community 65000:1 additive"},
		{"neighbor 192.0.2.2 description Turkey Networks", "neighbor 192.0.2.2 description Turkey Networks"},
		{"snmp-server contact noc", "snmp-server contact noc"},
		{"aaa authentication login default group tacacs", "aaa authentication login default group tacacs"},
		{"neighbor 192.0.2.2 remote-as 65002", "neighbor 192.0.2.2 remote-as 65002"},
	} {
		if got := d.Mask(tt.in); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("neighbor 192.0.2.2 password 0 ", "geheim77")
	f.Add("snmp-server community", "a b")
	f.Add("x://", "y@z")
	f.Fuzz(func(t *testing.T, line, secret string) {
		d := lookup(t, "frrouting")
		once := d.Mask(line)
		if again := d.Mask(once); again != once {
			t.Fatalf("%q becomes %q and then %q", line, once, again)
		}
		if strings.Count(once, "\n") != strings.Count(line, "\n") {
			t.Fatalf("%q has other lines: %q", line, once)
		}
		// Whatever stands before, the word password hides what follows it.
		if strings.TrimSpace(secret) == "" || strings.ContainsAny(secret, "\n") || strings.Contains(line, "\n") {
			return
		}
		got := d.Mask(line + " x password " + secret + " zzz-end")
		if strings.Contains(got, "zzz-end") && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "aaa") {
			t.Fatalf("%q shows what follows a password", got)
		}
	})
}
