package dialect

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"text/template"
)

// templates has a directory for each platform: neighbor.tmpl defines the
// lines that describe a neighbor, add.tmpl, change.tmpl and remove.tmpl are the
// whole lists. A line of a template is a line for the router; empty ones and
// indentation are left out.
//
//go:embed templates
var templates embed.FS

// Add returns the lines that configure a neighbor which the router does not
// have yet. The error is a *ValueError.
func (d *Dialect) Add(n Neighbor) ([]string, error) { return d.render("add.tmpl", n) }

// Change returns the lines that configure a neighbor whatever the router has
// for its address now: nothing of that is left afterwards. The error is a
// *ValueError.
func (d *Dialect) Change(n Neighbor) ([]string, error) { return d.render("change.tmpl", n) }

// Remove returns the lines that take a neighbor off the router; they are
// accepted too when it is not there. Only LocalASN, RemoteASN, Address and,
// where GroupInPath is set, PeerGroup count. The error is a *ValueError.
func (d *Dialect) Remove(n Neighbor) ([]string, error) { return d.render("remove.tmpl", n) }

// values is what a template sees. Nothing of it reaches a line but through a
// filter: loadTemplates refuses templates that print anything else.
type values struct {
	Neighbor
	// V6 tells that the address is IPv6.
	V6 bool
}

func (d *Dialect) render(name string, n Neighbor) ([]string, error) {
	n.Address = n.Address.Unmap()
	var b strings.Builder
	if err := d.template.ExecuteTemplate(&b, name, values{n, n.Address.Is6()}); err != nil {
		var v *ValueError
		if errors.As(err, &v) {
			return nil, v
		}
		return nil, fmt.Errorf("rendering %s of %s: %w", name, d.Name, err)
	}
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// filters are the functions of the templates. The field names of errors are
// those of sessions.
func (l limits) filters() template.FuncMap {
	return template.FuncMap{
		"address":   func(a netip.Addr) (string, error) { return l.address("peer_ipaddr", a) },
		"localASN":  func(n Neighbor) (string, error) { return l.asn("source_asn", n.LocalASN) },
		"remoteASN": func(n Neighbor) (string, error) { return l.asn("peer_asn", n.RemoteASN) },
		"word":      func(s string) (string, error) { return l.word("peer_group", s) },
		"number":    func(n uint32) (string, error) { return l.number("prfx_max", n) },
		"secret":    func(s string) (string, error) { return l.secret("password", s) },
		"text":      func(n Neighbor) string { return l.text(n.Description, n.RemoteASN) },
	}
}

// loadTemplates reads the templates of a platform.
func loadTemplates(name string, l limits) *template.Template {
	dir, err := fs.Sub(templates, "templates/"+name)
	if err != nil {
		panic(err)
	}
	return template.Must(template.New(name).Option("missingkey=error").Funcs(l.filters()).ParseFS(dir, "*.tmpl"))
}
