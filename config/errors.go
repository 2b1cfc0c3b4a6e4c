package config

import "strings"

// Problem is one thing wrong with the settings.
type Problem struct {
	// Key is the setting; it is empty when the file cannot be read at all.
	Key string `json:"key"`
	// Source says where the value came from, and is empty when several did.
	Source string `json:"source"`
	// Message says what is wrong. It holds no secret.
	Message string `json:"message"`
}

// String is the problem in one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(strings.Join(strings.Fields(p.Message), " "))
	if p.Source != "" {
		b.WriteString(" (" + p.Source + ")")
	}
	return b.String()
}

// Errors is everything wrong with the settings.
type Errors []Problem

// Error is one line for each problem.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
