package models

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm/clause"
)

// routerAccess are the fields that say how a router is reached and logged in
// to. Whoever sets them decides where the stored password is sent.
var routerAccess = []string{RouterHost, RouterPort, RouterPlatform, RouterUsername, RouterPassword, RouterHostKey}

// RouterRules are what a change has to keep to where it concerns an entry of
// section `router`.
type RouterRules struct {
	// Platforms are the names that the field platform may have, in any case; it
	// is stored as it is spelled here.
	Platforms []string
	// Denied, when not nil, is the error for every change of how a router is
	// reached or logged in to: of host, port, platform, username, password or
	// host key, and of the section of an entry from or to `router`. A password
	// that is sent counts as changed, since who may not see it must not be told
	// whether it was the right one.
	Denied error
}

// IsRouter reports whether the resource is an entry of section `router`.
func (v *ResourceView) IsRouter() bool { return v.Section != nil && v.Section.Slug == SectionRouter }

// acceptRouter checks what is sent for a router by the rules of a change, if it
// has any, and completes it: a router of which host or port changes loses the
// host keys that are not sent along, so that it is not logged in to before it
// is trusted again. was tells whether the resource was a router before.
func (v *ResourceView) acceptRouter(rules *RouterRules, was bool, sent FieldValues) error {
	is := v.IsRouter()
	if rules != nil {
		var err error
		if is {
			err = rules.spell(sent)
		}
		if rules.Denied != nil && (was != is || is && v.changesAny(routerAccess, sent)) {
			return rules.Denied
		}
		if err != nil {
			return err
		}
	}
	if is && v.changesAny([]string{RouterHost, RouterPort}, sent) {
		for _, key := range v.Values[RouterHostKey] {
			if _, along := sent[RouterHostKey][key.Instance]; !along {
				sent.Set(RouterHostKey, key.Instance, "")
			}
		}
	}
	return nil
}

// spell checks the ports and platforms that are sent, and writes them as they
// are stored. Empty ones are none.
func (r *RouterRules) spell(sent FieldValues) error {
	for _, instance := range slices.Sorted(maps.Keys(sent[RouterPort])) {
		text := sent.at(RouterPort, instance)
		if text == "" {
			continue
		}
		port, err := parsePort(strings.TrimSpace(text))
		if err != nil {
			return invalidField(RouterPort, text)
		}
		sent.Set(RouterPort, instance, strconv.Itoa(int(port)))
	}
	for _, instance := range slices.Sorted(maps.Keys(sent[RouterPlatform])) {
		text := sent.at(RouterPlatform, instance)
		if text == "" {
			continue
		}
		at := slices.IndexFunc(r.Platforms, func(name string) bool { return strings.EqualFold(name, text) })
		if at < 0 {
			return invalidField(RouterPlatform, text)
		}
		sent.Set(RouterPlatform, instance, r.Platforms[at])
	}
	return nil
}

// invalidField is InvalidValue for a field. Of a long value the first 100
// characters are shown.
func invalidField(slug, value string) error {
	if runes := []rune(value); len(runes) > 100 {
		value = string(runes[:100]) + "…"
	}
	return InvalidValue("fields["+slug+"]", value)
}

// changesAny reports whether sent values differ from the stored ones of some
// fields. A secret value always does.
func (v *ResourceView) changesAny(slugs []string, sent FieldValues) bool {
	for _, slug := range slugs {
		for instance, value := range sent[slug] {
			stored := v.Values[slug]
			at := slices.IndexFunc(stored, func(old FieldValue) bool { return old.Instance == instance })
			if at < 0 && value != "" || at >= 0 && (stored[at].SecretID != nil || stored[at].Value != value) {
				return true
			}
		}
	}
	return false
}

// HoldsRouter reports whether a resource is a router, or one is anywhere below
// it. What it looks at is locked until the transaction ends, so that nothing is
// moved there meanwhile.
func (tx *Tx) HoldsRouter(r *Resource) (bool, error) {
	var section []uint64
	if err := tx.db.Model(&Resource{}).Where("live_slug = ?", SectionRouter).Pluck("id", &section).Error; err != nil {
		return false, err
	}
	return tx.holdsAny(r, section)
}

func (tx *Tx) holdsAny(r *Resource, sections []uint64) (bool, error) {
	if r.SectionID != nil && slices.Contains(sections, *r.SectionID) {
		return true, nil
	}
	var children []Resource
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("parent_id = ? AND deleted_at IS NULL", r.ID).Order("id").
		Find(&children).Error
	if err != nil {
		return false, err
	}
	for i := range children {
		if holds, err := tx.holdsAny(&children[i], sections); holds || err != nil {
			return holds, err
		}
	}
	return false, nil
}
