package handlers_test

import (
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/sessions"
	"provision-gateway/handlers"
	"provision-gateway/models"
)

// These are about what actions do and answer.

func TestDIVERGENCE_OtherTargets(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, target := range []string{"ipam", "dns", "dnsServer", "vlan", "dhcp"} {
		if answer := s.get(t, "target="+target+"&action=get"); answer.message(t) != "Invalid target: "+target {
			t.Errorf("%s", answer.body)
		}
	}
}

func TestDIVERGENCE_GetLink(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	if answer := s.get(t, "target=resource&action=getLink&resource_id1=301&relation=contact"); answer.body != `{"success":0,"message":"Invalid action: getLink"}` {
		t.Errorf("%s", answer.body)
	}
}

func TestDIVERGENCE_ResourcePermissions(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	want := s.get(t, "target=resource&action=get&type=section")
	for _, name := range []string{"permissions__true", "permissions__false"} {
		if got := s.get(t, "target=resource&action=get&type=section&"+name+"=permissionAdmin"); got.body != want.body {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

func TestDIVERGENCE_UnpublishedColumns(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for query, want := range map[string]string{
		"notes_private=": "No peers found.", "notes_private=x": "No peers found.",
		"policy_nopublic=N": "12 peers found.", "policy_nopublic=Y": "No peers found.",
		"policy_noprivate=N": "12 peers found.", "policy_noprivate=Y": "No peers found.",
	} {
		if answer := s.get(t, "target=peering&action=getPeers&"+query); answer.message(t) != want {
			t.Errorf("%s: %s, want %s", query, answer.body, want)
		}
	}
}

func TestDIVERGENCE_Accents(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for query, want := range map[string]string{
		"aka=%C3%A9clair": "1 peers found.", "aka=%C3%89CLAIR": "1 peers found.", "aka=eclair": "No peers found.", "aka=ECLAIR": "No peers found.",
	} {
		if answer := s.get(t, "target=peering&action=getPeers&"+query); answer.message(t) != want {
			t.Errorf("%s: %s, want %s", query, answer.body, want)
		}
	}
}

func TestDIVERGENCE_StoredValues(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	before := s.get(t, "target=peering&action=getSessions&id=202")
	for query, want := range map[string]string{
		"prfx_max=many":               "Invalid value for prfx_max: many",
		"prfx_max=-1":                 "Invalid value for prfx_max: -1",
		"prfx_max=4294967296":         "Invalid value for prfx_max: 4294967296",
		"peer_asn=AS64501":            "Invalid value for peer_asn: AS64501",
		"peer_asn=64501.5":            "Invalid value for peer_asn: 64501.5",
		"ip_type=x25":                 "Invalid value for ip_type: x25",
		"peer_ipaddr=1.2.3.400":       "Invalid value for peer_ipaddr: 1.2.3.400",
		"note[]=x":                    "Invalid value for note: Array",
		"password=" + long:            "Invalid value for password: (not shown)",
		"note=kept&peer_hostname[]=x": "Invalid value for peer_hostname: Array",
	} {
		if answer := s.get(t, "target=peering&action=updateSession&id=202&"+query); answer.message(t) != want || answer.success() {
			t.Errorf("%s: %s, want %s", query, answer.body, want)
		}
	}
	if after := s.get(t, "target=peering&action=getSessions&id=202"); after.body != before.body {
		t.Errorf("%s, was %s", after.body, before.body)
	}
}

// long is a text that no column of a name holds.
var long = strings.Repeat("x", 256)

func TestDIVERGENCE_UpdateNeedsID(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	before := s.get(t, "target=peering&action=getSessions")
	// The vendor's own example.
	answer := s.get(t, "target=peering&action=updateSession&note=Adding+an+awesome+note.&peer_group=group+a")
	if answer.body != `{"success":0,"message":"Missing required parameter: id"}` {
		t.Errorf("%s", answer.body)
	}
	if after := s.get(t, "target=peering&action=getSessions"); after.body != before.body {
		t.Errorf("%s, was %s", after.body, before.body)
	}
}

func TestDIVERGENCE_DeleteNeedsCriterion(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, query := range []string{"", "&deleted=0", "&deleted=1", "&deleted=", "&deleted=1&id=202", "&session_id=202", "&ID=202", "&request_id=x"} {
		answer := s.get(t, "target=peering&action=deleteSession"+query)
		if answer.body != `{"success":0,"message":"No sessions found to delete."}` {
			t.Errorf("%q: %s", query, answer.body)
		}
	}
	if answer := s.get(t, "target=peering&action=getSessions"); answer.message(t) != "7 sessions found." {
		t.Errorf("%s", answer.body)
	}
}

func TestDIVERGENCE_RequestRecipient(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	answer := s.get(t, request+"&email_from=o%40example.net&email_to=peering%40alpha.example&subject=s&body=b&type=text")
	if !strings.Contains(answer.body, `"message":"Request sent to peering@alpha.example"`) {
		t.Errorf("%s", answer.body)
	}
}

func TestDIVERGENCE_MailHeaders(t *testing.T) {
	t.Parallel()
	box := &postbox{}
	s := serve(t, func(o *handlers.Options) { o.Mailer = box })
	const mail = "target=peering&action=sendEmail&participant_id=101&public_id=20"
	for query, want := range map[string]string{
		"email_to=a%40b.example,c%40d.example":         "Invalid value for email_to: a@b.example, c@d.example",
		"email_to=a%40b.example%0D%0ABcc:x%40y.z":      "Invalid value for email_to: a@b.example\r\nBcc:x@y.z",
		"email_from=a%40b.example%0AX-Header:1":        "Invalid value for email_from: a@b.example\nX-Header:1",
		"subject=Hello%0D%0ABcc:+x%40y.example":        "Invalid value for subject: Hello\r\nBcc: x@y.example",
		"cc=a%40b.example,%0D%0ABcc:+x%40y.example":    "Invalid value for cc: a@b.example,\r\nBcc: x@y.example",
		"bcc=a%40b.example%00":                         "Invalid value for bcc: a@b.example\x00",
		"email_to=peering":                             "Invalid value for email_to: peering",
		"email_to=%22a%22%20%3Ca%40b.example%3E%20x@y": "Invalid value for email_to: \"a\" <a@b.example> x@y",
	} {
		answer := s.get(t, mail+"&"+query)
		if got := answer.message(t); answer.success() || strings.ReplaceAll(got, ", ", ",") != strings.ReplaceAll(want, ", ", ",") {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if len(box.mails) > 0 {
		t.Errorf("%d mails went out", len(box.mails))
	}
}

func TestDIVERGENCE_MailLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		set     func(*handlers.Options)
		message string
	}{
		{"neither", func(*handlers.Options) {}, "Request sent"},
		{"cool-down", func(o *handlers.Options) { o.MailCooldown = time.Hour }, "Request to ALPHA networks was sent already: " + moment.UTC().Format(time.DateTime)},
		{"cap", func(o *handlers.Options) { o.MailCap = 1 }, "No more than 1 mails may be sent in an hour"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, test.set)
			if first := s.get(t, fullRequest); !first.success() {
				t.Fatalf("%s", first.body)
			}
			if got := s.get(t, fullRequest).message(t); got != test.message {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestDIVERGENCE_NoPasswordLine(t *testing.T) {
	t.Parallel()
	session := &models.Session{
		SourceASN: new(uint32(32787)), PeerASN: new(uint32(20940)), PeerIPAddr: new("206.126.236.102"), PeerName: new("Akamai Technologies"),
		PeerGroup: new("group-b"), PrfxMax: new(uint32(20)), Password: models.NoPassword,
	}
	ios, _ := dialect.Lookup("cisco_iosxe")
	for password, want := range map[string]string{
		models.NoPassword: "", "ace12345": "neighbor 206.126.236.102 password 0 ace12345\n",
	} {
		session.Password = password
		neighbor, err := sessions.Neighbor(session)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := ios.Add(neighbor)
		if err != nil {
			t.Fatal(err)
		}
		// The lines of the documentation's example, which names a peer group that
		// no router takes.
		documented := "conf t\nrouter bgp 32787\nno neighbor 206.126.236.102\nneighbor 206.126.236.102 remote-as 20940\n" +
			"neighbor 206.126.236.102 peer-group group-b\nneighbor 206.126.236.102 description Akamai Technologies\n" +
			"neighbor 206.126.236.102 maximum-prefix 20\n" + want + "end\nwrite"
		if got := strings.Join(lines, "\n"); got != documented {
			t.Errorf("password %s: %s", password, got)
		}
	}
}

func TestDIVERGENCE_RouterAccess(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	const redirect = "target=resource&action=update&meta[id]=301&meta[type]=entry&fields[host][]=198.51.100.66"
	trust := func() {
		accepted(t, "trust", s.get(t, "target=resource&action=update&meta[id]=301&meta[type]=entry&fields[host-key][]=ssh-ed25519+AAAA"))
	}
	stored := func() *models.Router {
		r, err := s.database.Store.RouterByID(t.Context(), 301)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	// While there are no keys everybody may do everything.
	trust()
	accepted(t, "without keys", s.get(t, redirect))
	if r := stored(); r.Host != "198.51.100.66" || r.HostKey != "" {
		t.Errorf("redirected: %s with %q", r.Host, r.HostKey)
	}
	accepted(t, "back", s.get(t, "target=resource&action=update&meta[id]=301&meta[type]=entry&fields[host][]=203.0.113.1"))
	trust()
	writer := s.addKey(t, "writer", models.PermissionWrite)
	for _, more := range []string{"", "&fields[host-key][]=ssh-ed25519+BBBB", "&fields[password][]=other"} {
		if answer := s.get(t, writer.sign(redirect+more)); answer.body != `{"success":0,"message":"Permission denied"}` {
			t.Errorf("%q: %s", more, answer.body)
		}
	}
	if r := stored(); r.Host != "203.0.113.1" || r.HostKey != "ssh-ed25519 AAAA" || r.Password() != "router-password" {
		t.Errorf("after a refusal: %s with %q", r.Host, r.HostKey)
	}
	both := s.addKey(t, "both", models.PermissionWrite, models.PermissionDevice)
	accepted(t, "with the permission", s.get(t, both.sign(redirect)))
	if r := stored(); r.Host != "198.51.100.66" || r.HostKey != "" {
		t.Errorf("redirected: %s with %q", r.Host, r.HostKey)
	}
}

func TestDIVERGENCE_HiddenSecrets(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	blind := s.addKey(t, "blind", models.PermissionRead)
	seeing := s.addKey(t, "seeing", models.PermissionRead, models.PermissionSecrets)
	const query = "target=lir&action=get"
	for range 2 {
		hidden, shown := s.get(t, blind.sign(query)), s.get(t, seeing.sign(query))
		if !strings.Contains(shown.body, `"mnt_by_password":"password"`) || !strings.Contains(shown.body, `"api_key":"API-XXXX-YYYY-ZZZZ-1234"`) {
			t.Errorf("with the permission: %s", shown.body)
		}
		if !strings.Contains(hidden.body, `"mnt_by_password":null`) || strings.Contains(hidden.body, "API-") {
			t.Errorf("without: %s", hidden.body)
		}
	}
}
