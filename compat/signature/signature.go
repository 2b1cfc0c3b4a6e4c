// Package signature signs requests of the legacy API and checks their
// signatures.
//
// A request carries a key (apiKey) and, as its last parameter, a hash: the
// HMAC-SHA256 of the raw query string in front of "&hash=" with the secret of
// the key, in base64. The vendor published the server side as
//
//	base64_encode(hash_hmac('sha256', preg_replace('/&hash=.*$/', '', $_SERVER['QUERY_STRING']), $secretKey, TRUE))
//
// so the text is signed as it was sent, neither decoded nor sorted, and the
// secret is used as its 32 characters, not as the bytes that they spell in
// hexadecimal. A body is not signed.
package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

const marker = "&hash="

// hashSize is the length of a hash in base64.
const hashSize = (sha256.Size + 2) / 3 * 4

// The errors of Split.
var (
	// ErrNoHash is returned for a query string without a hash, or with the hash
	// as its first parameter: then there is nothing that it could sign.
	ErrNoHash = errors.New("query string has no hash behind its parameters")
	// ErrTrailing is returned when anything follows the hash in the query
	// string. The original dropped it before signing and yet used it, which let
	// anyone add parameters to a signed request.
	ErrTrailing = errors.New("query string has parameters behind the hash")
)

// Sign gives the hash of a query string: base64, with the characters + / and =
// in clear. The query string is what comes before "&hash=", without the question
// mark.
func Sign(query, secret string) string {
	return string(appendHash(nil, query, secret))
}

// Split takes a raw query string apart into the text that is signed and the
// hash. The hash is given in plain base64: clients send it without encoding, so
// that decoding turns + into a space, or percent-encoded, and both are undone.
// The errors are ErrNoHash and ErrTrailing.
func Split(rawQuery string) (signed, hash string, err error) {
	signed, hash, found := strings.Cut(rawQuery, marker)
	if !found {
		return "", "", ErrNoHash
	}
	if strings.IndexByte(hash, '&') >= 0 {
		return "", "", ErrTrailing
	}
	return signed, normalize(hash), nil
}

// Verify reports whether hash, as Split gives it, is the one of the signed text
// under a secret. The time it takes does not depend on how much of the hash is
// right. No hash is right for an empty secret.
func Verify(signed, hash, secret string) bool {
	var want, got [hashSize]byte
	appendHash(want[:0], signed, secret)
	copy(got[:], hash)
	equal := subtle.ConstantTimeCompare(want[:], got[:]) == 1
	return equal && len(hash) == hashSize && secret != ""
}

// appendHash appends the hash of a query string.
func appendHash(dst []byte, query, secret string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(query)) // a hash does not return errors
	var sum [sha256.Size]byte
	return base64.StdEncoding.AppendEncode(dst, mac.Sum(sum[:0]))
}

// normalize undoes what the way through a URL does to base64.
func normalize(hash string) string {
	if !strings.ContainsAny(hash, "% ") {
		return hash
	}
	out := make([]byte, 0, len(hash))
	for i := 0; i < len(hash); i++ {
		c := hash[i]
		if c == '%' && i+2 < len(hash) {
			high, low := unhex(hash[i+1]), unhex(hash[i+2])
			if high < 16 && low < 16 {
				c = high<<4 | low
				i += 2
			}
		}
		if c == ' ' {
			c = '+'
		}
		out = append(out, c)
	}
	return string(out)
}

// unhex gives the value of a hexadecimal digit, and 16 for any other byte.
func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// Resign gives the query string of a request as another server wants it: with
// another key in place of the caller's, and signed anew with that key's secret.
// Everything else keeps its place and its bytes. A query string that names no key
// gets one at its end.
func Resign(rawQuery, key, secret string) string {
	signed, _, _ := strings.Cut(rawQuery, marker)
	var out []string
	placed := false
	for part := range strings.SplitSeq(signed, "&") {
		name, _, _ := strings.Cut(part, "=")
		switch {
		case !isKey(name):
			out = append(out, part)
		case !placed:
			placed = true
			out = append(out, name+"="+url.QueryEscape(key))
		}
	}
	if !placed {
		if signed == "" {
			out = nil
		}
		out = append(out, "apiKey="+url.QueryEscape(key))
	}
	query := strings.Join(out, "&")
	return query + marker + Sign(query, secret)
}

// isKey reports whether a name as it stands in a query string is that of the key.
func isKey(raw string) bool {
	name, err := url.QueryUnescape(raw)
	return err == nil && name == "apiKey"
}
