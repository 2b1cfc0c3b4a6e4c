package router

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"provision-gateway/models"
)

// refusal is a line that a router did not take. It is not an error by itself,
// since what becomes of the lines before it is not settled yet.
type refusal struct {
	// line and reason are fit to be shown.
	line, reason string
	// commit says that the line was one, and committed that one before it was
	// taken.
	commit, committed bool
}

// lines sends lines one by one and stops at the first that is refused.
func (c *conversation) lines(ctx context.Context, lines []string) (*refusal, error) {
	c.veil.learn(lines)
	for i, line := range lines {
		taken, inside := c.taken, c.transaction()
		if renames.MatchString(line) {
			c.prompt = anyPrompt
		}
		output, err := c.send(ctx, line)
		if err != nil {
			return nil, err
		}
		shown := c.veil.line(line)
		if reason, refused := c.refused(line, output); refused {
			c.taken = taken
			c.log.Warn("router line refused", "router", c.access.Name, "line", shown, "reason", reason)
			return &refusal{shown, reason, isCommit(line), slices.ContainsFunc(lines[:i], isCommit)}, nil
		}
		c.log.Info("router line taken", "router", c.access.Name, "line", shown)
		if settles.MatchString(line) {
			c.open = false
		} else if inside && !passes.MatchString(line) {
			c.open = true
		}
	}
	return nil, nil
}

// refused decides whether the router took a line, by what it said and by the
// mode that it is in now.
func (c *conversation) refused(line, output string) (reason string, refused bool) {
	if reason, refused = c.dialect.Refused(line, output); !refused {
		wanted, known := c.dialect.After(line)
		if !known || c.mode == wanted {
			return "", false
		}
		reason = output
	}
	if reason = c.veil.said(reason); reason == "" {
		reason = "the router did not enter the mode that this line leads to"
	}
	return reason, true
}

// rejected is the failure that a refusal ends in.
func (c *conversation) rejected(r *refusal) error {
	return &failure{
		message:   models.Errorf(models.Invalid, "Configuration rejected: %s: %s", r.line, r.reason),
		uncertain: c.taken,
	}
}

// leave goes back to the mode of the login, which on a platform with a
// candidate configuration throws the candidate away. It reports whether the
// router followed. Lines that lead out configure nothing, so that they do not
// count as taken.
func (c *conversation) leave(ctx context.Context) bool {
	defer func(taken bool) { c.taken = taken }(c.taken)
	way := c.dialect.AbortLines
	if c.dialect.Candidate && !c.transaction() {
		way = []string{"end"}
	}
	for _, line := range way {
		if !c.configuring() {
			break
		}
		if r, err := c.lines(ctx, []string{line}); r != nil || err != nil {
			return false
		}
	}
	return !c.configuring()
}

// discard throws away the candidate after a refused line. It asks before why a
// commit failed.
func (c *conversation) discard(ctx context.Context, r *refusal) {
	if r.commit && !c.configuring() {
		// What sounds like a refusal was none, or not of everything.
		return
	}
	if !c.transaction() {
		c.leave(ctx)
		return
	}
	if r.commit && c.dialect.WhyLine != "" {
		why, err := c.send(ctx, c.dialect.WhyLine)
		if err != nil {
			return
		}
		if why = c.veil.said(why); why != "" {
			r.reason = why
		}
	}
	if c.leave(ctx) && !r.committed {
		c.taken = false
	}
}

// transaction reports whether lines have no effect now before a commit. EOS has
// that only within a session; whoever types "configure terminal" there acts at
// once.
func (c *conversation) transaction() bool {
	return c.dialect.Candidate && c.configuring() &&
		(c.dialect.Name != "arista_eos" || strings.Contains(c.place, "(config-s-"))
}

// isCommit reports whether a line makes a candidate configuration effective.
func isCommit(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "commit") && !strings.HasPrefix(line, "commit check")
}

var (
	// settles matches lines after which nothing waits for a commit.
	settles = regexp.MustCompile(`(?i)^\s*(?:commit(?: and-quit| confirmed.*| comment.*| label.*)?|abort|rollback.*|clear)\s*$`)
	// passes matches lines that change nothing.
	passes = regexp.MustCompile(`(?i)^\s*(?:commit check|exit.*|quit|end|top|up|root|show .*|run .*|do .*|[!#].*)\s*$`)
)
