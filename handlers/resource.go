package handlers

import (
	"fmt"

	"provision-gateway/compat"
	"provision-gateway/compat/phpvalue"
	"provision-gateway/models"
)

func errNoResource(id string) error {
	return refuse("No resource found with ID: %s", phpvalue.ValidUTF8(id))
}

// findResource finds the resource that a parameter names.
func (k *call) findResource(tx *models.Tx, name string) (*models.ResourceView, error) {
	id, possible := k.params.id(name)
	if !possible {
		return nil, errNoResource(k.params.text(name))
	}
	view, err := tx.FindResource(id)
	if err != nil && models.ErrorCode(err) == models.NotFound {
		return nil, errNoResource(k.params.text(name))
	}
	return view, err
}

// addResource adds a resource, or an LIR, which is one.
func addResource(k *call, tx *models.Tx) ([]byte, error) {
	change, err := k.resourceChange()
	if err != nil {
		return nil, err
	}
	view, err := tx.AddResource(change)
	if err != nil {
		return nil, err
	}
	w := compat.Writer{}
	writeAdded(&w, view)
	return list("Resource added", &w), nil
}

// updateResource changes what is sent of a resource. Sending only meta[id] and
// meta[type] changes nothing and is answered in full.
func updateResource(k *call, tx *models.Tx) ([]byte, error) {
	view, err := k.findResource(tx, "meta[id]")
	if err != nil {
		return nil, err
	}
	if k.action.Target == "lir" && !view.DescribesLIR() {
		return nil, errNoResource(k.params.text("meta[id]"))
	}
	if v, _ := k.params.get("meta[type]"); models.Fold(textOf(v)) != models.Fold(view.Type) {
		return nil, invalid("meta[type]", v)
	}
	change, err := k.resourceChange()
	if err != nil {
		return nil, err
	}
	if view, err = tx.UpdateResource(view.ID, change); err != nil {
		return nil, err
	}
	w := compat.Writer{}
	writeUpdated(&w, view)
	return list("Resource Updated", &w), nil
}

// deleteResource deletes a resource that nothing uses, with recursive what is
// below it too. What cannot go stays, and is said.
func deleteResource(k *call, tx *models.Tx) ([]byte, error) {
	view, err := k.findResource(tx, "id")
	if err != nil {
		return nil, err
	}
	if err := k.mayDelete(tx, view); err != nil {
		return nil, err
	}
	done := compat.AppendEnvelope(nil, true, "Resource deleted.")
	if !k.params.flag("recursive") {
		return done, tx.DeleteResource(&view.Resource)
	}
	deleted, stayed, err := tx.DeleteTree(&view.Resource)
	if err != nil || stayed == nil {
		return done, err
	}
	return compat.AppendEnvelope(nil, false, fmt.Sprintf("%d resources deleted. %s", deleted, stayed)), nil
}

// resourceChange reads meta and fields.
func (k *call) resourceChange() (models.ResourceChange, error) {
	p := k.params
	c := models.ResourceChange{RIRs: k.RIRs, Routers: k.routerRules()}
	for _, f := range []func() error{
		func() error { return set(&c.Name, p, "meta[name]", parameters.name) },
		func() error { return set(&c.CustomID, p, "meta[custom_id]", parameters.name) },
		func() error { return set(&c.ParentID, p, "meta[parent_id]", parameters.row) },
		func() error { return set(&c.CategoryID, p, "meta[category_id]", parameters.row) },
		func() error { return set(&c.SectionSlug, p, "meta[section]", parameters.name) },
		func() error { return set(&c.Type, p, "meta[type]", parameters.shortName) },
	} {
		if err := f(); err != nil {
			return c, err
		}
	}
	if c.Name != nil && *c.Name == "" {
		return c, refuse("Missing required parameter: meta[name]")
	}
	if err := k.setSection(&c); err != nil {
		return c, err
	}
	fields, err := p.fieldValues()
	c.Fields = fields
	return c, err
}

// setSection reads the section of an entry. An LIR that is added always is an
// entry in section lir, so section_id is no parameter there.
func (k *call) setSection(c *models.ResourceChange) (err error) {
	if c.Type != nil && models.Fold(*c.Type) == models.Fold(models.TypeEntry) {
		*c.Type = models.TypeEntry
	}
	if k.action.Target != "lir" || k.action.Name != "add" {
		return set(&c.SectionID, k.params, "meta[section_id]", parameters.row)
	}
	if c.Type, err = k.params.choice(k.action, "meta[type]"); err != nil {
		return err
	}
	c.SectionSlug, err = k.params.choice(k.action, "meta[section]")
	return err
}

func (p parameters) shortName(name string) (*string, error) { return p.stored(name, 64) }

// mostInstances is how many times a field can occur.
const mostInstances = 1000

// fieldValues reads fields[slug][instance]; PHP has numbered the empty
// instances already. A field without instance is the first.
func (p parameters) fieldValues() (models.FieldValues, error) {
	values := models.FieldValues{}
	all, ok := p.Get("fields")
	if !ok {
		return values, nil
	}
	if !all.IsArray() {
		return nil, invalid("fields", all)
	}
	for slug, v := range all.Array().All() {
		name := "fields[" + slug.Text() + "]"
		if !v.IsArray() {
			if err := setField(values, slug.Text(), 0, name, v); err != nil {
				return nil, err
			}
			continue
		}
		for instance, one := range v.Array().All() {
			if !instance.IsInt() || instance.Int() < 0 || instance.Int() >= mostInstances {
				return nil, invalid(name, phpvalue.String(instance.Text()))
			}
			if err := setField(values, slug.Text(), uint32(instance.Int()), name, one); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}

func setField(values models.FieldValues, slug string, instance uint32, name string, v phpvalue.Value) error {
	text := phpvalue.ValidUTF8(v.Text())
	if v.IsArray() {
		return invalid(name, v)
	}
	if len(text) > mostText {
		return models.InvalidValue(name, notShown)
	}
	values.Set(slug, instance, text)
	return nil
}
