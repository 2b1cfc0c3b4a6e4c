package routertest

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// PeerOptions say how the router of a peer is configured.
type PeerOptions struct {
	// ASN is the peer's AS number; 64511 when 0.
	ASN uint32
	// RouterASN is the AS number that the peer expects of the router; the
	// lab's LocalASN when 0.
	RouterASN uint32
	// PasswordIPv4 and PasswordIPv6 are the TCP MD5 passwords of its two
	// sessions; none when empty.
	PasswordIPv4, PasswordIPv6 string
	// PrefixesIPv4 and PrefixesIPv6 are how many prefixes it announces.
	PrefixesIPv4, PrefixesIPv6 int
}

// Peer is a network at the other end of the LAN, with one router, which keeps
// trying to open an IPv4 and an IPv6 session.
type Peer struct {
	// IPv4 and IPv6 are its addresses, which no other peer of the lab has.
	IPv4, IPv6 netip.Addr

	lab    *Lab
	number int
	mu     sync.Mutex // held while its configuration is written and read
}

func lanAddress4(host byte) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, host}) }

func lanAddress6(host byte) netip.Addr {
	return netip.AddrFrom16([16]byte{0: 0x20, 1: 0x01, 2: 0x0d, 3: 0xb8, 15: host})
}

// Peer adds a peer to the lab. It stays until the lab ends.
func (l *Lab) Peer(t testing.TB, options PeerOptions) *Peer {
	t.Helper()
	l.mu.Lock()
	number := len(l.peers) + 11
	if number > 254 {
		l.mu.Unlock()
		t.Fatal("router lab: too many peers")
	}
	p := &Peer{IPv4: lanAddress4(byte(number)), IPv6: lanAddress6(byte(number)), lab: l, number: number}
	l.peers = append(l.peers, p)
	l.mu.Unlock()

	l.must(t, p.write(options))
	l.must(t, l.init.do("address peer "+p.IPv4.String(), "address peer "+p.IPv6.String(), fmt.Sprintf("bird_start %d", number)))
	l.must(t, eventually(10*time.Second, func() error {
		_, err := p.birdc("show", "status")
		return err
	}))
	return p
}

// Change configures the peer anew. Where only the number of prefixes changes,
// the sessions stay up.
func (p *Peer) Change(t testing.TB, options PeerOptions) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lab.must(t, p.write(options))
	out, err := p.birdc("configure")
	if err == nil && !strings.Contains(out, "Reconfigur") {
		err = fmt.Errorf("birdc: %s", out)
	}
	p.lab.must(t, err)
}

// WaitEstablished waits until the peer's own router regards the session from
// this address of its own as established, or as not, and fails the test when
// that takes too long.
func (p *Peer) WaitEstablished(t testing.TB, address netip.Addr, established bool, limit time.Duration) {
	t.Helper()
	p.lab.must(t, eventually(limit, func() error {
		out, err := p.birdc("show", "protocols", "session_"+family(address))
		if err == nil && strings.Contains(out, "Established") != established {
			err = fmt.Errorf("the peer's session at %s should be established: %t, but:\n%s", address, established, out)
		}
		return err
	}))
}

// file is the name of a file of the peer's, in the folder of the lab.
func (p *Peer) file(suffix string) string { return fmt.Sprintf("peers/%d.%s", p.number, suffix) }

func (p *Peer) birdc(arguments ...string) (string, error) {
	socket := filepath.Join(p.lab.folder, p.file("ctl"))
	out, err := exec.Command(p.lab.programs.birdc, append([]string{"-s", socket}, arguments...)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("birdc: %w\n%s", err, out)
	}
	return string(out), nil
}

// family is BIRD's name of an address family.
func family(address netip.Addr) string {
	if address.Is4() {
		return "ipv4"
	}
	return "ipv6"
}

func (p *Peer) write(o PeerOptions) error {
	if o.ASN == 0 {
		o.ASN = 64511
	}
	if o.RouterASN == 0 {
		o.RouterASN = p.lab.LocalASN
	}
	var b strings.Builder
	fmt.Fprintf(&b, "log %q all;\nrouter id %s;\nprotocol device {}\n", filepath.Join(p.lab.folder, p.file("log")), p.IPv4)
	writeAnnounced(&b, "ipv4", "10.%d.%d.0/24", o.PrefixesIPv4)
	writeAnnounced(&b, "ipv6", "2001:db8:%x:%x::/64", o.PrefixesIPv6)
	o.writeSession(&b, p.IPv4, p.lab.LocalIPv4, o.PasswordIPv4)
	o.writeSession(&b, p.IPv6, p.lab.LocalIPv6, o.PasswordIPv6)
	return os.WriteFile(filepath.Join(p.lab.folder, p.file("conf")), []byte(b.String()), 0o644)
}

// writeAnnounced writes routes to announce; the format takes two numbers.
func writeAnnounced(b *strings.Builder, family, format string, number int) {
	fmt.Fprintf(b, "protocol static {\n %s;\n", family)
	for i := range number {
		fmt.Fprintf(b, " route "+format+" blackhole;\n", 1+i/256, i%256)
	}
	b.WriteString("}\n")
}

// writeSession writes a session, which is tried again every second. It listens
// at the address of this peer only: all peers are in one namespace.
func (o PeerOptions) writeSession(b *strings.Builder, address, router netip.Addr, password string) {
	fmt.Fprintf(b, "protocol bgp session_%s {\n local %s as %d;\n neighbor %s as %d;\n strict bind yes;\n", family(address), address, o.ASN, router, o.RouterASN)
	b.WriteString(" connect delay time 1;\n connect retry time 1;\n error wait time 1, 1;\n error forget time 1;\n")
	if password != "" {
		fmt.Fprintf(b, " password %q;\n", password)
	}
	fmt.Fprintf(b, " %s { import all; export all; };\n}\n", family(address))
}
