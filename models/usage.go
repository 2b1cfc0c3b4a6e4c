package models

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// LegacyCall is what was called of the legacy API, by whom, and who answered.
type LegacyCall struct {
	// KeyName is the name of the API key; empty is a call without one, from the
	// time before the first key was added.
	KeyName string
	// Source is the address that the connection came from.
	Source string
	// UserAgent is what the client says of itself, at most 255 bytes.
	UserAgent string
	// Target and Action are at most 64 bytes each.
	Target, Action string
	// Answered is the side that answered; the words are the business of package
	// handlers.
	Answered string
}

// LegacyUse is how often something was called by somebody, on all gateways of the
// database together.
type LegacyUse struct {
	// ID is a hash of the call.
	ID         string `gorm:"primaryKey"`
	LegacyCall `gorm:"embedded"`
	// FirstSeen and LastSeen are in Unix seconds.
	FirstSeen, LastSeen int64
	Count               int64
}

// OtherCallers stands for the callers, and the calls, for which there was no room.
const OtherCallers = "(others)"

// Wider is the call under which one is counted for which there is no room: first
// without its source and user agent, then without target and action too. There
// are only so many of the last ones, since keys are made by people.
func (c LegacyCall) Wider() LegacyCall {
	if c.Source == OtherCallers {
		c.Target, c.Action = OtherCallers, OtherCallers
	}
	c.Source, c.UserAgent = OtherCallers, OtherCallers
	return c
}

// CutText is the text in valid UTF-8 and of at most so many bytes, which end at
// the end of a character.
func CutText(s string, most int) string {
	if len(s) > most {
		// A copy, so that the rest of a long text can be forgotten.
		s = strings.Clone(s[:most])
		for i := len(s) - 1; i >= 0 && i >= len(s)-utf8.UTFMax; i-- {
			if utf8.RuneStart(s[i]) {
				if !utf8.FullRuneInString(s[i:]) {
					s = s[:i]
				}
				break
			}
		}
	}
	// One byte for a bad one, so that the text does not grow.
	return strings.ToValidUTF8(s, "?")
}

// id is equal for equal calls only: the length of each text stands before it.
func (c LegacyCall) id() string {
	h := sha256.New()
	for _, s := range []string{c.KeyName, c.Source, c.UserAgent, c.Target, c.Action, c.Answered} {
		h.Write([]byte(strconv.Itoa(len(s)) + ":" + s))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// usesAtOnce is how many rows are written together, so that no writer waits long.
const usesAtOnce = 200

// AddLegacyUses adds counts to those that are stored. Their ids are not looked at.
// When the table has most rows, calls that are new to it are counted under wider
// ones; another fifth of most is kept for those. Gateways that write at the same
// time may exceed either number by a little. The rows are one change, so they
// should be a few hundred at most. It is not a change that readers wait for.
func (s *Store) AddLegacyUses(ctx context.Context, uses []LegacyUse, most int) error {
	return s.Write(ctx, func(tx *Tx) error {
		rows, err := tx.roomFor(uses, most)
		if err != nil {
			return err
		}
		return tx.addUses(rows)
	})
}

// roomFor returns what to add: each as it is when its row exists or has room, and
// else as a wider one.
func (tx *Tx) roomFor(uses []LegacyUse, most int) (map[LegacyCall]LegacyUse, error) {
	rows := map[LegacyCall]LegacyUse{}
	// The stored rows are counted only when there are new ones.
	used, limit := -1, most
	for range 3 {
		stored, err := tx.storedUses(uses)
		if err != nil {
			return nil, err
		}
		var without []LegacyUse
		for _, u := range uses {
			_, known := rows[u.LegacyCall]
			if !known && !stored[u.LegacyCall.id()] && u.Wider() != u.LegacyCall {
				if used < 0 {
					if used, err = tx.countUses(); err != nil {
						return nil, err
					}
				}
				if used >= limit {
					u.LegacyCall = u.Wider()
					without = append(without, u)
					continue
				}
				used++
			}
			rows[u.LegacyCall] = u.plus(rows[u.LegacyCall])
		}
		uses, limit = without, most+most/5
		if len(uses) == 0 {
			break
		}
	}
	return rows, nil
}

func (tx *Tx) storedUses(uses []LegacyUse) (map[string]bool, error) {
	stored := map[string]bool{}
	for part := range slices.Chunk(uses, usesAtOnce) {
		var wanted, found []string
		for _, u := range part {
			wanted = append(wanted, u.LegacyCall.id())
		}
		if err := tx.db.Model(&LegacyUse{}).Where("id IN ?", wanted).Pluck("id", &found).Error; err != nil {
			return nil, err
		}
		for _, id := range found {
			stored[id] = true
		}
	}
	return stored, nil
}

func (tx *Tx) countUses() (int, error) {
	var n int64
	err := tx.db.Model(&LegacyUse{}).Count(&n).Error
	return int(n), err
}

// plus is the sum of two uses of one call; one without a count is none.
func (u LegacyUse) plus(other LegacyUse) LegacyUse {
	if other.Count > 0 {
		u.FirstSeen, u.LastSeen = min(u.FirstSeen, other.FirstSeen), max(u.LastSeen, other.LastSeen)
		u.Count += other.Count
	}
	return u
}

func (tx *Tx) addUses(uses map[LegacyCall]LegacyUse) error {
	rows := make([]LegacyUse, 0, len(uses))
	for call, u := range uses {
		u.ID = call.id()
		rows = append(rows, u)
	}
	// In one order for all gateways, against deadlocks.
	slices.SortFunc(rows, func(a, b LegacyUse) int { return cmp.Compare(a.ID, b.ID) })
	assign := map[string]any{
		"count":      gorm.Expr("legacy_uses.count + excluded.count"),
		"first_seen": gorm.Expr("MIN(legacy_uses.first_seen, excluded.first_seen)"),
		"last_seen":  gorm.Expr("MAX(legacy_uses.last_seen, excluded.last_seen)"),
	}
	if tx.store.mysql {
		assign = map[string]any{
			"count":      gorm.Expr("legacy_uses.count + VALUES(count)"),
			"first_seen": gorm.Expr("LEAST(legacy_uses.first_seen, VALUES(first_seen))"),
			"last_seen":  gorm.Expr("GREATEST(legacy_uses.last_seen, VALUES(last_seen))"),
		}
	}
	add := clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.Assignments(assign)}
	for part := range slices.Chunk(rows, usesAtOnce) {
		if err := tx.db.Clauses(add).Create(&part).Error; err != nil {
			return err
		}
	}
	return nil
}

// LegacyUses returns what was called at or after a time in Unix seconds, what was
// called last first.
func (s *Store) LegacyUses(ctx context.Context, since int64) ([]LegacyUse, error) {
	var rows []LegacyUse
	err := s.read.WithContext(ctx).Where("last_seen >= ?", since).Order("last_seen DESC, id").Find(&rows).Error
	return rows, databaseError(err)
}

// ForgetLegacyUses deletes what was not called at or after a time in Unix seconds.
func (s *Store) ForgetLegacyUses(ctx context.Context, before int64) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.db.Where("last_seen < ?", before).Delete(&LegacyUse{}).Error
	})
}
