// Package redact takes secrets out of requests and answers before they are
// stored or shown, and finds those that were left.
//
// Three things decide. The name of a field: passwords, keys and the signature of
// a request, in JSON objects, query strings and forms, at any depth of nested
// PHP arrays. The value: what was a secret in one place is replaced everywhere
// else too, however it is encoded there. The kind of text: bodies of e-mails,
// lines of router configuration, private keys, and whatever is not JSON where
// JSON was expected.
//
// All that is not secret keeps its bytes: order, escapes, white space. A secret
// becomes <secret-1>, <secret-2> and so on, the same value always the same
// within one Redactor; a signature becomes <hash>, the body of an e-mail <body>.
// Empty values, null and the password "0", which means none, stay.
package redact

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// least is how long a value must be, in bytes, to be looked for in other places.
// Shorter ones would be found in half of all words.
const least = 4

const (
	bodyPlaceholder = "<body>"
	hashPlaceholder = "<hash>"
)

// Redactor replaces secrets and remembers them, so that the same secret is
// always replaced by the same placeholder. It grows with every secret that it
// sees; take one for each recording or sample. It may be used by several
// goroutines at once.
type Redactor struct {
	mu sync.Mutex
	// placeholders are by value.
	placeholders map[string]string
	numbered     int
	// wanted are the texts to look for, longest first.
	wanted []wanted
	// begins tells which bytes a wanted text can begin with, in any encoding.
	begins [256]bool
}

type wanted struct{ text, placeholder string }

// New returns a Redactor that knows these secrets already. Empty ones and "0"
// are ignored.
func New(values ...string) *Redactor {
	r := &Redactor{placeholders: map[string]string{}}
	for _, value := range values {
		r.Add(value)
	}
	return r
}

// Add makes a secret known. From now on it is replaced wherever it occurs, if it
// is at least four bytes long and not a word of the contract such as password.
func (r *Redactor) Add(value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.learn(secret, value)
}

// Placeholder reports whether a text is one of the placeholders that stand for
// something redacted.
func Placeholder(text string) bool {
	return text != "" && placeholderSize(text) == len(text)
}

var placeholder = regexp.MustCompile(`^<(?:secret-[0-9]{1,9}|body|hash|[0-9]{1,12} bytes(?: that are not JSON)?)>`)

// placeholderSize is the size of the placeholder that a text begins with, or 0.
func placeholderSize(text string) int {
	if text == "" || text[0] != '<' {
		return 0
	}
	return len(placeholder.FindString(text[:min(len(text), 48)]))
}

// opaque stands for text that was not understood.
func opaque(n int, what string) string { return fmt.Sprintf("<%d bytes%s>", n, what) }

// harmless are values of secret fields that are no secrets.
func harmless(value string) bool { return value == "" || value == "0" || Placeholder(value) }

// learn makes a value of a field known and returns what stands for it.
func (r *Redactor) learn(kind class, value string) string {
	if harmless(value) {
		return value
	}
	if known, ok := r.placeholders[value]; ok {
		return known
	}
	var p string
	switch kind {
	case mail:
		p = bodyPlaceholder
	case signature:
		p = hashPlaceholder
	default:
		r.numbered++
		p = fmt.Sprintf("<secret-%d>", r.numbered)
	}
	r.placeholders[value] = p
	if len(value) >= least && !slices.Contains(contractWords, strings.ToLower(value)) {
		r.want(value, p)
		r.want(base64.StdEncoding.EncodeToString([]byte(value)), p)
		r.want(base64.URLEncoding.EncodeToString([]byte(value)), p)
	}
	return p
}

func (r *Redactor) want(text, placeholder string) {
	at, known := slices.BinarySearchFunc(r.wanted, text, func(w wanted, text string) int {
		return cmp.Or(cmp.Compare(len(text), len(w.text)), strings.Compare(w.text, text))
	})
	if known {
		return
	}
	r.wanted = slices.Insert(r.wanted, at, wanted{text, placeholder})
	for _, begin := range []byte{text[0], '%', '\\', '&'} {
		r.begins[begin] = true
	}
	if text[0] == ' ' {
		r.begins['+'] = true
	}
}
