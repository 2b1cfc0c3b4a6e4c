package dialect

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

// all are the limits of no platform in particular.
var all = limits{longestText: 80, mostPrefixes: 100}

// refusedField fails the test unless err is a ValueError for field.
func refusedField(t *testing.T, got string, err error, field string) {
	t.Helper()
	var v *ValueError
	if !errors.As(err, &v) || v.Field != field || v.Reason == "" || got != "" {
		t.Errorf("got %q and %v, want a refusal of %s", got, err, field)
	}
}

func TestWord(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"G", "PEERS-V4", "group_b", "ix.fra:peers/6", "65001", "a+b", "x@y", strings.Repeat("a", 63)} {
		if got, err := all.word("peer_group", s); err != nil || got != s {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for name, s := range map[string]string{
		"empty": "", "space": "group b", "leading space": " a", "trailing space": "a ",
		"newline": "a\nreload", "carriage return": "a\rreload", "tab": "a\tb", "NUL": "a\x00b", "escape": "a\x1b[2J",
		"delete": "a\x7f", "C1": "a\u0085b", "line separator": "a\u2028b", "paragraph separator": "a\u2029b",
		"no-break space": "a\u00a0b", "zero width space": "a\u200bb", "right to left": "a\u202eb",
		"non-ASCII": "gruppe-ä", "wide letters": "ｇ", "not UTF-8": "a\xffb",
		"help": "a?", "pipe": "a|b", "comment": "!a", "hash": "#a", "quote": `"a`, "apostrophe": "a'b", "semicolon": "a;b",
		"braces": "{a}", "dollar": "$(A)", "backslash": `a\`, "wildcard": "<*>", "star": "a*", "redirection": "a>b",
		"dash first": "-a", "dot first": ".a", "too long": strings.Repeat("a", 64),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := all.word("peer_group", s)
			refusedField(t, got, err, "peer_group")
			if err != nil && strings.ContainsAny(err.Error(), "\n\r\x00\x1b\x7f\u2028\u2029") {
				t.Errorf("the error holds a control character: %q", err)
			}
		})
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0", "ace12345", "k3y.of-R1_x:/@+=~", strings.Repeat("a", 80)} {
		if got, err := all.secret("password", s); err != nil || got != s {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for name, s := range map[string]string{
		"empty": "", "space": "geheim 2", "leading space": " geheim", "newline": "geheim\nreload", "carriage return": "geheim\r",
		"tab": "geheim\t", "NUL": "geheim\x00", "backspace": "geheim\b", "escape": "geheim\x1b", "delete": "geheim\x7f",
		"C1": "geheim\u009b", "line separator": "geheim\u2028", "non-ASCII": "geheimß", "not UTF-8": "geheim\xfe",
		"help": "geheim?", "pipe": "geheim|x", "quote": `geheim"`, "apostrophe": "geheim'", "backslash": `geheim\`,
		"backtick": "geheim`", "too long": "geheim" + strings.Repeat("a", 75),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := all.secret("password", s)
			refusedField(t, got, err, "password")
			if err != nil && strings.Contains(err.Error(), "geheim") {
				t.Error("the error shows the password")
			}
			var v *ValueError
			if errors.As(err, &v) && v.Value != "" {
				t.Error("the error carries the password")
			}
		})
	}
}

func TestSecretOfThePlatform(t *testing.T) {
	t.Parallel()
	for name, special := range map[string]string{
		"cisco_iosxe": "!", "cisco_iosxr": "!$", "cisco_nxos": "!#$;<>", "arista_eos": "!#$;<>", "frrouting": "!#", "juniper_junos": "$;{}#<>",
	} {
		d, _ := Lookup(name)
		n := Neighbor{LocalASN: 1, RemoteASN: 2, Address: netip.MustParseAddr("192.0.2.2")}
		for _, c := range special {
			n.Password = "a" + string(c) + "b"
			got, err := d.Add(n)
			refusedField(t, strings.Join(got, "\n"), err, "password")
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Akamai Technologies", "Akamai Technologies"},
		{"kept punctuation", "AT&T (Europe), Ltd. / x@y a=b*", "AT&T (Europe), Ltd. / x@y a=b*"},
		{"accents", "Telefónica Größe Ærø Łódź Čeština Đà", "Telefonica Grosse AEro Lodz Cestina Da"},
		{"composed and decomposed", "e\u0301 é", "e e"},
		{"ligature and wide letters", "ﬁber ＡＢＣ", "fiber ABC"},
		{"typographic", "O’Neil – Net", "O'Neil - Net"},
		{"interpreted", `who? me | you! #1 "x"; {a} $b \c <d> ^e`, "who me you 1 x a b c d e"},
		{"second line", "a\nno router bgp 1\r\nreload", "a no router bgp 1 reload"},
		{"control bytes", "a\x00b\x1b[31mc\x7fd\be\u0085f\u2028g\u2029h\ti", "a b 31mc d e f g h i"},
		{"invisible", "a\u200bb\u202ec\u00a0d\ufeffe", "a b c d e"},
		{"not UTF-8", "a\xff\xfeb", "a b"},
		{"spaces", "  a   b  ", "a b"},
		{"other alphabet beside", "Яндекс Yandex", "Yandex"},
		{"nothing left", "株式会社", "AS64500"},
		{"only interpreted", "???", "AS64500"},
		{"only punctuation", "&-()", "AS64500"},
		{"only spaces", "   ", "AS64500"},
		{"cut", strings.Repeat("a", 200), strings.Repeat("a", 80)},
		{"cut at a space", strings.Repeat("a", 79) + " b", strings.Repeat("a", 79)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := all.text(tt.in, 64500); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
			}
		})
	}
	if got := (limits{longestText: 80, textSpecial: "'"}).text("O'Neil", 1); got != "O Neil" {
		t.Errorf("a character that one platform interprets becomes %q", got)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"192.0.2.2": "192.0.2.2", "::ffff:192.0.2.2": "192.0.2.2", "2001:DB8:0:0::2": "2001:db8::2", "169.254.1.1": "169.254.1.1",
	} {
		if got, err := all.address("peer_ipaddr", netip.MustParseAddr(in)); err != nil || got != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "ff02::1", "fe80::1", "fe80::1%eth0", "2001:db8::1%a\nreload", "::ffff:224.0.0.1",
	} {
		got, err := all.address("peer_ipaddr", netip.MustParseAddr(in))
		refusedField(t, got, err, "peer_ipaddr")
		if err != nil && strings.Contains(err.Error(), "reload") {
			t.Errorf("the error repeats the zone: %v", err)
		}
	}
	got, err := all.address("peer_ipaddr", netip.Addr{})
	refusedField(t, got, err, "peer_ipaddr")
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	if got, err := all.asn("peer_asn", 4294967295); err != nil || got != "4294967295" {
		t.Errorf("largest AS number: %q, %v", got, err)
	}
	got, err := all.asn("peer_asn", 0)
	refusedField(t, got, err, "peer_asn")
	if got, err := all.number("prfx_max", 100); err != nil || got != "100" {
		t.Errorf("largest limit: %q, %v", got, err)
	}
	got, err = all.number("prfx_max", 101)
	refusedField(t, got, err, "prfx_max")
}
