package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// optional makes a check that accepts an empty text too.
func optional(check func(string) error) func(string) error {
	return func(s string) error {
		if s == "" {
			return nil
		}
		return check(s)
	}
}

func anything(string) error { return nil }

// notEmpty is for a file that is named to hold a secret.
func notEmpty(s string) error {
	if s == "" {
		return errors.New("the file is empty")
	}
	return nil
}

// checkServer accepts the address of a server, which may be a name.
func checkServer(s string) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil || host == "" {
		return fmt.Errorf("%q is not of the form HOST:PORT", s)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q is not a port", port)
	}
	return nil
}

func checkFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", path)
	}
	return err
}

func checkFolder(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder", path)
	}
	return err
}

// checkMailbox accepts one address, with or without a name, in a domain that
// has a dot: mail is not for users of the mail server's own machine.
func checkMailbox(s string) error {
	address, err := mail.ParseAddress(s)
	if err == nil {
		domain := address.Address[strings.LastIndexByte(address.Address, '@')+1:]
		if err = checkDomain(domain); err == nil && !strings.Contains(domain, ".") {
			err = errors.New("no dot")
		}
	}
	if err != nil {
		return fmt.Errorf("%q is not a mail address of the form NAME@DOMAIN.EXAMPLE", s)
	}
	return nil
}

var domainName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

func checkDomain(s string) error {
	if len(s) > 253 || !domainName.MatchString(s) {
		return fmt.Errorf("%q is not a domain name", s)
	}
	return nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return errors.New("is not a URL of the form https://HOST/PATH")
	}
	return nil
}

// patterns is router.allow_lines.
type patterns struct{}

func (patterns) get(c *Config) any {
	out := []string{}
	for _, p := range c.Router.AllowLines {
		out = append(out, p.String())
	}
	return out
}

func (patterns) set(c *Config, raw any) error {
	words, err := asList(raw)
	if err != nil {
		return err
	}
	c.Router.AllowLines = nil
	for _, word := range words {
		p, err := regexp.Compile(word)
		if err != nil {
			return fmt.Errorf("%q is not a regular expression: %w", word, err)
		}
		c.Router.AllowLines = append(c.Router.AllowLines, p)
	}
	return nil
}

// checkMail finds what the settings of mail lack together, and fills in the
// domain.
func (c *Config) checkMail() (problems Errors) {
	m := &c.Mail
	if m.Server == "" {
		return nil
	}
	if m.From == "" {
		problems = append(problems, Problem{Key: keyMailFrom, Message: "is needed with " + keyMailServer})
	}
	if (m.Username == "") != (m.Password.Reveal() == "") {
		problems = append(problems, Problem{Key: keyMailPassword, Message: "and mail.username are needed together"})
	}
	if address, err := mail.ParseAddress(m.From); m.Domain == "" && err == nil {
		m.Domain = address.Address[strings.LastIndexByte(address.Address, '@')+1:]
	}
	return problems
}

// isLoopbackURL reports whether a URL is one of this machine.
func isLoopbackURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && address.IsLoopback()
}

// checkPeeringDB refuses to send a key where others can read it.
func (c *Config) checkPeeringDB() Errors {
	u, err := url.Parse(c.PeeringDB.URL)
	if err != nil || u.Scheme == "https" || c.PeeringDB.Key.Reveal() == "" || isLoopbackURL(c.PeeringDB.URL) {
		return nil
	}
	return Errors{{Key: keyPeeringDBKey, Message: "is sent over https only, and peeringdb.url is not"}}
}
