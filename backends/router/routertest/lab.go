package routertest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Lab is a router of ours, and the LAN of the peers that it is connected to.
// All its methods may be called by parallel tests.
type Lab struct {
	// Host and Port are where the router takes SSH connections.
	Host string
	Port int
	// Username and Password open the router's command line, in privileged mode.
	Username, Password string
	// LocalASN is the AS number of the router, which speaks BGP from the
	// start but has no neighbor.
	LocalASN uint32
	// LocalIPv4 and LocalIPv6 are the router's addresses in the LAN.
	LocalIPv4, LocalIPv6 netip.Addr

	folder   string
	programs programs
	init     *initProcess

	mu      sync.Mutex
	hostKey string
	// peers are in the order of their addresses.
	peers []*Peer
}

// Start makes a lab that ends with the test.
func Start(t testing.TB) *Lab {
	t.Helper()
	l, err := start()
	if err != nil {
		t.Fatalf("router lab: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(l.logs())
		}
		if err := l.end(); err != nil {
			t.Errorf("router lab: %v", err)
		}
	})
	return l
}

var shared = sync.OnceValues(start)

// Shared is a lab that all tests of a test binary have together, for those that
// touch no more of it than a few neighbors with addresses of their own, or of
// peers of their own. It ends with the test binary.
func Shared(t testing.TB) *Lab {
	t.Helper()
	l, err := shared()
	if err != nil {
		t.Fatalf("router lab: %v", err)
	}
	return l
}

func start() (*Lab, error) {
	found, err := findPrograms(programFolders())
	if err != nil {
		return nil, err
	}
	if found.namespaces, err = namespaceOptions(os.Geteuid(), programFolders()); err != nil {
		return nil, err
	}
	// Not the folder of temporary files that the environment names: sockets
	// allow only 107 bytes of path, and the router's users must enter it.
	folder, err := os.MkdirTemp("/tmp", "pg-router-")
	if err != nil {
		return nil, err
	}
	l := &Lab{
		Host: "127.0.0.1", Username: username, Password: rand.Text(),
		LocalASN: 64500, LocalIPv4: lanAddress4(1), LocalIPv6: lanAddress6(1),
		folder: folder, programs: found,
	}
	if err := l.bringUp(); err != nil {
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, l.logs()), l.end())
	}
	return l, nil
}

func (l *Lab) bringUp() error {
	port, err := choosePort()
	if err != nil {
		return err
	}
	l.Port = port
	if err := errors.Join(os.Chmod(l.folder, 0o755), writeAccounts(l.folder, l.Password), l.newHostKey(), l.writeSSH(),
		l.writeRouter(), os.Mkdir(filepath.Join(l.folder, "peers"), 0o755)); err != nil {
		return err
	}
	if l.init, err = startInit(l.programs, l.folder); err != nil {
		return err
	}
	if err := l.init.do("network", "address router "+l.LocalIPv4.String(), "address router "+l.LocalIPv6.String(), "zebra_start"); err != nil {
		return err
	}
	return errors.Join(l.startSSH(), l.startRouter())
}

// end ends the lab and removes its folder.
func (l *Lab) end() error {
	var err error
	if l.init != nil {
		err = l.init.end()
	}
	return errors.Join(err, os.RemoveAll(l.folder))
}

// logs are the ends of all logs of the lab.
func (l *Lab) logs() string {
	var b strings.Builder
	names := []string{"lab.log", "router/log", "sshd.log"}
	l.mu.Lock()
	for _, p := range l.peers {
		names = append(names, p.file("log"))
	}
	l.mu.Unlock()
	for _, name := range names {
		text, _ := os.ReadFile(filepath.Join(l.folder, name))
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		fmt.Fprintf(&b, "%s:\n%s\n", name, strings.Join(lines[max(0, len(lines)-30):], "\n"))
	}
	return b.String()
}

// must fails the test on an error of the lab.
func (l *Lab) must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("router lab: %v", err)
	}
}

// eventually repeats what fails until it succeeds; its error is the last one.
func eventually(limit time.Duration, try func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := try()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}
