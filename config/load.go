package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// FlagFile is the name of the flag with the path of the configuration file;
// the variable is PROVISION_GATEWAY_CONFIG.
const FlagFile = "config"

// Options says where Load looks.
type Options struct {
	// Environ is the environment as NAME=VALUE.
	Environ []string
	// Flags are the parsed flags; those that RegisterFlags did not make are
	// ignored. It may be nil.
	Flags *pflag.FlagSet
	// Defaults replaces defaults, by key.
	Defaults map[string]any
}

// RegisterFlags adds the flags of the settings that every command needs which
// opens the database, or of all of them.
func RegisterFlags(flags *pflag.FlagSet, all bool) {
	register(flags, func(s setting) bool { return all || s.common })
}

// RegisterOutsideFlags adds the flags that RegisterFlags adds for every command,
// and those of what reaches beyond the machine: own_asns, mail, router,
// peeringdb, exchanges and legacy.
func RegisterOutsideFlags(flags *pflag.FlagSet) {
	register(flags, func(s setting) bool {
		section, _, _ := strings.Cut(s.key, ".")
		return s.common || slices.Contains([]string{"own_asns", "mail", "router", "peeringdb", keyExchanges, "legacy"}, section)
	})
}

func register(flags *pflag.FlagSet, wanted func(setting) bool) {
	flags.String(FlagFile, "", "configuration `FILE` (YAML, or TOML and JSON by its ending)")
	for _, s := range settings {
		if !wanted(s) {
			continue
		}
		help := fmt.Sprintf("%s `%s`", s.help, s.unit)
		if shown := printed(s.fallback); shown != "" {
			help += fmt.Sprintf(" (default %s)", shown)
		}
		// All are texts to pflag, so that a wrong value is reported together
		// with those of the other sources.
		flags.String(s.flag(), "", help)
	}
}

// Load reads the settings from the file, the environment and the flags. When
// something is wrong the error is an Errors with all that is.
func Load(o Options) (Config, error) {
	env := map[string]string{}
	for _, pair := range o.Environ {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	v := viper.New()
	layers, problems := gather(v, env, o)
	c := Config{sources: map[string]string{}}
	for _, s := range settings {
		source := layers.source(s.key)
		if layers.beaten(s.key) || isTwin(s.key) && source == sourceDefault {
			continue
		}
		c.sources[s.key] = source
		err := s.set(&c, v.Get(s.key))
		if many, ok := errors.AsType[Errors](err); ok {
			for _, p := range many {
				p.Source = source
				problems = append(problems, p)
			}
		} else if err != nil {
			problems = append(problems, Problem{Key: s.key, Source: source, Message: err.Error()})
		}
	}
	for _, key := range twins {
		if source, ok := c.sources[key+twinSuffix]; ok {
			c.sources[key] = key + twinSuffix + ", " + source
		}
	}
	// Rules between settings make sense only of settings that are right.
	if len(problems) == 0 {
		problems = c.check(env)
	}
	if len(problems) > 0 {
		return Config{}, problems
	}
	return c, nil
}

const sourceDefault = "default"

// layers are the sources, weakest first.
type layers []layer

type layer struct {
	name string
	// key gives the name of a setting in this source, and false when the
	// source does not have it.
	key func(key string) (string, bool)
}

// gather fills viper from all sources and says which has what.
func gather(v *viper.Viper, env map[string]string, o Options) (layers, Errors) {
	for _, s := range settings {
		v.SetDefault(s.key, s.fallback)
	}
	for key, value := range o.Defaults {
		v.SetDefault(key, value)
	}
	fromFile := map[string]bool{}
	path := filePath(env, o.Flags)
	var problems Errors
	if path != "" {
		fromFile, problems = readFile(v, path)
	}
	fromEnv := map[string]string{}
	for _, s := range settings {
		if value := env[s.env()]; value != "" {
			fromEnv[s.key] = s.env()
			if err := v.MergeConfigMap(nested(s.key, value)); err != nil {
				problems = append(problems, Problem{Key: s.key, Source: s.env(), Message: err.Error()})
			}
		}
	}
	fromFlag := map[string]string{}
	for _, s := range settings {
		if o.Flags == nil || !o.Flags.Changed(s.flag()) {
			continue
		}
		fromFlag[s.key] = "--" + s.flag()
		if err := v.BindPFlag(s.key, o.Flags.Lookup(s.flag())); err != nil {
			problems = append(problems, Problem{Key: s.key, Source: "--" + s.flag(), Message: err.Error()})
		}
	}
	all := layers{
		{"file " + path, func(key string) (string, bool) { return "", fromFile[key] }},
		{"environment", func(key string) (string, bool) { name, ok := fromEnv[key]; return name, ok }},
		{"flag", func(key string) (string, bool) { name, ok := fromFlag[key]; return name, ok }},
	}
	for _, key := range twins {
		for _, l := range all {
			_, one := l.key(key)
			if _, other := l.key(key + twinSuffix); one && other {
				problems = append(problems, Problem{Key: key, Source: l.name, Message: "is given twice: here and as " + key + twinSuffix})
			}
		}
	}
	return all, problems
}

// source names the strongest source of a setting.
func (all layers) source(key string) string {
	found := sourceDefault
	for _, l := range all {
		if name, ok := l.key(key); ok {
			found = strings.TrimSpace(l.name + " " + name)
		}
	}
	return found
}

// beaten reports whether a setting counts for nothing because a stronger source
// has its twin.
func (all layers) beaten(key string) bool {
	if !isTwin(key) && !slices.Contains(twins, key) {
		return false
	}
	other := key + twinSuffix
	if isTwin(key) {
		other = strings.TrimSuffix(key, twinSuffix)
	}
	beaten := false
	for _, l := range all {
		if _, ok := l.key(other); ok {
			beaten = true
		}
		if _, ok := l.key(key); ok {
			beaten = false
		}
	}
	return beaten
}

func filePath(env map[string]string, flags *pflag.FlagSet) string {
	if flags != nil && flags.Changed(FlagFile) {
		return flags.Lookup(FlagFile).Value.String()
	}
	return env[envPrefix+strings.ToUpper(FlagFile)]
}

// readFile reads a configuration file into viper and returns which settings it
// has. A section without any is no error: its lines may be commented out.
func readFile(v *viper.Viper, path string) (map[string]bool, Errors) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, Errors{{Source: "--" + FlagFile, Message: err.Error()}}
	}
	kind := "yaml"
	if ending := filepath.Ext(path); ending == ".toml" || ending == ".json" {
		kind = ending[1:]
	}
	file := viper.New()
	file.SetConfigType(kind)
	if err := file.ReadConfig(bytes.NewReader(data)); err != nil {
		var parse viper.ConfigParseError
		if errors.As(err, &parse) {
			err = parse.Unwrap()
		}
		return nil, Errors{{Source: "file " + path, Message: "is not " + strings.ToUpper(kind) + ": " + err.Error()}}
	}
	found := map[string]bool{}
	var problems Errors
	for _, key := range slices.Sorted(slices.Values(file.AllKeys())) {
		known, section := lookup(key)
		value := file.Get(key)
		empty := value == nil
		switch {
		case known && !empty:
			found[key] = true
			if err := v.MergeConfigMap(nested(key, value)); err != nil {
				problems = append(problems, Problem{Key: key, Source: "file " + path, Message: err.Error()})
			}
		case known:
			problems = append(problems, Problem{Key: key, Source: "file " + path, Message: "has no value"})
		case !section:
			problems = append(problems, Problem{Key: key, Source: "file " + path, Message: "is not a setting"})
		case !empty:
			problems = append(problems, Problem{Key: key, Source: "file " + path, Message: "is a section, not a value"})
		}
	}
	return found, problems
}

// lookup reports whether a key is that of a setting, or of a section of them.
func lookup(key string) (known, section bool) {
	for _, s := range settings {
		known = known || s.key == key
		section = section || strings.HasPrefix(s.key, key+".")
	}
	return known, section
}

// nested is a map in which the value is found under a dotted key.
func nested(key string, value any) map[string]any {
	name, rest, ok := strings.Cut(key, ".")
	if !ok {
		return map[string]any{name: value}
	}
	return map[string]any{name: nested(rest, value)}
}
