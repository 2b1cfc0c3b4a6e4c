package router

// terminalFilter takes out of a router's output what only serves a terminal:
// carriage returns, bells, zero bytes and escape sequences (ECMA-48). It keeps
// its state between calls, since a sequence may be split anywhere. Backspaces
// stay. The zero value is ready.
type terminalFilter struct {
	state filterState
}

type filterState int

const (
	plain filterState = iota
	escape
	control // after ESC [
	text    // after ESC ], to BEL or ESC \
	charset // after ESC ( and the like: one more byte
)

const (
	bell   = 0x07
	erase  = 0x08
	escKey = 0x1b
)

// clean returns what is left of b, in b's own memory.
func (f *terminalFilter) clean(b []byte) []byte {
	kept := b[:0]
	for _, c := range b {
		if f.keeps(c) {
			kept = append(kept, c)
		}
	}
	return kept
}

func (f *terminalFilter) keeps(c byte) bool {
	switch f.state {
	case escape:
		switch {
		case c == '[':
			f.state = control
		case c == ']':
			f.state = text
		case c == '(' || c == ')' || c == '#':
			f.state = charset
		default:
			f.state = plain
		}
		return false
	case control:
		if c >= 0x40 && c <= 0x7e {
			f.state = plain
		}
		return false
	case text:
		if c == bell {
			f.state = plain
		} else if c == escKey {
			f.state = escape
		}
		return false
	case charset:
		f.state = plain
		return false
	}
	if c == escKey {
		f.state = escape
		return false
	}
	return c != '\r' && c != bell && c != 0
}
