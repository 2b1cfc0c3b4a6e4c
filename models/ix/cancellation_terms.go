package ix

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// terms are those of a contract: a first period, and others after it, each with
// the time before its end until which notice has to be given.
type terms struct {
	initial, initialNotice, renewal, renewalNotice span
}

func termsOf(p *ProductOffering) (t terms, err error) {
	if p == nil {
		return t, nil
	}
	var errs [4]error
	t.initial, errs[0] = readSpan(p.ContractInitialPeriod)
	t.initialNotice, errs[1] = readSpan(p.ContractInitialNoticePeriod)
	t.renewal, errs[2] = readSpan(p.ContractRenewalPeriod)
	t.renewalNotice, errs[3] = readSpan(p.ContractRenewalNoticePeriod)
	return t, errors.Join(errs[:]...)
}

// first is the first day at which a contract can be given up: the notice that
// the current period asks for from today.
func (t terms) first(start, today time.Time) time.Time {
	notice := t.renewalNotice
	if today.Before(t.initial.times(1, start)) || notice == (span{}) {
		notice = t.initialNotice
	}
	return notice.times(1, today)
}

// at is the policy for a day: it is paid for until the end of the period that
// holds the day before it.
func (t terms) at(start, date time.Time) CancellationPolicy {
	end := t.initial.times(1, start)
	if end.Before(date) {
		first := end
		if t.renewal != (span{}) {
			// No month is longer than 31 days, so that no end is missed.
			n := int(date.Sub(first).Hours()/24) / (31*t.renewal.months + t.renewal.days)
			for ; end.Before(date); n++ {
				end = t.renewal.times(n, first)
			}
		}
		if end.Before(date) {
			end = date
		}
	}
	return CancellationPolicy{date.Format(time.DateOnly), end.Format(time.DateOnly)}
}

// span is a time by the calendar.
type span struct{ months, days int }

var spanForm = regexp.MustCompile(`^P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$`)

// readSpan reads an ISO 8601 duration of years, months, weeks and days; nil is
// no time.
func readSpan(text *string) (span, error) {
	if text == nil || *text == "" {
		return span{}, nil
	}
	parts := spanForm.FindStringSubmatch(*text)
	if parts == nil || *text == "P" {
		return span{}, fmt.Errorf("%q is not a duration of years, months, weeks and days", *text)
	}
	var n [4]int
	for i, part := range parts[1:] {
		// An empty part is nothing.
		n[i], _ = strconv.Atoi(part)
	}
	return span{12*n[0] + n[1], 7*n[2] + n[3]}, nil
}

// times is a day n spans later. A month later is the same day of the month, or
// its last one where the month is shorter.
func (s span) times(n int, from time.Time) time.Time {
	year, month, date := from.Date()
	last := time.Date(year, month+time.Month(n*s.months)+1, 0, 0, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, min(date, last.Day())-last.Day()+n*s.days)
}
