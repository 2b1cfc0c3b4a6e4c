package main

import (
	"fmt"
	"net/url"
	"strings"

	"provision-gateway/compat/signature"
	"provision-gateway/handlers/ixapi"
	"provision-gateway/models/ix"
)

// caseNames are all cases, in the order in which they are measured: the one
// that adds rows comes last.
var caseNames = []string{"getPeers", "getSessions", "lirGet", "listConfigs", "readConfig", "addSession"}

// endpoint is the path of the signed API, and configsPath that of the exchange's
// network service configurations.
const (
	endpoint    = "/api/v1/api.php"
	configsPath = ixapi.Base + "/" + string(ix.NetworkServiceConfigs)
)

// benchCase is one kind of request.
type benchCase struct {
	name, about string
	// target is the path and the query string, signed where the API is.
	target string
	// token is the bearer token of a request to the exchange's API, empty for the
	// signed one.
	token string
	// begins is what a right answer begins with.
	begins string
	// form is the body of a write with %s where the peer's address goes; empty
	// for a read.
	form string
}

func (c benchCase) isWrite() bool { return c.form != "" }

// ofExchange reports whether a case is of the exchange's API, which PHP does not
// have, and of which no answer is kept in memory.
func (c benchCase) ofExchange() bool { return c.token != "" }

// formWith is the body of a write for a peer's address.
func (c benchCase) formWith(address string) string {
	return strings.Replace(c.form, "%s", url.QueryEscape(address), 1)
}

// credential is the API key that requests are signed with.
type credential struct{ key, secret string }

// makeCases makes a request for each name, signed or with the token. A body is not signed, so writes
// differ from one another in the body and can share one signature.
func makeCases(names []string, by credential, d *dataset) []benchCase {
	cases := make([]benchCase, len(names))
	for i, name := range names {
		c, query := benchCase{name: name, begins: `{"success":1,`}, ""
		switch name {
		case "getPeers":
			c.about = fmt.Sprintf("the %d networks at one exchange", d.amount.listed)
			query = fmt.Sprintf("target=peering&action=getPeers&public_id=%d", listedExchange)
		case "getSessions":
			c.about = fmt.Sprintf("one of %d sessions, by id", d.amount.sessions)
			query = fmt.Sprintf("target=peering&action=getSessions&id=%d", d.session)
		case "lirGet":
			c.about = fmt.Sprintf("%d LIRs with their secrets in clear", d.amount.lirs)
			query = "target=lir&action=get"
		case "listConfigs":
			c.about = fmt.Sprintf("all %d network service configurations of an account", d.amount.configs)
			c.target, c.token, c.begins = configsPath, d.token, `[{"id":`
		case "readConfig":
			c.about = fmt.Sprintf("one of %d network service configurations, by id", d.amount.configs)
			c.target, c.token, c.begins = configsPath+"/"+d.config, d.token, `{"id":`
		case "addSession":
			c.about = "a new session, with its log entry"
			query = "target=peering&action=addSession"
			c.form = url.Values{
				"source_asn": {fmt.Sprint(ownASN)}, "source_ipaddr": {"2001:db8::1"}, "resource_id": {fmt.Sprint(d.router)},
				"peer_asn": {fmt.Sprint(firstASN + 7)}, "peer_participant_id": {"7"}, "public_id": {"2"}, "peer_group": {"peers"},
				"note": {"Session of the benchmark"},
			}.Encode() + "&peer_ipaddr=%s"
		}
		if query != "" {
			c.target = endpoint + "?" + sign(query, by)
		}
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
