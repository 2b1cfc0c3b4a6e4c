package router_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"provision-gateway/backends/router"
	"provision-gateway/backends/router/routertest"
	"provision-gateway/models"
)

// documented is the configuration of the example of configureSession in the
// vendor's documentation, as it stands there. It is meant for another platform.
const documented = "conf+t%0A%0Arouter+bgp+32787%0A%0Ano+neighbor+206.126.236.102%0A%0Aneighbor+206.126.236.102+remote-as+20940" +
	"%0Aneighbor+206.126.236.102+peer-group+group+b%0Aneighbor+206.126.236.102+description+Akamai+Technologies" +
	"%0Aneighbor+206.126.236.102+maximum-prefix+20+%0Aneighbor+206.126.236.102+password+0+0%0A%0Aend%0Awrite"

func documentedText(t *testing.T) string {
	t.Helper()
	text, err := url.QueryUnescape(documented)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestFRRPushDocumented pushes the documentation's text word for word.
func TestFRRPushDocumented(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	b := newBackend(t, lab, router.Config{})

	same := unchanged(t, lab)
	err := b.Push(t.Context(), accessTo(lab), documentedText(t))
	wantFailure(t, err, models.Invalid, "Configuration rejected: router bgp 32787: BGP is already running; AS is 64500", false)
	same()

	// Where no BGP runs it goes on to the next line that this platform does not
	// know. What comes before that line is in effect, and not saved.
	lab.Vtysh(t, "configure terminal", "no router bgp 64500")
	if list, err := b.Neighbors(t.Context(), accessTo(lab)); err != nil || len(list) > 0 {
		t.Errorf("without BGP the router has %v, %v", list, err)
	}
	saved := lab.Saved(t)
	err = b.Push(t.Context(), accessTo(lab), documentedText(t))
	wantFailure(t, err, models.Invalid, "Configuration rejected: neighbor 206.126.236.102 peer-group group b: % Unknown command", true)
	if config := lab.Config(t); !strings.Contains(config, "neighbor 206.126.236.102 remote-as 20940") ||
		strings.Contains(config, "Akamai") || strings.Contains(config, "group b") {
		t.Errorf("running configuration:\n%s", config)
	}
	if lab.Saved(t) != saved {
		t.Errorf("saved configuration:\n%s", lab.Saved(t))
	}
}

// TestFRRPushAdapted pushes the documentation's text with the names, numbers
// and the form of the password that this router takes.
func TestFRRPushAdapted(t *testing.T) {
	t.Parallel()
	lab := routertest.Shared(t)
	b := newBackend(t, lab, router.Config{}, "ace12345")
	lab.Vtysh(t, "configure terminal", "router bgp 64500", "neighbor group-b peer-group")
	p := lab.Peer(t, routertest.PeerOptions{ASN: 20940, PasswordIPv4: "ace12345", PrefixesIPv4: 20})
	adapt := strings.NewReplacer("206.126.236.102", p.IPv4.String(), "32787", "64500", "group b", "group-b", "password 0 0", "password ace12345")
	if err := b.Push(t.Context(), accessTo(lab), adapt.Replace(documentedText(t))); err != nil {
		t.Fatal(err)
	}
	wantLines(t, lab, p.IPv4, "neighbor remote-as 20940", "neighbor peer-group group-b", "neighbor description Akamai Technologies",
		"neighbor password ace12345", "ipv4: neighbor maximum-prefix 20")
	lab.WaitState(t, p.IPv4, "Established", patience)
	lab.WaitPrefixes(t, p.IPv4, 20, patience)
}

// TestFRRPush pushes texts to a router that nobody else touches: after each
// that fails the configuration is what it was, unless lines were taken. "router
// bgp" counts as one of those: it could have made what it enters.
func TestFRRPush(t *testing.T) {
	t.Parallel()
	lab := routertest.Start(t)
	const enter = "configure terminal\nrouter bgp 64500\n"
	for _, c := range []struct {
		name, text string
		allow      string
		fails      string
		uncertain  bool
		leaves     string // a line that stays in the running configuration
	}{
		{name: "question mark", text: enter + "neighbor 198.51.100.1 remote-as 64511\nneighbor 198.51.100.1 description who? me\nend\nwrite",
			fails: "line 4 holds a question mark"},
		{name: "vertical bar", text: enter + "neighbor 198.51.100.1 remote-as 64511\nneighbor 198.51.100.1 description a | b\nend\nwrite",
			fails: "line 4 holds a vertical bar"},
		{name: "control character", text: enter + "neighbor 198.51.100.1 remote-as 64511\x15\nend", fails: "line 3 holds a control character"},
		{name: "nothing", text: "\n \r\n", fails: "no line in it"},
		{name: "other AS", text: "configure terminal\nrouter bgp 64501\nneighbor 198.51.100.1 remote-as 64511\nend\nwrite",
			fails: "Configuration rejected: router bgp 64501: BGP is already running; AS is 64500"},
		{name: "unknown first line", text: "enter the configuration\nrouter bgp 64500", fails: "Configuration rejected: enter the configuration: % Unknown command"},
		{name: "configuration without entering it", text: "router bgp 64500\nend", fails: "Configuration rejected: router bgp 64500: % Unknown command"},
		{name: "address that is none", text: enter + "neighbor 192.0.2.999 remote-as 64511\nend\nwrite",
			fails: "neighbor 192.0.2.999 remote-as 64511: % Create the peer-group or interface first", uncertain: true},
		{name: "own address", text: enter + "neighbor 192.0.2.1 remote-as 64511\nend\nwrite", fails: "% Can not configure the local system as neighbor", uncertain: true},
		{name: "description first", text: enter + "neighbor 198.51.100.1 description Net\nend\nwrite", fails: "% Specify remote-as or peer-group commands first", uncertain: true},
		{name: "incomplete", text: enter + "neighbor 198.51.100.1\nend\nwrite", fails: "% Command incomplete", uncertain: true},
		{name: "not allowed", text: enter + "neighbor 198.51.100.1 remote-as 64511\nno router bgp 64500\nend", allow: `configure terminal|router bgp \d+|neighbor .*|end`,
			fails: "no router bgp 64500: line 4 is not among the lines"},
		{name: "second line refused", text: enter + "neighbor 198.51.100.1 remote-as 64511\nneighbor 198.51.100.1 maximum-prefix 0\nend\nwrite",
			fails: "neighbor 198.51.100.1 maximum-prefix 0: % Unknown command", uncertain: true, leaves: "neighbor 198.51.100.1 remote-as 64511"},
		{name: "group that is not there", text: enter + "neighbor 198.51.100.2 remote-as 64511\nneighbor 198.51.100.2 peer-group NONE\nend\nwrite",
			fails: "peer-group NONE: % Configure the peer-group first", uncertain: true, leaves: "neighbor 198.51.100.2 remote-as 64511"},
		{name: "password of two words", text: enter + "neighbor 198.51.100.3 remote-as 64511\nneighbor 198.51.100.3 password s3cret-one s3cret-two\nend\nwrite",
			fails: "neighbor 198.51.100.3 password <secret>: % Unknown command", uncertain: true, leaves: "neighbor 198.51.100.3 remote-as 64511"},
		{name: "without leaving and saving", text: enter + "neighbor 198.51.100.4 remote-as 64511", leaves: "neighbor 198.51.100.4 remote-as 64511"},
		{name: "question that shows", text: "show bgp summary\nshow running-config"},
		{name: "leaves twice", text: enter + "exit\nexit\nexit\nexit"},
		{name: "route map that is not there", text: enter + "neighbor 198.51.100.5 remote-as 64511\nneighbor 198.51.100.5 route-map RM-IN in\nend",
			leaves: "neighbor 198.51.100.5 route-map RM-IN in"},
		// Only the prompt changes: the BGP daemon keeps its own name.
		{name: "other prompt", text: "configure terminal\nhostname edge-of-another-name\nrouter bgp 64500\nend\nshow bgp summary"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := router.Config{}
			if c.allow != "" {
				config.Allow = []*regexp.Regexp{regexp.MustCompile(c.allow)}
			}
			b := newBackend(t, lab, config, "s3cret-one", "s3cret-two")
			same, saved := unchanged(t, lab), lab.Saved(t)
			err := b.Push(t.Context(), accessTo(lab), c.text)
			if c.fails == "" && err != nil {
				t.Fatal(err)
			}
			if c.fails != "" {
				wantNoSecret(t, wantFailure(t, err, models.Invalid, c.fails, c.uncertain), "s3cret-one", "s3cret-two", lab.Password)
			}
			if c.leaves == "" {
				same()
				return
			}
			if running := lab.Config(t); !strings.Contains(running, c.leaves) {
				t.Errorf("%q is not in the running configuration:\n%s", c.leaves, running)
			}
			if lab.Saved(t) != saved {
				t.Errorf("saved:\n%s", lab.Saved(t))
			}
		})
	}
}
