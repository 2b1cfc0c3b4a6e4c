package contract

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"provision-gateway/compat"
	"provision-gateway/compat/golden"
	"provision-gateway/compat/phpvalue"
	"provision-gateway/compat/redact"
)

// stabiliser turns what went over the wire into pairs that another run, or
// another server, can repeat: without secrets, and with placeholders for numbers
// and times that the server chose. What a request named first was chosen by the
// caller and stays as it is.
type stabiliser struct {
	placeholders golden.Placeholders
	redactor     *redact.Redactor
	ids, times   bool
	// named are values that a request named first, taken those that have a
	// placeholder, by kind and value.
	named map[value]bool
	taken map[value]string
	// counts are how many placeholders of each name there are.
	counts map[string]int
	// used are the placeholders that the current request has, by their values.
	used map[string]string
}

// value is something that the server or the caller chose.
type value struct{ kind, text string }

// newStabiliser replaces the given kinds besides secrets and bodies, which it
// always does. secrets are known ones.
func newStabiliser(kinds []golden.Kind, secrets ...string) (*stabiliser, error) {
	s := &stabiliser{redactor: redact.New(secrets...), named: map[value]bool{}, taken: map[value]string{}, counts: map[string]int{}}
	for _, kind := range kinds {
		s.ids, s.times = s.ids || kind == golden.IDs, s.times || kind == golden.Times
	}
	var err error
	s.placeholders, err = golden.NewPlaceholders(append([]golden.Kind{golden.Secrets, golden.Bodies}, kinds...)...)
	return s, err
}

// pair is a request that was sent and its answer, as they are recorded.
func (s *stabiliser) pair(request golden.Request, answer golden.Answer) golden.Pair {
	action := request.Action()
	recorded := s.request(action, request)
	body := string(s.redactor.Answer([]byte(s.placeholders.Quote(answer.Body))))
	answer.Body = s.answer(action, body)
	return golden.Pair{Request: recorded, Answer: &answer}
}

// request is a request without secrets and with the placeholders of what answers
// gave before.
func (s *stabiliser) request(action *compat.Action, r golden.Request) golden.Request {
	s.used = map[string]string{}
	s.name(action, "", r.Parameters())
	kind := r.Header("Content-Type")
	recorded := golden.Request{Line: s.redactor.URL(s.placeholders.Quote(r.Line))}
	if path, query, some := strings.Cut(recorded.Line, "?"); some {
		recorded.Line = path + "?" + s.words(action, query)
	}
	for _, header := range r.Headers {
		name, value, _ := strings.Cut(header, ":")
		bare := strings.TrimLeft(value, " ")
		recorded.Headers = append(recorded.Headers, name+":"+value[:len(value)-len(bare)]+s.redactor.Header(name, s.placeholders.Quote(bare)))
	}
	if r.Body != "" {
		recorded.Body = string(s.redactor.Body(kind, []byte(s.placeholders.Quote(r.Body))))
	}
	if strings.HasPrefix(strings.ToLower(kind), "application/x-www-form-urlencoded") {
		recorded.Body = s.words(action, recorded.Body)
	}
	return recorded
}

// name notes the values of a request that no answer gave before.
func (s *stabiliser) name(action *compat.Action, prefix string, parameters *phpvalue.Array) {
	for key, v := range parameters.All() {
		name := key.Text()
		if prefix != "" {
			name = prefix + "[" + name + "]"
		}
		if v.IsArray() {
			s.name(action, name, v.Array())
			continue
		}
		for _, chosen := range []value{{idKind(action, strings.TrimRight(name, "[]0123456789")), v.Text()}, {idKind(action, name), v.Text()}, {"time", v.Text()}} {
			if _, known := s.taken[chosen]; !known {
				s.named[chosen] = true
			}
		}
	}
}

// words puts placeholders into a query string or urlencoded body, and leaves its
// order and encoding.
func (s *stabiliser) words(action *compat.Action, query string) string {
	words := strings.Split(query, "&")
	for i, word := range words {
		name, text, _ := strings.Cut(word, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			continue
		}
		chosen := value{idKind(action, plain), text}
		if golden.IsTime(decoded(text)) {
			chosen = value{"time", decoded(text)}
		}
		if p := s.taken[chosen]; p != "" && !s.named[chosen] {
			words[i] = name + "=" + p
			s.used[text] = p
		}
	}
	return strings.Join(words, "&")
}

func decoded(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}

// The values that are replaced: numbers of things, but not 0, which is none.
var (
	idText      = regexp.MustCompile(`^[1-9][0-9]*$`)
	secondsText = regexp.MustCompile(`^[1-9][0-9]{8,10}$`)
	timeText    = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}`)
	// namedText is a number in a message that is not a count: No resource found
	// with ID: 57, Zeta (57) is in use by session 51.
	namedText = regexp.MustCompile(`(?:ID: |\(|[Ss]ession )[0-9]+`)
)

// answer is the body of an answer with placeholders. What is not replaced keeps
// its bytes.
func (s *stabiliser) answer(action *compat.Action, body string) string {
	var b strings.Builder
	at := 0
	for _, l := range leaves(body) {
		text := l.text(body)
		replaced := s.leaf(action, l, text, l.quoted(body))
		if replaced == text {
			continue
		}
		start := l.start
		if l.quoted(body) {
			start++
		}
		b.WriteString(body[at:start] + replaced)
		at = start + len(text)
	}
	return b.String() + body[at:]
}

func (s *stabiliser) leaf(action *compat.Action, l leaf, text string, quoted bool) string {
	kind := idKind(action, l.names)
	switch {
	case s.ids && kind != "" && (kind != "encrypted" || !quoted) && idText.MatchString(text):
		return s.placeholder("id", value{kind, text}, text)
	case s.times && !quoted && secondsText.MatchString(text) && (l.member == "date" || l.member == "modified" || l.member == "created"):
		return s.placeholder("seconds", value{"seconds", text}, text)
	case !quoted:
		return text
	}
	if s.times {
		text = timeText.ReplaceAllStringFunc(text, func(found string) string {
			if !golden.IsTime(found) {
				return found
			}
			return s.placeholder("time", value{"time", found}, found)
		})
	}
	if l.names == "message" && len(s.used) > 0 {
		// Messages name what the request is about.
		text = namedText.ReplaceAllStringFunc(text, func(found string) string {
			front := strings.TrimRight(found, "0123456789")
			if p := s.used[found[len(front):]]; p != "" {
				return front + p
			}
			return found
		})
	}
	return text
}

// placeholder is what stands for a value: the same each time, or the text as it
// is when the caller chose it.
func (s *stabiliser) placeholder(name string, chosen value, text string) string {
	if s.named[chosen] {
		return text
	}
	if p, known := s.taken[chosen]; known {
		return p
	}
	s.counts[name]++
	p := fmt.Sprintf("<%s-%d>", name, s.counts[name])
	s.taken[chosen] = p
	return p
}

var secretNumber = regexp.MustCompile(`<secret-[0-9]+>`)

// renumber counts secrets from 1 in the order in which a text shows them. A
// literal text of this form is quoted and not found.
func renumber(text string) string {
	numbers := map[string]string{}
	return secretNumber.ReplaceAllStringFunc(text, func(found string) string {
		if numbers[found] == "" {
			numbers[found] = fmt.Sprintf("<secret-%d>", len(numbers)+1)
		}
		return numbers[found]
	})
}
