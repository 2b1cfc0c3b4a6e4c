package routertest

import (
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

// mayMakeNamespaces says whether a process of this user can make the namespaces
// of a lab.
func mayMakeNamespaces(uid int) error {
	if uid != 0 {
		return fmt.Errorf("the router lab makes network namespaces: run these tests as root")
	}
	return nil
}
