package legacy_test

import (
	"bytes"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/backends/legacy"
	"provision-gateway/compat/signature"
)

// What passes is the same on both ends, byte for byte.
func TestNothingChangesOnTheWay(t *testing.T) {
	t.Parallel()
	body := []byte("{\"success\":1,\"message\":\"\\u00fc \xff\\/\",\"data\":[ ]} \n")
	o := startOriginal(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=ISO-8859-1")
		w.Header().Set("X-Powered-By", "PHP/7.1")
		for _, name := range []string{"Set-Cookie", "Server", "X-Request-Id", "Keep-Alive"} {
			w.Header().Set(name, "PHPSESSID=1")
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(body)
	})
	client := newClient(t, o.URL, nil)
	for _, test := range []struct {
		name    string
		request legacy.Request
		// signed is what the hash covers.
		signed string
	}{
		{"GET", legacy.Request{Method: "GET", Query: "target=peering&action=getPeers&x=%7e+%20&apiKey=1-A&hash=zzz="},
			"target=peering&action=getPeers&x=%7e+%20&apiKey=" + key},
		{"names as they came", legacy.Request{Method: "GET", Query: "fields[rir][]=a&fields%5Brir%5D%5B0%5D=b&&=&a;b"},
			"fields[rir][]=a&fields%5Brir%5D%5B0%5D=b&&=&a;b&apiKey=" + key},
		{"bytes that are no UTF-8", legacy.Request{Method: "GET", Query: "a=%ff&b=\xc3\x28&c=#&d={|}"},
			"a=%ff&b=\xc3\x28&c=#&d={|}&apiKey=" + key},
		{"POST", legacy.Request{Method: "POST", Query: "target=lir", ContentType: "application/x-www-form-urlencoded; charset=x",
			Body: []byte("meta[name]=%FF+\x00&apiKey=1-A")}, "target=lir&apiKey=" + key},
		{"POST of nothing", legacy.Request{Method: "POST", Query: "target=lir"}, "target=lir&apiKey=" + key},
		{"HEAD", legacy.Request{Method: "HEAD", Query: "target=lir"}, "target=lir&apiKey=" + key},
	} {
		for _, repeatable := range []bool{true, false} {
			r := test.request
			r.Repeatable, r.UserAgent = repeatable, "Net-Script/1.0 (perl)"
			answer, err := client.Do(t.Context(), &r)
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			want := body
			if r.Method == http.MethodHead {
				want = nil
			}
			if answer.Status != http.StatusTeapot || !bytes.Equal(answer.Body, want) || answer.ContentType() != "text/html; charset=ISO-8859-1" {
				t.Errorf("%s: %d %q %q", test.name, answer.Status, answer.ContentType(), answer.Body)
			}
			header := http.Header{"Content-Type": {"text/html; charset=ISO-8859-1"}, "X-Powered-By": {"PHP/7.1"}}
			if r.Method == http.MethodHead {
				header["Content-Length"] = []string{strconv.Itoa(len(body))}
			}
			if !maps.EqualFunc(answer.Header, header, slices.Equal) {
				t.Errorf("%s: headers %v", test.name, answer.Header)
			}
			got := o.last(t)
			path, query, _ := strings.Cut(got.uri, "?")
			signed, hash, err := signature.Split(query)
			if err != nil || signed != test.signed || path != "/6c_1/api/v1/api.php" {
				t.Errorf("%s: the original got %s", test.name, got.uri)
			}
			if !signature.Verify(signed, hash, secret) {
				t.Errorf("%s: the hash is wrong", test.name)
			}
			if got.method != r.Method || got.body != string(r.Body) || got.header.Get("Content-Type") != r.ContentType ||
				got.header.Get("User-Agent") != r.UserAgent || got.header.Get("Accept-Encoding") != "" {
				t.Errorf("%s: the original got %+v", test.name, got)
			}
		}
	}
}

// Without a key of its own the gateway stands aside: the caller's signature
// holds for the original.
func TestCallersOwnKey(t *testing.T) {
	t.Parallel()
	o := startOriginal(t, func(http.ResponseWriter, *http.Request) {})
	client := newClient(t, o.URL, func(c *legacy.Config) { c.Key, c.Secret = "", "" })
	const query = "target=a&apiKey=1-A&hash=x+y/="
	if _, err := client.Do(t.Context(), &legacy.Request{Method: "GET", Query: query}); err != nil {
		t.Fatal(err)
	}
	if got := o.last(t).uri; got != "/6c_1/api/v1/api.php?"+query {
		t.Error(got)
	}
}

// A header that the server declares to be of the connection stays behind.
func TestHeadersOfTheConnection(t *testing.T) {
	t.Parallel()
	address, _ := startRaw(t, func(c net.Conn, _ int) {
		_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Mine\r\nX-Mine: 1\r\nX-Yours: 1\r\nContent-Length: 2\r\n\r\n{}"))
	})
	answer, err := newClient(t, address, nil).Do(t.Context(), &legacy.Request{Method: "GET", Query: "a=b"})
	if err != nil || len(answer.Header) != 1 || answer.Header.Get("X-Yours") != "1" {
		t.Errorf("%+v, %v", answer, err)
	}
}

// A redirect, and a packed body, are the caller's business.
func TestNeitherFollowedNorUnpacked(t *testing.T) {
	t.Parallel()
	packed := []byte("\x1f\x8b\x08\x00rest")
	o := startOriginal(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusFound)
		_, _ = w.Write(packed)
	})
	answer, err := newClient(t, o.URL, nil).Do(t.Context(), &legacy.Request{Method: "GET", Query: "a=b"})
	if err != nil || answer.Status != http.StatusFound || answer.Header.Get("Location") != "/elsewhere" || !bytes.Equal(answer.Body, packed) {
		t.Errorf("%+v, %v", answer, err)
	}
	if o.count() != 1 {
		t.Errorf("%d requests", o.count())
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, answer string
		want         string
	}{
		{"a list", `{"success":1,"message":"2 records found.","data":[1,2]}`, "true 2 records found. [1,2]"},
		{"nothing", `{"success":1,"message":"No peers found."}`, "true No peers found. "},
		{"a refusal", `{"success":0,"message":"Invalid target: x"}`, "false Invalid target: x "},
		{"success as a text", `{"success":"1","message":""}`, "true  "},
		{"success as a truth", `{"success":true,"message":""}`, "true  "},
		{"no envelope", `[]`, "original server: the answer is no envelope"},
		{"no message", `{"success":1}`, "original server: the answer is no envelope"},
		{"an error page", `<html>`, "original server: the answer is no envelope"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := startOriginal(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(test.answer)) })
			reply, err := newClient(t, o.URL, nil).Ask(t.Context(), "peering", "getPeers", legacy.Parameter{Name: "a[b]", Value: "c d&"})
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = strings.Join([]string{map[bool]string{true: "true", false: "false"}[reply.Success], reply.Message, string(reply.Data)}, " ")
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if uri := o.last(t).uri; !strings.HasPrefix(uri, "/6c_1/api/v1/api.php?target=peering&action=getPeers&a%5Bb%5D=c+d%26&apiKey="+key+"&hash=") {
				t.Error(uri)
			}
		})
	}
}
