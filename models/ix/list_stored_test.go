package ix

import (
	"slices"
	"testing"
)

// A list says of every object what reading it says, whether its documents are
// written as they are stored or not.
func TestListsSayWhatReadingSays(t *testing.T) {
	atBureau(t, func(b *bureau) {
		for _, order := range b.orders() {
			b.made(b.a, NetworkServices, order)
		}
		stored, decoded := 0, 0
		for _, account := range []string{b.a, b.b} {
			caller, err := b.store.caller(b.store.Reader(b.Context()), account)
			if err != nil {
				b.Fatal(err)
			}
			for _, c := range Collections() {
				k, _ := kindOf(c)
				items, err := b.store.List(b.Context(), account, c, Query{})
				if err != nil {
					b.Fatal(err)
				}
				var ids []string
				for _, item := range items {
					ids = append(ids, item.ID)
					read, err := b.store.Read(b.Context(), account, c, item.ID)
					if err != nil || string(read.Document) != string(item.Document) {
						b.Errorf("%s in %s: listed as %s, read as %s, %v", item.ID, c, item.Document, read.Document, err)
					}
				}
				var rows []Row
				if err := b.store.Reader(b.Context()).Where("collection = ?", c).Order("position, id").Find(&rows).Error; err != nil {
					b.Fatal(err)
				}
				l := caller.storedLister(k, Query{"unknown": {"parameter"}})
				var seen []string
				for i := range rows {
					if _, err := b.store.Read(b.Context(), account, c, rows[i].ID); err == nil {
						seen = append(seen, rows[i].ID)
					}
					if l.asStored(&rows[i]) {
						stored++
					} else {
						decoded++
					}
				}
				if !slices.Equal(ids, seen) {
					b.Errorf("%s lists %v, and %v can be read", c, ids, seen)
				}
			}
		}
		if stored == 0 || decoded == 0 {
			b.Errorf("%d documents are written as stored, %d are not", stored, decoded)
		}
	})
}

// What needs a look into the object gets one.
func TestWhatIsNotWrittenAsStored(t *testing.T) {
	t.Parallel()
	c := &Caller{Account: "a", scope: []string{"a", "below"}}
	for name, one := range map[string]struct {
		collection Collection
		row        Row
		query      Query
		want       bool
	}{
		"own":                     {NetworkServiceConfigs, Row{Type: TypeP2P, ManagingAccount: "a"}, nil, true},
		"used by who is managed":  {NetworkServiceConfigs, Row{Type: TypeP2P, ConsumingAccount: "below"}, nil, true},
		"unknown parameter":       {NetworkServiceConfigs, Row{Type: TypeP2P, ManagingAccount: "a"}, Query{"colour": {"red"}}, true},
		"filtered by a column":    {NetworkServiceConfigs, Row{Type: TypeP2P, ManagingAccount: "a"}, Query{"state": {"error"}, "id": {"x"}}, true},
		"filtered":                {NetworkServiceConfigs, Row{Type: TypeP2P, ManagingAccount: "a"}, Query{"outer_vlan": {"1"}}, false},
		"filtered by the rest":    {NetworkServiceConfigs, Row{Type: TypeP2P, ManagingAccount: "a"}, Query{"state__is_not": {"error"}}, false},
		"filtered by nothing":     {NetworkServiceConfigs, Row{Type: TypeP2P, ManagingAccount: "a"}, Query{"external_ref": {"x", ""}}, false},
		"of others":               {NetworkServiceConfigs, Row{Type: TypeP2P, ManagingAccount: "b", ConsumingAccount: "b"}, nil, false},
		"of its other side":       {MemberJoiningRules, Row{Type: RuleAllow, ManagingAccount: "b", ConsumingAccount: "a"}, nil, false},
		"unknown type":            {NetworkServiceConfigs, Row{Type: "vpn", ManagingAccount: "a"}, nil, false},
		"public":                  {Facilities, Row{}, nil, true},
		"with what is not shown":  {IPs, Row{ManagingAccount: "a"}, nil, false},
		"reduced to fields":       {ProductOfferings, Row{Type: TypeP2P}, Query{"fields": {"name"}}, false},
		"fields of another kind":  {Facilities, Row{}, Query{"fields": {"name"}}, true},
		"offering with a pattern": {ProductOfferings, Row{Type: TypeCloud}, nil, false},
	} {
		k, known := kindOf(one.collection)
		if !known {
			t.Fatal(one.collection)
		}
		if got := c.storedLister(k, one.query).asStored(&one.row); got != one.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
