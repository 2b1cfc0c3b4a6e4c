package main

import (
	"context"
	"strings"
	"testing"
)

func TestSteady(t *testing.T) {
	t.Parallel()
	write := benchCase{form: "a=%s"}
	body := []byte(`{"message":"(AS1/2001:db8:2f:1:1:1:a:b)","data":{"id":4711,"peer_asn":"1","peer_ipaddr":"2001:db8:2f:1:1:1:a:b"}}`)
	const want = `{"message":"(AS1/ADDRESS)","data":{"id":0,"peer_asn":"1","peer_ipaddr":"ADDRESS"}}`
	if got := string(steady(write, body)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := steady(benchCase{}, body); string(got) != string(body) {
		t.Errorf("a read was changed: %s", got)
	}
	// An id that is a text where a number should be is a difference.
	if got := string(steady(write, []byte(`{"id":"4711",`))); got != `{"id":"4711",` {
		t.Errorf("got %s", got)
	}
}

func TestFirstDifference(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 3}, {"abc", "abd", 2}, {"ab", "abc", 2}, {"x", "", 0}} {
		if got := firstDifference([]byte(test.a), []byte(test.b)); got != test.want {
			t.Errorf("%q and %q differ at %d, want %d", test.a, test.b, got, test.want)
		}
	}
	text := []byte(strings.Repeat("a", 100) + "b" + strings.Repeat("c", 100))
	if got := string(excerpt(text, 100)); got != strings.Repeat("a", 60)+"b"+strings.Repeat("c", 59) {
		t.Errorf("excerpt %q", got)
	}
	if got := string(excerpt([]byte("ab"), 2)); got != "ab" {
		t.Errorf("excerpt %q", got)
	}
}

// A variant that answers anything else is named, with the place.
func TestCheckOne(t *testing.T) {
	t.Parallel()
	m, g := &machine{}, &loadGenerator{}
	c := benchCase{name: "getPeers", target: "/?a=1"}
	a := answers{bodies: map[string][]byte{"/?a=1": []byte(`{"success":1}`)}, sizes: map[string]map[string]int64{"v": {}}}
	check := func(ctx context.Context, body string) error {
		v := &variant{name: "v", address: serverOf(t, bareHandler(map[string][]byte{"/?a=1": []byte(body)}))}
		return m.checkOne(ctx, v, g, c, a)
	}
	if err := check(t.Context(), `{"success":1}`); err != nil || a.sizes["v"]["/?a=1"] < 60 {
		t.Errorf("the same bytes: %v, size %d", err, a.sizes["v"]["/?a=1"])
	}
	if err := check(t.Context(), `{"success":0}`); err == nil || !strings.Contains(err.Error(), "from byte 11 on") {
		t.Errorf("other bytes: %v", err)
	}
	if err := check(t.Context(), `{"success":1} `); err == nil || !strings.Contains(err.Error(), "from byte 13 on") {
		t.Errorf("one byte more: %v", err)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for got, fits := range map[int64]bool{9: false, 10: true, 12: true, 13: false} {
		if err := within("bytes", got, 10, 12); (err == nil) != fits {
			t.Errorf("%d: %v", got, err)
		}
	}
}
