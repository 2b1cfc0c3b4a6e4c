package contract

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"provision-gateway/compat/golden"
	"provision-gateway/compat/redact"
)

// ReadPlans reads what is to be recorded. A path is a golden file, or a folder
// with golden files, which are recorded anew under the same names, as seen from
// the folder; their answers may be missing. Any other file is a list of request
// lines, METHOD PATH?QUERY, each of which becomes a golden file that is named by
// its action and parameters; empty lines, and those that begin with #, are not
// read. No secret of the client, or that is known by its name, is in the name of
// a plan.
func ReadPlans(client *Client, path string) ([]Plan, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !strings.HasSuffix(path, golden.Extension) {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return readLines(client, path, data)
	}
	cases, err := ReadCases(path)
	if err != nil {
		return nil, err
	}
	var plans []Plan
	for _, c := range cases {
		name := filepath.Base(c.Name)
		if info.IsDir() {
			if name, err = filepath.Rel(path, c.Name); err != nil {
				return nil, err
			}
		}
		plans = append(plans, Plan{strings.TrimSuffix(filepath.ToSlash(name), golden.Extension), c.File})
	}
	return plans, nil
}

func readLines(client *Client, path string, data []byte) ([]Plan, error) {
	var plans []Plan
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := &golden.File{Pairs: []golden.Pair{{Request: golden.Request{Line: line}}}}
		if _, err := golden.Format(f); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, i+1, err)
		}
		name := nameOf(f.Pairs[0].Request, client.secrets()...)
		if slices.ContainsFunc(plans, func(p Plan) bool { return p.Name == name }) {
			name += "_" + sum(line)
		}
		if slices.ContainsFunc(plans, func(p Plan) bool { return p.File.Pairs[0].Request.Line == line }) {
			continue
		}
		plans = append(plans, Plan{name, f})
	}
	if len(plans) == 0 {
		return nil, fmt.Errorf("%s holds no request", path)
	}
	return plans, nil
}

// noName is what a name of a file does not hold.
var noName = regexp.MustCompile(`[^0-9A-Za-z.]+`)

// nameOf names the file of a request by its action and its parameters, without
// secrets.
func nameOf(r golden.Request, secrets ...string) string {
	folder := "other"
	if a := r.Action(); a != nil {
		folder = a.Target + "/" + a.Name
	}
	var words []string
	query := golden.Request{Line: redact.New(secrets...).URL(Unsigned(r.Line))}.Query()
	for word := range strings.SplitSeq(query, "&") {
		if folder != "other" && (strings.HasPrefix(word, "target=") || strings.HasPrefix(word, "action=")) {
			continue
		}
		if word = strings.Trim(noName.ReplaceAllString(decoded(word), "-"), "-."); word != "" {
			words = append(words, word)
		}
	}
	name := strings.Join(words, "_")
	if name == "" {
		name = "all"
	}
	if r.Method() != "GET" {
		name += "_" + strings.ToLower(noName.ReplaceAllString(r.Method(), "-"))
	}
	// Names of files have an end, and what is cut off may be what tells them
	// apart.
	if len(name) > 80 {
		name = name[:64] + "_" + sum(name)
	}
	return folder + "/" + name
}

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:4])
}

// Written says what became of a file in a folder.
type Written string

// What becomes of a file.
const (
	New       Written = "new"
	Changed   Written = "changed"
	Unchanged Written = "unchanged"
)

// Write puts a recorded file into a folder. A file that holds the same already
// is not touched; another one is replaced as a whole.
func Write(folder string, plan Plan, data []byte) (Written, error) {
	local, err := filepath.Localize(plan.Name + golden.Extension)
	if err != nil {
		return "", fmt.Errorf("%s cannot be the name of a file", plan.Name)
	}
	path := filepath.Join(folder, local)
	before, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(before, data):
		return Unchanged, nil
	case err != nil && !os.IsNotExist(err):
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	written := Changed
	if err != nil {
		written = New
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".recording-*")
	if err != nil {
		return "", err
	}
	_, err = temporary.Write(data)
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return "", err
	}
	return written, nil
}
