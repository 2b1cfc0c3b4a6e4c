package models

import (
	"slices"
	"strings"
)

// The slugs of the fields of an LIR that rules speak of.
const (
	FieldRIR       = "rir"
	FieldASN       = "asn"
	fieldOrgHandle = "org-handle"
	fieldNetPOC    = "net-poc"
	fieldMntBy     = "mnt-by"
	fieldTechC     = "tech-c"
)

// RIRARIN is the registry whose LIRs are described by organisations; all
// others describe theirs by maintainers.
const RIRARIN = "ARIN"

// LIRFamily returns the fields that describe the entities of an LIR at a
// registry, in the order of the legacy documentation. The first is the key:
// without it an entity does not exist.
func LIRFamily(rir string) []string {
	if rir == RIRARIN {
		return []string{fieldOrgHandle, "admin-poc", fieldNetPOC, "abuse-poc", "net-name-prefix", "api-key"}
	}
	return []string{fieldMntBy, "mnt-by-password", "admin-c", fieldTechC, "api-key"}
}

// isLIR reports whether a section describes LIRs, whatever its name.
func isLIR(fields []SectionField) bool {
	return slices.ContainsFunc(fields, func(f SectionField) bool { return f.Slug == FieldRIR })
}

// keepLIRFields returns those of the sent values that an LIR keeps, given the
// values it has: rir and asn, and of the family of its registry those whose
// instance has a key. An ARIN LIR takes tech-c for a missing net-poc, as the
// documentation's update example sends it.
func keepLIRFields(sent, stored FieldValues) FieldValues {
	rir := stored.at(FieldRIR, 0)
	if v, ok := sent[FieldRIR]; ok {
		rir = v[0]
	}
	family := LIRFamily(rir)
	if rir == RIRARIN {
		for instance, value := range sent[fieldTechC] {
			if _, ok := sent[fieldNetPOC][instance]; !ok {
				sent.Set(fieldNetPOC, instance, value)
			}
		}
	}
	hasKey := func(instance uint32) bool {
		if key, ok := sent[family[0]][instance]; ok {
			return key != ""
		}
		return stored.at(family[0], instance) != ""
	}
	kept := FieldValues{}
	for slug, instances := range sent {
		inFamily := slices.Contains(family, slug)
		for instance, value := range instances {
			switch {
			case slug == FieldRIR || slug == FieldASN || slug == family[0]:
				kept.Set(slug, instance, value)
			case inFamily && hasKey(instance):
				kept.Set(slug, instance, value)
			}
		}
	}
	return kept
}

// canonicalRIR finds the spelling of a registry in a list, without regard to
// case.
func canonicalRIR(value string, rirs []string) (string, bool) {
	for _, rir := range rirs {
		if strings.EqualFold(rir, value) {
			return rir, true
		}
	}
	return "", false
}

// checkLIR checks the values that an LIR is given and spells its registry as
// the list does. A new entry in section lir must have registry and AS number.
func checkLIR(section *Resource, sent FieldValues, isNew bool, rirs []string) error {
	for _, slug := range []string{FieldRIR, FieldASN} {
		value, ok := sent[slug]
		if isNew && section.Slug == SectionLIR && value[0] == "" || ok && !isNew && value[0] == "" && slug == FieldRIR {
			return Errorf(Invalid, "Missing required parameter: fields[%s]", slug)
		}
	}
	for instance, value := range sent[FieldRIR] {
		if instance > 0 {
			delete(sent[FieldRIR], instance)
			continue
		}
		rir, ok := canonicalRIR(value, rirs)
		if !ok {
			return InvalidValue("fields[rir]", value)
		}
		sent.Set(FieldRIR, 0, rir)
	}
	return nil
}
