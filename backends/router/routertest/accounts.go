package routertest

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/crypto/bcrypt"
)

// username is who may log in to the router.
const username = "netops"

// writeAccounts writes the user database that the router sees instead of the
// machine's: the users that the daemons run as, and the one who may log in.
// That of FRRouting is the one who runs the lab: tests read its files.
func writeAccounts(folder, password string) error {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		return err
	}
	files := map[string]string{
		"passwd": "root:x:0:0::/root:/bin/sh\n" +
			"frr:x:0:0::/:/usr/sbin/nologin\n" +
			"sshd:x:9002:65534::/run/sshd:/usr/sbin/nologin\n" +
			username + ":x:9003:0::/:/bin/sh\n" +
			"nobody:x:65534:65534::/:/usr/sbin/nologin\n",
		"group":         "root:x:0:\nfrr:x:0:\nfrrvty:x:0:frr," + username + "\ntty:x:5:\nnogroup:x:65534:\n",
		"shadow":        fmt.Sprintf("root:*:19000:0:99999:7:::\n%s:%s:19000:0:99999:7:::\n", username, hash),
		"nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files\n",
	}
	if err := os.Mkdir(filepath.Join(folder, "accounts"), 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, "accounts", name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
