package peeringdb

import (
	"context"
	"io"
	"net/http"
	"time"
)

// body is the body of an answer, which ends when it is too long or when
// nothing comes for too long.
type body struct {
	from           io.Reader
	silence        *time.Timer
	silenceTimeout time.Duration
	done, most     int64
	total          int64
	next           int64
	tell           func(done, total int64)
	count          func(n int64)
}

// watch makes the body of an answer end in time.
func (c *Client) watch(answer *http.Response, cancel context.CancelCauseFunc, tell func(done, total int64)) *body {
	return &body{
		from: answer.Body, most: c.config.MaxBytes, total: answer.ContentLength, tell: tell,
		silenceTimeout: c.config.SilenceTimeout,
		silence:        time.AfterFunc(c.config.SilenceTimeout, func() { cancel(errSilence) }),
		count:          func(n int64) { c.bytes.Add(n) },
	}
}

// Read reads from the answer.
func (b *body) Read(p []byte) (int, error) {
	if b.done >= b.next {
		b.tell(b.done, b.total)
		b.next = b.done + progressStep
	}
	n, err := b.from.Read(p)
	if n > 0 {
		b.silence.Reset(b.silenceTimeout)
	}
	b.done += int64(n)
	b.count(int64(n))
	if b.done > b.most {
		return n, errTooBig
	}
	return n, err
}

// stop ends the watch.
func (b *body) stop() { b.silence.Stop() }
