package phpquery

import (
	"strings"

	"provision-gateway/compat/phpvalue"
)

// maxNesting is how many brackets a name may have, PHP's
// max_input_nesting_level.
const maxNesting = 64

// register stores a variable under the name it has in the request, which may
// hold brackets, as PHP's php_register_variable_ex does. The name has been
// decoded and holds no NUL byte.
func register(root *phpvalue.Array, name string, value string) {
	name = strings.TrimLeft(name, " ")
	bracket := strings.IndexByte(name, '[')
	base := name
	if bracket >= 0 {
		base = name[:bracket]
	}
	base = mangle(base, false)
	if base == "" {
		return
	}
	if bracket < 0 {
		if !forbidden(base, name) {
			root.Set(base, phpvalue.String(value))
		}
		return
	}
	registerNested(root, name, base, bracket, value)
}

// index is one step on the way into nested arrays.
type index struct {
	text   string
	append bool // the brackets are empty
}

// registerNested stores a variable whose name has a bracket at the given
// position. It goes down one array per index; arrays that are missing on the
// way are made, and scalars in the way are replaced, even where PHP then finds
// that the variable has to be dropped.
func registerNested(root *phpvalue.Array, name, base string, bracket int, value string) {
	at := root
	last := index{text: base}
	rest := name[bracket+1:]
	for level := 1; ; level++ {
		if level > maxNesting {
			root.Delete(base)
			return
		}
		next, after, ok := cutIndex(rest)
		if !ok {
			// The bracket is not closed. In the first one it becomes part of
			// the name, further on it is ignored with all that follows.
			if level == 1 {
				last.text = base + "_" + mangle(rest, true)
			}
			break
		}
		if at = descend(at, last, name); at == nil {
			return
		}
		last, rest = next, after
		if !strings.HasPrefix(rest, "[") {
			break
		}
		rest = rest[1:]
	}
	switch {
	case last.append:
		at.Append(phpvalue.String(value))
	case !forbidden(last.text, name):
		at.Set(last.text, phpvalue.String(value))
	}
}

// cutIndex reads an index from the text behind an opening bracket, and gives
// what follows the closing one. White space after the bracket matters only
// where nothing else is inside: "[ ]" is the same as "[]".
func cutIndex(s string) (i index, after string, ok bool) {
	from := 0
	if s != "" && (s[0] == ' ' || (s[0] >= '\t' && s[0] <= '\r')) {
		from = 1
	}
	end := strings.IndexByte(s[from:], ']')
	if end < 0 {
		return index{}, "", false
	}
	if end == 0 {
		return index{append: true}, s[from+1:], true
	}
	end += from
	return index{text: s[:end]}, s[end+1:], true
}

// descend gives the array at an index, and nil where PHP drops the variable.
func descend(at *phpvalue.Array, i index, name string) *phpvalue.Array {
	if i.append {
		child := phpvalue.NewArray()
		if !at.Append(phpvalue.FromArray(child)) {
			return nil
		}
		return child
	}
	if forbidden(i.text, name) {
		return nil
	}
	key := phpvalue.NewKey(i.text)
	if v, ok := at.GetKey(key); ok && v.IsArray() {
		return v.Array()
	}
	child := phpvalue.NewArray()
	at.SetKey(key, phpvalue.FromArray(child))
	return child
}

// mangle replaces what PHP does not allow in the name of a variable by '_':
// spaces and dots, and opening brackets where asked.
func mangle(s string, brackets bool) string {
	replaced := func(c byte) bool { return c == ' ' || c == '.' || (brackets && c == '[') }
	first := 0
	for first < len(s) && !replaced(s[first]) {
		first++
	}
	if first == len(s) {
		return s
	}
	out := []byte(s)
	for i := first; i < len(out); i++ {
		if replaced(out[i]) {
			out[i] = '_'
		}
	}
	return string(out)
}

// forbidden tells whether a key has a prefix that is reserved for cookies while
// the name in the request does not: PHP drops what only the replacement of
// bytes, or a bracket, has given such a name. The check is made for the indexes
// in brackets too.
func forbidden(key, name string) bool {
	if !strings.HasPrefix(key, "__") {
		return false
	}
	return strings.HasPrefix(key, "__Host-") && !strings.HasPrefix(name, "__Host-") ||
		strings.HasPrefix(key, "__Secure-") && !strings.HasPrefix(name, "__Secure-")
}
