package redact

import (
	"strings"

	"provision-gateway/compat/shadow/ordered"
)

// Answer returns the body of an answer without its secrets. All other bytes of
// JSON stay as they are. A body that is not JSON may hold anything, a page with
// the parameters of the request among it: only its length is kept. The argument
// is not changed.
//
// Integers in secret fields inside attr stay: there they are the numbers of
// encrypted secrets. Other numbers in secret fields become placeholders, which
// are strings.
func (r *Redactor) Answer(body []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return []byte(r.json(string(body), plain, false))
}

// Value returns the text of a JSON value that stands at a JSON path, such as
// $.data[0].password, without what is secret there. Where the path is none, as
// in status, the text is taken as it is and only known secrets are replaced.
func (r *Redactor) Value(path, text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !strings.HasPrefix(path, "$") {
		return r.replaceText(plain, text)
	}
	kind, attributes := classifyPath(path)
	return r.json(text, kind, attributes)
}

func (r *Redactor) json(text string, kind class, attributes bool) string {
	root, err := ordered.Parse(text)
	if err != nil {
		if strings.TrimSpace(text) == "" || Placeholder(text) {
			return text
		}
		return opaque(len(text), " that are not JSON")
	}
	r.learnJSON(root, kind, attributes)
	w := rewriting{r: r, text: text}
	w.value(root, kind, attributes)
	w.out.WriteString(text[w.at:])
	return w.out.String()
}

// learnJSON makes the secrets of a document known before anything is replaced,
// because a message may repeat what a later field names.
func (r *Redactor) learnJSON(n *ordered.Node, kind class, attributes bool) {
	switch n.Kind {
	case ordered.List, ordered.Object:
		for i := range n.Children {
			c := &n.Children[i]
			inner, attributes := kind, attributes
			if n.Kind == ordered.Object {
				name := c.Name()
				inner, attributes = kind.within(classifyParameter(name)), attributes || name == attr
			}
			r.learnJSON(c, inner, attributes)
		}
	case ordered.String, ordered.Number:
		if kind != plain && kind != configuration && isSecret(n, attributes) {
			r.learn(kind, n.Text())
		} else if n.Kind == ordered.String {
			r.shown(kind, n.Text())
		}
	}
}

// isSecret reports whether a value in a secret field is one.
func isSecret(n *ordered.Node, attributes bool) bool {
	if n.Kind == ordered.String {
		return !harmless(n.Text())
	}
	zero := strings.Trim(n.Raw, "-0.") == ""
	return n.Kind == ordered.Number && !zero && (!attributes || strings.ContainsAny(n.Raw, ".eE"))
}

// rewriting is a document on its way into another.
type rewriting struct {
	r    *Redactor
	text string
	out  strings.Builder
	// at is how far the document is written.
	at int
}

func (w *rewriting) put(from, to int, replacement string) {
	w.out.WriteString(w.text[w.at:from])
	w.out.WriteString(replacement)
	w.at = to
}

func (w *rewriting) value(n *ordered.Node, kind class, attributes bool) {
	switch n.Kind {
	case ordered.List, ordered.Object:
		for i := range n.Children {
			c := &n.Children[i]
			inner, attributes := kind, attributes
			if n.Kind == ordered.Object {
				name := c.Name()
				inner, attributes = kind.within(classifyParameter(name)), attributes || name == attr
				w.quoted(c.NameStart, c.RawName, plain)
			}
			w.value(c, inner, attributes)
		}
	case ordered.String:
		if kind != plain && kind != configuration {
			if isSecret(n, attributes) {
				w.put(n.Start, n.End(), `"`+w.r.learn(kind, n.Text())+`"`)
			}
			return
		}
		w.quoted(n.Start, n.Raw, kind)
	case ordered.Number:
		if kind != plain && kind != configuration {
			if isSecret(n, attributes) {
				w.put(n.Start, n.End(), `"`+w.r.learn(kind, n.Raw)+`"`)
			}
		} else if p, known := w.r.placeholders[n.Raw]; known && len(n.Raw) >= least {
			w.put(n.Start, n.End(), `"`+p+`"`)
		}
	}
}

// quoted rewrites a string or a name that is no secret as a whole.
func (w *rewriting) quoted(start int, raw string, kind class) {
	inner := raw[1 : len(raw)-1]
	if !strings.Contains(inner, `\`) {
		for _, s := range w.r.spansOfText(kind, inner) {
			w.put(start+1+s.from, start+1+s.to, s.replacement)
		}
		return
	}
	// offsets[i] is where the byte i of the text is written, ends[i] where that
	// spelling ends.
	text := make([]byte, 0, len(inner))
	offsets, ends := make([]int, 0, len(inner)), make([]int, 0, len(inner))
	for at := 0; at < len(inner); {
		var size int
		text, size = ordered.Unescape(text, inner[at:])
		for len(offsets) < len(text) {
			offsets, ends = append(offsets, at), append(ends, at+size)
		}
		at += size
	}
	for _, s := range w.r.spansOfText(kind, string(text)) {
		w.put(max(w.at, start+1+offsets[s.from]), start+1+ends[s.to-1], s.replacement)
	}
}
