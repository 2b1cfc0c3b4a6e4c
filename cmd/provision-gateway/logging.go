package main

import (
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"

	"provision-gateway/config"
)

// newLogger makes the log: one line for each event, as text for people or as
// JSON for machines, with time spans in seconds. Secrets are taken out.
func newLogger(o config.Log, w io.Writer, terminal bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: redact}
	if o.Format == config.FormatText || o.Format == config.FormatAuto && terminal {
		return slog.New(slog.NewTextHandler(w, options))
	}
	options.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
		if a = redact(groups, a); a.Value.Kind() == slog.KindDuration {
			// A number without a unit, so better one that everybody guesses.
			a.Value = slog.Float64Value(a.Value.Duration().Seconds())
		}
		return a
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// isTerminal reports whether people read what is written there.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
