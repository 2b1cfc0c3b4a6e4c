package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"provision-gateway/compat/shadow"
)

// scripts are the callers of the legacy API: they know one address and one key,
// and notice any byte that is not the original's.
type scripts struct {
	t   *testing.T
	key credential
	url string
	// first is the original as they know it.
	first *lens
	asked atomic.Int64
}

// raw asks a server for a question as a script does, and returns the body.
func (s *scripts) raw(url, question string) (string, error) {
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, url+"/6c_1/api/v1/api.php", nil)
	if err != nil {
		return "", err
	}
	request.URL.RawQuery = s.key.sign(question)
	request.Header.Set("User-Agent", "peering-script/2.1")
	response, err := keeping.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("HTTP %d", response.StatusCode)
	}
	return string(body), err
}

// keeping keeps connections, as a client that asks ten thousand times should.
var keeping = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// ask asks the gateway, and fails unless the answer is one that the original gave,
// or would give.
func (s *scripts) ask(asked string) {
	s.asked.Add(1)
	body, err := s.raw(s.url, asked)
	if err != nil {
		s.t.Errorf("%s: %v", asked, err)
		return
	}
	if s.first.gave(asked, body) {
		return
	}
	want, err := s.raw(s.first.behind, asked)
	if err != nil || body != want {
		s.t.Errorf("%s answered\n%s\nwhere the original answers\n%s (%v)", asked, body, want, err)
	}
}

// askAll asks many questions, several at once.
func (s *scripts) askAll(ctx context.Context, questions []string) {
	next := make(chan string)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for asked := range next {
				s.ask(asked)
			}
		})
	}
	for _, asked := range questions {
		select {
		case next <- asked:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
}

// times of the last minutes are what two servers need not share to the
// second.
var times = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\b1\d{9}\b`)

// added is the number of a resource that was added. The resources that this program
// brought along have numbers too, so it counts on from a higher one.
var added = regexp.MustCompile(`^(\{"success":1,"message":"Resource added","data":\{"id":)\d+`)

// stable is an answer without what two servers need not share.
func stable(body string) string {
	return added.ReplaceAllString(times.ReplaceAllString(body, "now"), "${1}0")
}

// write changes something by a script. When other is set, the same is done there,
// and the two answers must be the same but for the time, and the number of a resource.
func (s *scripts) write(asked, other string) {
	s.t.Helper()
	s.asked.Add(1)
	body, err := s.raw(s.url, asked)
	if err != nil || !strings.HasPrefix(body, `{"success":1,`) {
		s.t.Fatalf("%s: %s, %v", asked, body, err)
	}
	if other == "" {
		if !s.first.gave(asked, body) {
			s.t.Errorf("%s: %s is not the original's answer", asked, body)
		}
		return
	}
	want, err := s.raw(other, asked)
	if err != nil || stable(body) != stable(want) {
		s.t.Errorf("%s answered\n%s\nwhere the original answers\n%s (%v)", asked, body, want, err)
	}
}

// reads are the questions of the scripts, each as often as needed: what the API
// does not know (n) makes it another request with the same answer.
var reads = []string{
	"target=peering&action=getPeers&public_id=1",
	"target=peering&action=getCommunications&public_id=1",
	"target=lir&action=get",
	"target=peering&action=getPeers&public_id=1&include_public_ips=1&include_contacts=1&include_log_data=1",
	"target=peering&action=getSessions&public_id=1",
	"target=peering&action=getPeers&asn=64497",
	"target=peering&action=getRequests",
	"target=resource&action=get&type=entry",
	"target=peering&action=getSessions&deleted=1",
	"target=test&action=helloWorld&x[]=%C3%BC&x[a]=1",
}

// plantable is how many of the reads have a list of objects with names.
const plantable = 3

// questions are n questions, no two of them equal.
func questions(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s&n=%d", reads[i%len(reads)], i)
	}
	return out
}

// readActions are the actions of the reads.
var readActions = []string{
	"peering.getPeers", "peering.getCommunications", "lir.get", "peering.getSessions", "peering.getRequests", "resource.get", "test.helloWorld",
}

// plantAll plants n differences of all kinds, each in a question of its own, and
// returns how many there are of each action, path and kind.
func (l *lens) plantAll(questions []string, n int) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	expected := map[string]int{}
	actions := []string{"peering.getPeers", "peering.getCommunications", "lir.get"}
	kinds := shadow.Kinds()
	for i, asked := range questions {
		if len(l.plants) == n {
			break
		}
		base := i % len(reads)
		if base >= plantable {
			continue
		}
		kind := kinds[len(l.plants)%len(kinds)]
		l.plants[asked] = kind
		expected[actions[base]+" "+plantedPath(kind)+" "+string(kind)]++
	}
	return expected
}

// mend takes all planted differences away.
func (l *lens) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.plants)
}
