package legacy_test

import (
	"bufio"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
)

const (
	key    = "38-TMHQV8CV2XZYC2ZS"
	secret = "6e04e5822ce90feaa8947ded46c46878"
)

// silent keeps what a server says of its callers out of the output.
var silent = log.New(io.Discard, "", 0)

// seen is a request as the original got it.
type seen struct {
	method, uri, body string
	header            http.Header
}

// original is a server that keeps what it was sent.
type original struct {
	*httptest.Server
	mu   sync.Mutex
	seen []seen
}

func startOriginal(t *testing.T, answer http.HandlerFunc) *original {
	t.Helper()
	o := &original{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		o.mu.Lock()
		o.seen = append(o.seen, seen{r.Method, r.RequestURI, string(body), r.Header})
		o.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *original) last(t *testing.T) seen {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.seen) == 0 {
		t.Fatal("the original was not asked")
	}
	return o.seen[len(o.seen)-1]
}

func (o *original) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.seen)
}

func newClient(t *testing.T, url string, change func(*legacy.Config)) *legacy.Client {
	t.Helper()
	config := legacy.Config{URL: url + "/6c_1/api/v1/api.php", Key: key, Secret: secret, Timeout: 5 * time.Second}
	if change != nil {
		change(&config)
	}
	client, err := legacy.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// startRaw is a server that reads the head of a request and does with the
// connection what it is told; n counts the requests from 1.
func startRaw(t *testing.T, serve func(c net.Conn, n int)) (url string, count func() int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var mu sync.Mutex
	requests := 0
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				reader := bufio.NewReader(c)
				for {
					r, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					mu.Lock()
					requests++
					n := requests
					mu.Unlock()
					serve(c, n)
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String(), func() int {
		mu.Lock()
		defer mu.Unlock()
		return requests
	}
}
