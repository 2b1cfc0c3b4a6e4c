package config

import (
	"slices"
	"strings"
)

// twinSuffix ends the name of a setting that names a file with the value of a
// secret one, so that the secret need not stand in the configuration.
const twinSuffix = "_file"

// twins are the settings that have such a twin.
var twins = []string{keyDatabase, keyMailPassword, keyPeeringDBKey, keyLegacyKey, keyLegacySecret}

func isTwin(key string) bool {
	of, ok := strings.CutSuffix(key, twinSuffix)
	return ok && slices.Contains(twins, of)
}

func databaseAddress(c *Config) *Secret { return &c.Database }
