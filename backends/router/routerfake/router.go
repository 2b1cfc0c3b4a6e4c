package routerfake

import (
	"crypto/ed25519"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// The user of a router that Options do not name another for.
const (
	Username = "netops"
	Password = "correct-horse"
)

// Options is how a Router behaves. The zero value is a Cisco IOS router that
// works.
type Options struct {
	// Platform is the name of a dialect; cisco_iosxe when empty.
	Platform string
	// Name stands in the prompt; r1 when empty.
	Name string
	// Listen is the address of the server; 127.0.0.1:0 when empty.
	Listen string
	// HostKey is the key to show; a new Ed25519 key when nil.
	HostKey ssh.Signer
	// Server changes the SSH server before it starts, for example its
	// algorithms or how it authenticates.
	Server func(*ssh.ServerConfig)
	// Interactive asks for the password as a question and takes it in no
	// other way.
	Interactive bool
	// Banner is shown before the login, Greeting after it.
	Banner, Greeting string
	// Looking lets the user in without privileges: "enable" and the password
	// give them.
	Looking bool
	// Prompt replaces every prompt.
	Prompt string
	// Delay passes before every byte that is sent; each then travels alone.
	Delay time.Duration
	// Page is the number of lines after which output stops until a key is
	// pressed; 0 for never. "terminal length 0" does not change it.
	Page int
	// Repeat is how many characters of a line are repeated as they are typed; 0
	// for all.
	Repeat int
	// Answer is asked about every line first. With nil the line is treated as
	// the platform would.
	Answer func(line string) *Answer
}

// Answer is what a router does with a line instead of what it would do.
type Answer struct {
	// Text is printed. The line is not taken.
	Text string
	// Question is asked after Text, with the cursor behind it, and asked again
	// until the answer is Expect. Then the line is taken.
	Question, Expect string
	// Renamed is the router's name from now on.
	Renamed string
	// Close ends the connection, Hang makes the router silent until the client
	// goes.
	Close, Hang bool
}

// Router is a running router.
type Router struct {
	options  Options
	platform platform
	config   *ssh.ServerConfig
	listener net.Listener
	done     sync.WaitGroup

	mutex   sync.Mutex
	conns   map[net.Conn]bool
	lines   []string
	running []string
	saved   []string
	commits int
	logins  int
	most    int
}

// New starts a router. It stops with the test.
func New(t testing.TB, o Options) *Router {
	t.Helper()
	for _, d := range []struct {
		value    *string
		fallback string
	}{{&o.Platform, "cisco_iosxe"}, {&o.Name, "r1"}, {&o.Listen, "127.0.0.1:0"}} {
		if *d.value == "" {
			*d.value = d.fallback
		}
	}
	p, known := platforms[o.Platform]
	if !known {
		t.Fatalf("no platform %s", o.Platform)
	}
	if o.HostKey == nil {
		o.HostKey = NewHostKey(t)
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		t.Fatal(err)
	}
	r := &Router{options: o, platform: p, listener: listener, conns: map[net.Conn]bool{}}
	r.config = r.serverConfig()
	r.done.Go(r.serve)
	t.Cleanup(r.Stop)
	return r
}

// NewHostKey makes an Ed25519 key.
func NewHostKey(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// Stop closes the server and its connections and waits for their end.
func (r *Router) Stop() {
	_ = r.listener.Close()
	r.mutex.Lock()
	for c := range r.conns {
		_ = c.Close()
	}
	r.mutex.Unlock()
	r.done.Wait()
}

// Address is the host and the port of the server.
func (r *Router) Address() (host string, port int) { return split(r.listener.Addr()) }

func split(a net.Addr) (host string, port int) {
	host, text, err := net.SplitHostPort(a.String())
	if err != nil {
		panic(err)
	}
	if port, err = strconv.Atoi(text); err != nil {
		panic(err)
	}
	return host, port
}

// HostKey is the router's key as in a file authorized_keys.
func (r *Router) HostKey() string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(r.options.HostKey.PublicKey())))
}

// Lines returns all lines that were typed, in order.
func (r *Router) Lines() []string { return r.copyOf(&r.lines) }

// Running returns the lines of configuration in effect, those that lead from
// mode to mode included.
func (r *Router) Running() []string { return r.copyOf(&r.running) }

// Saved returns the lines that were in effect when the configuration was saved
// last.
func (r *Router) Saved() []string { return r.copyOf(&r.saved) }

func (r *Router) copyOf(list *[]string) []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(*list)
}

// Commits returns how often a candidate was committed.
func (r *Router) Commits() int { return r.count(&r.commits) }

// Logins returns how many users have got a command line.
func (r *Router) Logins() int { return r.count(&r.logins) }

// MostAtOnce returns how many connections there were at the same time at most.
func (r *Router) MostAtOnce() int { return r.count(&r.most) }

// Connections returns how many connections are open.
func (r *Router) Connections() int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return len(r.conns)
}

func (r *Router) count(n *int) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return *n
}

func (r *Router) change(f func()) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	f()
}
