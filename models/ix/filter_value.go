package ix

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
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

// spelled makes a filter by a property of which a value has several spellings.
// match tells of those in the one that objects have, into which read brings them;
// what it cannot read is refused with a reason.
func spelled(match func(o Object, values []string) bool, read func(value string) (string, error), reason string) filter {
	return filter{
		match: func(o Object, values []string) bool {
			var plain []string
			for _, value := range values {
				if own, err := read(value); err == nil {
					plain = append(plain, own)
				}
			}
			return match(o, plain)
		},
		check: func(value string) string {
			if _, err := read(value); err != nil {
				return reason
			}
			return ""
		},
	}
}

// boolean makes a filter for a property that is true or false, in any of the
// spellings that clients have: those of JSON, of Python and of forms.
func boolean(property string) filter { return booleanOf(is(property).match) }

// booleanOf is boolean for what match tells of true and false.
func booleanOf(match func(o Object, values []string) bool) filter {
	return spelled(match, func(value string) (string, error) {
		b, err := strconv.ParseBool(value)
		return strconv.FormatBool(b), err
	}, "expected true or false")
}

// number makes a filter for a property that is a whole number.
func number(property string) filter {
	return spelled(is(property).match, func(value string) (string, error) {
		n, err := strconv.ParseInt(value, 10, 64)
		return strconv.FormatInt(n, 10), err
	}, "expected an integer")
}

// address makes a filter for a property that is an address of IP in canonical
// form.
func address(property string) filter {
	return spelled(is(property).match, func(value string) (string, error) {
		a, err := netip.ParseAddr(value)
		return a.Unmap().String(), err
	}, "expected an address")
}

// timed makes a filter for a property that is a time: it finds the same moment,
// whatever its offset is and however it is written.
func timed(property string) filter {
	return filter{check: aTime, match: func(o Object, values []string) bool {
		return slices.ContainsFunc(texts(o, property), func(have string) bool {
			is, err := readTime(have)
			return err == nil && slices.ContainsFunc(values, func(value string) bool {
				at, err := readTime(value)
				return err == nil && at.Equal(is)
			})
		})
	}}
}

// validity are the filters by the times between which something is valid.
func validity() map[string]filter {
	return map[string]filter{"valid_not_before": timed("valid_not_before"), "valid_not_after": timed("valid_not_after")}
}

// readTime reads a time as in RFC 3339, whose letters may be small (section 5.6).
// A space stands for the plus of an offset that was not escaped in a query.
func readTime(value string) (time.Time, error) {
	return time.Parse(time.RFC3339, strings.ReplaceAll(strings.ToUpper(value), " ", "+"))
}

// aTime is the check for times.
func aTime(value string) string {
	if _, err := readTime(value); err != nil {
		return "expected a time as in RFC 3339"
	}
	return ""
}

// periodForm is that of ISO 8601 durations.
var periodForm = regexp.MustCompile(`^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+([.]\d+)?S)?)?$`)

// periods make filters for properties that are ISO 8601 durations, compared as
// they are written.
func periods(properties ...string) map[string]filter {
	out := map[string]filter{}
	for _, p := range properties {
		out[p] = is(p).checked(func(value string) string {
			if !periodForm.MatchString(value) || strings.HasSuffix(value, "P") || strings.HasSuffix(value, "T") {
				return "expected a duration as in ISO 8601"
			}
			return ""
		})
	}
	return out
}

// typeFilter is the filter of a polymorphic collection by type.
func typeFilter(types ...string) map[string]filter {
	return map[string]filter{"type": is("type").checked(oneOf(types...))}
}
