package migration

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestScalars(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		json, text       string
		null, number, no bool
	}{
		{json: `"12"`, text: "12"}, {json: `12`, text: "12", number: true}, {json: `null`, null: true}, {json: `true`, text: "1"},
		{json: `false`, text: "0"}, {json: `""`}, {json: `"\u00e9\/"`, text: "é/"}, {json: `[]`, no: true}, {json: `{}`, no: true}, {json: `-1.5`, text: "-1.5", number: true},
	} {
		var s scalar
		err := json.Unmarshal([]byte(test.json), &s)
		if (err != nil) != test.no || err == nil && (s.String() != test.text || (s.text == nil) != test.null || s.isNumber != test.number) {
			t.Errorf("%s: %+v, %v", test.json, s, err)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want, want32 string }{
		{"0", "", ""}, {"4294967295", "", ""}, {"4294967296", "", "asn is too large"}, {"-1", "asn is not a number", "asn is not a number"},
		{"1.0", "asn is not a number", "asn is not a number"}, {"9223372036854775808", "asn is not a number", "asn is not a number"}, {"", "asn is not a number", "asn is not a number"},
	} {
		for bits, want := range map[int]string{64: test.want, 32: test.want32} {
			n, got := &numbers{}, ""
			if bits == 64 {
				n.optional("asn", scalar{text: &test.text})
			} else {
				n.optional32("asn", scalar{text: &test.text})
			}
			if n.err != nil {
				got = n.err.Error()
			}
			if got != want {
				t.Errorf("%s in %d bits: %q, want %q", test.text, bits, got, want)
			}
		}
	}
}

func TestMergeOrders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, have, seen, want string
		contradicted           bool
	}{
		{"nothing seen", "a b c", "", "a b c", false},
		{"as it is", "a b c", "a c;b c", "a b c", false},
		{"another order", "a b c", "c a", "b c a", false},
		{"what it has not", "a b", "a x b", "a x b", false},
		{"parts", "", "a c;b c;a b", "a b c", false},
		{"only seen", "", "x y;y z", "x y z", false},
		{"a contradiction", "a b", "a b;b a", "a b", true},
	} {
		var seen [][]string
		for part := range strings.SplitSeq(test.seen, ";") {
			seen = append(seen, strings.Fields(part))
		}
		got, contradicted := mergeOrders(strings.Fields(test.have), seen)
		if !slices.Equal(got, strings.Fields(test.want)) || contradicted != test.contradicted {
			t.Errorf("%s: %v, %v", test.name, got, contradicted)
		}
	}
}

func TestTooLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 256)
	fits := long[:510]
	for _, test := range []struct {
		object any
		want   string
	}{
		{&Network{Name: fits}, ""}, {&Network{Name: long}, "name"}, {&Session{Note: &long}, ""}, {&Session{PeerGroup: &long}, "peer_group"},
		{&Session{PeerIPAddr: &fits}, "peer_ipaddr"}, {&Exchange{}, ""}, {&Exchange{Name: &long}, "public_name"}, {&Contact{Role: fits}, "role"},
		{&Resource{Type: fits}, "type"}, {&Resource{Attributes: []Attribute{{"host", []Value{{Text: strings.Repeat("x", 4_000_001)}}}}}, "host"},
		{&Request{Subject: long}, ""}, {&Request{EmailType: "multipart"}, "email_type"}, {&Log{[]Entry{{Message: strings.Repeat(long, 70)}}}, "message"},
		{&Port{IPv6: &fits}, "local_ipaddr"}, {&Communication{RequestStatus: &fits}, "request_status"}, {&Peer{}, ""},
	} {
		if got := tooLong(test.object); got != test.want {
			t.Errorf("%T: %q, want %q", test.object, got, test.want)
		}
	}
}

// Nothing that may be secret is in what is told of a difference.
func TestDifferencesShowNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "s3cret"
	attribute := Attribute{"password", []Value{{Text: secret}}}
	for _, test := range []struct {
		kind          Kind
		original, own any
	}{
		{KindSession, &Session{Password: secret}, &Session{Password: "0"}},
		{KindLIR, &LIR{Entities: []map[string]*string{{"api_key": new(secret)}}}, &LIR{}},
		{KindResource, &Resource{Attributes: []Attribute{attribute}}, &Resource{}},
		{KindRequest, &Request{Body: secret}, &Request{}},
	} {
		found := compareObjects(test.kind, Key{First: 1}, test.original, test.own)
		if len(found) != 1 || strings.Contains(found[0].String(), secret) || !strings.Contains(found[0].String(), "not shown") {
			t.Errorf("%s: %v", test.kind, found)
		}
	}
}

// What a row of any answer holds, it is read or refused, and never half.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{`{"id":"1"}`, `{"id":1,"attr":{"_section":"94","a":["x",1],"b":{"0":"y","3":"z"}}}`, `{"id":"1","entities":[{"api_key":null}]}`, `{"attr":[]}`, `[]`, `{"id":"1","attr":{"a":{"0":{}}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, row []byte) {
		r := &reader{options: Reading{Location: time.UTC}, Snapshot: newSnapshot(), asking: newAsking(nil)}
		var resource resourceRow
		if json.Unmarshal(row, &resource) == nil {
			err := r.takeResources([]resourceRow{resource}, false)
			if (err == nil) != (r.Count(KindResource) == 1) {
				t.Errorf("%d resources, %v", r.Count(KindResource), err)
			}
		}
		var session sessionRow
		if json.Unmarshal(row, &session) == nil {
			err := r.takeSessions([]sessionRow{session}, false)
			if (err == nil) != (r.Count(KindSession) == 1) {
				t.Errorf("%d sessions, %v", r.Count(KindSession), err)
			}
		}
		var peer peerRow
		if json.Unmarshal(row, &peer) == nil {
			_ = r.takePeer(&peer)
			_ = r.takeCommunication(1, &peer, true)
		}
	})
}
