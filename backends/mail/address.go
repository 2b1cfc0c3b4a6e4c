package mail

import (
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// address is one mailbox that passed all checks.
type address struct {
	// name is what stands before the brackets, decoded; often empty.
	name string
	// mailbox is local@domain, all ASCII.
	mailbox string
}

// parseAddress reads one address, "local@domain" or "Name <local@domain>", and
// refuses everything else that RFC 5322 would allow in its place: lists, groups
// ("friends: a@x.example;"), comments, routes and quoted local parts. They are
// rare in honest contacts, and each is a way to make an address look like
// another.
//
// The domain must be a full name. "a@localhost", "a@intranet" and
// "a@[127.0.0.1]" are refused, because addresses come from contacts that
// anybody may write into PeeringDB and from API callers: neither shall reach
// mailboxes and aliases of the mail server's own machine.
func parseAddress(field, text string) (address, error) {
	const most = 998 // RFC 5322 section 2.1.1
	text = strings.Trim(text, " ")
	if len(text) > most || hasControl(text) || !utf8.ValidString(text) {
		return address{}, invalid(field, text)
	}
	parsed, err := netmail.ParseAddress(text)
	if err != nil {
		return address{}, invalid(field, text)
	}
	// A group of one and an address with comments pass ParseAddress; neither
	// ends in the address. An encoded name may hold what the text does not.
	if text != parsed.Address && !strings.HasSuffix(text, "<"+parsed.Address+">") || hasControl(parsed.Name) {
		return address{}, invalid(field, text)
	}
	if local, domain, ok := cutLast(parsed.Address, '@'); !ok || !isLocalPart(local) || !isDomain(domain) {
		return address{}, invalid(field, text)
	}
	return address{name: parsed.Name, mailbox: parsed.Address}, nil
}

// CheckAddress returns nil for an address that Send accepts, with or without a
// name, and else the error that Send would give. field is what the caller calls
// the address.
func CheckAddress(field, text string) error {
	_, err := parseAddress(field, text)
	return err
}

func cutLast(s string, at byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, at)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// isLocalPart accepts a dot-atom (RFC 5322 section 3.2.3) of at most 64 bytes
// (RFC 5321 section 4.5.3.1.1).
func isLocalPart(s string) bool { return len(s) <= 64 && isDotAtom(s) }

func isDotAtom(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, c := range []byte(s) {
		if !isLetterOrDigit(c) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", rune(c)) {
			return false
		}
	}
	return true
}

// isDomain accepts host names of at least two labels whose last one is no
// number, as a name in the DNS has. Internationalised names come in their ASCII
// form (xn--…).
func isDomain(s string) bool {
	_, last, dotted := cutLast(s, '.')
	return dotted && isHostName(s) && strings.Trim(last, "0123456789") != ""
}

// isHostName accepts the names of RFC 1123 section 2.1.
func isHostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if !isLetterOrDigit(c) && c != '-' {
				return false
			}
		}
	}
	return true
}

func isLetterOrDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// hasControl reports whether a text holds what some program may take for the
// end of a line, or any other control character.
func hasControl(s string) bool { return strings.ContainsFunc(s, isControl) }

// isControl is true of the control characters, among them NUL, CR, LF and
// U+0085, and of the line and paragraph separators of Unicode.
func isControl(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
