package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

// readKeys reads the keys that secrets are sealed with from the gateway's key
// file, for the PHP reference. The format is that of package keyring.
func readKeys(file string) (map[string][]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	keys := map[string][]byte{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, encoded, _ := strings.Cut(line, ":")
		key, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(key) == 0 {
			return nil, fmt.Errorf("the key file has a line that is no key")
		}
		keys[id] = key
	}
	return keys, nil
}
