package migration

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"provision-gateway/models"
)

// resourceRow is a row of resource get.
type resourceRow struct {
	ID, Name, Slug, Type, Date, Modified scalar
	ParentID                             scalar          `json:"parent_id"`
	CategoryID                           scalar          `json:"category_id"`
	Attr                                 json.RawMessage `json:"attr"`
}

// readResources reads the resources, and those of the archive.
func (r *reader) readResources(ctx context.Context) error {
	live, err := rows[resourceRow](ctx, r.asking, "resource", "get")
	if err != nil {
		return err
	}
	gone, err := rows[resourceRow](ctx, r.asking, "resource", "get", with("getFromBackup", "1"))
	if err := r.refusable(err); err != nil {
		return err
	}
	if err := r.takeResources(live, false); err != nil {
		return fmt.Errorf("resource get: %w", err)
	}
	if err := r.takeResources(gone, true); err != nil {
		return fmt.Errorf("resource get getFromBackup=1: %w", err)
	}
	return nil
}

func (r *reader) takeResources(list []resourceRow, deleted bool) error {
	for i, row := range list {
		n := &numbers{}
		id := n.id("id", row.ID)
		o := &Resource{
			Name: row.Name.String(), Slug: row.Slug.String(), Type: row.Type.String(), ParentID: n.optional("parent_id", row.ParentID),
			CategoryID: n.optional("category_id", row.CategoryID), Date: n.whole("date", row.Date), Modified: n.whole("modified", row.Modified), Deleted: deleted,
		}
		err := n.err
		if err == nil {
			err = r.attributes(o, row.Attr)
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
		for _, seen := range []*uint64{&id, o.ParentID, o.CategoryID, o.SectionID} {
			r.saw("resources", seen)
		}
		// An archive may hold what resources were like before; the live one counts.
		if get[Resource](r.Snapshot, KindResource, Key{First: id}) == nil {
			r.objects[KindResource][Key{First: id}] = o
		}
	}
	return nil
}

// attributes reads attr, whose order counts.
func (r *reader) attributes(o *Resource, attr json.RawMessage) error {
	if len(attr) == 0 || attr[0] != '{' {
		return nil
	}
	return members(attr, func(name string, value json.RawMessage) error {
		switch {
		case name == "_section":
			var s scalar
			n := &numbers{}
			err := json.Unmarshal(value, &s)
			o.SectionID = n.optional(name, s)
			if err == nil {
				err = n.err
			}
			return err
		case name == "_custom_id":
			var s scalar
			err := json.Unmarshal(value, &s)
			o.CustomID = s.String()
			return err
		case strings.HasPrefix(name, "_"):
			r.note("resource get shows %s, which is not kept", name)
			return nil
		}
		values, err := r.values(value)
		if err != nil {
			return fmt.Errorf("attribute %s: %w", name, err)
		}
		if len(values) > 0 {
			o.Attributes = append(o.Attributes, Attribute{name, values})
		}
		return nil
	})
}

// values reads one instance of a field, a list of them, or an object by instance.
func (r *reader) values(value json.RawMessage) ([]Value, error) {
	var out []Value
	add := func(instance uint32, value json.RawMessage) error {
		var s scalar
		if err := json.Unmarshal(value, &s); err != nil || s.text == nil {
			return err
		}
		v := Value{Instance: instance, Text: s.String()}
		if s.isNumber {
			n := &numbers{}
			id := n.id("the number of a secret", s)
			if n.err != nil {
				return n.err
			}
			r.saw("secrets", &id)
			v.Secret, v.Text = &id, ""
		}
		out = append(out, v)
		return nil
	}
	switch value[0] {
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, err
		}
		for i, one := range list {
			if err := add(uint32(i), one); err != nil {
				return nil, err
			}
		}
		return out, nil
	case '{':
		err := members(value, func(name string, one json.RawMessage) error {
			instance, err := strconv.ParseUint(name, 10, 32)
			if err != nil {
				return &wrongValueError{"an instance is not a number"}
			}
			return add(uint32(instance), one)
		})
		slices.SortFunc(out, func(a, b Value) int { return int(a.Instance) - int(b.Instance) })
		return out, err
	}
	return out, add(0, value)
}

// members calls f for the members of a JSON object in their order.
func members(object json.RawMessage, f func(name string, value json.RawMessage) error) error {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if err := f(name.(string), value); err != nil {
			return err
		}
	}
	return nil
}

// lirRow is a row of lir get.
type lirRow struct {
	ID, Name, Slug, RIR, ASN scalar
	Entities                 []map[string]scalar
}

func (r *reader) readLIRs(ctx context.Context) error {
	list, err := rows[lirRow](ctx, r.asking, "lir", "get")
	if err != nil {
		return err
	}
	for i, row := range list {
		n := &numbers{}
		id := n.id("id", row.ID)
		if n.err != nil {
			return fmt.Errorf("lir get: row %d: %w", i+1, n.err)
		}
		l := &LIR{Name: row.Name.String(), Slug: row.Slug.String(), RIR: row.RIR.String(), ASN: row.ASN.String()}
		for _, entity := range row.Entities {
			values := map[string]*string{}
			for name, value := range entity {
				values[name] = value.text
			}
			l.Entities = append(l.Entities, values)
		}
		r.objects[KindLIR][Key{First: id}] = l
		if o := get[Resource](r.Snapshot, KindResource, Key{First: id}); o != nil {
			o.place(l)
		}
	}
	return nil
}

// place finds the instances of single values, which attributes show without an
// instance, by the entities of the LIR that they are shown in.
func (o *Resource) place(l *LIR) {
	family := models.LIRFamily(l.RIR)
	instances := o.instances(family[0])
	for _, a := range o.Attributes {
		if len(a.Values) != 1 || a.Slug == family[0] || !slices.Contains(family, a.Slug) {
			continue
		}
		v, name := &a.Values[0], strings.ReplaceAll(a.Slug, "-", "_")
		at := slices.IndexFunc(l.Entities, func(entity map[string]*string) bool {
			shown := entity[name]
			return shown != nil && (v.Secret != nil || *shown == v.Text)
		})
		if at >= 0 && at < len(instances) {
			v.Instance = instances[at]
			continue
		}
		// Shown in no entity: the value of one whose key is missing.
		for v.Instance = 0; slices.Contains(instances, v.Instance); {
			v.Instance++
		}
	}
}

// instances are those of a field.
func (o *Resource) instances(slug string) []uint32 {
	var out []uint32
	for _, a := range o.Attributes {
		if a.Slug == slug {
			for _, v := range a.Values {
				out = append(out, v.Instance)
			}
		}
	}
	return out
}
