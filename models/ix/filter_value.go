package ix

import (
	"slices"
	"strconv"
	"strings"
)

// integer makes a check for values that are whole numbers.
func integer(value string) string {
	if _, err := strconv.ParseInt(value, 10, 64); err != nil {
		return "expected an integer"
	}
	return ""
}

// oneOf makes a check for values of an enumeration.
func oneOf(words ...string) func(string) string {
	return func(value string) string {
		if !slices.Contains(words, value) {
			return "is none of " + strings.Join(words, ", ")
		}
		return ""
	}
}

// boolean makes a filter for a property that is true or false, in any of the
// spellings that clients have: those of JSON, of Python and of forms.
func boolean(property string) filter { return booleanOf(is(property).match) }

// booleanOf is boolean for what match tells of true and false.
func booleanOf(match func(o Object, values []string) bool) filter {
	return filter{
		match: func(o Object, values []string) bool {
			var plain []string
			for _, value := range values {
				b, _ := strconv.ParseBool(value)
				plain = append(plain, strconv.FormatBool(b))
			}
			return match(o, plain)
		},
		check: func(value string) string {
			if _, err := strconv.ParseBool(value); err != nil {
				return "expected true or false"
			}
			return ""
		},
	}
}
