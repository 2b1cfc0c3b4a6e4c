package handlers

import (
	"fmt"
	"strings"

	"provision-gateway/compat"
	"provision-gateway/models"
)

// secretFields are null in lir get when they are not set, or not for the
// caller to see; other fields that are not set are empty.
var secretFields = map[string]bool{"api-key": true, "mnt-by-password": true}

// getLIRs lists the LIRs. Its keys are the fields' slugs with underscores.
func getLIRs(k *call) ([]byte, error) {
	var only *uint64
	id, possible, given := k.params.optionalID("id")
	if given {
		only = &id
	}
	var lirs []models.LIR
	if possible {
		var err error
		if lirs, err = k.Store.LIRs(k.ctx, only, k.caller.Allows(models.PermissionSecrets)); err != nil {
			return nil, err
		}
	}
	w := compat.Writer{}
	w.Open('[')
	for i := range lirs {
		writeLIR(&w, &lirs[i])
	}
	w.Close(']')
	return list(fmt.Sprintf("%d objects found", len(lirs)), &w), nil
}

func writeLIR(w *compat.Writer, l *models.LIR) {
	w.Open('{')
	w.Number("id", l.ID)
	w.Text("name", l.Name)
	w.Text("slug", l.Slug)
	w.Key("entities")
	w.Open('[')
	for _, entity := range l.Entities {
		w.Open('{')
		for _, slug := range models.LIRFamily(l.RIR) {
			key := strings.ReplaceAll(slug, "-", "_")
			if value, ok := entity[slug]; !ok && secretFields[slug] {
				w.Null(key)
			} else {
				w.Text(key, value)
			}
		}
		w.Close('}')
	}
	w.Close(']')
	w.Text("rir", l.RIR)
	if l.ASN != "" {
		w.Text("asn", l.ASN)
	}
	w.Close('}')
}

// deleteLIR deletes an LIR that nothing uses.
func deleteLIR(k *call, tx *models.Tx) ([]byte, error) {
	view, err := k.findResource(tx, "id")
	if err != nil {
		return nil, err
	}
	if view.Section == nil || view.Section.Slug != models.SectionLIR {
		return nil, errNoResource(k.params.text("id"))
	}
	if err := tx.DeleteResource(&view.Resource); err != nil {
		return nil, err
	}
	return compat.AppendEnvelope(nil, true, "LIR deleted."), nil
}
