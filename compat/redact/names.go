package redact

import (
	"slices"
	"strings"
)

// class says what a field holds, by its name.
type class uint8

const (
	plain class = iota
	// secret is a password, a key or the like.
	secret
	// signature is the hash of a request.
	signature
	// mail is the text of an e-mail.
	mail
	// configuration is lines for a router.
	configuration
)

// secretParts are what the names of secret fields contain, in lower case and
// with hyphens.
var secretParts = []string{
	"password", "passwd", "passphrase", "passwort", "secret", "api-key", "apikey", "token", "credential",
	"private-key", "privatekey", "access-key", "accesskey", "auth-key", "authkey", "authentication-key",
	"ssh-key", "sshkey", "md5-key", "key-string", "authorization", "snmp-community",
}

// secretNames are whole names of secret fields.
var secretNames = []string{"pass", "pwd", "pw", "auth", "psk", "md5", "cookie", "set-cookie", "phpsessid"}

// contractWords are never replaced by value: they are words of the contract, or
// JSON's own. A password that is one of them protects nothing, and to replace it
// would spoil names of fields and messages. As the value of a secret field they
// are replaced like any other.
var contractWords = []string{
	"password", "passwd", "secret", "hash", "apikey", "api_key", "api-key", "token", "mnt_by_password", "mnt-by-password",
	"body", "null", "true", "false", "data", "name", "type", "message", "success", "target", "action", "fields", "meta",
}

// classify says what a field of this name holds.
func classify(name string) class {
	if placeholderSize(name) > 0 {
		return plain
	}
	norm := strings.ToLower(strings.Map(func(r rune) rune {
		switch r {
		case '_', '.', ' ', '+', '\x00', '\t', '\n', '\r':
			return '-'
		}
		return r
	}, name))
	norm = strings.Trim(norm, `-"'`)
	switch norm {
	case "":
		return plain
	case "hash":
		return signature
	case "body", "email-body":
		return mail
	case "config":
		return configuration
	}
	if strings.HasSuffix(norm, "-id") {
		// The number of a secret, not the secret: secret_id.
		return plain
	}
	if slices.Contains(secretNames, norm) || slices.ContainsFunc(secretParts, func(part string) bool { return strings.Contains(norm, part) }) {
		return secret
	}
	return plain
}

// classifyParameter says what a parameter holds, whose name may have brackets:
// fields[api-key][0]. Any of its parts can make it secret.
func classifyParameter(name string) class {
	kind := plain
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '[' || r == ']' }) {
		kind = kind.within(classify(part))
	}
	return kind
}

// classifyPath says what the value at a JSON path holds, and whether it lies
// within an attr object.
func classifyPath(path string) (kind class, attributes bool) {
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(`.[]"$`, r) }) {
		kind = kind.within(classify(part))
		attributes = attributes || part == attr
	}
	return kind, attributes
}

// within is the class of a field inside one of class k.
func (k class) within(inner class) class {
	if k != plain && (k == secret || inner == plain) {
		return k
	}
	return inner
}

// attr is the member of a resource in which secret fields are not the secrets
// but the numbers of encrypted ones (vendor documentation, lir add).
const attr = "attr"
