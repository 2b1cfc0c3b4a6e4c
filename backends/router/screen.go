package router

import (
	"bytes"
	"regexp"
	"strings"
	"time"
)

// screen is what a router showed since a line was begun. The zero value is an
// empty one.
type screen struct {
	shown []byte
	// received counts the bytes that came, erased ones too.
	received int
	// last is when the last of them came.
	last time.Time
	// turned are the pages so far.
	turned []page
}

// show adds output. A backspace takes back what stands before it in the line.
func (s *screen) show(b []byte) {
	s.received += len(b)
	s.last = time.Now()
	if bytes.IndexByte(b, erase) < 0 {
		s.shown = append(s.shown, b...)
		return
	}
	for _, c := range b {
		switch n := len(s.shown); {
		case c != erase:
			s.shown = append(s.shown, c)
		case n > 0 && s.shown[n-1] != '\n':
			s.shown = s.shown[:n-1]
		}
	}
}

// quietFor reports whether nothing came for that long.
func (s *screen) quietFor(d time.Duration) bool { return time.Since(s.last) >= d }

// dropEcho looks for a line as the router repeats it and drops everything up
// to its end. White space does not count, since terminals wrap.
func (s *screen) dropEcho(line string) bool {
	wanted := strings.Join(strings.Fields(line), "")
	if wanted == "" {
		return true
	}
	for start := range s.shown {
		if s.shown[start] != wanted[0] {
			continue
		}
		found := 0
		for i := start; i < len(s.shown); i++ {
			c := s.shown[i]
			if c == ' ' || c == '\n' || c == '\t' {
				continue
			}
			if c != wanted[found] {
				break
			}
			if found++; found == len(wanted) {
				s.shown = s.shown[i+1:]
				return true
			}
		}
	}
	return false
}

// tail is the end of what is shown, enough for a prompt or a question.
func (s *screen) tail() []byte { return s.shown[max(0, len(s.shown)-400):] }

// pause is what a pager shows when a page is full, on a line of its own.
var pause = regexp.MustCompile(`(?i)(?:\A|\n)([ \t]*(?:-+ ?\(?more(?: \d+%)?\)? ?-+|<-* ?more ?-*>|press any key to continue[^\n]{0,40})[ \t]*)\z`)

func (s *screen) pauses() bool { return pause.Match(s.tail()) }

// turn remembers where the pager wrote. Some routers erase that, others go on
// in the same line.
func (s *screen) turn() {
	if m := pause.FindSubmatchIndex(s.tail()); m != nil {
		at := len(s.shown) - len(s.tail()) + m[2]
		s.turned = append(s.turned, page{at, string(s.shown[at:])})
	}
}

// page is what a pager wrote, and where.
type page struct {
	at   int
	mark string
}

// withoutPages returns what stands before a position, without what pagers
// wrote and nobody erased.
func (s *screen) withoutPages(end int) []byte {
	var text []byte
	from := 0
	for _, p := range s.turned {
		if p.at >= from && p.at+len(p.mark) <= end && string(s.shown[p.at:p.at+len(p.mark)]) == p.mark {
			text = append(text, s.shown[from:p.at]...)
			from = p.at + len(p.mark)
		}
	}
	return append(text, s.shown[from:end]...)
}

// question is how routers ask, on a line that they leave unfinished: with a
// question mark or a choice, and the default in brackets behind it.
var question = regexp.MustCompile(`(?i)(?:\?|\[(?:confirm|y|n|yes|no|y/n|yes/no|cancel)\]|\((?:y|n|y/n|yes/no|yes/no/cancel)\))` +
	`(?:[ \t]*[\[(][^\[\]()\n]{0,60}[\])]){0,2}[ \t]*[?:]{0,2}[ \t]*\z`)

func (s *screen) asks() bool { return question.Match(s.tail()) }

// prompt reports whether the screen ends in a prompt, and which, and returns
// what stands before it.
func (s *screen) prompt(p promptPattern) (before, prompt string, found bool) {
	tail := s.tail()
	m := p.expression.FindSubmatchIndex(tail)
	if m == nil {
		return "", "", false
	}
	text := place.ReplaceAll(s.withoutPages(len(s.shown)-len(tail)+m[0]), nil)
	return strings.Trim(string(text), "\n"), string(tail[m[2]:m[3]]), true
}

// place is what Junos writes above a prompt: which of two routing engines it
// is, and where in the configuration.
var place = regexp.MustCompile(`(?:\A|\n)(?:\{[\w:\-]+\})?(?:\[edit[^\]\n]*\])?\s*\z`)

// promptPattern tells the prompt of one router from its output.
type promptPattern struct {
	expression *regexp.Regexp
	// renamed says that the router has got another name and the expression
	// fits any.
	renamed bool
}

// The parts of a prompt: the name with what stands around it, the mode, and
// the sign at the end.
const (
	promptName = `[\w.\-/:@+~]`
	promptMode = `(?:\([^()\n]{1,80}\)){0,2}[>#%$]`
)

var splitPrompt = regexp.MustCompile(`(` + promptName + `{1,128})` + promptMode + `\s*\z`)

// certain is how much of a name is looked for. Cisco IOS shortens a longer name
// inside the configuration.
const certain = 12

// newPromptPattern makes the pattern from a prompt that was seen: the same name
// in any mode, at the end of the output and on a line of its own.
func newPromptPattern(seen string) promptPattern {
	m := splitPrompt.FindStringSubmatch(seen)
	if m == nil {
		return anyPrompt
	}
	name := m[1][:min(len(m[1]), certain)]
	return promptPattern{expression: regexp.MustCompile(`\n\s*(` + regexp.QuoteMeta(name) + promptName + `*` + promptMode + `) ?\z`)}
}

var anyPrompt = promptPattern{
	expression: regexp.MustCompile(`\n\s*(` + promptName + `{1,128}` + promptMode + `) ?\z`),
	renamed:    true,
}

// renames finds the lines that change the name of a router, and so its prompt.
var renames = regexp.MustCompile(`(?i)^\s*(?:no\s+)?(?:host(?:n|na|nam|name)?|switchname|set\s+system\s+host-name)\b`)
