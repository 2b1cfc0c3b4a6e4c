package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// documentedCommands are the command lines of a document, without the program's
// name.
func documentedCommands(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var commands [][]string
	for line := range strings.Lines(string(text)) {
		line, indented := strings.CutPrefix(line, "    ")
		line = strings.TrimPrefix(line, "$ ")
		rest, is := strings.CutPrefix(line, "provision-gateway ")
		if !indented || !is {
			continue
		}
		rest, _, _ = strings.Cut(rest, " #")
		commands = append(commands, words(rest))
	}
	return commands
}

// words parts a command line as a shell does, as far as documents need it.
func words(line string) []string {
	var out []string
	for i, part := range strings.FieldsFunc(line, func(r rune) bool { return r == '"' || r == '\'' }) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// TestDocumentedCommands holds every command line of the documents to be one that
// the program understands.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, path := range paths {
		for _, args := range documentedCommands(t, path) {
			seen++
			root := (&Program{}).root()
			command, rest, err := root.Find(args)
			if err == nil {
				err = command.ParseFlags(rest)
			}
			if err == nil && command.HasSubCommands() {
				t.Errorf("%s: %v names no command", path, args)
				continue
			}
			if err == nil {
				err = command.ValidateArgs(command.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: %v: %v", path, args, err)
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d command lines were found", seen)
	}
}
