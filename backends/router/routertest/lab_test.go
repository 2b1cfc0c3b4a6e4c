package routertest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// leftovers are what there is of a lab whose folder is given.
func leftovers(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	if _, err := os.Stat(folder); err == nil {
		found = append(found, folder)
	}
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range commands {
		if text, err := os.ReadFile(name); err == nil && bytes.Contains(text, []byte(folder)) {
			found = append(found, name+": "+strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return found
}

// machine is what a lab must not change: users, groups, the lists of logins,
// interfaces, network namespaces, and the folders that the router's programs
// use by default.
func machine(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, name := range []string{"/etc/passwd", "/etc/group", "/etc/shadow"} {
		// Not everybody may read the last.
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, name, info.Size(), info.ModTime())
	}
	for _, name := range []string{"/var/log/wtmp", "/var/log/btmp", "/var/log/lastlog"} {
		if info, err := os.Stat(name); err == nil {
			fmt.Fprintln(&b, name, info.Size(), info.ModTime())
		}
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		fmt.Fprintln(&b, i.Name)
	}
	for _, pattern := range []string{"/run/netns/router", "/run/netns/peer", "/run/sshd*", "/run/frr/*", "/var/tmp/frr/*"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, names)
	}
	return b.String()
}

func TestLabLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	before := machine(t)
	l, err := start()
	if err != nil {
		t.Fatal(err)
	}
	client, err := login(l, l.Username, l.Password, l.HostKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := login(l, l.Username, "wrong", l.HostKey()); err == nil {
		t.Error("could log in with a wrong password")
	}
	if out, err := run(client, "show version"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	_ = client.Close()
	if found := leftovers(t, l.folder); len(found) < 6 {
		t.Errorf("a lab that is up has a folder, an init, zebra, bgpd, bird and sshd, but only these are there: %q", found)
	}
	if after := machine(t); after != before {
		t.Errorf("a lab that is up changed the machine:\n%s\nwas:\n%s", after, before)
	}
	if err := l.end(); err != nil {
		t.Error(err)
	}
	if found := leftovers(t, l.folder); len(found) > 0 {
		t.Errorf("left behind: %q", found)
	}
	if after := machine(t); after != before {
		t.Errorf("a lab that ended changed the machine:\n%s\nwas:\n%s", after, before)
	}
	if conn, err := net.DialTimeout("tcp", l.Address(), time.Second); err == nil {
		_ = conn.Close()
		t.Error("the SSH server still listens")
	}
}

// labOfAnotherProcess is a variable of the environment that makes
// TestKilledProcess start a lab and wait to be killed.
const labOfAnotherProcess = "ROUTERTEST_LAB_OF_ANOTHER_PROCESS"

func TestKilledProcess(t *testing.T) {
	if os.Getenv(labOfAnotherProcess) != "" {
		l := Start(t)
		fmt.Printf("\nfolder %s\n", l.folder)
		time.Sleep(time.Minute)
		t.Fatal("was not killed")
	}
	t.Parallel()
	other := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
	other.Env = append(os.Environ(), labOfAnotherProcess+"=1")
	output, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	folder := ""
	lines := bufio.NewScanner(output)
	for folder == "" && lines.Scan() {
		folder, _ = strings.CutPrefix(lines.Text(), "folder ")
		if !strings.HasPrefix(folder, "/tmp/") {
			folder = ""
		}
	}
	_ = other.Process.Kill()
	_ = other.Wait()
	if folder == "" {
		t.Fatal("the other process started no lab")
	}
	if err := eventually(10*time.Second, func() error {
		if found := leftovers(t, folder); len(found) > 0 {
			return fmt.Errorf("left behind: %q", found)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestLabsAreApart(t *testing.T) {
	t.Parallel()
	labs, failures := make([]*Lab, 3), make([]error, 3)
	var starting sync.WaitGroup
	for i := range labs {
		starting.Go(func() { labs[i], failures[i] = start() })
	}
	starting.Wait()
	t.Cleanup(func() {
		for i, l := range labs {
			if failures[i] == nil {
				_ = l.end()
			}
		}
	})
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	ports, passwords, keys := map[int]bool{}, map[string]bool{}, map[string]bool{}
	for i, l := range labs {
		ports[l.Port], passwords[l.Password], keys[l.HostKey()] = true, true, true
		// The same address is another machine in each.
		p := l.Peer(t, PeerOptions{ASN: uint32(64496 + i), PrefixesIPv4: i + 1})
		configureNeighbor(t, l, p.IPv4, uint32(64496+i), "")
	}
	for i, l := range labs {
		l.WaitState(t, l.peers[0].IPv4, "Established", 20*time.Second)
		l.WaitPrefixes(t, l.peers[0].IPv4, i+1, 20*time.Second)
	}
	if len(ports) != len(labs) || len(passwords) != len(labs) || len(keys) != len(labs) {
		t.Errorf("labs share ports %v, passwords %v or keys %v", ports, passwords, keys)
	}
}

func TestStartIsQuick(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	Start(t)
	// It takes a tenth of this on a machine that has nothing else to do.
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("a lab took %v to start", took)
	}
}

func TestNoNamespaces(t *testing.T) {
	t.Parallel()
	_, err := startInit(programs{unshare: "/bin/false", sh: "/bin/sh"}, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "could not make namespaces") {
		t.Errorf("error %v", err)
	}
}

func TestLabEndedFromWithin(t *testing.T) {
	t.Parallel()
	l, err := start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.end() })
	if err := l.init.do("no_such_command"); err == nil || !strings.Contains(err.Error(), "failed: no_such_command") {
		t.Errorf("a command that is unknown: %v", err)
	}
	if err := l.init.do("address router 192.0.2.300"); err == nil {
		t.Error("an address that cannot be: no error")
	}
	if err := l.init.do("exit"); err == nil || !strings.Contains(err.Error(), "the lab has ended") {
		t.Errorf("the lab's first process exits: %v", err)
	}
	if err := l.init.do("network"); err == nil {
		t.Error("a command after the end: no error")
	}
}
