package router

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// Push sends a configuration that a client wrote, line by line and as it is
// written: entering the configuration, leaving it, saving and committing are
// lines of the text. Questions of the router are answered with Enter. At the
// end the router is brought out of the configuration when the text did not.
//
// At the first line that the router refuses the push ends: a candidate is
// thrown away; on other platforms the lines before it stay in effect, unsaved,
// and the error is uncertain. On a platform with a candidate a text without a
// commit at its end is refused in the same way, since none of it would stay.
//
// A line that Config.Allow does not let pass, and one that a command line would
// not take for what it is (dialect.SplitLines), is refused before anything is
// connected.
func (b *Backend) Push(ctx context.Context, a Access, text string) error {
	return b.visit(ctx, a, "push", func(d *dialect.Dialect) ([]string, error) {
		return b.clientLines(d, text)
	}, func(ctx context.Context, c *conversation, lines []string) error {
		lines, exits := withoutExits(lines)
		r, err := c.lines(ctx, lines)
		for r == nil && err == nil && c.configuring() && len(exits) > 0 {
			r, err = c.lines(ctx, exits[:1])
			exits = exits[1:]
		}
		if err != nil {
			return err
		}
		if r == nil && c.open {
			r = &refusal{line: "end of text", reason: "the lines after the last commit are not committed",
				committed: slices.ContainsFunc(lines, isCommit)}
		}
		switch {
		case r == nil && !c.leave(ctx):
			return c.access.fail(models.Internal, nil, "did not leave the configuration at the end of the text")
		case r == nil:
			return nil
		case c.dialect.Candidate:
			c.discard(ctx, r)
		default:
			c.leave(ctx)
		}
		return c.rejected(r)
	})
}

// withoutExits splits off the lines at the end that leave a mode. Outside of the
// configuration they would end the connection, which is no failure then.
func withoutExits(lines []string) (rest, exits []string) {
	n := len(lines)
	for n > 0 && leaving.MatchString(lines[n-1]) {
		n--
	}
	return lines[:n], lines[n:]
}

var leaving = regexp.MustCompile(`(?i)^\s*(?:ex|exi|exit|quit|logout)\s*$`)

// clientLines splits and checks a configuration that a client sent.
func (b *Backend) clientLines(d *dialect.Dialect, text string) ([]string, error) {
	lines, err := dialect.SplitLines(text)
	var unsendable *dialect.LineError
	switch {
	case errors.As(err, &unsendable):
		return nil, &failure{message: models.Errorf(models.Invalid, "Configuration rejected: line %d %s", unsendable.Line, unsendable.Reason)}
	case err != nil:
		return nil, fmt.Errorf("router: %w", err)
	case len(lines) == 0:
		return nil, &failure{message: models.Errorf(models.Invalid, "Configuration rejected: no line in it")}
	}
	for i, line := range lines {
		if !b.allows(line) {
			return nil, &failure{message: models.Errorf(models.Invalid,
				"Configuration rejected: %s: line %d is not among the lines that this gateway lets pass", printable(d.Mask(line)), i+1)}
		}
	}
	return lines, nil
}

// allows reports whether a line may be sent for a client. Spaces around it do
// not count.
func (b *Backend) allows(line string) bool {
	line = strings.TrimSpace(line)
	for _, r := range b.allow {
		if r.MatchString(line) {
			return true
		}
	}
	return len(b.allow) == 0
}

// anchored makes expressions match whole lines only.
func anchored(list []*regexp.Regexp) []*regexp.Regexp {
	whole := make([]*regexp.Regexp, len(list))
	for i, r := range list {
		whole[i] = regexp.MustCompile(`\A(?:` + r.String() + `)\z`)
	}
	return whole
}
