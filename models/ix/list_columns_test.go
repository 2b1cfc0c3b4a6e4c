package ix

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// A column that a filter goes by says what the property does, in every type of
// every collection.
func TestColumnsSayWhatPropertiesDo(t *testing.T) {
	t.Parallel()
	tx := &Tx{Tx: &models.Tx{Time: 1}}
	checked := map[string]bool{}
	for _, k := range kinds {
		types := k.types
		if types == nil {
			types = []string{""}
		}
		for name, f := range k.filters {
			if f.column == "" {
				continue
			}
			for _, objectType := range types {
				o, value := k.make(objectType), "x"
				place := propertyOf(o, f.column)
				switch {
				case f.column == "type":
					value = objectType
				case !place.IsValid():
					t.Errorf("%s %s has no property for the filter %s", k.name, objectType, name)
					continue
				case place.Kind() == reflect.Pointer:
					place.Set(reflect.ValueOf(&value))
				default:
					place.SetString(value)
				}
				var row Row
				if err := tx.fill(&row, o); err != nil {
					t.Fatal(err)
				}
				if got := row.text(f.column); got != value || !f.match(o, []string{value}) || f.match(o, []string{value + " "}) {
					t.Errorf("%s %s: the column of the filter %s has %q", k.name, objectType, name, got)
				}
				checked[f.column] = true
			}
		}
	}
	if len(checked) != 8 {
		t.Errorf("filters go by %v", checked)
	}
}

func propertyOf(o Object, name string) reflect.Value {
	for _, f := range fields(o) {
		if f.name == name {
			return reflect.ValueOf(o).Elem().FieldByIndex(f.index)
		}
	}
	return reflect.Value{}
}

func TestInColumns(t *testing.T) {
	t.Parallel()
	many := slices.Repeat([]string{"x"}, mostValues+1)
	for name, one := range map[string]struct {
		query   Query
		columns []among
		more    bool
	}{
		"nothing":             {nil, nil, false},
		"unknown":             {Query{"colour": {"red"}}, nil, false},
		"column":              {Query{"connection": {"a", "b"}}, []among{{"connection", []string{"a", "b"}}}, false},
		"id":                  {Query{"id": {"a"}}, []among{{"id", []string{"a"}}}, false},
		"document":            {Query{"capacity": {"1"}}, nil, true},
		"both":                {Query{"capacity": {"1"}, "id": {"a"}}, []among{{"id", []string{"a"}}}, true},
		"opposite":            {Query{"state__is_not": {"error"}}, nil, true},
		"others":              {Query{"contacts": {"a"}}, nil, true},
		"empty":               {Query{"external_ref": {""}}, nil, true},
		"no text":             {Query{"external_ref": {"\xff"}}, nil, true},
		"more than a few":     {Query{"id": many}, nil, true},
		"no more than enough": {Query{"id": many[1:]}, []among{{"id", many[1:]}}, false},
	} {
		columns, more := networkServiceConfigs().inColumns(one.query)
		if !reflect.DeepEqual(columns, one.columns) || more != one.more {
			t.Errorf("%s: %v, %v", name, columns, more)
		}
	}
}

// Objects that two gateways made at the same moment are in the order of their
// ids, and all others in that of their age.
func TestListsAreOrdered(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, inner *models.Store) {
		store := New(inner)
		seeded, err := store.SeedDemo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		account := seeded.Accounts[0].ID
		err = store.Write(t.Context(), "", func(tx *Tx) error {
			for i, id := range []string{"b", "z", "a", "c", "0"} {
				c := &Contact{Header: Header{id}, Ownable: Ownable{ManagingAccount: account, ConsumingAccount: account}}
				if err := tx.Insert(Contacts, c); err != nil {
					return err
				}
				position := []int{7, 8, 7, 7, 9}[i]
				if err := tx.db.Model(&Row{}).Where("id = ?", id).Update("position", position).Error; err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		items, err := store.List(t.Context(), account, Contacts, Query{})
		var ids []string
		for _, item := range items {
			ids = append(ids, item.ID)
		}
		if want := []string{"a", "b", "c", "z", "0"}; err != nil || len(ids) != 6 || !slices.Equal(ids[:5], want) {
			t.Errorf("%v, %v, want %v and that of the demonstration", ids, err, want)
		}
	})
}

// Neither database may decide what is equal, or be asked what it cannot take.
func TestFiltersByColumns(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, inner *models.Store) {
		store := New(inner)
		seeded, err := store.SeedDemo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		a, b := seeded.Accounts[0].ID, seeded.Accounts[1].ID
		references := []*string{nil, new(""), new("x"), new("X"), new("x "), new("é"), new("x,y")}
		err = store.Write(t.Context(), "", func(tx *Tx) error {
			for _, owner := range []string{a, b} {
				for _, reference := range references {
					c := &Contact{Ownable: Ownable{ManagingAccount: owner, ConsumingAccount: owner, ExternalRef: reference}}
					if err := tx.Insert(Contacts, c); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, one := range map[string]struct {
			query Query
			want  int
		}{
			"exact":           {Query{"external_ref": {"x"}}, 1},
			"case":            {Query{"external_ref": {"X"}}, 1},
			"space":           {Query{"external_ref": {"x "}}, 1},
			"spaces":          {Query{"external_ref": {"x  "}}, 0},
			"two":             {Query{"external_ref": {"x", "X"}}, 2},
			"empty":           {Query{"external_ref": {""}}, 1},
			"empty or one":    {Query{"external_ref": {"", "x"}}, 2},
			"not composed":    {Query{"external_ref": {"e\u0301"}}, 0},
			"accent":          {Query{"external_ref": {"é"}}, 1},
			"no UTF-8":        {Query{"external_ref": {"x\xff"}}, 0},
			"NUL":             {Query{"external_ref": {"x\x00"}}, 0},
			"quote":           {Query{"external_ref": {"' OR '1'='1"}}, 0},
			"mine":            {Query{"managing_account": {a}, "external_ref": {"x"}}, 1},
			"of the other":    {Query{"managing_account": {b}}, 0},
			"one of the two":  {Query{"consuming_account": {a, b}, "external_ref": {"X"}}, 1},
			"many":            {Query{"external_ref": slices.Repeat([]string{"x"}, 5000)}, 1},
			"many ids":        {Query{"id": strings.Split(strings.Repeat("x,", 70000), ",")}, 0},
			"column and rest": {Query{"external_ref": {"x"}, "id": {""}}, 0},
		} {
			items, err := store.List(t.Context(), a, Contacts, one.query)
			if err != nil || len(items) != one.want {
				t.Errorf("%s: %d contacts, %v, want %d", name, len(items), err, one.want)
			}
		}
		// What is not shown cannot be asked for, in a column or not: of an account
		// that everybody sees, its own state.
		if _, err := store.Update(t.Context(), a, Accounts, a, map[string]json.RawMessage{"discoverable": json.RawMessage("true")}, true); err != nil {
			t.Fatal(err)
		}
		if items, err := store.List(t.Context(), b, Accounts, Query{"id": {a}}); err != nil || len(items) != 1 {
			t.Errorf("%d accounts are discovered, %v", len(items), err)
		}
		for reader, want := range map[string]int{a: 1, b: 0} {
			items, err := store.List(t.Context(), reader, Accounts, Query{"state": {"production"}, "id": {a}})
			if err != nil || len(items) != want {
				t.Errorf("%d accounts, %v, want %d", len(items), err, want)
			}
		}
	})
}
