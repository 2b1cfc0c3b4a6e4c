// Package ordered reads JSON without losing how it was written: members keep
// their order and their duplicates, and every value keeps its place and its
// spelling, so that numbers of any size and escapes can be compared or replaced
// byte by byte.
//
// It is more tolerant than RFC 8259 where answers of old servers are: bytes that
// are not valid UTF-8, control characters inside strings, and lone surrogates
// are kept as they are.
package ordered

import (
	"fmt"
	"strings"
)

// MaxDepth is how deep lists and objects may lie in each other. What lies deeper
// is refused, so that an answer cannot exhaust the stack.
const MaxDepth = 512

// Kind says what a Node is.
type Kind uint8

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// String is the name of a kind: null, bool, number, string, list, object.
func (k Kind) String() string {
	return [...]string{"null", "bool", "number", "string", "list", "object"}[k]
}

// Node is a value of a document, with where and how it is written.
type Node struct {
	// Raw is the spelling of the value.
	Raw string
	// RawName is the spelling of the name, with its quotes, when the value is a
	// member of an object; else it is empty.
	RawName string
	// Children are the members of an object or the elements of a list, in their
	// order.
	Children []Node
	// Start is the offset of Raw in the document, NameStart that of RawName.
	Start, NameStart int
	Kind             Kind
}

// End is the offset of the first byte behind the value.
func (n *Node) End() int { return n.Start + len(n.Raw) }

// First is the offset of the first byte of the value, or of its name when it has
// one.
func (n *Node) First() int {
	if n.RawName != "" {
		return n.NameStart
	}
	return n.Start
}

// Name is the name of a member, decoded.
func (n *Node) Name() string { return Decode(n.RawName) }

// Text is a string, decoded; of another value it is the spelling.
func (n *Node) Text() string {
	if n.Kind == String {
		return Decode(n.Raw)
	}
	return n.Raw
}

// Member returns the first member with this name, or nil.
func (n *Node) Member(name string) *Node {
	if n.Kind != Object {
		return nil
	}
	for i := range n.Children {
		if n.Children[i].Name() == name {
			return &n.Children[i]
		}
	}
	return nil
}

// Parse reads a whole document. The error says in plain words what is wrong and
// at which byte; it never repeats text of the document.
func Parse(document string) (*Node, error) {
	p := parser{text: document}
	var root Node
	if err := p.value(&root, 0); err != nil {
		return nil, err
	}
	p.space()
	if p.at != len(document) {
		return nil, p.fail("text follows the value")
	}
	return &root, nil
}

type parser struct {
	text string
	at   int
	// open are the children of the containers that are not closed yet, spare the
	// memory that children of closed ones are cut from.
	open, spare []Node
}

func (p *parser) fail(what string) error { return fmt.Errorf("not JSON at byte %d: %s", p.at, what) }

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// next is the next byte that is not white space, 0 at the end.
func (p *parser) next() byte {
	p.space()
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) value(n *Node, depth int) error {
	c := p.next()
	n.Start = p.at
	var err error
	switch {
	case c == '{' || c == '[':
		if depth >= MaxDepth {
			return p.fail(fmt.Sprintf("nested deeper than %d", MaxDepth))
		}
		err = p.container(n, c, depth+1)
	case c == '"':
		n.Kind = String
		err = p.quoted()
	case c == '-' || c >= '0' && c <= '9':
		n.Kind = Number
		err = p.number()
	case p.word("null"):
		n.Kind = Null
	case p.word("true"), p.word("false"):
		n.Kind = Bool
	case p.at == len(p.text):
		err = p.fail("a value is missing")
	default:
		err = p.fail("no value begins like this")
	}
	n.Raw = p.text[n.Start:p.at]
	return err
}

func (p *parser) word(w string) bool {
	if !strings.HasPrefix(p.text[p.at:], w) {
		return false
	}
	p.at += len(w)
	return true
}

func (p *parser) container(n *Node, bracket byte, depth int) error {
	n.Kind = List
	end := byte(']')
	if bracket == '{' {
		n.Kind, end = Object, '}'
	}
	p.at++
	mark := len(p.open)
	if p.next() == end {
		p.at++
		return nil
	}
	for {
		var child Node
		if n.Kind == Object {
			if err := p.name(&child); err != nil {
				return err
			}
		}
		if err := p.value(&child, depth); err != nil {
			return err
		}
		p.open = append(p.open, child)
		switch p.next() {
		case ',':
			p.at++
		case end:
			p.at++
			n.Children = p.keep(p.open[mark:])
			p.open = p.open[:mark]
			return nil
		default:
			return p.fail("a comma or a closing bracket is missing")
		}
	}
}

func (p *parser) name(n *Node) error {
	if p.next() != '"' {
		return p.fail("a name is missing")
	}
	n.NameStart = p.at
	if err := p.quoted(); err != nil {
		return err
	}
	n.RawName = p.text[n.NameStart:p.at]
	if p.next() != ':' {
		return p.fail("a colon is missing")
	}
	p.at++
	return nil
}

// keep copies nodes to where they stay.
func (p *parser) keep(nodes []Node) []Node {
	if len(nodes) > cap(p.spare)-len(p.spare) {
		p.spare = make([]Node, 0, max(len(nodes), min(1024, 16+len(p.text)/64)))
	}
	from := len(p.spare)
	p.spare = append(p.spare, nodes...)
	return p.spare[from:len(p.spare):len(p.spare)]
}

// quoted reads a string, from quote to quote.
func (p *parser) quoted() error {
	for i := p.at + 1; i < len(p.text); i++ {
		switch p.text[i] {
		case '"':
			p.at = i + 1
			return nil
		case '\\':
			size := escape(p.text[i:])
			if size == 0 {
				p.at = i
				return p.fail("no escape is written like this")
			}
			i += size - 1
		}
	}
	p.at = len(p.text)
	return p.fail("a string does not end")
}

func (p *parser) number() error {
	if p.text[p.at] == '-' {
		p.at++
	}
	if p.at < len(p.text) && p.text[p.at] == '0' {
		p.at++
	} else if !p.digits() {
		return p.fail("a digit is missing")
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		if !p.digits() {
			return p.fail("a digit is missing")
		}
	}
	if p.at < len(p.text) && p.text[p.at]|0x20 == 'e' {
		p.at++
		if p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		if !p.digits() {
			return p.fail("a digit is missing")
		}
	}
	return nil
}

func (p *parser) digits() bool {
	from := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > from
}
