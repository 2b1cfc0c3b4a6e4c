package phpquery_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// TestParsePostDifferential compares with what a PHP web server finds in $_GET,
// $_POST and $_REQUEST, with the usual limit on the number of variables and with
// a low one.
func TestParsePostDifferential(t *testing.T) {
	t.Parallel()
	for _, maxVars := range []int{phpquery.DefaultMaxVars, 3} {
		t.Run(strconv.Itoa(maxVars)+" variables", func(t *testing.T) {
			t.Parallel()
			server := phporacle.StartServer(t, maxVars)
			phporacle.Comparison[phporacle.Request]{
				Generate: request,
				Ours:     func(r phporacle.Request) []byte { return received(r, maxVars) },
				Theirs: func(requests []phporacle.Request) ([][]byte, error) {
					answers := make([][]byte, len(requests))
					for i, r := range requests {
						var err error
						if answers[i], err = server.Ask(r); err != nil {
							return nil, fmt.Errorf("%s: %w", show(r), err)
						}
					}
					return answers, nil
				},
				Smaller: smallerRequest,
				Show:    show,
				// A request takes about fifty times as long as a question.
			}.Run(t, phporacle.Random(t), max(phporacle.Cases(t)/50, 1000))
		})
	}
}

// received gives what our functions make of a request, as the server answers.
func received(r phporacle.Request, maxVars int) []byte {
	get := phpquery.ParseQuery(r.Query, maxVars)
	post := phpquery.ParsePost(r.Method, r.ContentType, []byte(r.Body), maxVars)
	all := phpvalue.NewArray()
	all.Append(phpvalue.FromArray(get))
	all.Append(phpvalue.FromArray(post))
	all.Append(phpvalue.FromArray(phpquery.Merge(get, post)))
	return phporacle.AppendSerialized(nil, phpvalue.FromArray(all))
}

func show(r phporacle.Request) string { return fmt.Sprintf("%+q", r) }

// smallerRequest gives requests with less in the query string, the content type
// or the body.
func smallerRequest(r phporacle.Request) iter.Seq[phporacle.Request] {
	return func(yield func(phporacle.Request) bool) {
		for _, part := range []*string{&r.Query, &r.Body, &r.ContentType} {
			whole := *part
			for smaller := range phporacle.SmallerText(whole) {
				if *part = strings.TrimSpace(smaller); part != &r.ContentType {
					*part = smaller
				}
				if !yield(r) {
					return
				}
			}
			*part = whole
		}
	}
}

// request makes a request. Its query string is plain ASCII, as the web server of
// PHP needs it, and shares names with the body.
func request(r *rand.Rand) phporacle.Request {
	queries := []string{"", "a=1", "a[b]=1&a[]=2&id=3", "fields[rir][]=ARIN&fields[rir][]=RIPE&meta[x][y]=1&0=z", "a[]=1&a[]=2&a_b[c]=4&b=1&b[]=1"}
	out := phporacle.Request{Method: "POST", Query: queries[r.IntN(len(queries))]}
	switch r.IntN(20) {
	case 0:
		out.Method = []string{"PUT", "GET", "DELETE", "PATCH"}[r.IntN(4)]
		out.ContentType = "application/x-www-form-urlencoded"
		out.Body = query(r)
	case 1:
		out.ContentType = []string{"", "text/plain", "application/json", "application/x-www-form-urlencodedx", "multipart/form-data", "multipart/mixed; boundary=X"}[r.IntN(6)]
		out.Body = query(r)
	case 2, 3, 4, 5, 6:
		media := []string{"application/x-www-form-urlencoded", "APPLICATION/X-WWW-Form-Urlencoded"}[r.IntN(2)]
		out.ContentType = media + []string{"", ";charset=UTF-8", "; charset=UTF-8", ",x", " x"}[r.IntN(5)]
		out.Body = query(r)
	default:
		out.ContentType, out.Body = multipart(r)
	}
	return out
}

// bufferSize is how much of a multipart body PHP reads in one go.
const bufferSize = 5 * 1024

// multipart makes a multipart body and its content type: mostly as a client
// would, with faults of every kind strewn in.
func multipart(r *rand.Rand) (contentType, body string) {
	boundaries := []string{"X", "----WebKitFormBoundaryAbC", "XX", "", "a b", "X]", "x=y", "'q'"}
	boundary := boundaries[r.IntN(2)]
	if r.IntN(6) == 0 {
		boundary = boundaries[r.IntN(len(boundaries))]
	}
	if r.IntN(60) == 0 {
		boundary = strings.Repeat("b", 5112+r.IntN(7)) // about the longest that PHP takes
	}
	contentType = contentTypeOf(r, boundary)

	line := "\r\n"
	if r.IntN(8) == 0 {
		line = "\n"
	}
	var b strings.Builder
	if r.IntN(10) == 0 {
		b.WriteString(mostly(r, "preamble"+line, "pre", randomBytes(r, 20)))
	}
	parts := r.IntN(6)
	if r.IntN(300) == 0 {
		parts = 995 + r.IntN(40)
	}
	names := []string{name(r), name(r)}
	for range parts {
		b.WriteString(mostly(r, "--"+boundary+line, "--"+boundary+" "+line, "-"+boundary+line, "--"+boundary+"--"+line, "--"+boundary+"\x00x"+line))
		part := names[r.IntN(2)]
		if r.IntN(3) == 0 {
			part = name(r)
		}
		b.WriteString(headers(r, part, line))
		if pad := bufferSize - b.Len() - len("X: "+line) + r.IntN(7) - 3; pad > 0 && r.IntN(20) == 0 {
			// The header ends about where PHP has to read on.
			b.WriteString("X: " + strings.Repeat("x", pad) + line)
		}
		b.WriteString(mostly(r, line, "", line+line))
		b.WriteString(content(r, boundary))
		b.WriteString(mostly(r, line, "", "\r", line+line))
	}
	b.WriteString(mostly(r, "--"+boundary+"--"+line, "--"+boundary+"--", "", "\r", "\n-", "\n--"+boundary, "--"+boundary))
	body = b.String()
	if r.IntN(20) == 0 && body != "" {
		body = body[:r.IntN(len(body))]
	}
	return contentType, body
}

// mostly gives the usual text nine times out of ten, and else one of the others.
func mostly(r *rand.Rand, usual string, others ...string) string {
	if r.IntN(10) > 0 {
		return usual
	}
	return others[r.IntN(len(others))]
}

func contentTypeOf(r *rand.Rand, boundary string) string {
	media := mostly(r, "multipart/form-data", "Multipart/Form-Data", "multipart/form-datax")
	switch r.IntN(16) {
	case 0:
		return media + `; boundary="` + boundary + `"`
	case 1:
		return media + "; boundary=" + boundary + "; charset=utf-8"
	case 2:
		return media + ", Boundary=" + boundary + ",x"
	case 3:
		return media + ` BOUNDARY="` + boundary
	case 4:
		return media + "; boundary; x=" + boundary
	case 5:
		return media + "; charset=utf-8;boundary=" + boundary
	}
	return strings.TrimSpace(media + "; boundary=" + boundary)
}

// headers makes the header of a part without the empty line behind it.
func headers(r *rand.Rand, name, line string) string {
	quoted := `"` + name + `"`
	switch r.IntN(12) {
	case 0:
		quoted = "'" + name + "'"
	case 1:
		quoted = name
	case 2:
		quoted = `"` + strings.ReplaceAll(name, `"`, `\"`) + `"`
	case 3:
		quoted = `"` + name
	}
	d := mostly(r, "form-data; ", "form-data;", "form-data ; ", "", "attachment;;  ", "form-data\t;\t", " ;") +
		mostly(r, "name=", "Name=", "name =", "name= ", "name==", "NAME*=", `"name"=`) + quoted
	switch r.IntN(12) {
	case 0, 1:
		d += "; filename=" + mostly(r, `"f.txt"`, `""`, "x", `"C:\\f"`, "")
	case 2:
		d += ";" + text(r, 3)
	case 3:
		d = `form-data; filename="f"`
	case 4:
		d += "; name=" + text(r, 2)
	}
	h := mostly(r, "Content-Disposition: ", "content-disposition:", "Content-Disposition:\t", "Content-Disposition :", " Content-Disposition: ", "Content-Type: ", "Content-Di\xc5\xbfposition: ", ":") + d + line
	switch r.IntN(12) {
	case 0:
		h = "Content-Type: text/plain; charset=utf-8" + line + h
	case 1:
		h += "Content-Type: text/plain" + line
	case 2:
		h = "no colon" + line + h
	case 3:
		h += mostly(r, " ;folded=1", `	; name="c"`, "bare", "\vx", "\x00", "\r") + line
	case 4:
		h += "Content-Disposition: form-data; name=second" + line
	case 5:
		h = strings.Replace(h, "; ", ";"+line+" ", 1)
	}
	return h
}

// content makes the content of a part: a value, something long enough to fill
// PHP's buffer, or what looks like a boundary.
func content(r *rand.Rand, boundary string) string {
	switch r.IntN(24) {
	case 0:
		return strings.Repeat("v", bufferSize-30+r.IntN(60)) + text(r, 2)
	case 1:
		return strings.Repeat("long\r\nline", r.IntN(1500))
	case 2:
		return "a\r\n--" + boundary + "x\r\nb"
	case 3:
		return "a--" + boundary + "\r\nb"
	case 4:
		return randomBytes(r, 30)
	case 5:
		return strings.Repeat("w", 5000+r.IntN(200)) + "--" + boundary + "\r\nContent-Disposition: form-data; name=\"in\"\r\n\r\nx"
	case 6:
		return strings.Repeat("\r", bufferSize-10+r.IntN(20))
	case 8:
		return strings.Repeat("y", bufferSize-4+r.IntN(6)) + "\r\nz"
	case 7:
		return strconv.Itoa(r.IntN(6000))
	}
	return text(r, 2)
}
