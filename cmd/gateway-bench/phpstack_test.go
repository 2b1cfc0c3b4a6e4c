package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestQuotePHP(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "''", "plain $x": "'plain $x'", `it's`: `'it\'s'`, `back\slash\`: `'back\\slash\\'`, "\x00\xff": "'\x00\xff'",
	} {
		if got := quotePHP(text); got != want {
			t.Errorf("%q becomes %s, want %s", text, got, want)
		}
	}
}

func TestPHPConfigSource(t *testing.T) {
	t.Parallel()
	c := phpConfig{dsn: "mysql:host=h", user: "u", password: "p'w", by: credential{"1-KEY", "secret"}, keys: map[string][]byte{"kb": {0, '\''}, "ka": []byte("raw")}}
	const want = `<?php
return [
    'dsn' => 'mysql:host=h',
    'user' => 'u',
    'password' => 'p\'w',
    'api_key' => '1-KEY',
    'secret' => 'secret',
    'keys' => [
        'ka' => 'raw',
        'kb' => '` + "\x00" + `\'',
    ],
];
`
	if got := c.source(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWriteReference(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		user           string
		there, missing []string
	}{
		"as root":   {"www-data", []string{"user = www-data", "listen.owner = www-data", "user www-data www-data;"}, nil},
		"as a user": {"", nil, []string{"user =", "group =", "owner", "\nuser "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := phpPlaces{Folder: t.TempDir(), Socket: "/run/example.sock", User: test.user, Group: test.user, Port: 12345}
			if err := writeReference(p, phpConfig{}); err != nil {
				t.Fatal(err)
			}
			var all string
			for _, file := range []string{"api.php", "config.php", "php.ini", "php-fpm.conf", "nginx.conf"} {
				text, err := os.ReadFile(filepath.Join(p.Folder, file))
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasSuffix(file, ".conf") {
					all += string(text)
				}
			}
			there := append(test.there, "listen = /run/example.sock\n", "fastcgi_pass unix:/run/example.sock;", "listen 127.0.0.1:12345", p.Folder+"/api.php;")
			for _, text := range there {
				if !strings.Contains(all, text) {
					t.Errorf("no %q in\n%s", text, all)
				}
			}
			for _, text := range append(test.missing, "{{", "<no value>") {
				if strings.Contains(all, text) {
					t.Errorf("%q in\n%s", text, all)
				}
			}
		})
	}
}

func TestReadKeys(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# comment\n\nk1:AAECAw==\nk2:/w==\n")
	keys, err := readKeys(file)
	if err != nil || len(keys) != 2 || string(keys["k1"]) != "\x00\x01\x02\x03" || string(keys["k2"]) != "\xff" {
		t.Errorf("%v, %v", keys, err)
	}
	for _, text := range []string{"k1", "k1:", "k1:%%SECRET%%"} {
		write(text)
		if _, err := readKeys(file); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: error %v", text, err)
		}
	}
	if _, err := readKeys(file + "x"); err == nil {
		t.Error("no error for a file that is not there")
	}
}
