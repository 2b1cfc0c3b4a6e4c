package router

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
)

// Access says how to reach a router and as whom.
type Access struct {
	// ID is the number of the router resource; errors about its host key name
	// it, since the command that stores a key takes it.
	ID uint64
	// Name is what errors and log entries call the router.
	Name string
	// Host is a name, an IPv4 or an IPv6 address, the latter with or without
	// brackets.
	Host string
	// Port is the TCP port of the SSH server; 0 means 22.
	Port int
	// Platform is the name of a dialect, such as "cisco_iosxe" (dialect.Names).
	Platform string
	// Username and Password log in. Without a user name or a password nothing
	// is connected and the answer is ErrCredentials: routers that let anyone in
	// are not served.
	Username, Password string
	// HostKey holds the keys that the router may show, one per line, each as in
	// a file authorized_keys ("ssh-ed25519 AAAA…"). Empty lines and lines that
	// start with # do not count.
	HostKey string
}

// Format prints the name of the router for every verb, so that no %v shows the
// password.
func (a Access) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, a.label()) }

// LogValue is the name of the router, so that no log entry holds the password.
func (a Access) LogValue() slog.Value { return slog.StringValue(a.label()) }

// label is what errors call the router.
func (a Access) label() string {
	if name := printable(a.Name); name != "" {
		return name
	}
	return "#" + strconv.FormatUint(a.ID, 10)
}

const defaultPort = 22

// address is what to dial, and what tells one router from another.
func (a Access) address() string {
	port := a.Port
	if port == 0 {
		port = defaultPort
	}
	host := strings.TrimSpace(a.Host)
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	return net.JoinHostPort(strings.ToLower(host), strconv.Itoa(port))
}
