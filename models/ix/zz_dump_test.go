package ix

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
)

type dField struct {
	Name, Type            string
	Elem                  string
	Nullable, Omit        bool
	Create, Update, Req, Sensitive bool
	Max                   int
	Enum                  []string
	Shown                 bool
}
type dStruct struct {
	Name   string
	Embeds []string
	Fields []dField
}
type dKind struct {
	Name    string
	Public  bool
	Types   []string
	Ops     Operations
	Filters []string
	Structs map[string]string // type -> struct
	Reduced []string
	Shown   map[string][]string
}

var dStructs = map[string]*dStruct{}

func dType(t reflect.Type) (typ, elem string, nullable bool) {
	if t.Kind() == reflect.Pointer {
		a, b, _ := dType(t.Elem())
		return a, b, true
	}
	switch t.Kind() {
	case reflect.Slice:
		a, _, _ := dType(t.Elem())
		return "array", a, false
	case reflect.Struct:
		if t.NumField() > 0 {
			dump(t)
		}
		return "#" + t.Name(), "", false
	case reflect.Map, reflect.Interface:
		return "object", "", false
	}
	k := t.Kind().String()
	if t.Name() == "State" { k = "#State" }
	return k, "", false
}

func dump(t reflect.Type) {
	if dStructs[t.Name()] != nil {
		return
	}
	d := &dStruct{Name: t.Name()}
	dStructs[t.Name()] = d
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			d.Embeds = append(d.Embeds, f.Type.Name())
			dump(f.Type)
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		x := readTag(name, f)
		typ, elem, null := dType(f.Type)
		d.Fields = append(d.Fields, dField{Name: name, Type: typ, Elem: elem, Nullable: null, Omit: strings.Contains(rest, "omit"),
			Create: x.create, Update: x.update, Req: x.required, Sensitive: x.sensitive, Max: x.max, Enum: x.enum})
	}
}

func TestDump(t *testing.T) {
	var out struct {
		Kinds   []dKind
		Structs map[string]*dStruct
	}
	for _, k := range kinds {
		ops, _ := OperationsOf(k.name)
		d := dKind{Name: string(k.name), Public: k.public, Types: k.types, Ops: ops, Structs: map[string]string{}, Shown: map[string][]string{}}
		for f := range k.filters {
			d.Filters = append(d.Filters, f)
		}
		sort.Strings(d.Filters)
		types := k.types
		if types == nil {
			types = []string{""}
		}
		for _, ty := range types {
			o := k.make(ty)
			dump(reflect.TypeOf(o).Elem())
			d.Structs[ty] = reflect.TypeOf(o).Elem().Name()
			text, err := encode(o)
			if err != nil { t.Fatal(err) }
			var m map[string]any
			_ = json.Unmarshal([]byte(text), &m)
			var names []string
			for n := range m { names = append(names, n) }
			slices.Sort(names)
			d.Shown[ty] = names
		}
		out.Kinds = append(out.Kinds, d)
	}
	out.Structs = dStructs
	b, _ := json.MarshalIndent(out, "", " ")
	_ = os.WriteFile("/tmp/dump.json", b, 0o600)
}
