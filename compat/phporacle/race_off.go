//go:build !race

package phporacle

// raceEnabled tells that the race detector is on.
const raceEnabled = false
