package routertest

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// login logs in to the lab's router, whose key must be the one given.
func login(l *Lab, user, password, hostKey string) (*ssh.Client, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(hostKey))
	if err != nil {
		return nil, err
	}
	return ssh.Dial("tcp", l.Address(), &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: ssh.FixedHostKey(key), Timeout: 5 * time.Second,
	})
}

// run runs one command in a session of its own.
func run(client *ssh.Client, command string) (string, error) {
	session, err := client.NewSession()
	if err != nil {
		return "", err
	}
	defer func() { _ = session.Close() }()
	out, err := session.CombinedOutput(command)
	return string(out), err
}

func TestLogin(t *testing.T) {
	t.Parallel()
	l := Start(t)
	t.Run("command", func(t *testing.T) {
		t.Parallel()
		client, err := login(l, l.Username, l.Password, l.HostKey())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		if out, err := run(client, "show running-config"); err != nil || !strings.Contains(out, "router bgp 64500") {
			t.Errorf("%v\n%s", err, out)
		}
		if out, err := run(client, "no such command"); err == nil {
			t.Errorf("a command that does not exist: %s", out)
		}
	})
	t.Run("terminal", func(t *testing.T) {
		t.Parallel()
		client, err := login(l, l.Username, l.Password, l.HostKey())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		session, err := client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		input, err := session.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		output, err := session.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(session.RequestPty("xterm", 24, 80, ssh.TerminalModes{}), session.Shell()); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(input, "configure terminal\nrouter bgp 64500\nend\nwrite\nexit\n"); err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(output)
		for _, want := range []string{"edge1# ", "edge1(config)# ", "edge1(config-router)# ", "Configuration saved to "} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%q is not in what the router said:\n%s", want, text)
			}
		}
		if err := session.Wait(); err != nil {
			t.Errorf("end of the session: %v", err)
		}
	})
	for name, c := range map[string]struct{ user, password string }{
		"wrong password": {l.Username, l.Password + "x"},
		"empty password": {l.Username, ""},
		"unknown user":   {"nobody-here", l.Password},
		"root":           {"root", l.Password},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if client, err := login(l, c.user, c.password, l.HostKey()); err == nil {
				_ = client.Close()
				t.Error("could log in")
			} else if !strings.Contains(err.Error(), "unable to authenticate") {
				t.Error(err)
			}
		})
	}
}

func TestKillSSH(t *testing.T) {
	t.Parallel()
	l := Start(t)
	client, err := login(l, l.Username, l.Password, l.HostKey())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	l.KillSSH(t)
	if out, err := run(client, "show version"); err == nil {
		t.Errorf("a session outlived the server: %s", out)
	}
	var refused *net.OpError
	if _, err := login(l, l.Username, l.Password, l.HostKey()); !errors.As(err, &refused) || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("login while the server is down: %v", err)
	}
	l.StartSSH(t)
	again, err := login(l, l.Username, l.Password, l.HostKey())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if out, err := run(again, "show version"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestChangeHostKey(t *testing.T) {
	t.Parallel()
	l := Start(t)
	before := l.HostKey()
	l.ChangeHostKey(t)
	if before == l.HostKey() {
		t.Error("the key is the same")
	}
	if client, err := login(l, l.Username, l.Password, before); err == nil {
		_ = client.Close()
		t.Error("the server still has the key it had")
	}
	client, err := login(l, l.Username, l.Password, l.HostKey())
	if err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
}
