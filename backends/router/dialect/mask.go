package dialect

import (
	"regexp"
	"strings"
)

// masked stands for a secret.
const masked = "<secret>"

// secretWords are the words after which a line holds a secret, in the spellings
// of all platforms and with the abbreviations that the command lines take. What
// such a word merely contains counts too: authentication-key, key-string,
// message-digest-key, encrypted-password, shared-secret.
var secretWords = regexp.MustCompile(`(?i)^["'{]*(?:` +
	`pas(?:s(?:w(?:o(?:r(?:d)?)?)?)?)?|sec(?:r(?:e(?:t)?)?)?|psk|md5|sha\d*|ascii-text|hexadecimal|hex-key|auth|priv|` +
	`[\w.\-]*(?:passwor|passwd|passphrase|secret|credential)[\w.\-]*|` +
	`key|key-\S*|\S*-key|\S*-key-\S*|authentication(?:-k\S*)?|\S*-psk` +
	`)["'}]*$`)

// secretKinds say how the secret after them is written: by number, as in
// "password 0 SECRET", or by name. They are no part of the secret as long as
// something follows.
var secretKinds = regexp.MustCompile(`(?i)^(?:\d{1,2}|8a|clear|encrypted|plain|sha512|md5|hmac-[\w-]+)$`)

var (
	// userInfo is the user and password inside an address of a file.
	userInfo = regexp.MustCompile(`(?i)([a-z][a-z0-9+.\-]*://)\S*@`)
	// assigned is a secret written as name=value or name: value.
	assigned = regexp.MustCompile(`(?i)((?:passw\w*|secret|passphrase|token|\bkey)["']?\s*[=:]\s*)\S.*`)
	// snmpWord are the words of SNMP lines after which a secret stands.
	snmpWord = regexp.MustCompile(`(?i)^(?:com(?:m\w*)?|host|user|trap-group|v3|targets|usm)$`)
	// word matches the words of a line, so that its spaces can stay as they
	// are.
	word = regexp.MustCompile(`\S+`)
)

// Mask returns a line of configuration, or a text of a router that repeats one,
// with its secrets replaced by <secret>: passwords, keys, SNMP communities and
// the like. It rather hides too much than too little: everything up to the end
// of the line is hidden, and so is the rest of a description that contains the
// word key. A line without secrets is returned as it is.
func (d *Dialect) Mask(line string) string { return mask(line) }

func mask(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = maskLine(line)
	}
	return strings.Join(lines, "\n")
}

func maskLine(line string) string {
	if at := secretAt(line); at >= 0 {
		line = line[:at] + masked
	}
	line = assigned.ReplaceAllString(line, "${1}"+masked)
	return userInfo.ReplaceAllString(line, "${1}"+masked+"@")
}

// secretAt returns where the first secret of a line starts, -1 for none. The
// last word of a line is never a kind: "password 0" has the password 0.
func secretAt(line string) int {
	words := word.FindAllStringIndex(line, -1)
	snmp := false
	for i, w := range words {
		text := line[w[0]:w[1]]
		if strings.HasPrefix(strings.ToLower(text), "snmp") {
			snmp = true
		}
		if i > 0 && strings.EqualFold(line[words[0][0]:words[0][1]], "aaa") {
			break // methods of authentication, no secrets
		}
		if !secretWords.MatchString(text) && (!snmp || !snmpWord.MatchString(text)) {
			continue
		}
		next := i + 1
		for next+1 < len(words) && secretKinds.MatchString(line[words[next][0]:words[next][1]]) {
			next++
		}
		if next < len(words) {
			return words[next][0]
		}
	}
	return -1
}

// secretsOf returns the secrets that maskLine hides, word by word, without
// quotes.
func secretsOf(line string) []string {
	var list []string
	for l := range strings.SplitSeq(line, "\n") {
		if at := secretAt(l); at >= 0 {
			for _, w := range strings.Fields(l[at:]) {
				if w = strings.Trim(w, `"';`); w != "" && w != masked {
					list = append(list, w)
				}
			}
		}
	}
	return list
}
