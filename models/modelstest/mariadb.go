package modelstest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Server is a private MariaDB server, in a temporary folder and on a loopback
// port of its own.
type Server struct {
	address string
	folder  string
	command *exec.Cmd
	// lifeline keeps the server's guardian alive; see start.
	lifeline io.Closer
	admin    *sql.DB
	counter  atomic.Int64
}

var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// MariaDBDatabase makes an empty database on the private server of this test
// binary. The server ends with the test binary, however that ends.
func MariaDBDatabase(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = StartMariaDB() })
	if shared.err != nil {
		t.Fatalf("start MariaDB: %v", shared.err)
	}
	dsn, err := shared.server.NewDatabase()
	if err != nil {
		t.Fatalf("create database: %v", err)
	}
	return dsn
}

// StartMariaDB installs and starts a server. Its error says which package to
// install when there is none.
func StartMariaDB() (*Server, error) {
	for _, program := range []string{"mariadbd", "mariadb-install-db"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%s not found: apt-get install mariadb-server", program)
		}
	}
	// Not under the test's own temporary folder: the path of a socket is
	// limited to 107 bytes, and the server's user must be able to enter it.
	folder, err := os.MkdirTemp("", "pg-mariadb-")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder}
	if err := errors.Join(os.Chmod(folder, 0o755), s.install(), s.start()); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// asUser is the option that makes the programs run as the package's own user
// when the tests run as root, which mariadbd refuses to run as.
func (s *Server) asUser() []string {
	if os.Geteuid() != 0 {
		return nil
	}
	return []string{"--user=mysql"}
}

func (s *Server) install() error {
	data := filepath.Join(s.folder, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		account, err := user.Lookup("mysql")
		if err != nil {
			return err
		}
		uid, _ := strconv.Atoi(account.Uid)
		gid, _ := strconv.Atoi(account.Gid)
		if err := errors.Join(os.Chown(data, uid, gid), os.Chown(s.folder, uid, gid)); err != nil {
			return err
		}
	}
	// A folder of its own for temporary tables: two servers that start at the
	// same time may choose the same name in a common one.
	args := append([]string{"--no-defaults", "--datadir=" + data, "--tmpdir=" + s.folder, "--auth-root-authentication-method=normal", "--skip-test-db"}, s.asUser()...)
	if out, err := exec.Command("mariadb-install-db", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("mariadb-install-db: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// start runs the server below a shell that waits for a pipe to end: however
// the test binary ends, the pipe is closed, and the shell ends the server and
// removes its folder.
func (s *Server) start() error {
	port, err := freePort()
	if err != nil {
		return err
	}
	s.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	args := append([]string{
		"--no-defaults", "--datadir=" + filepath.Join(s.folder, "data"), "--socket=" + filepath.Join(s.folder, "s.sock"),
		"--port=" + strconv.Itoa(port), "--bind-address=127.0.0.1", "--pid-file=" + filepath.Join(s.folder, "pid"), "--tmpdir=" + s.folder,
		"--skip-name-resolve", "--skip-log-bin", "--max-connections=600", "--innodb-flush-log-at-trx-commit=2",
		"--innodb-buffer-pool-size=128M", "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci",
	}, s.asUser()...)
	const script = `folder=$1; shift; mariadbd "$@" 3<&- & server=$!; cat <&3; kill $server; wait $server; rm -rf "$folder"`
	s.command = exec.Command("/bin/sh", append([]string{"-c", script, "mariadbd", s.folder}, args...)...)
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = read.Close() }()
	s.lifeline = write
	s.command.Stdout, s.command.Stderr, s.command.ExtraFiles = log, log, []*os.File{read}
	s.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.command.Start(); err != nil {
		return fmt.Errorf("mariadbd: %w", err)
	}
	return s.connect()
}

func (s *Server) connect() error {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Net, cfg.Addr = "root", "unix", filepath.Join(s.folder, "s.sock")
	cfg.Logger = log.New(io.Discard, "", 0)
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return err
	}
	s.admin = sql.OpenDB(connector)
	deadline := time.Now().Add(60 * time.Second)
	for {
		if err = s.admin.PingContext(context.Background()); err == nil {
			break
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return fmt.Errorf("mariadbd does not answer: %w\n%s", err, text)
		}
		time.Sleep(20 * time.Millisecond)
	}
	_, err = s.admin.Exec("CREATE USER app@'127.0.0.1' IDENTIFIED BY 'app'")
	return err
}

// NewDatabase makes an empty database and returns its address in the form of
// models.Options.
func (s *Server) NewDatabase() (string, error) {
	name := fmt.Sprintf("gateway%d", s.counter.Add(1))
	for _, statement := range []string{"CREATE DATABASE " + name, "GRANT ALL ON " + name + ".* TO app@'127.0.0.1'"} {
		if _, err := s.admin.Exec(statement); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("mysql:app:app@tcp(%s)/%s", s.address, name), nil
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() {
	if s.admin != nil {
		_ = s.admin.Close()
	}
	if s.lifeline != nil {
		_ = s.lifeline.Close()
		_ = s.command.Wait()
	}
	_ = os.RemoveAll(s.folder)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
