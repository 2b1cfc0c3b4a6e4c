// Package handlers answers HTTP requests: the legacy API at /api/v1/api.php,
// the exchange's API where there is one, and the health checks. A handler decodes, calls package models or a backend,
// and encodes; it decides nothing else.
package handlers

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"provision-gateway/compat"
	"provision-gateway/handlers/ixapi"
	"provision-gateway/models"
)

// Options is what a Gateway is made of. Store is required.
type Options struct {
	Store  *models.Store
	Logger *slog.Logger
	// OwnASNs are our AS numbers: the only one is the default of source_asn,
	// and none of them is listed by getCommunications.
	OwnASNs []uint32
	// RIRs are the registries an LIR may have.
	RIRs []string
	// Location is the time zone of times in answers and filters; nil is UTC.
	Location *time.Location
	// MaxVariables is how many variables of a query string or body are read,
	// PHP's max_input_vars; 0 means 1,000.
	MaxVariables int
	// MaxBody is the size in bytes that a request body may have; 0 means 8 MiB.
	MaxBody int64
	// KeyRate and KeyBurst limit the requests of a key per second; a rate of 0
	// is no limit.
	KeyRate  float64
	KeyBurst int
	// MaxAge makes the parameter time mandatory and refuses a request that is
	// older, or younger, than this; 0 accepts any.
	MaxAge time.Duration
	// CacheSize is how many bytes of answers are kept in memory; 0 is none.
	CacheSize int64
	// Mailer and Router do what leaves the machine; nil is not available.
	Mailer Mailer
	Router Router
	// Exchanges has the exchanges that speak IX-API themselves; nil for none.
	Exchanges Exchanges
	// OutsideTimeout is how long all that a request does outside may take; 0
	// means two minutes.
	OutsideTimeout time.Duration
	// MailCooldown is how long after a request to a peer at an exchange no other
	// one is sent; 0 is none.
	MailCooldown time.Duration
	// MailCap is how many mails may be sent in an hour; 0 is no cap.
	MailCap int
	// Original is the server that answered the scripts before; nil is none. Modes
	// say which actions it answers, unless something else is stored. Comparer
	// compares its answers with ours; nil compares none.
	Original Original
	Modes    compat.Policies
	Comparer Comparer
	// RequireSecrets refuses what the original shows of secrets to keys that may not
	// see them; else it is passed to them, as the original would.
	RequireSecrets bool
	// End is what callers of the legacy API are told of its end.
	End End
	// Exchange answers below /api/v2 and at /oauth2/token; nil is not served.
	Exchange http.Handler
	// Now gives the time; nil means time.Now.
	Now func() time.Time
}

// Gateway is the HTTP handler of the whole program.
type Gateway struct {
	Options
	echo       *echo.Echo
	keys       *authenticator
	limiter    *limiter
	answers    *answerCache
	uses       *lastUses
	usage      *usage
	announced  announcement
	modes      *modeTable
	known      lastKnown
	background background
}

// New makes a Gateway. Close it to write down what it keeps in memory.
func New(o Options) (*Gateway, error) {
	if o.Store == nil {
		return nil, errors.New("handlers: no store")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxVariables == 0 {
		o.MaxVariables = 1000
	}
	if o.MaxBody == 0 {
		o.MaxBody = 8 << 20
	}
	if o.OutsideTimeout == 0 {
		o.OutsideTimeout = defaultOutsideTimeout
	}
	if o.Mailer == nil {
		o.Mailer = noMailer{}
	}
	if o.Router == nil {
		o.Router = noRouter{}
	}
	if o.Exchanges == nil {
		o.Exchanges = noExchanges{}
	}
	g := &Gateway{Options: o, echo: echo.New(), keys: newAuthenticator(o.Store), limiter: newLimiter(o.KeyRate, o.KeyBurst)}
	g.answers = newAnswerCache(o.CacheSize)
	g.uses = newLastUses(o.Store)
	g.usage = newUsage(o.Store)
	g.announced = newAnnouncement(o.End)
	g.modes = newModeTable(o.Store, o.Modes)
	g.routes()
	g.start()
	return g, nil
}

// TuneMemory trades memory for time, for a program that is a gateway and no
// more: what a request leaves behind is garbage at once and little of the rest
// changes, so to collect half as much garbage twice as often only costs. The
// environment variable GOGC, where it is set, decides instead.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// ServeHTTP answers a request. The legacy API may be below any prefix, so its
// path is stronger.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.Exchange != nil && ixapi.Serves(r.URL.Path) && !isLegacy(r.URL.Path) {
		w.Header().Set(headerRequestID, newRequestID())
		g.Exchange.ServeHTTP(w, r)
		return
	}
	g.echo.ServeHTTP(w, r)
}

func (g *Gateway) routes() {
	g.echo.HideBanner, g.echo.HidePort = true, true
	g.echo.HTTPErrorHandler = g.handleError
	g.echo.Use(g.identify)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		g.echo.Add(method, "/healthz", g.alive)
		g.echo.Add(method, "/readyz", g.ready)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		g.echo.Add(method, "/*", g.serve)
	}
}

// alive says that the process runs.
func (g *Gateway) alive(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready says that the database answers and has been migrated.
func (g *Gateway) ready(c echo.Context) error {
	if _, err := g.Store.Versions(c.Request().Context()); err != nil {
		g.Logger.Warn("not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "database unavailable\n")
	}
	return c.String(http.StatusOK, "ok\n")
}
