package main

import (
	"fmt"
	"net/url"
	"strings"

	"provision-gateway/compat/signature"
)

// caseNames are all cases, in the order in which they are measured: the one
// that adds rows comes last.
var caseNames = []string{"getPeers", "getSessions", "lirGet", "addSession"}

// endpoint is the path that every variant answers at.
const endpoint = "/api/v1/api.php"

// benchCase is one kind of request.
type benchCase struct {
	name, about string
	// query is the signed query string.
	query string
	// form is the body of a write with %s where the peer's address goes; empty
	// for a read.
	form string
}

func (c benchCase) isWrite() bool { return c.form != "" }

// formWith is the body of a write for a peer's address.
func (c benchCase) formWith(address string) string {
	return strings.Replace(c.form, "%s", url.QueryEscape(address), 1)
}

// credential is the API key that requests are signed with.
type credential struct{ key, secret string }

// makeCases signs a request for each name. A body is not signed, so writes
// differ from one another in the body and can share one signature.
func makeCases(names []string, by credential, d *dataset) []benchCase {
	cases := make([]benchCase, len(names))
	for i, name := range names {
		c := benchCase{name: name}
		switch name {
		case "getPeers":
			c.about = fmt.Sprintf("the %d networks at one exchange", d.amount.listed)
			c.query = fmt.Sprintf("target=peering&action=getPeers&public_id=%d", listedExchange)
		case "getSessions":
			c.about = fmt.Sprintf("one of %d sessions, by id", d.amount.sessions)
			c.query = fmt.Sprintf("target=peering&action=getSessions&id=%d", d.session)
		case "lirGet":
			c.about = fmt.Sprintf("%d LIRs with their secrets in clear", d.amount.lirs)
			c.query = "target=lir&action=get"
		case "addSession":
			c.about = "a new session, with its log entry"
			c.query = "target=peering&action=addSession"
			c.form = url.Values{
				"source_asn": {fmt.Sprint(ownASN)}, "source_ipaddr": {"2001:db8::1"}, "resource_id": {fmt.Sprint(d.router)},
				"peer_asn": {fmt.Sprint(firstASN + 7)}, "peer_participant_id": {"7"}, "public_id": {"2"}, "peer_group": {"peers"},
				"note": {"Session of the benchmark"},
			}.Encode() + "&peer_ipaddr=%s"
		}
		c.query = sign(c.query, by)
		cases[i] = c
	}
	return cases
}

func sign(query string, by credential) string {
	query += "&apiKey=" + url.QueryEscape(by.key)
	return query + "&hash=" + url.QueryEscape(signature.Sign(query, by.secret))
}

// addressFormat makes the peer's address of an added session from the number
// of a run and two counters. No group is ever zero, so that the text is
// canonical as it is. The prefix is set aside for documentation (RFC 3849).
const addressFormat = "2001:db8:%x:1:1:1:%x:%x"

// firstAddress is the address of a run of one request.
func firstAddress(run int) string { return fmt.Sprintf(addressFormat, run, 1, 1) }
