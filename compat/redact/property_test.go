package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"provision-gateway/compat/shadow/ordered"
)

// encodings are the ways in which a secret can stand in a text.
var encodings = map[string]func(string) string{
	"raw":         func(s string) string { return s },
	"query":       url.QueryEscape,
	"path":        url.PathEscape,
	"twice":       func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"every byte":  func(s string) string { return everyByte(s, "%%%02x") },
	"upper case":  func(s string) string { return everyByte(s, "%%%02X") },
	"JSON":        func(s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) },
	"JSON of PHP": func(s string) string { return phpEscape(s) },
	"HTML":        html.EscapeString,
}

func everyByte(s, format string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// phpEscape writes as json_encode does: slashes and everything beyond ASCII
// escaped.
func phpEscape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '/' || r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case r < 0x20 || r > 0x7e:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// survives tells in which encoding a secret is left in a text.
func survives(text, value string) string {
	texts := []string{text}
	if root, err := ordered.Parse(text); err == nil {
		texts = append(texts, allTexts(root)...)
	}
	for _, t := range texts {
		for name, encode := range encodings {
			if strings.Contains(t, encode(value)) {
				return name
			}
		}
	}
	return ""
}

func allTexts(n *ordered.Node) []string {
	texts := []string{n.Text(), n.Name()}
	for i := range n.Children {
		texts = append(texts, allTexts(&n.Children[i])...)
	}
	return texts
}

const alphabet = "abcdefgXYZ0123456789 +%&=/\\\"'<>-_.:;!?#@[]{}éüß€😀"

func randomSecret(random *rand.Rand) string {
	letters := []rune(alphabet)
	// A mark keeps the secret from being part of what stands around it.
	secret := []rune("Zq")
	for range 3 + random.IntN(20) {
		secret = append(secret, letters[random.IntN(len(letters))])
	}
	return string(secret)
}

func TestSecretNeverSurvives(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		value := randomSecret(random)
		for name, encode := range encodings {
			text := "before " + encode(value) + " after"
			plainText, _ := json.Marshal(text)
			field, _ := json.Marshal(value)
			answer := fmt.Sprintf(`{"message":%s,"x":"%s","list":[{"password":%s}],%s:"z"}`, plainText, phpEscape(text), field, plainText)
			r := New()
			out := string(r.Answer([]byte(answer)))
			if left := survives(out, value); left != "" {
				t.Fatalf("%s of %q: %s is left in %s", name, value, left, out)
			}
			if _, err := ordered.Parse(out); err != nil {
				t.Fatalf("%s of %q: %v", name, value, err)
			}
			query := "note=" + url.QueryEscape(text) + "&x=" + everyByte(text, "%%%02x") + "&fields[api-key][]=" + url.QueryEscape(value)
			r = New()
			if left := survives(r.Query(query), value); left != "" {
				t.Fatalf("%s of %q: %s is left in %s", name, value, left, r.Query(query))
			}
			if left := survives(string(r.Answer([]byte(answer[:len(answer)-5]+`"y"}`))), value); left != "" {
				t.Fatalf("%s of %q: %s is left of the answer", name, value, left)
			}
			body := "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n" + text + "\r\n--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + value + "\r\n--b--\r\n"
			if left := survives(string(New().Body("multipart/form-data; boundary=b", []byte(body))), value); left != "" {
				t.Fatalf("%s of %q: %s is left of the form", name, value, left)
			}
		}
	}
}

// TestKeepsOtherBytes redacts answers without any secret.
func TestKeepsOtherBytes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		" { \"success\" : 1, \"message\":\"2 peers found.\",\r\n\"data\":[{\"name\":\"\\u00e9\\/é\", \"x\":1.50e3,\"x\":[ ]}] }\n",
		`{"subject":"Peering: request=1","data":{"public_id":"1","request_status":null}}`,
	} {
		if got := string(New("other-secret").Answer([]byte(text))); got != text {
			t.Errorf("got %s, want %s", got, text)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"message":"x geheim","password":"geheim","n":[12345]}`), "geheim")
	f.Add([]byte(`["\u0067eheim",{"hash":{"a":"\ud83d\ude00zzzz"}}]`), "zzzz")
	f.Add([]byte(`{"a":"config x password 7 y","attr":{"api-key":5}}`), "12345")
	f.Fuzz(func(t *testing.T, body []byte, value string) {
		// A value of letters that JSON itself does not need.
		value = "Zq" + strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
				return r
			}
			return -1
		}, value) + "ZZ"
		body = bytes.ReplaceAll(body, []byte("geheim"), []byte(value))
		before := string(body)
		out := string(New(value).Answer(body))
		if string(body) != before {
			t.Fatal("the argument was changed")
		}
		_, errBefore := ordered.Parse(before)
		_, errAfter := ordered.Parse(out)
		if errBefore == nil && errAfter != nil {
			t.Fatalf("%q became %q: %v", before, out, errAfter)
		}
		if errAfter != nil {
			return
		}
		for _, text := range append(allTexts(mustParse(t, out)), out) {
			if strings.Contains(stripPlaceholders(text), value) {
				t.Fatalf("%q is left in %q", value, out)
			}
		}
	})
}

func stripPlaceholders(text string) string {
	for at := strings.IndexByte(text, '<'); at >= 0; {
		n := placeholderSize(text[at:])
		if n > 0 {
			text = text[:at] + "\x01" + text[at+n:]
		}
		next := strings.IndexByte(text[at+1:], '<')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return text
}

func mustParse(t *testing.T, text string) *ordered.Node {
	t.Helper()
	root, err := ordered.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func FuzzQuery(f *testing.F) {
	f.Add("target=lir&fields[api-key][]=geheim&note=gehe%69m", "geheim")
	f.Add("hash=a+b/c=&x=%zz&&=", "a+b/c=")
	f.Add("config=a%0Apassword+x", "zzzz")
	f.Fuzz(func(t *testing.T, raw, value string) {
		out := New().Query(raw + "&password=" + url.QueryEscape(value))
		if !harmless(value) && strings.HasSuffix(out, "="+url.QueryEscape(value)) {
			t.Fatalf("%q is left in %q", value, out)
		}
		if strings.Count(out, "&") != strings.Count(raw, "&")+1 {
			t.Fatalf("%q became %q", raw, out)
		}
	})
}

func FuzzBody(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ngeheim\r\n--b--")
	f.Add("multipart/form-data; boundary=b", "--b\n\n\n--b\nname=x")
	f.Add("application/json", "[1")
	f.Add("multipart/form-data; boundary=b", "--b\n\n--b")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		if out := New("planted-secret").Body(contentType, []byte(body+"planted-secret")); strings.Contains(string(out), "planted-secret") {
			t.Fatalf("%q with %q became %q", contentType, body, out)
		}
	})
}

// TestLongTextsAreFast guards against texts that are made to take long.
func TestLongTextsAreFast(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"pass=", "password%=", "password: x ", ":", "invalid value for ", "ZqZq", "%", "http://a:b@", "basic ", " password", "-----BEGIN PRIVATE KEY-----"} {
		start := time.Now()
		r := New(strings.Repeat("Zq", 20) + "1")
		r.Answer([]byte(`{"a":"configuration rejected` + strings.Repeat(part, 20_000/len(part)) + `"}`))
		r.Query("config=" + strings.Repeat(part, 20_000/len(part)))
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%q: %v", part, took)
		}
	}
}

func BenchmarkAnswer(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"success":1,"data":[`)
	for i := range 2000 {
		fmt.Fprintf(&text, `{"id":"%d","peer_name":"Network %d","website":"http:\/\/www.example.net\/%d","password":"secret-%d","note":null},`, i, i, i, i%10)
	}
	text.WriteString(`null]}`)
	body := []byte(text.String())
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		New().Answer(body)
	}
}
