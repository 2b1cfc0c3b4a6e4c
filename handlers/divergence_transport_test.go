package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"provision-gateway/handlers"
	"provision-gateway/models"
)

// The tests named DIVERGENCE_ hold what is meant to differ from the original.
// Each is a row of docs/divergences.md, and TestDivergencesAreListed checks
// that both ways. These are about the way a call comes in.

func TestDIVERGENCE_TrailingParameters(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	key := s.addKey(t, "writer", models.PermissionRead, models.PermissionWrite)
	signed := key.sign("target=peering&action=deleteSession&id=999")
	refused(t, "unsigned parameter", s.get(t, signed+"&id=202"))
	refused(t, "a lone ampersand", s.get(t, signed+"&"))
	if answer := s.get(t, key.sign("target=peering&action=getSessions&id=202")); answer.message(t) != "1 sessions found." {
		t.Errorf("%s", answer.body)
	}
}

func TestDIVERGENCE_KeyInQuery(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	key := s.addKey(t, "reader", models.PermissionRead)
	signed := key.sign(hello)
	refused(t, "key and hash in a body", s.post(t, "", signed))
	query, hash, _ := strings.Cut(signed, "&apiKey=")
	refused(t, "key in a body", s.post(t, query, "apiKey="+hash))
	accepted(t, "key and hash in the query string", s.post(t, signed, "a=1"))
}

func TestDIVERGENCE_NoLogin(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.addKey(t, "reader", models.PermissionRead)
	line := "GET " + api + "?" + hello + " HTTP/1.1"
	answer := s.send(t, line, "", "Cookie: PHPSESSID=0123456789abcdef0123456789abcdef")
	refused(t, "cookie", answer)
	if answer.header.Get("Set-Cookie") != "" {
		t.Errorf("sets a cookie: %v", answer.header)
	}
	refused(t, "user and password", s.send(t, line, "", "Authorization: Basic YWRtaW46YWRtaW4="))
}

func TestDIVERGENCE_MaxAge(t *testing.T) {
	t.Parallel()
	const old = hello + "&time=1335316083"
	byDefault := serve(t, nil)
	accepted(t, "by default", byDefault.get(t, byDefault.addKey(t, "reader", models.PermissionRead).sign(old)))
	strict := serve(t, func(o *handlers.Options) { o.MaxAge = time.Minute })
	refused(t, "with a maximal age", strict.get(t, strict.addKey(t, "reader", models.PermissionRead).sign(old)))
}

func TestDIVERGENCE_Methods(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS"} {
		answer := s.send(t, method+" "+api+"?target=peering&action=deleteSession&id=202 HTTP/1.1", "")
		if answer.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d %s", method, answer.status, answer.body)
		}
	}
	if answer := s.get(t, "target=peering&action=getSessions&id=202"); answer.message(t) != "1 sessions found." {
		t.Errorf("%s", answer.body)
	}
}

func TestDIVERGENCE_HeadOnWrites(t *testing.T) {
	t.Parallel()
	box, routers := &postbox{}, &cabinet{}
	s := serve(t, func(o *handlers.Options) { o.Mailer, o.Router = box, routers })
	for _, query := range []string{
		"target=peering&action=deleteSession&id=202",
		"target=peering&action=addSession&peer_asn=64507&peer_ipaddr=192.0.2.107",
		"target=peering&action=sendEmail&participant_id=101&public_id=20",
		"target=peering&action=configureSession&session_id=202",
		"target=lir&action=delete&id=100",
	} {
		if answer := s.send(t, "HEAD "+api+"?"+query+" HTTP/1.1", ""); answer.status != http.StatusMethodNotAllowed || answer.body != "" {
			t.Errorf("%s: %d %q", query, answer.status, answer.body)
		}
	}
	if answer := s.get(t, "target=peering&action=getSessions"); answer.message(t) != "7 sessions found." {
		t.Errorf("%s", answer.body)
	}
	if len(box.mails)+len(routers.configured) > 0 {
		t.Error("something left the machine")
	}
}

func TestDIVERGENCE_LongBody(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *handlers.Options) { o.MaxBody = 64 })
	answer := s.post(t, "target=peering&action=deleteSession&peer_asn=64501", "id=999&note="+strings.Repeat("x", 64))
	if answer.body != `{"success":0,"message":"Request body exceeds 64 bytes"}` {
		t.Errorf("%s", answer.body)
	}
	if answer := s.get(t, "target=peering&action=getSessions&id=202"); answer.message(t) != "1 sessions found." {
		t.Errorf("the query was run without its body: %s", answer.body)
	}
}

func TestDIVERGENCE_InvalidUTF8(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	if answer := s.get(t, hello+"&a=caf%E9"); answer.body != `{"success":1,"message":"Hello World","data":{"a":"caf\ufffd"}}` {
		t.Errorf("in a parameter: %q", answer.body)
	}
	if _, err := s.database.Raw.Exec("UPDATE sessions SET note = CAST(X'636166E9' AS TEXT) WHERE id = 202"); err != nil {
		t.Fatal(err)
	}
	if answer := s.get(t, "target=peering&action=getSessions&id=202"); !strings.HasSuffix(answer.body, `"note":"caf\ufffd"}]}`) {
		t.Errorf("in the database: %q", answer.body)
	}
}

func TestDIVERGENCE_BooleanWords(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for word, want := range map[string]bool{
		"": false, "0": false, "false": false, "FALSE": false, "no": false, "No": false, "off": false, "oFF": false,
		"1": true, "TRUE": true, "true": true, "yes": true, "on": true, "2": true, "00": true, "0.0": true, "+": true, "none": true,
	} {
		answer := s.get(t, "target=peering&action=getPeers&id=101&include_contacts="+word)
		if got := strings.Contains(answer.body, `"role":"NOC"`); got != want {
			t.Errorf("%q is %t, want %t", word, got, want)
		}
	}
}

func TestDIVERGENCE_Permissions(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	reader := s.addKey(t, "reader", models.PermissionRead)
	if answer := s.get(t, reader.sign("target=peering&action=deleteSession&id=202")); answer.body != `{"success":0,"message":"Permission denied"}` {
		t.Errorf("%s", answer.body)
	}
	if answer := s.get(t, reader.sign("target=peering&action=getSessions&id=202")); answer.message(t) != "1 sessions found." {
		t.Errorf("%s", answer.body)
	}
}

func TestDIVERGENCE_RateLimit(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *handlers.Options) { o.KeyRate, o.KeyBurst = 0.001, 1 })
	key := s.addKey(t, "busy", models.PermissionRead)
	accepted(t, "first", s.get(t, key.sign(hello)))
	if answer := s.get(t, key.sign(hello)); answer.body != `{"success":0,"message":"Rate limit exceeded"}` {
		t.Errorf("second: %s", answer.body)
	}
}

func TestDIVERGENCE_RequestID(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	first := s.get(t, addZeta+"&request_id=1")
	if again := s.get(t, addZeta+"&request_id=1"); !first.success() || again.body != first.body {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
	if other := s.get(t, addZeta+"&note=x&request_id=1"); other.message(t) != "Request id 1 was used for another request" {
		t.Errorf("%s", other.body)
	}
}
