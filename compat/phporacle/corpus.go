package phporacle

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Corpus gives every line of a corpus to a function, decoded. The corpora are
// answers of PHP that were recorded, one JSON object in a line, below
// testdata/php; the path holds for the tests of a package beside this one. The
// test fails when the corpus has fewer than least lines.
func Corpus[T any](t *testing.T, file string, least int, each func(T)) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "testdata", "php", file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	count := 0
	for lines.Scan() {
		count++
		var line T
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%s line %d: %v", file, count, err)
		}
		each(line)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if count < least {
		t.Errorf("%s has %d lines, want at least %d", file, count, least)
	}
}

// Bytes gives the byte string that a corpus writes as one character for each
// byte, U+0000 to U+00FF.
func Bytes(latin1 string) string {
	var b strings.Builder
	for _, r := range latin1 {
		b.WriteByte(byte(r))
	}
	return b.String()
}

// Latin1 is the inverse of Bytes.
func Latin1(bytes string) string {
	var b strings.Builder
	for i := range len(bytes) {
		b.WriteRune(rune(bytes[i]))
	}
	return b.String()
}
