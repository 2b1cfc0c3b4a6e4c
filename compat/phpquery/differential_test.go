package phpquery_test

import (
	"strconv"
	"testing"

	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// parsed gives an array as the oracle does: serialized, and as JSON.
func parsed(a *phpvalue.Array) []byte {
	v := phpvalue.FromArray(a)
	out := append(phporacle.AppendSerialized(nil, v), '\n')
	mark := len(out)
	out, err := phpjson.Append(append(out, '='), v)
	switch err {
	case nil:
		return out
	case phpjson.ErrDepth:
		return append(out[:mark], "!1"...)
	case phpjson.ErrInvalidUTF8:
		return append(out[:mark], "!5"...)
	}
	return append(out[:mark], err.Error()...)
}

// TestParseQueryDifferential compares with PHP's parse_str, which reads a string
// as PHP reads a query string, with the usual limit on the number of variables
// and with a low one.
func TestParseQueryDifferential(t *testing.T) {
	t.Parallel()
	for _, maxVars := range []int{phpquery.DefaultMaxVars, 3} {
		t.Run(strconv.Itoa(maxVars)+" variables", func(t *testing.T) {
			t.Parallel()
			n := phporacle.Cases(t)
			if maxVars != phpquery.DefaultMaxVars {
				n /= 4
			}
			oracle := phporacle.Start(t, maxVars)
			phporacle.Comparison[string]{
				Generate: query,
				Ours:     func(q string) []byte { return parsed(phpquery.ParseQuery(q, maxVars)) },
				Theirs:   phporacle.Asker(oracle, phporacle.Query, func(q string) []byte { return []byte(q) }),
				Smaller:  phporacle.SmallerText,
				Show:     strconv.Quote,
			}.Run(t, phporacle.Random(t), n)
		})
	}
}
