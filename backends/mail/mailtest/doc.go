// Package mailtest gives tests a mail server to talk to: one inside of the test
// that misbehaves on demand (StartServer), and Debian's exim (StartExim). Both
// listen on a free port of the loopback, show a certificate of a CA made for
// the test, and keep what they were handed.
package mailtest
