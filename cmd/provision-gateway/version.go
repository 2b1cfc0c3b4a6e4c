package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker; a build without it is told by its revision.
var version = "development"

func (p *Program) versionCommand() *cobra.Command {
	c := &cobra.Command{Use: "version", Short: "Prints the version of the program", Args: exactly(0)}
	asJSON := addJSON(c)
	c.RunE = func(*cobra.Command, []string) error {
		v := struct {
			Version  string `json:"version"`
			Revision string `json:"revision"`
			Go       string `json:"go"`
			Platform string `json:"platform"`
		}{version, revision(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
		if *asJSON {
			return p.printJSON(v)
		}
		text := "provision-gateway " + v.Version
		if v.Revision != "" {
			text += " (" + v.Revision + ")"
		}
		return p.printf("%s, %s, %s\n", text, v.Go, v.Platform)
	}
	return c
}

// revision is the commit that the program was built from, as far as the
// toolchain noted it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changes"
		}
	}
	if commit == "" {
		return ""
	}
	return commit[:min(12, len(commit))] + changed
}
