package handlers_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"provision-gateway/models/modelstest"
)

// FuzzServeHTTP sends any request to a gateway that allows everything. Whatever
// it is, the answer is an envelope with one of few statuses, and no input is
// answered as a failure of ours.
func FuzzServeHTTP(f *testing.F) {
	paths, err := filepath.Glob(testdata + "/*/*/*.golden")
	if err != nil || len(paths) == 0 {
		f.Fatal(err)
	}
	for _, path := range paths {
		for _, pair := range readGolden(f, path).Pairs {
			request := pair.Request
			_, target, _ := strings.Cut(request.Line, " ")
			path, query, _ := strings.Cut(target, "?")
			f.Add(request.Method(), path, query, request.Header("Content-Type"), request.Body)
		}
	}
	f.Add("GET", "/%", "target=test&action=helloWorld&a[[[]]]=%", "", "")
	f.Add("POST", api, "", "multipart/form-data; boundary=", "--\r\n\r\n")
	database := modelstest.Lend(f, modelstest.Kinds()[0], nil)
	insertFixtures(f, database, "lirs, example")
	s := serveOn(f, database, database.Store, nil)
	statuses := []int{http.StatusOK, http.StatusNotFound, http.StatusMethodNotAllowed}
	f.Fuzz(func(t *testing.T, method, path, query, kind, body string) {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, &http.Request{
			Method: method, URL: &url.URL{Path: path, RawQuery: query}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), Host: "gateway.example",
			RemoteAddr: "127.0.0.1:1024",
		})
		if !slices.Contains(statuses, w.Code) {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		if method == http.MethodHead || w.Header().Get("Content-Type") != "application/json" {
			return
		}
		var envelope struct {
			Success *int
			Message *string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &envelope); err != nil || envelope.Success == nil || envelope.Message == nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		if !strings.HasPrefix(w.Body.String(), `{"success":`) || *envelope.Success < 0 || *envelope.Success > 1 {
			t.Fatalf("%s", w.Body)
		}
		if *envelope.Message == "Internal error" {
			t.Fatalf("failure of ours: %s %s?%q %q %q", method, path, query, kind, body)
		}
	})
}
