package router

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/scrapli/scrapligo/driver/network"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// conversation is a connection to a router that is at a prompt.
type conversation struct {
	access    Access
	dialect   *dialect.Dialect
	driver    *network.Driver
	transport *sshTransport
	log       *slog.Logger
	// within is how long one line may take.
	within time.Duration
	veil   *veil
	screen screen
	prompt promptPattern
	// place is the last prompt, and mode what it shows.
	place string
	mode  dialect.Mode
	// taken says that the router may have taken a line of configuration.
	taken bool
	// removed says that the session of the call was taken off the router.
	removed bool
	// open says that a candidate has lines that are not committed.
	open bool
}

// close ends the connection.
func (c *conversation) close() {
	// Without the connection scrapligo's reader ends, and Close has nothing to
	// wait for.
	c.transport.abort()
	if c.transport.out != nil {
		_ = c.driver.Channel.Close()
	}
	_ = c.transport.Close()
}

// learn takes a prompt for the one of this router.
func (c *conversation) learn(prompt string) {
	c.prompt = newPromptPattern(prompt)
	c.stand(prompt)
}

func (c *conversation) stand(prompt string) { c.place, c.mode = prompt, c.dialect.Mode(prompt) }

// configuring reports whether lines configure now. A prompt that the dialect
// does not know is that of some corner of the configuration.
func (c *conversation) configuring() bool {
	return c.mode != dialect.Exec && c.mode != dialect.Privileged
}

// settle marks an error with what is known about the router.
func (c *conversation) settle(err error) error {
	var f *failure
	if errors.As(err, &f) {
		f.uncertain, f.removed = c.taken, c.removed
	}
	return err
}

// send types a line, waits until the router shows the next prompt, and returns
// what it showed between. After an error the connection is closed.
func (c *conversation) send(ctx context.Context, line string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	defer context.AfterFunc(ctx, c.transport.abort)()
	output, err := c.exchange(ctx, line)
	if err != nil {
		c.log.Warn("router line without answer", "router", c.access.Name, "line", c.veil.line(line))
		c.transport.abort()
	}
	return output, err
}

func (c *conversation) exchange(ctx context.Context, line string) (string, error) {
	c.screen = screen{}
	c.driver.Channel.Q.DequeueAll()
	if c.configuring() {
		c.taken = true
	}
	if err := c.driver.Channel.Write([]byte(line), true); err != nil {
		return "", c.lost(ctx, line)
	}
	// The router repeats what is typed. To wait for that keeps question and
	// answer together, whatever else it shows in between.
	for !c.screen.dropEcho(line) {
		if c.screen.received > 0 && c.screen.quietFor(patience) {
			c.screen.shown = nil
			break
		}
		if err := c.read(ctx, line); err != nil {
			return "", err
		}
	}
	if err := c.driver.Channel.WriteReturn(); err != nil {
		return "", c.lost(ctx, line)
	}
	return c.answer(ctx, line)
}

// patience is how long to wait for the rest of a line that the router began to
// repeat. Some show only the end of a long line, or a message in its middle.
const patience = 2 * time.Second

// How questions are told from output that only looks like one: nothing follows
// for this long. A router whose questions Enter does not settle is given up.
const (
	quiet         = 300 * time.Millisecond
	mostQuestions = 8
)

// mostOutput is how much a router may show after one line, in bytes. A list of
// sessions has some hundred for each.
const mostOutput = 4 << 20

// answer reads what the router says to a line, up to the prompt. It turns
// pages and takes the default of questions.
func (c *conversation) answer(ctx context.Context, line string) (string, error) {
	questions := 0
	for handled := -1; ; {
		if before, prompt, found := c.screen.prompt(c.prompt); found && (!c.prompt.renamed || c.screen.quietFor(quiet)) {
			c.stand(prompt)
			return before, nil
		}
		switch {
		case c.screen.received > mostOutput:
			return "", c.access.fail(models.Internal, nil, "shows no end of output after: %s", c.veil.line(line))
		case c.screen.received == handled:
		case c.screen.pauses():
			handled = c.screen.received
			c.screen.turn()
			if err := c.driver.Channel.Write([]byte(" "), false); err != nil {
				return "", c.lost(ctx, line)
			}
		case c.screen.asks() && c.screen.quietFor(quiet):
			handled = c.screen.received
			if questions++; questions > mostQuestions {
				return "", c.asked(line)
			}
			if err := c.driver.Channel.WriteReturn(); err != nil {
				return "", c.lost(ctx, line)
			}
		}
		if err := c.read(ctx, line); err != nil {
			if c.screen.asks() && ctx.Err() != nil {
				return "", c.asked(line)
			}
			return "", err
		}
	}
}

// pollEvery is how long to sleep when nothing came. scrapligo has no way to be
// woken.
const pollEvery = time.Millisecond

// read moves what has come onto the screen, or waits a moment.
func (c *conversation) read(ctx context.Context, line string) error {
	if ctx.Err() != nil {
		return c.lost(ctx, line)
	}
	b, err := c.driver.Channel.Read()
	if err != nil {
		// What came before the end must not be lost with it.
		if b = c.driver.Channel.Q.DequeueAll(); len(b) == 0 {
			return c.lost(ctx, line)
		}
	}
	if len(b) == 0 {
		time.Sleep(pollEvery)
		return nil
	}
	c.screen.show(b)
	return nil
}

// lost is the failure of a line that got no answer.
func (c *conversation) lost(ctx context.Context, line string) error {
	switch err := ctx.Err(); {
	case errors.Is(err, context.Canceled):
		return c.access.fail(models.Internal, err, "was left: the request was given up at: %s", c.veil.line(line))
	case err != nil:
		return c.access.fail(models.Internal, err, "stopped answering: it did not settle in time: %s", c.veil.line(line))
	}
	err := c.transport.conn.broken()
	what := "it closed the connection"
	if err != nil {
		what = plainly(err, c.within)
	}
	return c.access.fail(models.Internal, nil, "was lost: %s at: %s", what, c.veil.line(line))
}

func (c *conversation) asked(line string) error {
	return c.access.fail(models.Internal, context.DeadlineExceeded, "asks a question that Enter does not settle after: %s", c.veil.line(line))
}
