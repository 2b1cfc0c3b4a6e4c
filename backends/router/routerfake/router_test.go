package routerfake_test

import (
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routerfake"
)

var addr = netip.MustParseAddr("192.0.2.9")

// login opens a command line. What it shows arrives on the channel; it is
// closed at the end of the connection.
func login(t *testing.T, r *routerfake.Router) (io.Writer, <-chan string) {
	t.Helper()
	host, port := r.Address()
	c, err := ssh.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)), &ssh.ClientConfig{
		User: routerfake.Username, Auth: []ssh.AuthMethod{ssh.Password(routerfake.Password)},
		HostKeyCallback: func(_ string, _ net.Addr, k ssh.PublicKey) error {
			if shown := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k))); shown != r.HostKey() {
				t.Errorf("host key %s", shown)
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	shown := make(chan string, 1000)
	go func() {
		defer close(shown)
		b := make([]byte, 1000)
		for {
			n, err := out.Read(b)
			if err != nil {
				return
			}
			shown <- string(b[:n])
		}
	}()
	return in, shown
}

// until waits for a text that ends what is shown.
func until(t *testing.T, shown <-chan string, end func(string) bool) string {
	t.Helper()
	all := ""
	for late := time.After(20 * time.Second); ; {
		select {
		case s, open := <-shown:
			if !open {
				t.Fatalf("closed after %q", all)
			}
			if all += s; end(all) {
				return all
			}
		case <-late:
			t.Fatalf("no end: %q", all)
		}
	}
}

// The modes that the fake shows are those that the dialects expect of the lines
// that they make.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, platform := range dialect.Names() {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			d, _ := dialect.Lookup(platform)
			r := routerfake.New(t, routerfake.Options{Platform: platform})
			in, shown := login(t, r)
			until(t, shown, func(s string) bool { return d.Mode(s) == dialect.Privileged })
			for _, lines := range []func() ([]string, error){
				func() ([]string, error) { return d.Change(dialect.Neighbor{LocalASN: 1, RemoteASN: 2, Address: addr}) },
				func() ([]string, error) { return d.Remove(dialect.Neighbor{LocalASN: 1, RemoteASN: 2, Address: addr}) },
			} {
				list, err := lines()
				if err != nil {
					t.Fatal(err)
				}
				for _, line := range list {
					if _, err := io.WriteString(in, line+"\n"); err != nil {
						t.Fatal(err)
					}
					wanted, known := d.After(line)
					answer := until(t, shown, func(s string) bool {
						_, after, echoed := strings.Cut(s, "\r\n")
						return echoed && d.Mode(after) != dialect.Unknown
					})
					if mode := d.Mode(answer); known && mode != wanted {
						t.Errorf("%q leads to %q, want %q", line, mode, wanted)
					}
					if reason, refused := d.Refused(line, answer); refused {
						t.Errorf("%q is refused: %s", line, reason)
					}
				}
			}
			if len(r.Running()) == 0 || len(r.Lines()) == 0 {
				t.Errorf("lines %q, running %q", r.Lines(), r.Running())
			}
		})
	}
}

func TestRelay(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{})
	for name, c := range map[string]struct {
		trouble routerfake.Trouble
		limit   int
		want    string
	}{
		"none":    {routerfake.None, 0, "SSH-2.0-Go"},
		"close":   {routerfake.Close, 3, "SSH EOF"},
		"garbage": {routerfake.Garbage, 0, "\x00\xff 220 mail"},
		"drip":    {routerfake.Drip, 2, "SSH-2.0-Go"},
		"silence": {routerfake.Silence, 3, "SSH timeout"},
		"reset":   {routerfake.Reset, 0, " reset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := routerfake.NewRelay(t, r)
			y.Make(c.trouble, c.limit)
			host, port := y.Address()
			conn, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err != nil && c.trouble == routerfake.Reset {
				// The reset came before the connection was known to be made.
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			wait := 20 * time.Second
			if c.trouble == routerfake.Silence {
				wait = 300 * time.Millisecond
			}
			if err := conn.SetDeadline(time.Now().Add(wait)); err != nil {
				t.Fatal(err)
			}
			got := ""
			b := make([]byte, 10)
			for len(got) < len(c.want) {
				n, err := conn.Read(b[:min(len(b), len(c.want)-len(got))])
				got += string(b[:n])
				if err != nil {
					switch {
					case err == io.EOF:
						got += " EOF"
					case strings.Contains(err.Error(), "timeout"):
						got += " timeout"
					default:
						got += " reset"
					}
					break
				}
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if y.Connections() != 1 && c.trouble == routerfake.Silence {
				t.Errorf("%d connections", y.Connections())
			}
		})
	}
}
