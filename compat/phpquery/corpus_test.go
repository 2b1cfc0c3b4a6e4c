package phpquery_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"testing"

	"provision-gateway/compat/phpjson"
	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// tree gives an array in the form of the field tree: pairs of key and value, an
// integer key as a number, strings as latin1.
func tree(a *phpvalue.Array) []any {
	out := []any{}
	for key, v := range a.All() {
		var k, value any = phporacle.Latin1(key.Text()), phporacle.Latin1(v.Text())
		if key.IsInt() {
			k = json.Number(key.Text())
		}
		if v.IsArray() {
			value = map[string]any{"a": tree(v.Array())}
		}
		out = append(out, []any{k, value})
	}
	return out
}

// numbers decodes JSON with its numbers as they are written.
func numbers(t *testing.T, data []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestQueryCorpus(t *testing.T) {
	t.Parallel()
	type line struct {
		ID    string          `json:"id"`
		Query *string         `json:"qs"`
		Bytes []byte          `json:"qs_b64"`
		Get   json.RawMessage `json:"get"`
		JSON  json.RawMessage `json:"json"`
		Tree  json.RawMessage `json:"tree"`
	}
	binary := 0
	phporacle.Corpus(t, "query-dev.jsonl", 860, func(c line) {
		query := string(c.Bytes)
		if c.Query != nil {
			query = *c.Query
		} else {
			binary++
		}
		got := phpquery.ParseQuery(query, phpquery.DefaultMaxVars)
		if want := numbers(t, c.Tree); !reflect.DeepEqual(any(tree(got)), want) {
			t.Errorf("%s: ParseQuery(%q) = %v, want %v", c.ID, query, tree(got), want)
		}
		checkJSON(t, c.ID+" get", got, c.Get)
		out, err := phpjson.Append(nil, phpvalue.FromArray(got))
		if string(c.JSON) == "false" {
			if !errors.Is(err, phpjson.ErrInvalidUTF8) {
				t.Errorf("%s: encoding %q gives the error %v, want %v", c.ID, query, err, phpjson.ErrInvalidUTF8)
			}
			return
		}
		var want string
		if err := json.Unmarshal(c.JSON, &want); err != nil {
			t.Fatal(err)
		}
		if string(out) != want {
			t.Errorf("%s: JSON of %q = %s, want %s", c.ID, query, out, want)
		}
	})
	if binary == 0 {
		t.Error("no query of the corpus is other than text")
	}
}

// checkJSON compares an array with decoded JSON; null stands for an array that
// json_encode refuses.
func checkJSON(t *testing.T, what string, got *phpvalue.Array, want json.RawMessage) {
	t.Helper()
	out, err := phpjson.Append(nil, phpvalue.FromArray(got))
	if string(want) == "null" {
		return // with $_REQUEST in one output, one refused array makes all null
	}
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if !reflect.DeepEqual(tokens(t, out), tokens(t, want)) {
		t.Errorf("%s = %s, want %s", what, out, want)
	}
}

// tokens decodes JSON into what it consists of, in order, since the order of
// keys matters.
func tokens(t *testing.T, data []byte) (out []json.Token) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, token)
	}
}

func TestPostCorpus(t *testing.T) {
	t.Parallel()
	type line struct {
		ID          string          `json:"id"`
		Name        string          `json:"name"`
		Query       string          `json:"qs"`
		ContentType string          `json:"ct"`
		Body        string          `json:"body"`
		Method      string          `json:"method"`
		Get         json.RawMessage `json:"get"`
		Post        json.RawMessage `json:"post"`
		Request     json.RawMessage `json:"request"`
	}
	refused := 0
	phporacle.Corpus(t, "post-dev.jsonl", 32, func(c line) {
		get := phpquery.ParseQuery(c.Query, phpquery.DefaultMaxVars)
		post := phpquery.ParsePost(c.Method, c.ContentType, []byte(phporacle.Bytes(c.Body)), phpquery.DefaultMaxVars)
		request := phpquery.Merge(get, post)
		name := c.ID + " " + c.Name
		checkJSON(t, name+": get", get, c.Get)
		checkJSON(t, name+": post", post, c.Post)
		checkJSON(t, name+": request", request, c.Request)
		if string(c.Request) == "null" {
			refused++
			if out, err := phpjson.Append(nil, phpvalue.FromArray(request)); err == nil {
				t.Errorf("%s: request = %s, want it refused", name, out)
			}
		}
	})
	if refused == 0 {
		t.Error("no case of the corpus is refused by json_encode")
	}
}
