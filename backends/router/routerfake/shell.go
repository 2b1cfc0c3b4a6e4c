package routerfake

import (
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// shell is the command line of one user.
type shell struct {
	router *Router
	wire   ssh.Channel
	name   string
	mode   mode
	// candidate are the lines that wait for a commit.
	candidate []string
}

func newShell(r *Router, wire ssh.Channel) *shell {
	s := &shell{router: r, wire: wire, name: r.options.Name, mode: r.platform.login}
	if r.options.Looking {
		s.mode = execMode
	}
	return s
}

func (s *shell) run() {
	if s.router.options.Greeting != "" {
		s.print(s.router.options.Greeting + "\n")
	}
	for s.prompt(); ; s.prompt() {
		line, open := s.read(true)
		if !open {
			return
		}
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		s.router.change(func() { s.router.lines = append(s.router.lines, line) })
		if s.answered(line) {
			continue
		}
		if !s.obey(line) {
			return
		}
	}
}

// answered does what Options.Answer says, and reports whether the line is dealt
// with.
func (s *shell) answered(line string) bool {
	if s.router.options.Answer == nil {
		return false
	}
	a := s.router.options.Answer(line)
	if a == nil {
		return false
	}
	if a.Text != "" {
		s.page(a.Text)
	}
	if a.Renamed != "" {
		s.name = a.Renamed
		return false
	}
	switch {
	case a.Close:
		_ = s.wire.Close()
	case a.Hang:
		_, _ = io.Copy(io.Discard, s.wire)
	case a.Question != "":
		for {
			s.print(a.Question)
			given, open := s.read(true)
			if !open || given == a.Expect {
				return false
			}
		}
	}
	return true
}

// obey treats a line as the platform would. It reports whether the user stays.
func (s *shell) obey(line string) bool {
	p := s.router.platform
	if p.stamp != "" && !s.mode.configures() {
		s.print(p.stamp + "\n")
	}
	to, leads := p.follow(s.mode, line)
	switch {
	case s.mode.configures() && strings.HasPrefix(line, "commit"):
		s.commit()
		if !p.junos && leads || strings.HasSuffix(line, "and-quit") {
			s.mode = p.login
		}
	case s.mode.configures() && (line == "abort" || strings.HasPrefix(line, "rollback")):
		s.candidate = nil
		if leads {
			s.mode = to
		}
	case s.mode.configures() && !leads, leads && to.configures() && s.mode.configures():
		s.candidate = append(s.candidate, line)
		s.mode = to
		if !s.holds() {
			s.apply()
		}
	case leads:
		s.lead(to)
	case s.mode == execMode && line == "enable":
		s.enable()
	case line == "exit" || line == "quit":
		return false
	case !p.exec.MatchString(line):
		s.print(p.unknown + "\n")
	case saves(line):
		s.router.change(func() { s.router.saved = slices.Clone(s.router.running) })
		s.print(p.saved + "\n")
	}
	return true
}

// holds reports whether lines wait for a commit now.
func (s *shell) holds() bool {
	return s.router.platform.candidate || strings.HasPrefix(string(s.mode), "config-s-")
}

// lead enters or leaves the configuration. With lines that are not committed a
// candidate platform asks; Enter means to stay on IOS XR and to leave on Junos.
func (s *shell) lead(to mode) {
	switch {
	case !s.mode.configures() || len(s.candidate) == 0 || !s.router.platform.candidate:
	case s.router.platform.junos:
		s.print("The configuration has been changed but not committed\nExit with uncommitted changes? [yes,no] (yes) ")
		if given, _ := s.read(true); given == "no" {
			return
		}
		s.candidate = nil
	default:
		s.print("Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]:")
		switch given, _ := s.read(true); given {
		case "yes":
			s.commit()
		case "no":
			s.candidate = nil
		default:
			return
		}
	}
	s.mode = to
}

func (s *shell) commit() {
	s.router.change(func() { s.router.commits++ })
	s.apply()
}

// apply makes the candidate effective.
func (s *shell) apply() {
	lines := s.candidate
	s.candidate = nil
	s.router.change(func() { s.router.running = append(s.router.running, lines...) })
}

// enable asks for the password of privileged mode.
func (s *shell) enable() {
	for range 3 {
		s.print("Password: ")
		given, open := s.read(false)
		s.print("\n")
		if !open || given == Password {
			s.mode = ""
			return
		}
	}
	s.print("% Bad secrets\n\n")
}

func (s *shell) prompt() {
	if s.router.options.Prompt != "" {
		s.print(s.router.options.Prompt)
		return
	}
	s.print(s.router.platform.prompt(s.name, s.mode))
}

// read takes a line, and repeats what is typed unless it is to stay hidden.
func (s *shell) read(echo bool) (line string, open bool) {
	var typed []byte
	for {
		c, open := s.key()
		if !open {
			return string(typed), false
		}
		if c == '\n' || c == '\r' {
			if echo {
				s.print("\n")
			}
			return string(typed), true
		}
		if most := s.router.options.Repeat; echo && (most == 0 || len(typed) < most) {
			s.print(string(c))
		}
		typed = append(typed, c)
	}
}

func (s *shell) key() (c byte, open bool) {
	var b [1]byte
	if _, err := io.ReadFull(s.wire, b[:]); err != nil {
		return 0, false
	}
	return b[0], true
}

// page prints a text and stops at the end of each page.
func (s *shell) page(text string) {
	var screen strings.Builder
	defer func() { s.print(screen.String()) }()
	printed := 0
	for line := range strings.Lines(strings.TrimSuffix(text, "\n") + "\n") {
		if size := s.router.options.Page; size > 0 && printed == size {
			printed = 0
			s.print(screen.String())
			screen.Reset()
			more := s.router.platform.more
			s.print(more)
			c, open := s.key()
			s.print(strings.Repeat("\b", len(more)) + strings.Repeat(" ", len(more)) + strings.Repeat("\b", len(more)))
			if !open || c == 'q' {
				return
			}
		}
		screen.WriteString(line)
		printed++
	}
}

// print sends a text, with the line ends of a terminal.
func (s *shell) print(text string) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	if s.router.options.Delay == 0 {
		_, _ = s.wire.Write([]byte(text))
		return
	}
	for i := range len(text) {
		time.Sleep(s.router.options.Delay)
		if _, err := s.wire.Write([]byte{text[i]}); err != nil {
			return
		}
	}
}
