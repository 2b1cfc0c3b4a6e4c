package peeringdb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// readIDs reads a list and returns for every row its id, and the field that
// did not fit.
func readIDs(r io.Reader) ([]string, error) {
	var out []string
	err := ReadList(r, func(row *Net, misfit *json.UnmarshalTypeError) error {
		text := fmt.Sprint(row.Key())
		if misfit != nil {
			text += " " + misfit.Field + " " + misfit.Value
		}
		out = append(out, text)
		return nil
	})
	return out, err
}

func TestReadList(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
		wantErr    string
	}{
		{"data first", `{"data":[{"id":1},{"id":2}],"meta":{}}`, []string{"1", "2"}, ""},
		{"meta first", "{\n\t\"meta\": {\"generated\": 1.5},\n\t\"data\": [ {\"id\": 1} , {\"id\": 2} ]\n}\n", []string{"1", "2"}, ""},
		{"empty", `{"data":[]}`, nil, ""},
		{"other keys", `{"a":{"data":[{"id":9}]},"data":[{"id":1}],"b":[[]],"c":null}`, []string{"1"}, ""},
		{"odd meta", `{"data":[{"id":1}],"meta":[]}`, []string{"1"}, ""},
		{"unknown fields", `{"data":[{"x":{"id":5},"id":1,"y":[1]}]}`, []string{"1"}, ""},
		{"fields of another type", `{"data":[{"asn":"64496","id":1},{"id":2},{"id":"3"},{"id":1.5},{"id":1e400},{"name":7,"id":4},{"info_types":"NSP","id":5}]}`,
			[]string{"1 asn string", "2", "0 Base.id string", "0 Base.id number 1.5", "0 Base.id number 1e400", "4 name number", "5 info_types string"}, ""},
		{"rows that are none", `{"data":[1,null,"x",[],{"id":1}]}`, []string{"0  number", "0", "0  string", "0  array", "1"}, ""},

		{"nothing", ``, nil, "byte 0: unexpected EOF"},
		{"no object", `[{"id":1}]`, nil, `byte 1: expected '{'`},
		{"HTML", `<html>`, nil, "byte 0: invalid character '<' looking for beginning of value"},
		{"no data", `{"message":"Request was throttled"}`, nil, "byte 35: no data in it: not a list of the API"},
		{"data is null", `{"data":null}`, nil, `byte 12: expected '['`},
		{"data is an object", `{"data":{"id":1}}`, nil, `byte 9: expected '['`},
		{"data twice", `{"data":[],"data":[]}`, nil, "byte 18: data occurs twice"},
		{"an error of the API", `{"data":[],"meta":{"error":"Entity not found"}}`, nil, `byte 46: the answer is an error of the API: "Entity not found"`},
		{"truncated", `{"data":[{"id":1}],"meta":{"truncated":"depth"}}`, []string{"1"}, `byte 47: the answer is not the whole list: "\"depth\""`},
		{"not truncated", `{"data":[{"id":1}],"meta":{"truncated":false}}`, []string{"1"}, ""},
		{"cut in a row", `{"data":[{"id":1},{"id":`, []string{"1"}, "byte 24: unexpected EOF"},
		{"cut between rows", `{"data":[{"id":1},`, []string{"1"}, "byte 18: unexpected EOF"},
		{"cut behind a row", `{"data":[{"id":1}`, []string{"1"}, "byte 17: unexpected EOF"},
		{"cut behind the rows", `{"data":[{"id":1}]`, []string{"1"}, "byte 18: unexpected EOF"},
		{"cut in a key", `{"dat`, nil, "byte 5: unexpected EOF"},
		{"malformed row", `{"data":[{"id":1}, {"id":2,}]}`, []string{"1"}, "byte 19: invalid character '}' looking for beginning of object key string"},
		{"no comma", `{"data":[{"id":1}{"id":2}]}`, []string{"1"}, "byte 17: expected comma after array element"},
		{"comma at the end", `{"data":[{"id":1},]}`, []string{"1"}, "byte 18: invalid character ']' looking for beginning of value"},
		{"more behind", `{"data":[{"id":1}]} {}`, []string{"1"}, "byte 21: something follows the list"},
		{"rubbish behind", `{"data":[{"id":1}]}x`, []string{"1"}, "byte 19: invalid character 'x' looking for beginning of value"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for name, reader := range map[string]io.Reader{"at once": strings.NewReader(test.text), "byte by byte": iotest.OneByteReader(strings.NewReader(test.text))} {
				got, err := readIDs(reader)
				if !slices.Equal(got, test.want) {
					t.Errorf("%s: rows %q, want %q", name, got, test.want)
				}
				text := ""
				if err != nil {
					text = err.Error()
				}
				if text != test.wantErr {
					t.Errorf("%s: error %q, want %q", name, text, test.wantErr)
				}
				if _, listError := errors.AsType[*ListError](err); err != nil && !listError {
					t.Errorf("%s: error is a %T", name, err)
				}
			}
		})
	}
}

func TestReadListFindsTheMalformedRowFarBehind(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	text.WriteString(`{"data":[`)
	for id := range 5000 {
		fmt.Fprintf(&text, `{"id":%d,"name":"Example"},`+"\n  ", id+1)
	}
	at := text.Len()
	text.WriteString(`{"id":nul}]}`)
	got, err := readIDs(&text)
	list, ok := errors.AsType[*ListError](err)
	if len(got) != 5000 || !ok || list.Offset != int64(at) {
		t.Errorf("%d rows, error %v, want byte %d", len(got), err, at)
	}
}

func TestReadListReturnsErrorsOfOthers(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	err := ReadList(strings.NewReader(`{"data":[{"id":1},{"id":2}]}`), func(*Net, *json.UnmarshalTypeError) error { return broken })
	if err != broken {
		t.Errorf("error of the callback: %v", err)
	}
	_, err = readIDs(io.MultiReader(strings.NewReader(`{"data":[{"id":1},{"id"`), iotest.ErrReader(broken)))
	if list, ok := errors.AsType[*ListError](err); !ok || !errors.Is(err, broken) || list.Offset != 18 {
		t.Errorf("error of the reader: %v", err)
	}
}

// FuzzReadList checks that only well-formed JSON is taken, with as many rows as
// it has.
func FuzzReadList(f *testing.F) {
	for _, text := range []string{
		`{"data":[{"id":1},{"id":2}],"meta":{}}`, `{"meta":{"error":"x"},"data":[]}`, `{"data":[1,null,{"id":"x"}]}`, `{"data":[{}`, `{"a":[{}],"data":[[]]} `, `{"data":[],"data":[]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := readIDs(bytes.NewReader(text))
		var list *ListError
		if errors.As(err, &list) {
			if list.Offset < 0 || list.Offset > int64(len(text)) {
				t.Fatalf("offset %d of %d bytes", list.Offset, len(text))
			}
			return
		}
		if err != nil {
			t.Fatalf("error is a %T: %v", err, err)
		}
		var whole map[string]json.RawMessage
		var data []json.RawMessage
		if err := errors.Join(json.Unmarshal(text, &whole), json.Unmarshal(whole["data"], &data)); err != nil {
			t.Fatalf("took what is no list: %v", err)
		}
		if len(rows) != len(data) {
			t.Fatalf("%d rows of %d", len(rows), len(data))
		}
	})
}
