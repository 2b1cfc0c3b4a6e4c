package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

// The PHP reference: its program and the configuration of its servers.
//
//go:embed php nginx
var referenceFiles embed.FS

// phpStack is nginx and php-fpm with the PHP reference.
type phpStack struct {
	nginx, fpm *process
	address    string
}

// phpPlaces are what the configuration files are filled in with.
type phpPlaces struct {
	// Folder holds everything; User and Group, empty when the benchmark has no
	// right to choose, are whom requests are handled as.
	Folder, Socket, User, Group string
	Port                        int
}

// phpConfig is what the PHP program reads from config.php.
type phpConfig struct {
	dsn, user, password string
	by                  credential
	// keys are those that secrets in the database are sealed with, by id.
	keys map[string][]byte
}

// startPHP starts both servers in a folder. The caller stops them, after an
// error too.
func startPHP(folder string, p programs, c phpConfig) (*phpStack, error) {
	s := &phpStack{}
	places, err := newPlaces(folder)
	if err != nil {
		return s, err
	}
	if err := writeReference(places, c); err != nil {
		return s, err
	}
	s.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(places.Port))
	in := func(name string) string { return filepath.Join(folder, name) }
	s.fpm = newProcess(folder, "php-fpm", p.fpm, "-c", in("php.ini"), "-y", in("php-fpm.conf"))
	if err := errors.Join(s.fpm.run(), awaitSocket(s.fpm, "unix", places.Socket)); err != nil {
		return s, err
	}
	s.nginx = newProcess(folder, "nginx", p.nginx, "-p", folder, "-c", in("nginx.conf"), "-e", in("nginx-error.log"))
	return s, errors.Join(s.nginx.run(), awaitSocket(s.nginx, "tcp", s.address))
}

func (s *phpStack) stop() {
	s.nginx.stop()
	s.fpm.stop()
}

func newPlaces(folder string) (p phpPlaces, err error) {
	p = phpPlaces{Folder: folder, Socket: filepath.Join(folder, "php.sock")}
	if os.Geteuid() == 0 {
		if p.User, p.Group, err = letWebServerIn(folder); err != nil {
			return p, err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return p, err
	}
	p.Port = listener.Addr().(*net.TCPAddr).Port
	return p, listener.Close()
}

// letWebServerIn lets Debian's user for web servers, and nobody else, read in
// a folder, and returns its name and its group's.
func letWebServerIn(folder string) (name, group string, err error) {
	account, err := user.Lookup("www-data")
	if err != nil {
		return "", "", err
	}
	its, err := user.LookupGroupId(account.Gid)
	if err != nil {
		return "", "", err
	}
	id, err := strconv.Atoi(account.Gid)
	if err != nil {
		return "", "", err
	}
	return account.Username, its.Name, errors.Join(os.Chown(folder, -1, id), os.Chmod(folder, 0o750))
}

// writeReference writes the files of both servers. The workers, who may be
// another user, read them.
func writeReference(p phpPlaces, c phpConfig) error {
	for _, name := range []string{"php/api.php", "php/php.ini", "php/php-fpm.conf", "nginx/nginx.conf"} {
		text, err := referenceFiles.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".conf") {
			if text, err = fillIn(name, string(text), p); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(p.Folder, filepath.Base(name)), text, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(p.Folder, "config.php"), []byte(c.source()), 0o644)
}

func fillIn(name, text string, p phpPlaces) ([]byte, error) {
	t, err := template.New(name).Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, p)
	return out.Bytes(), err
}

// source is a PHP file that returns the configuration, which opcache keeps
// compiled.
func (c phpConfig) source() string {
	var b strings.Builder
	b.WriteString("<?php\nreturn [\n")
	for _, pair := range [][2]string{
		{"dsn", c.dsn}, {"user", c.user}, {"password", c.password}, {"api_key", c.by.key}, {"secret", c.by.secret},
	} {
		fmt.Fprintf(&b, "    '%s' => %s,\n", pair[0], quotePHP(pair[1]))
	}
	b.WriteString("    'keys' => [\n")
	for _, id := range slices.Sorted(maps.Keys(c.keys)) {
		fmt.Fprintf(&b, "        %s => %s,\n", quotePHP(id), quotePHP(string(c.keys[id])))
	}
	b.WriteString("    ],\n];\n")
	return b.String()
}

// quotePHP is a text as a PHP string literal.
func quotePHP(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// awaitSocket waits until a server accepts connections.
func awaitSocket(p *process, network, address string) error {
	deadline := time.Now().Add(15 * time.Second)
	for {
		connection, err := net.DialTimeout(network, address, time.Second)
		if err == nil {
			return connection.Close()
		}
		select {
		case <-p.ended:
			return p.failed(errors.New("ended at once"))
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return p.failed(err)
		}
	}
}
