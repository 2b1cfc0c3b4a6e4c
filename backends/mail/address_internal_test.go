package mail

import (
	"strings"
	"testing"

	"provision-gateway/models"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, name, mailbox string }{
		{"a@b.example", "", "a@b.example"},
		{"  a@b.example ", "", "a@b.example"},
		{"<a@b.example>", "", "a@b.example"},
		{"A B <a@b.example>", "A B", "a@b.example"},
		{`"Doe, Jane" <jane@b.example>`, "Doe, Jane", "jane@b.example"},
		{`"q\"uote\\" <a@b.example>`, `q"uote\`, "a@b.example"},
		{"Jürgen <a@b.example>", "Jürgen", "a@b.example"},
		{"=?iso-8859-1?q?J=FCrgen?= <a@b.example>", "Jürgen", "a@b.example"},
		{"o'brien+x=y!z%1@b.example", "", "o'brien+x=y!z%1@b.example"},
		{"a@xn--mnchen-3ya.example", "", "a@xn--mnchen-3ya.example"},
		{"a@1.2.3.4.example", "", "a@1.2.3.4.example"},
		{strings.Repeat("a", 64) + "@b.example", "", strings.Repeat("a", 64) + "@b.example"},
	} {
		got, err := parseAddress("cc", test.text)
		if err != nil || got.name != test.name || got.mailbox != test.mailbox {
			t.Errorf("%q: %+v, error %v", test.text, got, err)
		}
	}
}

// refusedAddresses are what must never be taken for one address.
var refusedAddresses = []string{
	"", " ", "nobody", "@b.example", "a@", "a b@c.example", "a@b@c.example",
	// more than one, groups, routes, comments
	"a@b.example, c@d.example", "a@b.example;c@d.example", "a@b.example,", "A <a@b.example>, C <c@d.example>",
	"friends: a@b.example;", "friends:a@b.example, c@d.example;", "friends:;", "x: <a@b.example>;",
	"<@relay.example:a@b.example>", "a@b.example (comment)", "(comment) a@b.example (c)", "A <a@b.example> (c)", "A <a@b.example> x",
	"<a@b.example", "a@b.example>", "<<a@b.example>>", "A <a@b.example> <c@d.example>",
	// line ends and other control characters, raw and encoded
	"a@b.example\r\nBcc: c@d.example", "a@b.example\n", "\ra@b.example", "a\x00@b.example", "A\r\n <a@b.example>",
	"A\tB <a@b.example>", "A\x7f <a@b.example>", "A\u0085B <a@b.example>", "A\u2028B <a@b.example>", "A\u2029B <a@b.example>",
	"=?utf-8?q?A=0D=0ABcc:_c@d.example?= <a@b.example>", "=?utf-8?b?QQ0KQmNjOiBj?= <a@b.example>", "=?utf-8?q?A=E2=80=A8B?= <a@b.example>",
	"=?utf-8?q?A=00?= <a@b.example>", "=?utf-8?q?A=C2=85?= <a@b.example>", "A\xff <a@b.example>", "a\xff@b.example",
	// local parts and domains that cannot be somebody's in the Internet
	`"a b"@c.example`, `"a\"b"@c.example`, `"a@b.example"@c.example`, ".a@b.example", "a.@b.example", "a..b@c.example", "ä@b.example",
	strings.Repeat("a", 65) + "@b.example",
	"a@localhost", "a@intranet", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.1", "a@b.123", "a@-b.example", "a@b-.example", "a@b..example",
	"a@b.example.", "a@.example", "a@b_c.example", "a@münchen.example", "a@b\u3002example", "a@" + strings.Repeat("b", 64) + ".example",
	"a@" + strings.Repeat("b.", 130) + "example", strings.Repeat("N", 1000) + " <a@b.example>",
}

func TestRefusedAddresses(t *testing.T) {
	t.Parallel()
	for _, text := range refusedAddresses {
		got, err := parseAddress("cc", text)
		if models.ErrorCode(err) != models.Invalid {
			t.Errorf("%q: %+v, error %v", text, got, err)
			continue
		}
		if !strings.HasPrefix(err.Error(), "Invalid value for cc: ") || hasControl(err.Error()) || len(err.Error()) > 500 {
			t.Errorf("%q: error %q", text, err)
		}
	}
}

func TestHostNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a": true, "a.b": true, "a-b.c": true, "1.2": true, "": false, ".": false, "a.": false, ".a": false, "a..b": false,
		"-a": false, "a-": false, "a_b": false, "a b": false, "ä": false, "a\n": false,
		strings.Repeat("a", 63): true, strings.Repeat("a", 64): false,
		strings.Repeat("a.", 126) + "a": true, strings.Repeat("a.", 127) + "a": false,
	} {
		if got := isHostName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
