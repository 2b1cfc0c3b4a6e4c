package main

import "github.com/schollz/progressbar/v3"

// progress shows on a terminal how far a command has come, and nothing
// elsewhere.
type progress struct {
	program *Program
	what    string
	bar     *progressbar.ProgressBar
}

func (p *Program) progress(what string) *progress { return &progress{program: p, what: what} }

func (b *progress) set(done, total int64) {
	if !isTerminal(b.program.Stderr) {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.program.Stderr), progressbar.OptionSetDescription(b.what),
			progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
	}
	// A bar that cannot be drawn is no reason to stop.
	b.bar.ChangeMax64(total)
	_ = b.bar.Set64(done)
}

// rename shows another subject from now on.
func (b *progress) rename(what string) {
	if b.what != what {
		b.end()
		b.what = what
	}
}

func (b *progress) end() {
	if b.bar != nil {
		_ = b.bar.Finish()
		b.bar = nil
	}
}
