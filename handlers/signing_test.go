package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"provision-gateway/compat/signature"
)

// signLine adds key and hash to a request line, METHOD PATH?QUERY, as the
// vendor's PHP client does: last, and the hash not encoded.
func signLine(line, key, secret string) string {
	path, query, _ := strings.Cut(line, "?")
	if query != "" {
		query += "&"
	}
	query += "apiKey=" + key
	return path + "?" + query + "&hash=" + signature.Sign(query, secret)
}

func asn(t *testing.T, text string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(n)
}

func itoa(n int) string { return strconv.Itoa(n) }
