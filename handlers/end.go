package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"provision-gateway/compat"
)

// End says when the legacy API ends, and what of it has ended. Nothing is said of
// it by default.
type End struct {
	// Deprecation is from when on the API should not be used for anything new, and
	// Sunset, which is not earlier, from when on it may not answer. Every answer
	// says so, refusals too, since the API itself ends and not a call of it. The
	// zero time is not said.
	Deprecation, Sunset time.Time
	// Link is the URL of a page for people about both; empty is none.
	Link string
	// Retired are the actions that have ended, whoever would answer them.
	Retired compat.Retired
}

// announcement is the header fields by which answers tell of the end.
type announcement struct {
	// deprecation (RFC 9745) and sunset (RFC 8594) are values of one item each.
	deprecation, sunset string
	// links (RFC 8288) are added to those that an answer has.
	links []string
}

func newAnnouncement(e End) announcement {
	var a announcement
	link := func(relation string) {
		if e.Link != "" {
			a.links = append(a.links, "<"+e.Link+`>; rel="`+relation+`"; type="text/html"`)
		}
	}
	if !e.Deprecation.IsZero() {
		// A date of a structured field (RFC 9651, section 3.3.7).
		a.deprecation = "@" + strconv.FormatInt(e.Deprecation.Unix(), 10)
		link("deprecation")
	}
	if !e.Sunset.IsZero() {
		a.sunset = e.Sunset.UTC().Format(http.TimeFormat)
		link("sunset")
	}
	return a
}

func (a announcement) any() bool { return a.deprecation != "" || a.sunset != "" }

// add writes the fields. An original server may have its own: it may be in front
// of others, but of the API at this address the gateway's word counts.
func (a announcement) add(h http.Header) {
	if a.deprecation != "" {
		h.Set("Deprecation", a.deprecation)
	}
	if a.sunset != "" {
		h.Set("Sunset", a.sunset)
	}
	if len(a.links) > 0 {
		// The values may be shared with an answer that is compared later.
		h["Link"] = append(slices.Clip(h["Link"]), a.links...)
	}
}

// ended refuses an action that has ended. Nothing of it is done on any side.
func (k *call) ended() error {
	target, action := k.params.text("target"), k.params.text("action")
	pattern, replacement, ended := k.End.Retired.Of(target, action)
	if !ended {
		return nil
	}
	k.retired = pattern
	return &refusal{http.StatusOK, compat.RetiredMessage(target, action, replacement)}
}
