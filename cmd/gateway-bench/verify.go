package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"
)

// answers are what every variant must answer to each case.
type answers struct {
	// bodies holds them by path and query string; of a write it is one example.
	bodies map[string][]byte
	// sizes holds the size on the wire by variant, path and query string, of reads.
	sizes map[string]map[string]int64
}

// agree asks each variant for each case and checks that all answer the same
// bytes as the gateway on MariaDB without a cache; of a write the new id and
// the address, which differ each time, aside. It starts the bare handler with
// these answers and checks it too.
func (m *machine) agree(ctx context.Context, g *loadGenerator, cases []benchCase) (answers, error) {
	a := answers{bodies: map[string][]byte{}, sizes: map[string]map[string]int64{}}
	judge, err := m.find(nameMariaDB)
	if err != nil {
		return a, err
	}
	for _, c := range cases {
		f, err := m.ask(ctx, judge, g, c)
		if err != nil {
			return a, err
		}
		if f.status != http.StatusOK || !bytes.HasPrefix(f.body, []byte(c.begins)) {
			return a, fmt.Errorf("%s: status %d, %.200s", c.name, f.status, f.body)
		}
		a.bodies[c.target] = f.body
	}
	if err := m.startBare(a.bodies); err != nil {
		return a, err
	}
	for _, v := range m.variants {
		a.sizes[v.name] = map[string]int64{}
		for _, c := range cases {
			if v.name == namePHP && c.ofExchange() {
				continue
			}
			// The second answer of a cached variant comes from memory.
			for range 2 {
				if err := m.checkOne(ctx, v, g, c, a); err != nil {
					return a, err
				}
			}
		}
	}
	return a, nil
}

// checkOne compares one answer and notes its size.
func (m *machine) checkOne(ctx context.Context, v *variant, g *loadGenerator, c benchCase, a answers) error {
	f, err := m.ask(ctx, v, g, c)
	if err != nil {
		return err
	}
	if got, want := steady(c, f.body), steady(c, a.bodies[c.target]); f.status != http.StatusOK || !bytes.Equal(got, want) {
		at := firstDifference(got, want)
		return fmt.Errorf("%s: %s answers status %d and other bytes than %s, from byte %d on:\n%s\n%s", c.name, v.name, f.status, nameMariaDB, at,
			excerpt(got, at), excerpt(want, at))
	}
	if !c.isWrite() {
		a.sizes[v.name][c.target] = f.size
	}
	return nil
}

// ask sends one request of a case.
func (m *machine) ask(ctx context.Context, v *variant, g *loadGenerator, c benchCase) (fetched, error) {
	form := ""
	if c.isWrite() {
		form = c.formWith(firstAddress(g.nextRun()))
	}
	f, err := fetch(ctx, v.address, c.target, c.token, form)
	if err != nil {
		err = fmt.Errorf("%s: %s: %w", c.name, v.name, err)
	}
	return f, err
}

var (
	newID      = regexp.MustCompile(`"id":[0-9]+,`)
	newAddress = regexp.MustCompile(`2001:db8:[0-9a-f]+:1:1:1:[0-9a-f]+:[0-9a-f]+`)
)

// steady is an answer without what differs from one to the next.
func steady(c benchCase, body []byte) []byte {
	if !c.isWrite() {
		return body
	}
	body = newID.ReplaceAll(body, []byte(`"id":0,`))
	return newAddress.ReplaceAll(body, []byte("ADDRESS"))
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// excerpt is a bit of a text around a place.
func excerpt(text []byte, at int) []byte {
	return text[max(0, at-60):min(len(text), at+60)]
}
