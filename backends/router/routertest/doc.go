// Package routertest gives tests a real router: FRRouting behind an SSH server
// that a user name and a password open, and the routers of peers, played by
// BIRD, on a common LAN.
//
// Each lab is closed up in Linux namespaces of its own, so labs neither see
// each other nor leave anything behind: no network namespace, no process and
// no user of the machine, even when the test binary is killed. Only the SSH
// server is to be reached from outside, on a loopback port.
//
// Making namespaces needs root, or the right of users to make user namespaces
// and the Debian package uidmap. The programs come with the packages frr, bird2,
// openssh-server and iproute2; a test whose program is missing fails and names
// the package.
package routertest
