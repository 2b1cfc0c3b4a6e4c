package routertest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// The server's options follow the needs of tests: many logins at the same
// time, no delays, and no file of the machine but its own.
const sshdConfig = `Port %d
ListenAddress 127.0.0.1
HostKey %s/hostkey
PidFile none
UsePAM no
UseDNS no
PasswordAuthentication yes
KbdInteractiveAuthentication no
PubkeyAuthentication no
AllowUsers %s
ForceCommand %[2]s/login
PrintMotd no
PrintLastLog no
StrictModes no
MaxStartups 200:30:400
`

// loginScript is the shell of who logs in: the router's command line.
const loginScript = `#!/bin/sh
export VTYSH_PAGER=cat VTYSH_HISTFILE=/dev/null
[ -z "$SSH_ORIGINAL_COMMAND" ] || exec %s %s -c "$SSH_ORIGINAL_COMMAND"
exec %[1]s %[2]s
`

// writeSSH writes all files of the SSH server but its key.
func (l *Lab) writeSSH() error {
	login := fmt.Sprintf(loginScript, l.programs.vtysh, strings.Join(l.vtyshOptions(), " "))
	if err := os.WriteFile(filepath.Join(l.folder, "login"), []byte(login), 0o755); err != nil {
		return err
	}
	config := fmt.Sprintf(sshdConfig, l.Port, l.folder, username)
	return os.WriteFile(filepath.Join(l.folder, "sshd_config"), []byte(config), 0o644)
}

// newHostKey makes the SSH server's key; a running server keeps the one it has.
func (l *Lab) newHostKey() error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return err
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.hostKey = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
	l.mu.Unlock()
	return os.WriteFile(filepath.Join(l.folder, "hostkey"), pem.EncodeToMemory(block), 0o600)
}

// HostKey is the public key of the SSH server, in the form of a line of an
// authorized_keys file.
func (l *Lab) HostKey() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hostKey
}

// choosePort chooses a free port below those that the system gives away by
// itself, so that nothing else takes it while the server is down.
func choosePort() (int, error) {
	var err error
	for range 100 {
		port := 12000 + mathrand.IntN(20000)
		var listener net.Listener
		if listener, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return port, listener.Close()
		}
	}
	return 0, err
}

// greeting reads the first bytes of a new connection to the SSH server.
func (l *Lab) greeting() error {
	conn, err := net.DialTimeout("tcp", l.Address(), time.Second)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	text := make([]byte, len("SSH-2.0-"))
	_, err = io.ReadFull(conn, text)
	return err
}

// startSSH starts the SSH server and waits until it answers.
func (l *Lab) startSSH() error {
	var err error
	for range 3 {
		if err = l.init.do("sshd_start"); err != nil {
			return err
		}
		if err = eventually(5*time.Second, l.greeting); err == nil {
			return nil
		}
		// The port may still have been held by the server before this one.
		if err := l.init.do("sshd_stop"); err != nil {
			return err
		}
	}
	return fmt.Errorf("sshd does not answer: %w", err)
}

// Address is the host and port of the router's SSH server.
func (l *Lab) Address() string { return net.JoinHostPort(l.Host, strconv.Itoa(l.Port)) }

// KillSSH kills the SSH server with all its sessions: from then on connections
// are refused, and those that were open are cut.
func (l *Lab) KillSSH(t testing.TB) {
	t.Helper()
	l.must(t, l.init.do("sshd_stop"))
	l.must(t, eventually(5*time.Second, func() error {
		if conn, err := net.DialTimeout("tcp", l.Address(), time.Second); err == nil {
			_ = conn.Close()
			return fmt.Errorf("%s still accepts connections", l.Address())
		}
		return nil
	}))
}

// StartSSH starts the SSH server again, on the same port.
func (l *Lab) StartSSH(t testing.TB) {
	t.Helper()
	l.must(t, l.startSSH())
}

// ChangeHostKey restarts the SSH server with a new key, as when another
// machine answers in the router's place. It cuts all sessions.
func (l *Lab) ChangeHostKey(t testing.TB) {
	t.Helper()
	l.must(t, l.newHostKey())
	l.KillSSH(t)
	l.StartSSH(t)
}
