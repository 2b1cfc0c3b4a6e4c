package legacy_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
)

// plantedQuery has a secret in every place where one can stand.
const plantedQuery = "target=lir&action=update&password=PLANTED&fields[api-key][]=PLANTED&apiKey=1-PLANTED&hash=PLANTED"

// tells reports whether any text of an error, or of what it wraps, has a secret.
func tells(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err)} {
			if strings.Contains(text, "PLANTED") || strings.Contains(text, secret) || strings.Contains(text, key) {
				return true
			}
		}
		if _, ok := errors.AsType[*url.Error](err); ok {
			return true
		}
	}
	return false
}

// A server that quotes what it was asked, in places where the HTTP library quotes
// it again, has nothing of it in an error.
func TestErrorsTellNoSecrets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, answer, want string }{
		{"no HTTP", "PLANTED\r\n\r\n", "original server: the answer is no HTTP"},
		{"a status that is none", "HTTP/1.1 PLANTED\r\n\r\n", "original server: the answer is no HTTP"},
		{"a header that is none", "HTTP/1.1 200 OK\r\nPLANTED\r\n\r\n", "original server: the answer is no HTTP"},
		{"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: PLANTED\r\n\r\n", "original server: the request failed"},
		{"an unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: PLANTED\r\n\r\n", "original server: the request failed"},
		{"a chunk that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nPLANTED\r\n", "original server: the request failed"},
		{"a short answer", "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nPLANTED", "original server: connection closed within the answer"},
		{"a Location that is none", "HTTP/1.1 302 Found\r\nLocation: http://[PLANTED:x/?%zz\r\nContent-Length: 0\r\n\r\n", ""},
		{"no Location", "HTTP/1.1 307 Go\r\nContent-Length: 0\r\n\r\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			address, _ := startRaw(t, func(c net.Conn, _ int) {
				fmt.Fprint(c, test.answer)
				_ = c.Close()
			})
			for _, repeatable := range []bool{true, false} {
				answer, err := newClient(t, address, nil).Do(t.Context(), &legacy.Request{Method: "GET", Query: plantedQuery, Repeatable: repeatable})
				got := ""
				if err != nil {
					got = err.Error()
				} else if answer.Status/100 != 3 {
					t.Errorf("status %d", answer.Status)
				}
				if got != test.want || tells(err) {
					t.Errorf("%q, %#v", got, err)
				}
			}
		})
	}
}

// What goes wrong before the request is sent is said, and is certain.
func TestErrorsBeforeTheRequest(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = silent
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := startOriginal(t, func(http.ResponseWriter, *http.Request) {})
	trusted := x509.NewCertPool()
	trusted.AddCert(secure.Certificate())
	_, port, _ := net.SplitHostPort(secure.Listener.Addr().String())
	for _, test := range []struct {
		name, url string
		trust     *x509.CertPool
		want      string
	}{
		{"an unknown authority", secure.URL, nil, "TLS: the certificate is signed by an unknown authority"},
		{"another name", "https://localhost:" + port, trusted, "TLS: the certificate is for another name"},
		{"no TLS", "https" + strings.TrimPrefix(plain.URL, "http"), nil, "TLS: the server does not speak it"},
		{"no such name", "http://original.invalid", nil, "the name of the server cannot be resolved"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, test.url, func(c *legacy.Config) {
				c.Timeout, c.TLS = time.Minute, &tls.Config{RootCAs: test.trust}
			})
			_, err := client.Do(t.Context(), &legacy.Request{Method: "GET", Query: plantedQuery})
			failed, ok := errors.AsType[*legacy.Error](err)
			if !ok || err.Error() != "original server: "+test.want || failed.Uncertain() || tells(err) {
				t.Errorf("%v, %+v", err, failed)
			}
		})
	}
}
