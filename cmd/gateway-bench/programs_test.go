package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// install makes programs that print what php-fpm -m would.
func install(t *testing.T, modules string, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\nprintf '"+modules+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestFindPrograms(t *testing.T) {
	t.Parallel()
	const modules = `[PHP Modules]\npdo_mysql\n\n[Zend Modules]\nZend OPcache\n`
	for name, test := range map[string]struct {
		modules string
		names   []string
		says    string
	}{
		"all":       {modules, []string{"mariadbd", "nginx", "php-fpm8.2", "wrk"}, ""},
		"none":      {"", nil, "install -y --no-install-recommends mariadb-server nginx-light php-fpm php-mysql php-opcache wrk"},
		"no wrk":    {modules, []string{"mariadbd", "nginx", "php-fpm8.2"}, "recommends wrk"},
		"no module": {`pdo_sqlite\nZend OPcache\n`, []string{"mariadbd", "nginx", "php-fpm8.2", "wrk"}, "recommends php-mysql"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := findPrograms([]string{install(t, test.modules, test.names...)})
			if test.says == "" {
				if err != nil || filepath.Base(p.fpm) != "php-fpm8.2" || p.nginx == "" || p.wrk == "" {
					t.Errorf("%+v, %v", p, err)
				}
				return
			}
			if err == nil || !strings.HasSuffix(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q at its end", err, test.says)
			}
		})
	}
}

func TestFindProgram(t *testing.T) {
	t.Parallel()
	first, second := install(t, "", "php-fpm8.2", "php-fpm8.4"), install(t, "", "nginx", "php-fpm9.0")
	folders := []string{first, second}
	for pattern, want := range map[string]string{
		"php-fpm[0-9]*": filepath.Join(first, "php-fpm8.4"), "nginx": filepath.Join(second, "nginx"), "wrk": "",
	} {
		if got := findProgram(folders, pattern); got != want {
			t.Errorf("%s: %s, want %s", pattern, got, want)
		}
	}
}
