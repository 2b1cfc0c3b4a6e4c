package delivery_test

import (
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/delivery"
)

func TestMailboxes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, list string
		want       []string
	}{
		{"nothing", "", nil},
		{"only commas", " , ,,\t", nil},
		{"one", "a@x.example", []string{"a@x.example"}},
		{"several", "a@x.example,b@x.example ,  C <c@x.example>", []string{"a@x.example", "b@x.example", "C <c@x.example>"}},
		{"empty ones between", ",a@x.example,,b@x.example,", []string{"a@x.example", "b@x.example"}},
		{"line ends between", "a@x.example,\r\n b@x.example\n", []string{"a@x.example", "b@x.example"}},
		{"quoted comma", `"Doe, Jane" <a@x.example>, b@x.example`, []string{`"Doe, Jane" <a@x.example>`, "b@x.example"}},
		{"two quoted", `"A, B" <a@x.example>,"C, D" <c@x.example>`, []string{`"A, B" <a@x.example>`, `"C, D" <c@x.example>`}},
		{"escaped quote", `"Doe \"x, Jane" <a@x.example>, b@x.example`, []string{`"Doe \"x, Jane" <a@x.example>`, "b@x.example"}},
		{"escaped backslash", `"Doe\\", b@x.example`, []string{`"Doe\\"`, "b@x.example"}},
		{"backslash outside of quotes", `a\"b@x.example, "c, d" <c@x.example>`, []string{`a\"b@x.example, "c`, `d" <c@x.example>`}},
		{"comma in quotes only", `","`, []string{`","`}},
		// What is not closed stays in one piece, so that it is refused as one.
		{"unclosed", `"a@x.example, b@x.example`, []string{`"a@x.example, b@x.example`}},
		{"backslash at the end", `"a\`, []string{`"a\`}},
		{"other alphabets", `"Ж, é" <a@x.example>, ünï <b@x.example>`, []string{`"Ж, é" <a@x.example>`, "ünï <b@x.example>"}},
		{"no UTF-8", "a\xff@x.example,\xc3", []string{"a\xff@x.example", "\xc3"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := delivery.Mailboxes(tc.list); !slices.Equal(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

// FuzzMailboxes splits any list: nothing but commas and white space is lost, no
// part is empty, the parts split no further, and what a mail library takes for
// a list without comments has the same addresses here.
func FuzzMailboxes(f *testing.F) {
	for _, seed := range []string{
		"", ",", "a@x.example, b@x.example", `"Doe, Jane" <a@x.example>,b@x.example`, `"a\", b" <a@x.example>, c@x.example`, `"`, `\,"\`, "\xff,\u2028,x",
		`"A" <a@x.example>, "B, C" <b@x.example>, d@x.example`, `"é, è" <a@x.example>`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		parts := delivery.Mailboxes(list)
		bare := func(s string) string { return strings.ReplaceAll(strings.Join(strings.Fields(s), ""), ",", "") }
		if got := bare(strings.Join(parts, ",")); got != bare(list) {
			t.Errorf("%q became %q", list, parts)
		}
		for _, part := range parts {
			if part == "" || part != strings.TrimSpace(part) {
				t.Errorf("part %q of %q", part, list)
			}
		}
		if again := delivery.Mailboxes(strings.Join(parts, ", ")); !slices.Equal(again, parts) {
			t.Errorf("%q, joined and split %q", parts, again)
		}
		addresses, err := netmail.ParseAddressList(list)
		if err != nil || strings.ContainsAny(list, "()[]:;") {
			return
		}
		if len(addresses) != len(parts) {
			t.Fatalf("%q: %d addresses, %d parts %q", list, len(addresses), len(parts), parts)
		}
		for i, part := range parts {
			if one, err := netmail.ParseAddress(part); err != nil || one.Address != addresses[i].Address {
				t.Errorf("part %q is %v, %v, want %v", part, one, err, addresses[i])
			}
		}
	})
}
