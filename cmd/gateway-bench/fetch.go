package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// fetched is an answer and its size on the wire, headers and all.
type fetched struct {
	status int
	body   []byte
	size   int64
}

// fetch sends one request of a case, like wrk. It uses a connection of its own
// and not net/http's client, so that every byte of the answer can be counted.
func fetch(ctx context.Context, address, target, token, form string) (f fetched, err error) {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	connection, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	if err := connection.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return f, err
	}
	if _, err := io.WriteString(connection, requestText(address, target, token, form)); err != nil {
		return f, err
	}
	counter := &countingReader{from: connection}
	response, err := http.ReadResponse(bufio.NewReader(counter), nil)
	if err != nil {
		return f, err
	}
	if response.ContentLength < 0 {
		return f, fmt.Errorf("the answer of %s does not state its length", address)
	}
	f.status = response.StatusCode
	f.body, err = io.ReadAll(response.Body)
	// Only one answer is on the connection, so all that was read is its.
	f.size = counter.n
	return f, errors.Join(err, response.Body.Close())
}

func requestText(address, target, token, form string) string {
	var b strings.Builder
	method := http.MethodGet
	if form != "" {
		method = http.MethodPost
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, address)
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	if form != "" {
		fmt.Fprintf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(form))
	}
	return b.String() + "\r\n" + form
}

type countingReader struct {
	from io.Reader
	n    int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.n += int64(n)
	return n, err
}
