package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phpvalue"
	"provision-gateway/models"
)

const messageInternal = "Internal error"

// call is one request for one action.
type call struct {
	*Gateway
	ctx    context.Context
	action *compat.Action
	params parameters
	caller *models.Credential
	// token is set when the caller made a write idempotent.
	token *models.Token
	// mode says who answers, and original is what the original server answered.
	mode     compat.Mode
	original *legacy.Answer
	// behind is how far this side was behind the original when the request came, and
	// stale says that what a read is made from was.
	behind []models.PassedWrites
	stale  bool
	// asked is set once the caller is known, and retired is the pattern that ended
	// the action, if one did.
	asked   *request
	retired string
	// away is why the database does not answer, when what was known last is used.
	away error
}

// permissionFor is what each effect needs.
var permissionFor = map[compat.Effect]models.Permission{
	compat.Read: models.PermissionRead, compat.Write: models.PermissionWrite,
	compat.Mail: models.PermissionMail, compat.Device: models.PermissionDevice,
}

// legacy answers a request of the legacy API: it finds out what was asked and
// by whom, has it done, and writes one line to the log.
func (g *Gateway) legacy(c echo.Context) error {
	started := g.Now()
	k := &call{Gateway: g, ctx: c.Request().Context(), caller: &models.Credential{}}
	body, err := k.runSafely(c.Request())
	if k.asked != nil {
		g.usage.note(k.use(), started)
	}
	status := http.StatusOK
	switch {
	case err != nil:
		status, body = k.failure(err)
	case k.original != nil:
		status = k.original.Status
	}
	g.log(c, k, status, body, err, started)
	if err == nil && k.original != nil {
		return writePassed(c, k.original)
	}
	return write(c, status, body)
}

// runSafely turns a panic into an error, so that one odd request costs nobody
// else an answer and still has its line in the log.
func (k *call) runSafely(r *http.Request) (body []byte, err error) {
	defer recovered(&err)
	return k.run(r)
}

// recovered is to be deferred: it makes an error of a panic.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// run is the way of a request. Every step is one call.
func (k *call) run(r *http.Request) ([]byte, error) {
	if err := checkMethod(r.Method); err != nil {
		return nil, err
	}
	q, err := k.read(r)
	if err != nil {
		return nil, err
	}
	k.params = parameters{q.params}
	versions, err := k.current()
	if err != nil {
		return nil, err
	}
	if k.caller, err = k.authenticate(k.ctx, q, versions); err != nil {
		k.caller = &models.Credential{}
		return nil, err
	}
	k.asked = q
	k.uses.note(k.caller.ID, k.Now())
	action, unknown := k.find()
	k.action = action
	if !k.limiter.allow(k.caller.ID) {
		return nil, refuse("Rate limit exceeded")
	}
	if err := k.ended(); err != nil {
		return nil, err
	}
	if err := k.decide(versions); err != nil {
		return nil, err
	}
	if err := k.without(q); err != nil {
		return nil, err
	}
	if unknown != nil && !k.mode.Original() {
		return nil, unknown
	}
	if !k.permitted() {
		return nil, errPermission
	}
	if r.Method == http.MethodHead && !k.reads() {
		return nil, &refusal{http.StatusMethodNotAllowed, "HEAD is refused for what is not a read"}
	}
	switch {
	case k.mode.Original():
		return k.pass(q)
	case k.mode == compat.ModeVerify && k.Original != nil:
		return k.verify(q, versions)
	case k.reads():
		return k.answer(versions)
	}
	return k.change(q)
}

// change does what is more than a read.
func (k *call) change(q *request) ([]byte, error) {
	if err := k.params.require(k.action); err != nil {
		return nil, err
	}
	k.token = k.idempotency(q)
	// A caller that hangs up does not stop what has begun: a mail may be on its
	// way while the record of it is still to be written. For the same reason
	// Close waits for it, and only what is outside has a deadline.
	k.ctx = context.WithoutCancel(k.ctx)
	k.background.done.Add(1)
	defer k.background.done.Done()
	return implementations[k.action.Key()].write(k)
}

var errPermission = refuse("Permission denied")

func checkMethod(method string) error {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return nil
	}
	return &refusal{http.StatusMethodNotAllowed, "Method not allowed"}
}

// find looks the action up in the table.
func (k *call) find() (*compat.Action, error) {
	target, name := k.params.text("target"), k.params.text("action")
	action, known := compat.Lookup(target, name)
	switch {
	case !known:
		return nil, refuse("Invalid target: %s", target)
	case action == nil:
		return nil, refuse("Invalid action: %s", name)
	}
	return action, nil
}

// answer answers a read action, from memory where nothing changed.
func (k *call) answer(versions models.Versions) ([]byte, error) {
	if err := k.params.require(k.action); err != nil {
		return nil, err
	}
	read := implementations[k.action.Key()]
	if read.scopes == nil {
		return read.read(k)
	}
	key := k.params.cacheKey(k.action, k.caller)
	return k.answers.do(k.ctx, key, versions.Of(read.scopes...), func(ctx context.Context) ([]byte, error) {
		shared := *k
		shared.ctx = ctx
		return read.read(&shared)
	})
}

// idempotency returns the token of a write: the parameter request_id, else the
// header Idempotency-Key. To an action of the original that the table does not
// have, request_id may be a parameter like any other: there only the header counts.
func (k *call) idempotency(q *request) *models.Token {
	value := q.idempotencyKey
	if sent := k.params.text("request_id"); sent != "" && k.action != nil {
		value = sent
	}
	if value == "" {
		return nil
	}
	return &models.Token{Caller: k.caller.Name, Value: value, Request: k.params.fingerprint()}
}

// failure turns an error into an answer. What is no refusal is ours, and only
// the log says what it was.
func (k *call) failure(err error) (status int, body []byte) {
	var r *refusal
	var m *models.Error
	var replay *models.ErrReplay
	switch {
	case errors.As(err, &replay):
		return http.StatusOK, replay.Answer
	case errors.As(err, &r):
		return r.status, compat.AppendEnvelope(nil, false, r.message)
	case errors.As(err, &m):
		return http.StatusOK, compat.AppendEnvelope(nil, false, m.Message)
	}
	return http.StatusOK, compat.AppendEnvelope(nil, false, messageInternal)
}

// log writes the line of a request. Neither parameters nor answers are in it,
// so no secret can be.
func (g *Gateway) log(c echo.Context, k *call, status int, body []byte, err error, started time.Time) {
	target, name := "", ""
	if k.action != nil {
		target, name = k.action.Target, k.action.Name
	}
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request_id", c.Response().Header().Get(headerRequestID)), slog.String("target", target),
		slog.String("action", name), slog.String("key", k.caller.Name), slog.Int("status", status),
		slog.Bool("success", compat.Succeeded(body)), slog.Duration("duration", g.Now().Sub(started)),
		slog.String("from", c.Request().RemoteAddr),
	}
	if k.retired != "" {
		attrs = append(attrs, slog.String("mode", answeredRetired))
	}
	if k.mode != compat.ModeLocal && k.mode != "" {
		attrs = append(attrs, slog.String("mode", string(k.mode)))
	}
	if err != nil && isInternal(err) {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	g.Logger.LogAttrs(c.Request().Context(), level, "request", attrs...)
}

func isInternal(err error) bool {
	var r *refusal
	var m *models.Error
	var replay *models.ErrReplay
	return !errors.As(err, &r) && !errors.As(err, &m) && !errors.As(err, &replay)
}

// helloWorld answers the parameters as the gateway understood them.
func helloWorld(k *call) ([]byte, error) {
	echoed := k.params.Clone()
	for _, name := range []string{"target", "action", "apiKey", "hash"} {
		echoed.Delete(name)
	}
	data := phpjson.AppendLenient(nil, phpvalue.FromArray(echoed))
	return compat.AppendEnvelopeData(nil, true, "Hello World", data), nil
}
