// Package shadow compares what two servers answer to the same request: the
// original and ours. It says where they differ, how, and in how many places;
// rules take away differences that are known and accepted for a time, noise those
// that the original has with itself. It knows no database and no HTTP framework,
// and nothing in it waits.
package shadow

import (
	"mime"
	"strconv"
	"strings"

	"provision-gateway/compat/shadow/ordered"
)

// Answer is what a server answered.
type Answer struct {
	// Status is the HTTP status.
	Status int
	// ContentType is the header Content-Type as it was sent.
	ContentType string
	// Body is the body without any transfer or content encoding.
	Body []byte
}

// Kind says how two answers differ in a place.
type Kind string

// The kinds of differences. Escapes, KeyOrder and WhiteSpace are differences of
// bytes only: a JSON parser sees none.
const (
	// Missing is a member of the original, or an element of a list whose
	// elements could be told apart, that ours does not have.
	Missing Kind = "missing"
	// Extra is a member or an element that only ours has.
	Extra Kind = "extra"
	// Type is another type, the string "1" against the number 1 and null
	// against "" included, or an integer against the same number as a float.
	Type Kind = "type"
	// Value is another value of the same type.
	Value Kind = "value"
	// Order is a list with the same elements in another order.
	Order Kind = "order"
	// Length is a list with another number of elements.
	Length Kind = "length"
	// Escapes is the same text or number in another spelling.
	Escapes Kind = "escapes"
	// KeyOrder is an object with its members in another order.
	KeyOrder Kind = "key_order"
	// WhiteSpace is other white space between values. It is reported once for
	// an answer, at the first place.
	WhiteSpace Kind = "white_space"
	// Status is another HTTP status or another Content-Type.
	Status Kind = "status"
	// NotJSON is an answer that is not JSON where the other is. Two that are not
	// differ in their value.
	NotJSON Kind = "not_json"
)

// Kinds are all kinds of differences.
func Kinds() []Kind {
	return []Kind{Missing, Extra, Type, Value, Order, Length, Escapes, KeyOrder, WhiteSpace, Status, NotJSON}
}

// Difference is a place in which two answers differ.
type Difference struct {
	// Path is where: a JSON path such as $.data[3].is_peer, with names quoted
	// that need it: $.data["a.b"]. Indexes are those of the original, of ours
	// for what only ours has. A status has the path status, a Content-Type the
	// path content_type.
	Path string
	Kind Kind
	// Original and Own are what stands there, as it is spelled, cut after 200
	// bytes; empty where nothing stands. Of a length they are the numbers of
	// elements, of an order the first elements in other places, of white space
	// the white space as a Go string.
	Original, Own string
	// Rule is the name of the rule that takes the difference away, or rule and
	// its number; empty when none does.
	Rule string
}

// Limits of a Result, so that two answers that have nothing in common do not
// fill a database.
const (
	// MaxDifferences is how many differences a list of a Result holds.
	MaxDifferences = 100
	// maxPerGroup is how many of them have the same generalised path and kind.
	maxPerGroup = 10
	// maxGroups is how many generalised paths and kinds are counted apart.
	maxGroups = 1000
	// maxText is how long, in bytes, a text of a difference is.
	maxText = 200
)

// Count is how often answers differ in one way.
type Count struct {
	// Pattern is the path with every index replaced by [*] and every name of
	// digits only by .*
	Pattern string
	Kind    Kind
	Number  int
}

// Result is what a comparison found. Its lists are samples, at most
// MaxDifferences each; the totals count everything.
type Result struct {
	// Differences are those that nothing takes away.
	Differences []Difference
	// Ignored are those that a rule takes away.
	Ignored []Difference
	// Noisy are those that Without took away.
	Noisy []Difference
	// Total, IgnoredTotal and NoisyTotal are how many there are of each.
	Total, IgnoredTotal, NoisyTotal int
	// Counts are the differences of Total by pattern and kind. After a thousand
	// of those no more are listed, and the sum is less than Total.
	Counts []Count
}

// Matches reports whether no difference is left.
func (r Result) Matches() bool { return r.Total == 0 }

// Options are what a comparison can be told. The zero value compares without
// rules.
type Options struct {
	// Rules take differences away; nil is none.
	Rules *Rules
	// Mapping remembers across answers which id of the original is which of
	// ours; nil remembers within one answer only.
	Mapping *Mapping
	// Text, when set, is called with the path and the whole text of everything
	// that a Difference shows, before that is cut: the place to redact.
	Text func(path, text string) string
}

// Compare compares the answers to one request of an action (target.name) under
// rules, which may be nil.
func Compare(action string, original, own Answer, rules *Rules) Result {
	return Options{Rules: rules}.Compare(action, original, own)
}

// Compare compares the answers to one request of an action (target.name).
func (o Options) Compare(action string, original, own Answer) Result {
	c := newComparison(o, action)
	if original.Status != own.Status {
		c.reportAt("status", Status, strconv.Itoa(original.Status), strconv.Itoa(own.Status))
	}
	if !sameContentType(original.ContentType, own.ContentType) {
		c.reportAt("content_type", Status, original.ContentType, own.ContentType)
	}
	c.original, c.own = string(original.Body), string(own.Body)
	if c.original != c.own || len(c.ids) > 0 {
		c.bodies()
	}
	return c.finish()
}

// sameContentType compares without regard to case and spaces, but with regard to
// parameters: clients read the charset.
func sameContentType(a, b string) bool {
	if a == b {
		return true
	}
	mediaA, parametersA, errA := mime.ParseMediaType(a)
	mediaB, parametersB, errB := mime.ParseMediaType(b)
	if errA != nil || errB != nil || mediaA != mediaB || len(parametersA) != len(parametersB) {
		return false
	}
	for name, value := range parametersA {
		if other, ok := parametersB[name]; !ok || !strings.EqualFold(value, other) {
			return false
		}
	}
	return true
}

func (c *comparison) bodies() {
	original, errOriginal := ordered.Parse(c.original)
	own, errOwn := ordered.Parse(c.own)
	if errOriginal != nil || errOwn != nil {
		switch {
		case c.original == c.own:
		case errOriginal != nil && errOwn != nil:
			// Not the kind below: an original that never says the same without JSON
			// must not hide that ours says JSON.
			c.report(Value, c.original, c.own)
		default:
			c.report(NotJSON, c.original, c.own)
		}
		return
	}
	c.value(original, own)
	if !c.white {
		c.gap(c.original[:original.Start], c.own[:own.Start])
		c.gap(c.original[original.End():], c.own[own.End():])
	}
}
