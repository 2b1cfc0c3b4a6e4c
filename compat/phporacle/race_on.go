//go:build race

package phporacle

// raceEnabled tells that the race detector is on, under which everything is
// about ten times slower.
const raceEnabled = true
