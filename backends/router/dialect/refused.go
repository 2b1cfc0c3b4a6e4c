package dialect

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestReason is how many characters of an answer are repeated.
const longestReason = 200

// commonRefusals are beginnings of a line, without regard to case, that no
// platform prints when it did what it was told.
const commonRefusals = `error\b|.*\berror: |failed\b|can'?t |cannot |can not |unable to |permission denied|` +
	`(?:command |% ?)?authorization failed|command rejected|invalid (?:input|value|command)\b`

// ciscoRefusals is the per cent sign that starts the refusals of all command
// lines that follow Cisco's, and the refusals without it.
const ciscoRefusals = `%|.*\balready running\b|.*\bfile open failed\b`

// frrRefusals are those of FRRouting that lack the per cent sign.
const frrRefusals = `\S+ is not running|.*\bno such (?:neighbor|instance)\b|.*"bgpnosuchneighbor"|` +
	`vtysh error|warning: closing connection|unknown command`

// commonNotices are lines that look like a refusal and are none: messages of
// the log between the answers, warnings, and a transaction without changes.
const commonNotices = `%[a-z0-9_]+(?:-[a-z0-9_]+)*-\d-[a-z0-9_]+ ?:|% ?(?:warning|note|info)\b|` +
	`% ?no (?:configuration )?changes\b`

// removes are the lines that take a neighbor away, and nothingThere the answers
// of a router that does not have it.
var (
	removes      = regexp.MustCompile(`(?i)^\s*(?:no neighbor \S+|delete protocols bgp .*)$`)
	nothingThere = regexp.MustCompile(`(?i)specify remote-as or peer-group|unknown neighbor|no such neighbor|not? (?:exist|found|configured)|does(?: not|n't) exist|statement not found`)
)

// refusals and notices compile lists of beginnings of a line.
func refusals(lists ...string) *regexp.Regexp { return beginnings(append(lists, commonRefusals)) }
func notices(lists ...string) *regexp.Regexp  { return beginnings(append(lists, commonNotices)) }

func beginnings(lists []string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:` + strings.Join(lists, "|") + `)`)
}

// Refused reads the output of the router for a line, with or without the line's
// echo and the next prompt, and tells whether the router refused the line. The
// reason is what it said, in one line of at most 200 characters that holds no
// control character and none of the line's secrets.
//
// A remark, as on a route map that does not exist yet, a warning, a message of
// the log, and the answer to the removal of a neighbor that is not there are no
// refusal. See After for refusals that show only in the prompt.
func (d *Dialect) Refused(line, output string) (reason string, refused bool) {
	lines := d.answers(line, output)
	for i, answer := range lines {
		if !d.refusals.MatchString(answer) || d.notices.MatchString(answer) {
			continue
		}
		if removes.MatchString(line) && nothingThere.MatchString(answer) {
			continue
		}
		if strings.HasSuffix(answer, ":") && i+1 < len(lines) {
			answer += " " + lines[i+1]
		}
		return conceal(answer, line), true
	}
	return "", false
}

// answers splits an output into lines without surrounding spaces, control
// characters, blank lines and the echo of the line that was sent, which may stand
// behind a prompt.
func (d *Dialect) answers(line, output string) []string {
	var list []string
	echo := strings.TrimSpace(line)
	output = strings.ReplaceAll(output, "\r", "\n")
	for a := range strings.SplitSeq(output, "\n") {
		a = strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(a, " ")))
		if a == "" || a == "^" || a == echo {
			continue
		}
		if prompt, ok := strings.CutSuffix(a, echo); ok && d.Mode(prompt) != Unknown {
			continue
		}
		list = append(list, a)
	}
	return list
}

// printable turns what a terminal would act upon into spaces.
func printable(r rune) rune {
	if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Cf, r) {
		return ' '
	}
	return r
}

// conceal makes a reason of an answer: without the secrets of the line, also
// where the router repeats only a part of one, in one line and short.
func conceal(answer, line string) string {
	secrets := secretsOf(line)
	words := strings.Fields(mask(answer))
	for i, w := range words {
		for _, s := range secrets {
			if w != masked && shows(w, s) {
				words[i] = masked
			}
		}
	}
	answer = strings.Join(words, " ")
	if utf8.RuneCountInString(answer) > longestReason {
		answer = string([]rune(answer)[:longestReason-1]) + "…"
	}
	return answer
}

// shows tells whether a word shows a secret or four characters or more of its
// beginning or end.
func shows(word, secret string) bool {
	bare := strings.Trim(word, `"'.,:;()[]{}<>`)
	switch {
	case word == secret, bare == secret:
		return true
	case len(secret) < 4:
		return false
	case strings.Contains(word, secret):
		return true
	}
	return len(bare) >= 4 && strings.Contains(secret, bare)
}
