package dialect

import (
	"net/netip"
	"strconv"
	"strings"
)

// The longest values that are passed on to a router. Names and keys are cut
// where the tightest of the platforms is; a longer one would be refused, or
// worse cut, by the router.
const (
	longestWord   = 63
	longestSecret = 80
)

// limits is what the filters of one platform let pass.
type limits struct {
	// longestText is how many characters of a description are kept.
	longestText int
	// mostPrefixes is the largest number of maximum-prefix.
	mostPrefixes uint32
	// textSpecial are the characters that this platform would interpret in a
	// description although textCharacters has them.
	textSpecial string
	// secretSpecial are those of a password although secretCharacters has
	// them.
	secretSpecial string
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
	// wordCharacters may be in the name of a peer group. It starts with a
	// letter or a digit.
	wordCharacters = letters + digits + "._-:/+@"
	// textCharacters may be in a description. Quotes, the comment signs ! and
	// #, the separators ; and |, the redirections < and >, braces, $, \, ^,
	// ` and the question mark are interpreted by one platform or another and
	// in no list.
	textCharacters = letters + digits + " .,:/()&+-_@'=*"
	// secretCharacters may be in a password.
	secretCharacters = letters + digits + "!#$%&()*+,-./:;<=>@[]^_{}~"
)

// asn filters an AS number.
func (l limits) asn(field string, n uint32) (string, error) {
	if n == 0 {
		return "", &ValueError{Field: field, Value: "0", Reason: "is no AS number"}
	}
	return strconv.FormatUint(uint64(n), 10), nil
}

// number filters the limit of prefixes.
func (l limits) number(field string, n uint32) (string, error) {
	s := strconv.FormatUint(uint64(n), 10)
	if n > l.mostPrefixes {
		return "", &ValueError{Field: field, Value: s, Reason: "is too large"}
	}
	return s, nil
}

// address filters the address of a peer. An IPv4 address mapped into IPv6 is
// written as IPv4. A link-local IPv6 address needs an interface, which a
// neighbor has none of.
func (l limits) address(field string, a netip.Addr) (string, error) {
	reason := ""
	switch plain := a.Unmap(); {
	case !a.IsValid():
		return "", &ValueError{Field: field, Reason: "no address"}
	case a.Zone() != "":
		// A zone is free text: it is not repeated.
		return "", &ValueError{Field: field, Value: a.WithZone("").String(), Reason: "has a zone"}
	case plain.IsUnspecified(), plain.IsMulticast(), plain == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		reason = "is not the address of a host"
	case plain.Is6() && plain.IsLinkLocalUnicast():
		reason = "is link-local"
	default:
		return plain.String(), nil
	}
	return "", &ValueError{Field: field, Value: a.String(), Reason: reason}
}

// word filters a name that a platform reads as one word.
func (l limits) word(field, s string) (string, error) {
	reason := ""
	switch {
	case len(s) > longestWord:
		reason = "is longer than 63 characters"
	case only(s, wordCharacters) != s:
		reason = "holds a character that no name on a router can hold"
	case s == "" || !strings.ContainsRune(letters+digits, rune(s[0])):
		reason = "does not start with a letter or digit"
	default:
		return s, nil
	}
	return "", &ValueError{Field: field, Value: s, Reason: reason}
}

// secret filters a password. The error never repeats it.
func (l limits) secret(field, s string) (string, error) {
	reason := ""
	switch {
	case s == "":
		reason = "is empty"
	case len(s) > longestSecret:
		reason = "is longer than 80 characters"
	case only(s, secretCharacters) != s || strings.ContainsAny(s, l.secretSpecial):
		reason = "holds a character that this router's command line would interpret"
	default:
		return s, nil
	}
	return "", &ValueError{Field: field, Reason: reason}
}

// text rewrites a description into what every router takes: letters of other
// alphabets become the plain letters they are made of (é is e, ß is ss), or a
// space where there are none; so does every character that the platform would
// interpret; runs of spaces become one; what is longer than the platform takes
// is cut. A name of which nothing is left, as of one in Chinese, becomes the AS
// number, AS64500: a peer's name is no reason not to peer.
func (l limits) text(s string, asn uint32) string {
	s = plainLetters(s)
	s = strings.Map(func(r rune) rune {
		if !strings.ContainsRune(textCharacters, r) || strings.ContainsRune(l.textSpecial, r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > l.longestText {
		s = strings.TrimRight(s[:l.longestText], " ")
	}
	if !strings.ContainsAny(s, letters+digits) {
		return "AS" + strconv.FormatUint(uint64(asn), 10)
	}
	return s
}

// only returns s without the characters that are not in the set.
func only(s, set string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(set, r) {
			return r
		}
		return -1
	}, s)
}
