package routertest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFindPrograms(t *testing.T) {
	t.Parallel()
	found, err := findPrograms(programFolders())
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(found.bird) != "bird" || !filepath.IsAbs(found.sshd) || !filepath.IsAbs(found.frr) {
		t.Errorf("%+v", found)
	}
	for name, c := range map[string]struct{ lacks, want string }{
		"bgpd":   {found.frr + "/bgpd", "bgpd not found: apt-get install frr"},
		"zebra":  {found.frr + "/zebra", "zebra not found: apt-get install frr"},
		"vtysh":  {found.vtysh, "vtysh not found: apt-get install frr"},
		"bird":   {found.bird, "bird not found: apt-get install bird2"},
		"birdc":  {found.birdc, "birdc not found: apt-get install bird2"},
		"sshd":   {found.sshd, "sshd not found: apt-get install openssh-server"},
		"ip":     {found.ip, "ip not found: apt-get install iproute2"},
		"nobody": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for _, program := range []string{
				found.frr + "/bgpd", found.frr + "/zebra", found.vtysh, found.bird, found.birdc, found.sshd, found.ip,
				found.sh, found.unshare, filepath.Join(filepath.Dir(found.unshare), "nsenter"),
			} {
				if program == c.lacks {
					continue
				}
				if err := os.Symlink(program, filepath.Join(folder, filepath.Base(program))); err != nil {
					t.Fatal(err)
				}
			}
			_, err := findPrograms([]string{"relative", folder})
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || err.Error() != c.want):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestNamespaceOptions(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if got, err := namespaceOptions(0, nil); err != nil || slices.Contains(got, "--user") {
		t.Errorf("root: %q, %v", got, err)
	}
	if got, err := namespaceOptions(1000, []string{folder}); err == nil || !strings.Contains(err.Error(), "run these tests as root, or apt-get install uidmap") {
		t.Errorf("another user without newuidmap: %q, %v", got, err)
	}
	if err := os.Symlink("/bin/true", filepath.Join(folder, "newuidmap")); err != nil {
		t.Fatal(err)
	}
	if got, err := namespaceOptions(1000, []string{folder}); err != nil || !slices.Contains(got, "--user") {
		t.Errorf("another user: %q, %v", got, err)
	}
}
