package main

import (
	"net"
	"net/netip"
)

// listenAddress is where to listen. Without any API key everybody who reaches
// the gateway may do everything, so then it is a loopback address with the
// same port, and restricted says that this is not what was asked for.
func listenAddress(listen string, hasKeys bool) (address string, restricted bool, err error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || hasKeys {
		return listen, false, err
	}
	if host == "localhost" {
		// The name may stand for any address.
		return net.JoinHostPort("127.0.0.1", port), false, nil
	}
	// The host is empty or an address; see package config.
	addr, _ := netip.ParseAddr(host)
	switch addr = addr.Unmap(); {
	case addr.IsLoopback():
		return listen, false, nil
	case addr.Is6():
		return net.JoinHostPort("::1", port), true, nil
	}
	return net.JoinHostPort("127.0.0.1", port), true, nil
}
