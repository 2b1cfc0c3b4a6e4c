package phpvalue_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpvalue"
)

func TestCoerceCorpus(t *testing.T) {
	t.Parallel()
	type line struct {
		ID         string          `json:"id"`
		V          string          `json:"v"`
		Intval     string          `json:"intval"`
		Float      json.RawMessage `json:"float"`
		Bool       bool            `json:"bool"`
		Empty      bool            `json:"empty"`
		IsNumeric  bool            `json:"is_numeric"`
		CtypeDigit bool            `json:"ctype_digit"`
		Eq0        bool            `json:"eq0"`
		Eq1        bool            `json:"eq1"`
		EqTrue     bool            `json:"eqTrue"`
		EqFalse    bool            `json:"eqFalse"`
		EqNull     bool            `json:"eqNull"`
		EqStr1     bool            `json:"eqStr1"`
		EqStr0     bool            `json:"eqStr0"`
		Gt0        bool            `json:"gt0"`
		FilterInt  json.RawMessage `json:"filter_int"`
		FilterBool bool            `json:"filter_bool"`
		FilterNull *bool           `json:"filter_bool_null"`
		LowerTrue  bool            `json:"strtolower_true"`
		Lookup     *string         `json:"lookup"`
	}
	// The array in which the corpus looks every string up as a key.
	table := phpvalue.NewArray()
	for key, value := range map[string]string{"1": "one", "2": "two", "id": "ID"} {
		table.Set(key, phpvalue.String(value))
	}
	phporacle.Corpus(t, "coerce-dev.jsonl", 97, func(c line) {
		s := phporacle.Bytes(c.V)
		check := func(what string, got, want any) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s of %q = %v, want %v", c.ID, what, s, got, want)
			}
		}
		check("Intval", strconv.FormatInt(phpvalue.Intval(s), 10), c.Intval)
		float, err := strconv.ParseFloat(strings.Trim(string(c.Float), `"`), 64)
		if err != nil {
			t.Fatal(err)
		}
		check("Floatval", phpvalue.Floatval(s), float)
		check("Boolval", phpvalue.Boolval(s), c.Bool)
		check("empty", !phpvalue.Boolval(s), c.Empty)
		check("IsNumeric", phpvalue.IsNumeric(s), c.IsNumeric)
		check("CtypeDigit", phpvalue.CtypeDigit(s), c.CtypeDigit)
		check("== 0", phpvalue.LooseCompareInt(s, 0) == 0, c.Eq0)
		check("== 1", phpvalue.LooseCompareInt(s, 1) == 0, c.Eq1)
		check("> 0", phpvalue.LooseCompareInt(s, 0) > 0, c.Gt0)
		check("== true", phpvalue.Boolval(s), c.EqTrue)
		check("== false", !phpvalue.Boolval(s), c.EqFalse)
		check("== null", s == "", c.EqNull)
		check("== '1'", phpvalue.LooseEqualString(s, "1"), c.EqStr1)
		check("== '0'", phpvalue.LooseEqualString(s, "0"), c.EqStr0)

		want := string(c.FilterInt)
		if text, err := strconv.Unquote(want); err == nil {
			want = text
		}
		got := "false"
		if n, ok := phpvalue.FilterInt(s); ok {
			got = strconv.FormatInt(n, 10)
		}
		check("FilterInt", got, want)
		value, valid := phpvalue.FilterBool(s)
		check("FilterBool", value, c.FilterBool)
		check("validity for FilterBool", valid, c.FilterNull != nil)
		if c.FilterNull != nil {
			check("FilterBool or null", value, *c.FilterNull)
		}
		check("being true in any case", strings.EqualFold(s, "true"), c.LowerTrue)

		found, ok := table.Get(s)
		check("having an entry", ok, c.Lookup != nil)
		if c.Lookup != nil {
			check("lookup", found.Text(), *c.Lookup)
		}
	})
}

func TestMySQLCorpus(t *testing.T) {
	t.Parallel()
	type line struct {
		ID    string   `json:"id"`
		V     string   `json:"v"`
		IDs   []uint64 `json:"where_id_eq"`
		ASNs  []uint64 `json:"where_asn_eq"`
		Plus0 string   `json:"plus0"`
	}
	// The rows that the corpus was made with: id and asn, of which one is NULL.
	rows := []struct {
		id, asn uint64
		null    bool
	}{{0, 0, false}, {1, 64500, false}, {2, 4436, false}, {26, 0, true}, {1000, 1000, false}, {4294967295, 1, false}}
	phporacle.Corpus(t, "mysqlcoerce-dev.jsonl", 39, func(c line) {
		s := phporacle.Bytes(c.V)
		number := phpvalue.MySQLNumber(s)
		ids, asns := []uint64{}, []uint64{}
		if n, ok := number.Uint(); ok {
			for _, row := range rows {
				if row.id == n {
					ids = append(ids, row.id)
				}
				if row.asn == n && !row.null {
					asns = append(asns, row.id)
				}
			}
		}
		if !equal(ids, c.IDs) || !equal(asns, c.ASNs) {
			t.Errorf("%s: %q matches the ids %v and the ASNs of %v, want %v and %v", c.ID, s, ids, asns, c.IDs, c.ASNs)
		}
		want, err := strconv.ParseFloat(c.Plus0, 64)
		if err != nil {
			t.Fatal(err)
		}
		if number.Float() != want {
			t.Errorf("%s: the number of %q = %v, want %v", c.ID, s, number.Float(), want)
		}
	})
}

// equal compares the ids as sets, which the corpus lists in the order of the key.
func equal(a, b []uint64) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range a {
		found := false
		for _, y := range b {
			found = found || x == y
		}
		if !found {
			return false
		}
	}
	return true
}
