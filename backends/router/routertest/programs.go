package routertest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// programs are the absolute paths of what a lab runs.
type programs struct {
	frr                              string // the folder of the router's daemons
	vtysh, bird, birdc, sshd, ip, sh string
	unshare                          string
	namespaces                       []string // options of unshare
}

// programFolders are the folders of PATH, and those of system programs, which
// the PATH of a plain user lacks.
func programFolders() []string {
	return append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin", "/usr/lib/frr", "/usr/libexec/frr")
}

// findPrograms finds all programs in folders, the first one first, or tells
// which Debian packages to install.
func findPrograms(folders []string) (programs, error) {
	var missing []string
	find := func(name, debianPackage string) string {
		for _, folder := range folders {
			if file, err := exec.LookPath(filepath.Join(folder, name)); err == nil && filepath.IsAbs(file) {
				return file
			}
		}
		missing = append(missing, fmt.Sprintf("%s not found: apt-get install %s", name, debianPackage))
		return ""
	}
	find("zebra", "frr")
	find("nsenter", "util-linux")
	p := programs{
		frr:     filepath.Dir(find("bgpd", "frr")),
		vtysh:   find("vtysh", "frr"),
		bird:    find("bird", "bird2"),
		birdc:   find("birdc", "bird2"),
		sshd:    find("sshd", "openssh-server"),
		ip:      find("ip", "iproute2"),
		unshare: find("unshare", "util-linux"),
		sh:      find("sh", "dash"),
	}
	if len(missing) > 0 {
		return p, fmt.Errorf("%s", strings.Join(missing, "; "))
	}
	return p, nil
}

// namespaceOptions are the options that make unshare make the namespaces of a
// lab. Who is not root needs a user namespace around them, with the users that
// the lab has; their numbers come from /etc/subuid.
func namespaceOptions(uid int, folders []string) ([]string, error) {
	options := []string{"--mount", "--pid", "--fork", "--kill-child=KILL"}
	if uid == 0 {
		return options, nil
	}
	for _, folder := range folders {
		if _, err := exec.LookPath(filepath.Join(folder, "newuidmap")); err == nil {
			return append([]string{"--user", "--map-root-user", "--map-auto"}, options...), nil
		}
	}
	return nil, errors.New("it makes network namespaces: run these tests as root, or apt-get install uidmap")
}
