package ixapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"provision-gateway/models/ix"
)

// page is the part of a list that was asked for.
type page struct {
	// asked is false for who wants all.
	asked         bool
	limit, offset int
}

const (
	pagePrefix = "page_"
	pageLimit  = "page_limit"
	pageOffset = "page_offset"
	pageToken  = "page_token"
	// defaultLimit is how many objects a page has when nothing is said.
	defaultLimit = 100
)

// cursor is what a token says: where the next page begins, of which list. Who
// goes on by offsets may send the first token with each; who goes on by tokens
// sends the latest alone.
type cursor struct {
	Offset int    `json:"o"`
	Limit  int    `json:"l"`
	List   []byte `json:"q"`
}

// pageOf reads the parameters of pages.
func pageOf(r *http.Request) (page, error) {
	q := r.URL.Query()
	p := page{limit: defaultLimit, asked: q.Has(pageLimit) || q.Has(pageOffset) || q.Has(pageToken)}
	var problems []ix.Property
	for _, name := range []string{pageToken, pageLimit, pageOffset} {
		if !q.Has(name) {
			continue
		}
		ok := len(q[name]) == 1
		switch value := q.Get(name); name {
		case pageToken:
			ok = ok && p.next(r.URL, value)
		case pageLimit:
			ok = ok && number(value, 1, &p.limit)
		case pageOffset:
			ok = ok && number(value, 0, &p.offset)
		}
		if !ok {
			problems = append(problems, ix.Property{Name: name, Reason: map[string]string{
				pageToken: "is no token of this list", pageLimit: "expected one integer from 1", pageOffset: "expected one integer from 0",
			}[name]})
		}
	}
	return p, ix.Invalid(problems...)
}

func number(text string, lowest int, place *int) bool {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || int(n) < lowest {
		return false
	}
	*place = int(n)
	return true
}

// next takes over what a token says.
func (p *page) next(list *url.URL, token string) bool {
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return false
	}
	var c cursor
	if json.Unmarshal(data, &c) != nil || string(c.List) != string(listID(list)) || c.Limit < 1 || c.Limit > math.MaxInt32 || c.Offset < 0 {
		return false
	}
	p.limit, p.offset = c.Limit, c.Offset
	return true
}

// listID tells lists apart by their path and filters.
func listID(list *url.URL) []byte {
	sum := sha256.Sum256([]byte(strings.Trim(list.Path, "/") + "?" + filters(list).Encode()))
	return sum[:8]
}

// filters are the parameters without those of pages.
func filters(list *url.URL) url.Values {
	q := list.Query()
	for _, name := range []string{pageLimit, pageOffset, pageToken} {
		q.Del(name)
	}
	return q
}

// answer writes all objects, or the page of them that was asked for. Only the
// latter is a partial one (206): clients take it for an error else.
func (p page) answer(r *http.Request, items []ix.Item) answer {
	if !p.asked {
		return answer{status: http.StatusOK, kind: typeJSON, body: array(items)}
	}
	total := len(items)
	begin := min(p.offset, total)
	end := min(begin+p.limit, total)
	a := answer{status: http.StatusPartialContent, kind: typeJSON, body: array(items[begin:end]), header: map[string]string{
		"X-Pagination-Limit": strconv.Itoa(p.limit), "X-Pagination-Offset": strconv.Itoa(p.offset),
		"X-Pagination-Items": strconv.Itoa(total), "X-Pagination-Pages": strconv.Itoa((total + p.limit - 1) / p.limit),
		"X-Pagination-Page": strconv.Itoa(p.offset/p.limit + 1),
	}}
	if end < total {
		// It cannot fail: there are only numbers and bytes in it.
		data, _ := json.Marshal(cursor{Offset: end, Limit: p.limit, List: listID(r.URL)})
		token := base64.RawURLEncoding.EncodeToString(data)
		q := filters(r.URL)
		q.Set(pageToken, token)
		a.header["X-Pagination-Token"] = token
		a.header["X-Pagination-Next"] = r.URL.Path + "?" + q.Encode()
	}
	return a
}
