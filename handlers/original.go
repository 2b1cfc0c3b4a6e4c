package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"provision-gateway/backends/comparison"
	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/models"
)

// Original is the server that answered the scripts before; see package legacy.
type Original interface {
	Do(ctx context.Context, r *legacy.Request) (*legacy.Answer, error)
	// DoAside is Do for a request that no caller waits for.
	DoAside(ctx context.Context, r *legacy.Request) (*legacy.Answer, error)
}

// Comparer compares the answers of both sides; see package comparison.
type Comparer interface {
	// Offer takes a pair, or drops it. It returns at once.
	Offer(p comparison.Pair)
}

var errNoOriginal = models.Errorf(models.Internal, "No original server is configured on this gateway")

// pass has the original answer. Nothing of the answer is changed.
func (k *call) pass(q *request) ([]byte, error) {
	if k.Original == nil {
		return nil, errNoOriginal
	}
	if k.reads() {
		answer, err := k.Original.Do(k.ctx, k.passed(q))
		if err != nil {
			return nil, fmt.Errorf("pass on: %w", err)
		}
		k.original = answer
		if k.mode == compat.ModeShadow {
			k.compare(q, answer, false)
		}
		return answer.Body, nil
	}
	return k.passOnce(q)
}

// passOnce passes on what may change something: whether its caller waits or not,
// and only once for a token.
func (k *call) passOnce(q *request) ([]byte, error) {
	k.token = k.idempotency(q)
	k.ctx = context.WithoutCancel(k.ctx)
	k.background.done.Add(1)
	defer k.background.done.Done()
	w := &passedWrite{scopes: changedThere(k.params.text("target"))}
	if err := k.inStep(w, k.claim, w.begin); err != nil {
		return nil, err
	}
	answer, err := k.Original.Do(k.ctx, k.passed(q))
	if err != nil {
		failed, ok := errors.AsType[*legacy.Error](err)
		unknown := ok && failed.Uncertain()
		return nil, errors.Join(fmt.Errorf("pass on: %w", err),
			k.inStep(w, func(tx *models.Tx) error { return k.releaseUnless(tx, unknown) }, w.end(ok && !unknown)))
	}
	k.original = answer
	// What the original did is done: its caller gets its answer, whatever becomes
	// of the token. A token that is neither settled nor released stays claimed, and
	// whoever sends it again is told that the outcome is not known.
	err = k.inStep(w, func(tx *models.Tx) error { return k.conclude(tx, answer) }, w.end(refusedWhole(answer)))
	if err != nil {
		k.Logger.Error("the answer of the original could not be kept for its token, or that this side is behind it", "error", err)
	}
	return answer.Body, nil
}

// conclude does with the token what the answer of the original says about the
// write. Only a 4xx says that nothing was done. A 5xx comes from what stands before
// a server that may still be at it, or from a script that broke off halfway, and
// an empty 200 is what PHP answers when one of its limits ended a script.
func (k *call) conclude(tx *models.Tx, answer *legacy.Answer) error {
	switch {
	case answer.Status == http.StatusOK && len(answer.Body) != 0:
		return k.settle(tx, answer.Body)
	case refusedWhole(answer):
		return k.release(tx)
	}
	return nil
}

// refusedWhole reports whether an answer says that nothing was done.
func refusedWhole(a *legacy.Answer) bool {
	return a.Status >= http.StatusBadRequest && a.Status < http.StatusInternalServerError
}

// inStep does what concerns the token of a write, and how far it leaves this side
// behind, as one change: when it has a token, or changes what is shown here.
func (k *call) inStep(w *passedWrite, steps ...func(*models.Tx) error) error {
	if k.token == nil && len(w.scopes) == 0 {
		return nil
	}
	return k.Store.Write(k.ctx, func(tx *models.Tx) error {
		for _, step := range steps {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// passed is the request for the original.
func (k *call) passed(q *request) *legacy.Request {
	return &legacy.Request{
		Method: q.method, Query: q.raw, ContentType: q.contentType, Body: q.body, UserAgent: q.userAgent, Repeatable: k.reads(),
	}
}

// compare hands a read that one side answered over for comparison. The answer to a
// HEAD has no body to compare.
func (k *call) compare(q *request, answer *legacy.Answer, failed bool) {
	if k.Comparer == nil || !k.reads() || q.method == http.MethodHead {
		return
	}
	shared := k.seeing()
	k.Comparer.Offer(comparison.Pair{
		Action: k.action, Mode: k.mode, Caller: k.caller.Name, Fingerprint: k.params.fingerprint(),
		Request: k.passed(q), Answer: answer, Failed: failed, Own: shared.here,
		Stale: k.stale, Outdated: shared.outdated,
		Original: func(ctx context.Context) (*legacy.Answer, error) {
			if shared.Original == nil {
				return nil, errNoOriginal
			}
			return shared.Original.DoAside(ctx, shared.passed(q))
		},
	})
}

// here answers a read on this side, for nobody.
func (k *call) here(ctx context.Context) (answer *legacy.Answer, err error) {
	defer recovered(&err)
	started := k.Now()
	shadow := *k
	shadow.ctx = ctx
	versions, err := shadow.Store.Versions(ctx)
	if err != nil {
		return nil, err
	}
	body, err := shadow.answer(versions)
	if err != nil && isInternal(err) {
		return nil, err
	}
	return shadow.made(body, err, started), nil
}

// made is an answer of this program in the form of the original's.
func (k *call) made(body []byte, err error, started time.Time) *legacy.Answer {
	status := http.StatusOK
	if err != nil {
		status, body = k.failure(err)
	}
	return &legacy.Answer{
		Status: status, Header: http.Header{echo.HeaderContentType: {"application/json"}}, Body: body, Took: k.Now().Sub(started),
	}
}

// verify answers a read here and hands it over for comparison. A caller does not
// suffer from what this program cannot do yet: the original answers instead.
func (k *call) verify(q *request, versions models.Versions) ([]byte, error) {
	started := k.Now()
	body, err := k.answer(versions)
	if err == nil || !isInternal(err) {
		if answer := k.compared(k.made(body, err, started)); answer != nil {
			k.compare(q, answer, false)
		}
		return body, err
	}
	if k.withheld() {
		return nil, err
	}
	k.Logger.Warn("the original answers what failed here", "action", k.action.Key(), "error", err)
	answer, passErr := k.Original.Do(k.ctx, k.passed(q))
	if passErr != nil {
		return nil, errors.Join(err, passErr)
	}
	k.original = answer
	k.compare(q, answer, true)
	return answer.Body, nil
}

// writePassed sends an answer of the original as it came.
func writePassed(c echo.Context, a *legacy.Answer) error {
	header := c.Response().Header()
	for name, values := range a.Header {
		header[name] = values
	}
	if _, typed := a.Header[echo.HeaderContentType]; !typed {
		// Else the HTTP library would guess one.
		header[echo.HeaderContentType] = nil
	}
	if c.Request().Method == http.MethodHead {
		c.Response().WriteHeader(a.Status)
		return nil
	}
	header[echo.HeaderContentLength] = []string{strconv.Itoa(len(a.Body))}
	c.Response().WriteHeader(a.Status)
	_, err := c.Response().Write(a.Body)
	return err
}
