package handlers

import (
	"strconv"

	"provision-gateway/compat"
	"provision-gateway/compat/phpjson"
	"provision-gateway/models"
)

// The answers to add, update and get show a resource in three forms, which the
// documentation's examples fix to the byte: ids are numbers in add and texts
// elsewhere, unset fields are shown by add only, and "nothing" is false in add
// and an empty list elsewhere.

// writeAdded writes the form of add.
func writeAdded(w *compat.Writer, v *models.ResourceView) {
	w.Open('{')
	w.Int("id", int64(v.ID))
	w.Text("name", v.Name)
	w.Text("slug", v.Slug)
	w.Text("type", v.Type)
	if v.ParentID == nil {
		w.Null("parent_id")
	} else {
		w.Int("parent_id", int64(*v.ParentID))
	}
	writeDates(w, &v.Resource)
	w.Key("attr")
	w.Open('{')
	writeSectionID(w, v)
	for _, f := range v.Fields {
		if len(v.Values[f.Slug]) > 0 {
			writeField(w, f.Slug, v.Values[f.Slug])
		} else if !f.Secret {
			w.Text(f.Slug, "")
		}
	}
	w.Bool("_gadget_data", false)
	w.Close('}')
	writeSection(w, v)
	w.Bool("gadgets", false)
	w.Close('}')
}

// writeUpdated writes the form of update: the secret fields that are set, then
// the plain ones that are set and belong to the LIR's registry, then the
// system's own.
func writeUpdated(w *compat.Writer, v *models.ResourceView) {
	w.Open('{')
	writeIdentity(w, &v.Resource)
	w.Key("attr")
	w.Open('{')
	shown := v.ShownFields()
	for _, secret := range []bool{true, false} {
		for _, f := range shown {
			if f.Secret == secret && len(v.Values[f.Slug]) > 0 {
				writeField(w, f.Slug, v.Values[f.Slug])
			}
		}
	}
	writeSectionID(w, v)
	w.Text("_custom_id", v.CustomID)
	w.EmptyList("_gadget_data")
	w.Close('}')
	writeSection(w, v)
	w.EmptyList("gadgets")
	w.Close('}')
}

// writeFound writes the form of get.
func writeFound(w *compat.Writer, v *models.ResourceView) {
	w.Open('{')
	writeIdentity(w, &v.Resource)
	if v.Section == nil && v.CustomID == "" {
		w.EmptyList("attr")
		w.Close('}')
		return
	}
	w.Key("attr")
	w.Open('{')
	writeSectionID(w, v)
	for _, f := range v.ShownFields() {
		if len(v.Values[f.Slug]) > 0 {
			writeField(w, f.Slug, v.Values[f.Slug])
		}
	}
	if v.CustomID != "" {
		w.Text("_custom_id", v.CustomID)
	}
	w.Close('}')
	w.Close('}')
}

// writeIdentity writes the columns of a resource that was there before.
func writeIdentity(w *compat.Writer, r *models.Resource) {
	w.Number("id", r.ID)
	w.Text("name", r.Name)
	w.Text("slug", r.Slug)
	w.Text("type", r.Type)
	compat.OptionalNumber(w, "parent_id", r.ParentID)
	writeDates(w, r)
}

func writeDates(w *compat.Writer, r *models.Resource) {
	compat.OptionalNumber(w, "category_id", r.CategoryID)
	w.Int("date", r.Date)
	w.Int("modified", r.Modified)
}

func writeSectionID(w *compat.Writer, v *models.ResourceView) {
	if v.SectionID != nil {
		w.Number("_section", *v.SectionID)
	}
}

// writeSection writes the section of an entry; what is none has false there.
func writeSection(w *compat.Writer, v *models.ResourceView) {
	if v.Section == nil {
		w.Bool("section", false)
		return
	}
	w.Key("section")
	w.Open('{')
	writeIdentity(w, v.Section)
	w.EmptyList("attr")
	w.Close('}')
}

// writeField writes the value of a field: one instance is a scalar, several
// are a list, or an object where instances are left out. A secret value is
// shown as the number of the secret.
func writeField(w *compat.Writer, slug string, values []models.FieldValue) {
	w.Bytes = append(comma(w.Bytes), phpjson.AppendString(nil, slug)...)
	w.Bytes = append(w.Bytes, ':')
	if len(values) == 1 {
		w.Bytes = appendFieldValue(w.Bytes, values[0])
		return
	}
	isList := values[len(values)-1].Instance == uint32(len(values)-1)
	w.Bytes = append(w.Bytes, either(isList, "[", "{")...)
	for i, v := range values {
		if i > 0 {
			w.Bytes = append(w.Bytes, ',')
		}
		if !isList {
			w.Bytes = append(phpjson.AppendUintString(w.Bytes, uint64(v.Instance)), ':')
		}
		w.Bytes = appendFieldValue(w.Bytes, v)
	}
	w.Bytes = append(w.Bytes, either(isList, "]", "}")...)
}

func comma(dst []byte) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '{' {
		return append(dst, ',')
	}
	return dst
}

func appendFieldValue(dst []byte, v models.FieldValue) []byte {
	if v.SecretID != nil {
		return strconv.AppendUint(dst, *v.SecretID, 10)
	}
	return phpjson.AppendString(dst, v.Value)
}
