package main

import "testing"

func TestListenAddress(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		listen     string
		hasKeys    bool
		address    string
		restricted bool
	}{
		{"127.0.0.1:8080", false, "127.0.0.1:8080", false},
		{"127.7.7.7:8080", false, "127.7.7.7:8080", false},
		{"[::1]:8080", false, "[::1]:8080", false},
		{"[::ffff:127.0.0.1]:8080", false, "[::ffff:127.0.0.1]:8080", false},
		{"localhost:8080", false, "127.0.0.1:8080", false},
		{":8080", false, "127.0.0.1:8080", true},
		{"0.0.0.0:8080", false, "127.0.0.1:8080", true},
		{"192.0.2.1:8080", false, "127.0.0.1:8080", true},
		{"[::ffff:192.0.2.1]:8080", false, "127.0.0.1:8080", true},
		{"[::]:8080", false, "[::1]:8080", true},
		{"[2001:db8::1]:8080", false, "[::1]:8080", true},
		{"[fe80::1%eth0]:8080", false, "[::1]:8080", true},
		{"0.0.0.0:8080", true, "0.0.0.0:8080", false},
		{":8080", true, ":8080", false},
		{"localhost:8080", true, "localhost:8080", false},
	} {
		address, restricted, err := listenAddress(tc.listen, tc.hasKeys)
		if err != nil || address != tc.address || restricted != tc.restricted {
			t.Errorf("%s, keys %t: %s, restricted %t, %v", tc.listen, tc.hasKeys, address, restricted, err)
		}
	}
	if _, _, err := listenAddress("8080", false); err == nil {
		t.Error("an address without a port is accepted")
	}
}
