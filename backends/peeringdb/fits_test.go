package peeringdb

import (
	"net/netip"
	"reflect"
	"testing"
	"unicode/utf8"
)

// columnSizes are the sizes of columns, in characters, that are not 255.
var columnSizes = map[string]int{
	"NotesPublic": 65536, "InfoTraffic": 64, "InfoRatio": 64, "InfoScope": 64, "InfoType": 64, "PolicyGeneral": 64, "PolicyLocations": 64,
	"PolicyRatio": 64, "PolicyContracts": 64, "IPv4": 45, "IPv6": 45, "Prefix": 64, "Protocol": 8, "Role": 64, "Visible": 16,
}

// checkFits checks every text of a mapped row against the size of its column,
// and every address against its canonical form.
func checkFits(t *testing.T, row any, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%T refused: %v", row, err)
	}
	v := reflect.ValueOf(row)
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		if field.Kind() == reflect.Pointer && field.Type().Elem().Kind() == reflect.String && !field.IsNil() {
			field = field.Elem()
			if field.String() == "" {
				t.Errorf("%T.%s is empty, want NULL", row, name)
			}
		}
		if field.Kind() != reflect.String {
			continue
		}
		size, ok := columnSizes[name]
		if !ok {
			size = 255
		}
		text := field.String()
		if !utf8.ValidString(text) || utf8.RuneCountInString(text) > size {
			t.Errorf("%T.%s does not fit %d characters: %q", row, name, size, text)
		}
		if name == "IPv4" || name == "IPv6" {
			if a, err := netip.ParseAddr(text); err != nil || a.String() != text || a.Is4() != (name == "IPv4") {
				t.Errorf("%T.%s = %q", row, name, text)
			}
		}
	}
}
