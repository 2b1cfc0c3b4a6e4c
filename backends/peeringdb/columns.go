package peeringdb

import (
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Note says that a row was taken, but not all of it, or not as it was.
type Note struct {
	// Reason is the same text for all rows with the same trouble.
	Reason string
	// Detail is what it was about this row; it may be empty.
	Detail string
}

// The longest texts that the columns hold, in characters.
const (
	maxName = 255
	maxEnum = 64
	// maxNotes is below what the column holds, so that one statement with many
	// rows stays below the 16 MiB that MySQL servers take by default.
	maxNotes = 65536
)

// columns turns fields into column values and collects the notes on the way.
type columns struct{ notes []Note }

func (c *columns) note(reason, detail string) {
	c.notes = append(c.notes, Note{Reason: reason, Detail: detail})
}

// text gives NULL for null, missing and empty texts.
func (c *columns) text(field string, value *string, limit int) *string {
	if value == nil || *value == "" {
		return nil
	}
	fitted := c.fit(field, *value, limit)
	return &fitted
}

// required gives an empty text for null and missing ones.
func (c *columns) required(field string, value *string, limit int) string {
	if value == nil {
		return ""
	}
	return c.fit(field, *value, limit)
}

// fit cuts a text behind its last character that fits.
func (c *columns) fit(field, value string, limit int) string {
	if len(value) <= limit {
		return value
	}
	count := 0
	for i := range value {
		if count == limit {
			c.note(fmt.Sprintf("%s cut to %d characters", field, limit), fmt.Sprintf("had %d", utf8.RuneCountInString(value)))
			return value[:i]
		}
		count++
	}
	return value
}

// mail gives NULL for null, missing and empty mail addresses, and for those
// that do not fit: a part of an address is the address of somebody else.
func (c *columns) mail(field string, value *string) *string {
	if value != nil && utf8.RuneCountInString(*value) > maxName {
		c.note(fmt.Sprintf("%s longer than %d characters, dropped", field, maxName), "")
		return nil
	}
	return c.text(field, value, maxName)
}

// asn gives NULL for 0, which no network has.
func (c *columns) asn(value *int64) *uint32 {
	if value == nil || *value == 0 {
		return nil
	}
	return c.number("asn", value)
}

// number gives NULL for what a column of 32 bits without sign cannot hold.
func (c *columns) number(field string, value *int64) *uint32 {
	if value == nil {
		return nil
	}
	if *value < 0 || *value > math.MaxUint32 {
		c.note(field+" out of range, dropped", strconv.FormatInt(*value, 10))
		return nil
	}
	n := uint32(*value)
	return &n
}

// moment gives Unix seconds, and NULL for null, missing and empty moments.
func (c *columns) moment(field string, value *string) *int64 {
	if value == nil || *value == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339, *value)
	if err != nil {
		c.note(field+" is not a time, dropped", quote(*value))
		return nil
	}
	seconds := t.Unix()
	return &seconds
}

// truth gives fallback for null and missing.
func truth(value *bool, fallback bool) bool {
	if value == nil {
		return fallback
	}
	return *value
}

// key gives 0, which no row has, for ids that cannot be stored.
func key(id *int64) uint64 {
	if id == nil || *id < 0 {
		return 0
	}
	return uint64(*id)
}

// quote makes a short printable form of a value for a note.
func quote(value string) string { return quoteUpTo(value, 40) }

func quoteUpTo(value string, longest int) string {
	if utf8.RuneCountInString(value) > longest {
		value = string([]rune(value)[:longest]) + "…"
	}
	return strconv.Quote(value)
}
