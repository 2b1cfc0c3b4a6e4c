package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os/user"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/compat"
	"provision-gateway/config"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

// modeLine is an action, or a pattern, and who answers it.
type modeLine struct {
	Action string `json:"action"`
	// Effect is empty for a pattern and for what the table does not know.
	Effect string `json:"effect"`
	Mode   string `json:"mode"`
	Share  int    `json:"share"`
	// Stale is since when the original has changed what is not imported, of a read;
	// nil when it has not.
	Stale *time.Time `json:"stale"`
	// From is stored, configured or default, with the pattern that decided.
	From    string     `json:"from"`
	Pattern string     `json:"pattern"`
	Changed *time.Time `json:"changed"`
	By      string     `json:"by"`
	Reason  string     `json:"reason"`
}

func (p *Program) legacyModeListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "Lists who answers each action, and why",
		Args:  exactly(0),
	}
	asJSON := addJSON(c)
	return p.withConfig(c, p.openCurrent, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		lines, err := modeLines(ctx, cfg, store)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(lines)
		}
		w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "ACTION\tEFFECT\tMODE\tSHARE\tFROM\tCHANGED\tBY\tREASON\tCOPY")
		for _, l := range lines {
			changed, from, stale := "", l.From, ""
			if l.Changed != nil {
				changed = l.Changed.Format(time.DateTime)
			}
			if l.Stale != nil {
				stale = "stale since " + l.Stale.Format(time.DateTime) + ": import"
			}
			if l.Pattern != l.Action && l.From != "default" {
				from += " for " + l.Pattern
			}
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d%%\t%s\t%s\t%s\t%s\t%s\n",
				plain(l.Action), l.Effect, l.Mode, l.Share, plain(from), changed, plain(l.By), plain(l.Reason), stale)
		}
		return w.Flush()
	})
}

// modeLines are the actions of the table in its order, and then what else a
// policy was made for.
func modeLines(ctx context.Context, cfg config.Config, store *models.Store) ([]modeLine, error) {
	rows, err := store.ActionModes(ctx)
	if err != nil {
		return nil, err
	}
	stale, err := staleReads(ctx, store)
	if err != nil {
		return nil, err
	}
	stored := map[string]models.ActionMode{}
	for _, row := range rows {
		stored[row.Pattern] = row
	}
	policies := handlers.EffectiveModes(cfg.Legacy.Modes, rows)
	line := func(action, effect string, policy compat.Policy) modeLine {
		l := modeLine{Action: action, Effect: effect, Mode: string(policy.Mode), Share: policy.Share, From: "default", Pattern: policy.Pattern}
		if _, ok := cfg.Legacy.Modes[policy.Pattern]; ok {
			l.From = "configured"
		}
		if row, ok := stored[policy.Pattern]; ok {
			l.From, l.By, l.Reason, l.Changed = "stored", row.ChangedBy, row.Reason, new(time.Unix(row.ChangedAt, 0).UTC())
		}
		if since, ok := stale[action]; ok {
			l.Stale = &since
		}
		return l
	}
	var lines []modeLine
	for _, a := range compat.Actions() {
		policy := policies.Of(a.Target, a.Name)
		// A wildcard may hold a mode that the action cannot have.
		policy.Mode = policy.For(a, 0)
		lines = append(lines, line(a.Key(), a.Effect.String(), policy))
	}
	for _, pattern := range slices.Sorted(maps.Keys(policies)) {
		if target, name, _ := strings.Cut(pattern, "."); !inTable(target, name) {
			lines = append(lines, line(pattern, "", policies[pattern]))
		}
	}
	return lines, nil
}

func inTable(target, name string) bool {
	action, _ := compat.Lookup(target, name)
	return action != nil
}

func (p *Program) legacyModeSetCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "set ACTION MODE",
		Short: "Says who answers an action from now on, on every gateway of the database",
		Long: `Says who answers an action from now on, on every gateway of the database.

ACTION is target.action (peering.getPeers), target.* or *; of several that cover
an action the most exact one counts. MODE is

  local    answered here
  legacy   answered by the original server, whose bytes are passed on
  shadow   answered by the original, and compared afterwards with what this
           gateway would have answered
  verify   answered here, and compared afterwards with the original's answer

Only reads can be in shadow or verify, since they are answered on both sides.
With --share, verify is the mode of so many percent of the requests, and the
others are in shadow.`,
		Args: exactly(2),
	}
	share := c.Flags().Int("share", 100, "`PERCENT` of the requests, for verify")
	by, reason := p.addWho(c)
	return p.withConfig(c, p.openCurrent, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		mode, err := compat.ParseMode(c.Flags().Arg(1))
		if err != nil {
			return &usageError{err}
		}
		policy := compat.Policy{Pattern: c.Flags().Arg(0), Mode: mode, Share: *share}
		if err := policy.Check(); err != nil {
			return err
		}
		if cfg.Legacy.URL == "" && mode != compat.ModeLocal {
			return errNoOriginal
		}
		err = store.SetActionMode(ctx, models.ActionMode{
			Pattern: policy.Pattern, Mode: string(mode), Share: policy.Share, ChangedBy: p.who(*by), Reason: *reason,
		})
		if err != nil {
			return err
		}
		if err := p.printf("%s is in mode %s for %d%% of its requests.\n", policy.Pattern, mode, policy.Share); err != nil {
			return err
		}
		return p.warnOfLocal(ctx, cfg, store, policy.Pattern)
	})
}

func (p *Program) legacyModeUnsetCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "unset ACTION",
		Short: "Ends what was set for an action, so that the configuration decides",
		Args:  exactly(1),
	}
	by, reason := p.addWho(c)
	return p.withConfig(c, p.openCurrent, func(ctx context.Context, cfg config.Config, store *models.Store) error {
		pattern := c.Flags().Arg(0)
		if err := store.UnsetActionMode(ctx, pattern, p.who(*by), *reason); err != nil {
			return err
		}
		return p.printf("The configuration decides who answers %s.\n", pattern)
	})
}

func (p *Program) legacyModeLogCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "log [ACTION]",
		Short: "Lists what was set, by whom, when and why, newest first",
		Args:  cobra.MaximumNArgs(1),
	}
	asJSON := addJSON(c)
	most := c.Flags().Int("most", 100, "how `MANY` changes")
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		changes, err := store.ModeChanges(ctx, c.Flags().Arg(0), *most)
		if err != nil {
			return err
		}
		lines := []modeChangeLine{}
		for _, m := range changes {
			lines = append(lines, modeChangeLine{
				time.Unix(m.Time, 0).UTC(), m.Pattern, modeText(m.OldMode, m.OldShare), modeText(m.NewMode, m.NewShare), m.By, m.Reason,
			})
		}
		if *asJSON {
			return p.printJSON(lines)
		}
		w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "TIME\tACTION\tFROM\tTO\tBY\tREASON")
		for _, l := range lines {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Time.Format(time.DateTime), plain(l.Action), l.From, l.To, plain(l.By), plain(l.Reason))
		}
		return w.Flush()
	})
}

// modeChangeLine is a change of a mode. From and To are a mode with its share, or
// configured where none was stored.
type modeChangeLine struct {
	Time   time.Time `json:"time"`
	Action string    `json:"action"`
	From   string    `json:"from"`
	To     string    `json:"to"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

func modeText(mode *string, share *int) string {
	if mode == nil {
		return "configured"
	}
	return fmt.Sprintf("%s:%d", *mode, *share)
}

// addWho adds the flags that say who decides, and why.
func (p *Program) addWho(c *cobra.Command) (by, reason *string) {
	return c.Flags().String("by", "", "`NAME` of who decides (default the user of the machine)"), c.Flags().String("reason", "", "`WHY`, for the log")
}

// who is the name given, or that of the user who runs the program.
func (p *Program) who(given string) string {
	name := ""
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return cmp.Or(given, name, "unknown")
}
