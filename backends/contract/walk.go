package contract

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"provision-gateway/compat"
	"provision-gateway/compat/golden"
)

// WalkOptions say what of a server is recorded when no requests are given.
type WalkOptions struct {
	Client *Client
	// Exchanges are those whose peers and communications are recorded; when
	// there are none, those that the sessions name.
	Exchanges []uint64
	// Each is how many objects of a list are asked for one by one.
	Each int
}

// Walk asks a server for what it holds and plans a file for each read action and
// each way to ask: the whole lists, the objects in them by their ids, and the
// peers, communications and sessions of each exchange. It only reads. The error
// is that of the client, or an answer of HTTP 401 or 500 and above.
func Walk(ctx context.Context, o WalkOptions) ([]Plan, error) {
	w := &walk{ctx: ctx, options: o}
	w.plan("test/helloWorld/all", line("test", "helloWorld"))
	w.byID("lir/get", line("lir", "get"), "lir", "get")
	w.byID("resource/get", line("lir", "get"), "resource", "get")
	sessions := w.byID("peering/getSessions", line("peering", "getSessions"), "peering", "getSessions")
	w.byID("peering/getRequests", line("peering", "getRequests"), "peering", "getRequests", "peer_participant_id")
	exchanges := o.Exchanges
	if len(exchanges) == 0 {
		for _, text := range sessions["public_id"] {
			if id, err := strconv.ParseUint(text, 10, 64); err == nil && id > 0 && len(exchanges) < o.Each {
				exchanges = append(exchanges, id)
			}
		}
	}
	for _, id := range exchanges {
		at, name := fmt.Sprintf("&public_id=%d", id), fmt.Sprintf("exchange_%d", id)
		w.plan("peering/getPeers/"+name, line("peering", "getPeers")+at)
		w.plan("peering/getPeers/"+name+"_details", line("peering", "getPeers")+at+"&include_public_ips=1&include_contacts=1&include_log_data=1")
		w.plan("peering/getCommunications/"+name, line("peering", "getCommunications")+at)
		w.plan("peering/getSessions/"+name, line("peering", "getSessions")+at)
	}
	return w.plans, w.err
}

// line is the request line of an action without parameters.
func line(target, action string) string {
	return "GET " + script + "?target=" + target + "&action=" + action
}

type walk struct {
	ctx     context.Context
	options WalkOptions
	plans   []Plan
	err     error
}

// plan plans a file with requests.
func (w *walk) plan(name string, lines ...string) {
	f := &golden.File{}
	for _, line := range lines {
		f.Pairs = append(f.Pairs, golden.Pair{Request: golden.Request{Line: line}})
	}
	w.plans = append(w.plans, Plan{name, f})
}

// byID plans a file with a list, where that is of the action itself, and one
// with the list and requests for the first objects in it. The list is asked for
// in that file too: it is where another server, on which they have other ids,
// says so. It gives the values of the members of the list.
func (w *walk) byID(name, list, target, action string, parameters ...string) map[string][]string {
	own := line(target, action)
	if own == list {
		w.plan(name+"/all", list)
	}
	found := w.list(list)
	if len(parameters) == 0 {
		parameters = []string{"id"}
	}
	for _, parameter := range parameters {
		lines := []string{list}
		for _, id := range found[parameter][:min(len(found[parameter]), w.options.Each)] {
			lines = append(lines, own+"&"+parameter+"="+id)
		}
		if len(lines) > 1 {
			w.plan(name+"/by_"+parameter, lines...)
		}
	}
	return found
}

// list gives the numbers in the members of the objects of a list, each once, in
// the order of the list.
func (w *walk) list(line string) map[string][]string {
	found := map[string][]string{}
	if w.err != nil {
		return found
	}
	request := golden.Request{Line: line}
	answer, err := w.options.Client.Send(w.ctx, request)
	switch {
	case err != nil:
		w.err = err
		return found
	case answer.Status == http.StatusUnauthorized, answer.Status >= http.StatusInternalServerError:
		w.err = &Trouble{What: fmt.Sprintf("answers %d %s", answer.Status, http.StatusText(answer.Status))}
		return found
	case !compat.Succeeded([]byte(answer.Body)):
		return found
	}
	for _, l := range leaves(answer.Body) {
		text := l.text(answer.Body)
		if l.names == "data[]."+l.member && idText.MatchString(text) && !slices.Contains(found[l.member], text) {
			found[l.member] = append(found[l.member], text)
		}
	}
	return found
}
