package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// checkListen accepts what can be told apart into loopback and not without
// asking a name server.
func checkListen(listen string) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("%q is not of the form HOST:PORT", listen)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is not a port", port)
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" && host != "localhost" {
		return fmt.Errorf("%q is neither an address nor localhost", host)
	}
	return nil
}

// checkDatabase accepts an address that can be opened. Its errors do not show
// the address, which may hold a password.
func checkDatabase(address string) error {
	kind, where, _ := strings.Cut(address, ":")
	switch {
	case kind == "sqlite" && where == "":
		return errors.New("sqlite: names no file")
	case kind == "sqlite" && where == ":memory:":
		return errors.New("sqlite: needs a file; :memory: would be gone with every connection")
	case kind == "sqlite":
		return nil
	case kind == "mysql":
		cfg, err := mysql.ParseDSN(where)
		if err != nil || cfg.DBName == "" {
			return errors.New("the DSN is not of the form mysql:USER:PASSWORD@tcp(HOST:PORT)/DATABASE")
		}
		return nil
	}
	return errors.New("is neither sqlite:PATH nor mysql:DSN")
}

// check finds what single settings cannot show, and fills in what follows from
// others.
func (c *Config) check(env map[string]string) Errors {
	problems := slices.Concat(c.checkMail(), c.checkPeeringDB(), c.checkExchange(), c.checkExchanges(env), c.checkLegacy(), c.checkLegacyEnd())
	if c.Limits.HeaderTimeout > c.Limits.ReadTimeout {
		problems = append(problems, Problem{Key: keyHeaderTime, Message: fmt.Sprintf("%v is longer than %s, which includes it (%v)",
			c.Limits.HeaderTimeout, keyReadTime, c.Limits.ReadTimeout)})
	}
	if c.Router.Timeout > c.Limits.WriteTimeout {
		problems = append(problems, Problem{Key: keyRouterTimeout, Message: fmt.Sprintf("%v is longer than limits.write_timeout, after which nobody gets the answer (%v)",
			c.Router.Timeout, c.Limits.WriteTimeout)})
	}
	if c.KeyFile == "" {
		path, err := defaultKeyFile(c.Database.Reveal(), env)
		if err != nil {
			problems = append(problems, Problem{Key: keyKeyFile, Message: err.Error()})
		}
		c.KeyFile = path
	}
	return problems
}

// defaultKeyFile is beside a SQLite file, since the two are of no use without
// each other; for a server it is in the user's configuration folder.
func defaultKeyFile(database string, env map[string]string) (string, error) {
	if path, ok := strings.CutPrefix(database, "sqlite:"); ok {
		return path + ".key", nil
	}
	folder := env["XDG_CONFIG_HOME"]
	if folder == "" && env["HOME"] != "" {
		folder = filepath.Join(env["HOME"], ".config")
	}
	if folder == "" {
		return "", errors.New("is needed: there is no configuration folder to keep it in (HOME is not set)")
	}
	return filepath.Join(folder, "provision-gateway", "secrets.key"), nil
}
