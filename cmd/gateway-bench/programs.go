package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// programFolders are PATH and where Debian keeps servers.
func programFolders() []string {
	return append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin")
}

// findProgram looks a program up. Its name may be a pattern; of several in one
// folder the last is taken. It is empty when there is none.
func findProgram(folders []string, pattern string) string {
	for _, folder := range folders {
		// The only error is that of a malformed pattern, and they are constants.
		if found, _ := filepath.Glob(filepath.Join(folder, pattern)); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	return ""
}

// programs are those that the benchmark needs.
type programs struct{ nginx, fpm, wrk string }

// findPrograms looks for everything that must be installed, and says in one
// line how to install what is missing.
func findPrograms(folders []string) (programs, error) {
	p := programs{
		nginx: findProgram(folders, "nginx"), fpm: findProgram(folders, "php-fpm[0-9]*"), wrk: findProgram(folders, "wrk"),
	}
	modules := ""
	if p.fpm != "" {
		out, err := exec.Command(p.fpm, "-m").Output()
		if err != nil {
			return p, fmt.Errorf("%s -m: %w", p.fpm, err)
		}
		modules = string(out)
	}
	var missing []string
	for _, wanted := range []struct {
		found       bool
		packageName string
	}{
		{findProgram(folders, "mariadbd") != "", "mariadb-server"}, {p.nginx != "", "nginx-light"}, {p.fpm != "", "php-fpm"},
		{strings.Contains(modules, "pdo_mysql\n"), "php-mysql"}, {strings.Contains(modules, "Zend OPcache\n"), "php-opcache"},
		{p.wrk != "", "wrk"},
	} {
		if !wanted.found {
			missing = append(missing, wanted.packageName)
		}
	}
	if len(missing) > 0 {
		return p, errors.New("programs are missing: apt-get install -y --no-install-recommends " + strings.Join(missing, " "))
	}
	return p, nil
}
