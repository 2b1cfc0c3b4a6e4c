// Package routerfake is a router for tests: an SSH server within the test
// process with the command line of one of the platforms, as far as configuring
// BGP sessions needs it. It has the prompts, modes, pages and questions of the
// real ones, remembers what was typed, and fails on demand: see Options and
// Relay. What lines mean beyond modes it does not know: inside the
// configuration every line is taken unless Options.Answer says otherwise.
package routerfake
