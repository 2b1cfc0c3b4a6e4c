package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"provision-gateway/compat/shadow"
	"provision-gateway/compat/shadow/ordered"
)

// lens stands before a gateway and makes another original server of it: one with
// moods of its own, which differs from this program where it is told to.
type lens struct {
	*httptest.Server
	behind string
	// noise makes a time in some answers come out a little different each time.
	noise   atomic.Bool
	jitters atomic.Int64
	mu      sync.Mutex
	// plants are differences by question, see question.
	plants map[string]shadow.Kind
	// given are the bodies that were answered, by question.
	given map[string]map[string]bool
	asked int
}

func startLens(t *testing.T, behind string) *lens {
	t.Helper()
	l := &lens{behind: behind, plants: map[string]shadow.Kind{}, given: map[string]map[string]bool{}}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

// signatureOf is what is different in a question for each who asks it.
var signatureOf = regexp.MustCompile(`&?(apiKey|hash)=[^&]*`)

// question is a query string without key and hash.
func question(rawQuery string) string { return signatureOf.ReplaceAllString(rawQuery, "") }

func (l *lens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	request, err := http.NewRequestWithContext(r.Context(), r.Method, l.behind+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.URL.RawQuery, request.Header = r.URL.RawQuery, r.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = response.Body.Close() }()
	answer, _ := io.ReadAll(response.Body)
	asked := question(r.URL.RawQuery)
	l.mu.Lock()
	kind := l.plants[asked]
	l.mu.Unlock()
	kindOfBody := response.Header.Get("Content-Type")
	if l.noise.Load() {
		answer = []byte(l.jitter(string(answer)))
	}
	switch kind {
	case "":
	case shadow.Status:
		kindOfBody = "text/html; charset=UTF-8"
	default:
		answer = []byte(plant(string(answer), kind))
	}
	l.mu.Lock()
	if l.given[asked] == nil {
		l.given[asked] = map[string]bool{}
	}
	l.given[asked][string(answer)] = true
	l.asked++
	l.mu.Unlock()
	w.Header().Set("Content-Type", kindOfBody)
	w.WriteHeader(response.StatusCode)
	_, _ = w.Write(answer)
}

// gave reports whether a body is one that the original answered to a question.
func (l *lens) gave(asked, body string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.given[asked][body]
}

// moods are what the original does not always tell in the same way: times of
// networks, requests and log entries, and in lists of LIRs a name.
var moods = []*regexp.Regexp{
	regexp.MustCompile(`("(?:modified|date_lastupdated|time)":"\d{4}-\d\d-\d\d \d\d:)\d\d:\d\d(")`),
	regexp.MustCompile(`("net_name_prefix":"EXNET)[^"]*(")`),
}

// jitter tells one answer of three otherwise, and never twice in the same way: an
// original that says the same twice is to be believed.
func (l *lens) jitter(answer string) string {
	if rand.IntN(3) > 0 {
		return answer
	}
	n := l.jitters.Add(1) % 3600
	for _, mood := range moods {
		answer = mood.ReplaceAllString(answer, fmt.Sprintf(`${1}%02d:%02d${2}`, n/60, n%60))
	}
	return answer
}

// plant makes an answer differ in one way. The answer has a list of at least two
// objects whose first has a name.
func plant(answer string, kind shadow.Kind) string {
	root, err := ordered.Parse(answer)
	if err != nil {
		panic(err)
	}
	list := root.Member("data")
	first, second := &list.Children[0], &list.Children[1]
	name := first.Member("name")
	replace := func(start, end int, by string) string { return answer[:start] + by + answer[end:] }
	switch kind {
	case shadow.Missing:
		return replace(first.Start+1, first.Start+1, `"planted":1,`)
	case shadow.Extra:
		return strings.Replace(answer, name.RawName+":"+name.Raw+",", "", 1)
	case shadow.Type:
		return replace(name.Start, name.End(), "7")
	case shadow.Value:
		return replace(name.Start, name.End(), `"Planted"`)
	case shadow.Order:
		return answer[:first.Start] + second.Raw + answer[first.End():second.Start] + first.Raw + answer[second.End():]
	case shadow.Length:
		last := &list.Children[len(list.Children)-1]
		return replace(list.Children[len(list.Children)-2].End(), last.End(), "")
	case shadow.Escapes:
		return replace(name.Start+1, name.Start+2, fmt.Sprintf(`\u%04x`, answer[name.Start+1]))
	case shadow.KeyOrder:
		a, b := &first.Children[0], &first.Children[1]
		return answer[:a.First()] + answer[b.First():b.End()] + "," + answer[a.First():a.End()] + answer[b.End():]
	case shadow.WhiteSpace:
		return answer + "\n"
	case shadow.NotJSON:
		return "\nNotice: Undefined index: name in api.php on line 7\n" + answer
	}
	panic("no such kind: " + kind)
}

// plantedPath is where a planted difference is to be found.
func plantedPath(kind shadow.Kind) string {
	switch kind {
	case shadow.Missing:
		return "$.data[*].planted"
	case shadow.Extra, shadow.Type, shadow.Value, shadow.Escapes:
		return "$.data[*].name"
	case shadow.Order, shadow.Length:
		return "$.data"
	case shadow.KeyOrder:
		return "$.data[*]"
	case shadow.Status:
		return "content_type"
	}
	return "$"
}
