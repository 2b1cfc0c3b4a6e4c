package routertest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hostname is the router's name, which its prompt shows.
const hostname = "edge1"

// Without the policies that a real router has, the default of today refuses
// all prefixes.
const bgpdConfig = `hostname %s
!
router bgp %d
 bgp router-id %s
 no bgp ebgp-requires-policy
!
`

func (l *Lab) writeRouter() error {
	for _, folder := range []string{"router", "router/run", "router/etc"} {
		if err := os.Mkdir(filepath.Join(l.folder, folder), 0o755); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		// Each daemon has a file of its own: the user who logs in could not
		// write a common one.
		"vtysh.conf": "no service integrated-vtysh-config\nhostname " + hostname + "\n",
		"zebra.conf": "hostname " + hostname + "\n",
		"bgpd.conf":  fmt.Sprintf(bgpdConfig, hostname, l.LocalASN, l.LocalIPv4),
	} {
		if err := os.WriteFile(filepath.Join(l.folder, "router/etc", name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) vtyshOptions() []string {
	return []string{"--vty_socket", filepath.Join(l.folder, "router/run"), "--config_dir", filepath.Join(l.folder, "router/etc")}
}

// Vtysh runs commands of the router, one after the other, and returns what it
// said. The test fails when the router refuses one. Configuration commands are
// given as an operator types them, "configure terminal" first.
func (l *Lab) Vtysh(t testing.TB, commands ...string) string {
	t.Helper()
	args := l.vtyshOptions()
	for _, command := range commands {
		args = append(args, "-c", command)
	}
	c := exec.Command(l.programs.vtysh, args...)
	c.Env = append(os.Environ(), "VTYSH_PAGER=cat", "VTYSH_HISTFILE=/dev/null")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("router lab: vtysh: %v\n%s", err, out)
	}
	return string(out)
}

// Config is the running configuration of the router's BGP daemon.
func (l *Lab) Config(t testing.TB) string {
	t.Helper()
	text, err := l.ask("bgpd", "show running-config")
	l.must(t, err)
	return text
}

// Saved is the configuration that the router would start with.
func (l *Lab) Saved(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(l.folder, "router/etc/bgpd.conf"))
	l.must(t, err)
	return string(text)
}

// ask asks a daemon itself, over the socket that vtysh uses, because vtysh takes
// a tenth of a second to start: a command ends with a zero byte, and so does
// the answer, after which come two more zero bytes and the code of the result.
func (l *Lab) ask(daemon, command string) (string, error) {
	conn, err := net.DialTimeout("unix", filepath.Join(l.folder, "router/run", daemon+".vty"), time.Second)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	answers := bufio.NewReader(conn)
	var text []byte
	for _, c := range []string{"enable", command} {
		if _, err := io.WriteString(conn, c+"\x00"); err != nil {
			return "", err
		}
		if text, err = answers.ReadBytes(0); err != nil {
			return "", err
		}
		result := make([]byte, 3)
		if _, err := io.ReadFull(answers, result); err != nil {
			return "", err
		}
		if result[2] != 0 {
			return "", fmt.Errorf("%s refuses %q: %s", daemon, c, text)
		}
	}
	return string(bytes.TrimRight(text, "\x00")), nil
}

// startRouter starts the BGP daemon once zebra, which tells it about the LAN,
// answers: without, it would wait ten seconds before it asks again.
func (l *Lab) startRouter() error {
	if err := eventually(10*time.Second, func() error {
		_, err := l.ask("zebra", "show version")
		return err
	}); err != nil {
		return err
	}
	if err := l.init.do("bgpd_start"); err != nil {
		return err
	}
	return eventually(10*time.Second, l.running)
}

// running says whether the BGP daemon answers, and has read its configuration.
func (l *Lab) running() error {
	text, err := l.ask("bgpd", "show running-config")
	if err == nil && !strings.Contains(text, "router bgp") {
		err = errors.New("bgpd has no configuration yet")
	}
	return err
}

// KillBGPD kills the BGP daemon: the router still takes logins, but no BGP
// command.
func (l *Lab) KillBGPD(t testing.TB) {
	t.Helper()
	l.must(t, l.init.do("bgpd_stop"))
}

// StartBGPD starts the BGP daemon again, with the saved configuration.
func (l *Lab) StartBGPD(t testing.TB) {
	t.Helper()
	l.must(t, l.startRouter())
}

// PauseBGPD stops the BGP daemon where it is, until ResumeBGPD: the router's
// command line takes commands, and never answers them.
func (l *Lab) PauseBGPD(t testing.TB) {
	t.Helper()
	l.must(t, l.init.do("bgpd_pause"))
}

// ResumeBGPD has the BGP daemon go on after PauseBGPD.
func (l *Lab) ResumeBGPD(t testing.TB) {
	t.Helper()
	l.must(t, l.init.do("bgpd_resume"))
}
