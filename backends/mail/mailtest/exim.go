package mailtest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Exim is a private instance of Debian's exim (package exim4-daemon-light) with
// a configuration, a queue and logs of its own. It demands STARTTLS and a login
// by PLAIN, and delivers every mail into one maildir, whoever it is for. It
// needs to be started as root, since exim becomes another user to deliver.
type Exim struct {
	// Address is host:port, CAFile the CA of the certificate.
	Address, CAFile string
	// Username and Password are what a login needs.
	Username, Password string

	folder string
}

// exim never runs anything that a mail says: no local users, no pipes, no
// aliases, and nothing leaves the machine.
const eximConfiguration = `
primary_hostname = ` + ServerName + `
spool_directory = DIR/spool
log_file_path = DIR/log/%slog
pid_file_path = DIR/exim.pid
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
message_size_limit = 32M
queue_only = false
queue_run_in_order = false
never_users =
tls_advertise_hosts = *
tls_certificate = DIR/certificate.pem
tls_privatekey = DIR/key.pem
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_mail = check_mail
acl_smtp_rcpt = check_rcpt

begin acl
check_mail:
  deny !authenticated = *
       message = Log in first
  accept
check_rcpt:
  deny domains = refused.example
       message = Unknown recipient
  accept

begin routers
all:
  driver = accept
  transport = maildir

begin transports
maildir:
  driver = appendfile
  directory = DIR/maildir
  maildir_format
  create_directory
  batch_max = 100
  user = USER
  envelope_to_add
  return_path_add

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{LOGIN}}{eq{$auth3}{PASSWORD}}}}
  server_set_id = $auth2
`

// eximUser is who exim is while it receives and delivers; the package makes it.
const eximUser = "Debian-exim"

// RefusedDomain is the domain whose recipients Exim refuses with 550.
const RefusedDomain = "refused.example"

// StartExim starts an instance that ends with the test.
func StartExim(t testing.TB) *Exim {
	t.Helper()
	program, err := exec.LookPath("exim4")
	if err != nil {
		program = "/usr/sbin/exim4"
	}
	// Not t.TempDir: exim gives up root on the way and must get through.
	folder, err := os.MkdirTemp("", "exim")
	if err != nil {
		t.Fatal(err)
	}
	e := &Exim{Username: "gateway", Password: "s3cret-relay", folder: folder}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("exim's log:\n%s", e.log())
		}
		os.RemoveAll(folder)
	})
	own := newIdentity(t, false)
	e.CAFile = own.writeCA(t)
	text := strings.NewReplacer("DIR", folder, "USER", eximUser, "LOGIN", e.Username, "PASSWORD", e.Password).Replace(eximConfiguration)
	uid, gid := lookUp(t, eximUser)
	for _, err := range []error{
		os.Chmod(folder, 0o755),
		os.WriteFile(filepath.Join(folder, "exim.conf"), []byte(text), 0o644),
		os.WriteFile(filepath.Join(folder, "certificate.pem"), own.certificate, 0o644),
		os.WriteFile(filepath.Join(folder, "key.pem"), own.key, 0o600),
		os.Chown(filepath.Join(folder, "key.pem"), uid, gid),
		makeFor(uid, gid, filepath.Join(folder, "spool"), filepath.Join(folder, "log"), filepath.Join(folder, "maildir")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	// Between finding a free port and exim taking it, somebody else can.
	for attempt := 0; ; attempt++ {
		err := e.start(t, program)
		if err == nil {
			return e
		}
		if attempt == 4 {
			t.Fatalf("exim does not start: %v\n%s", err, e.log())
		}
	}
}

func (e *Exim) start(t testing.TB, program string) error {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Address = free.Addr().String()
	free.Close()
	host, port, _ := net.SplitHostPort(e.Address)
	var output bytes.Buffer
	daemon := exec.Command(program, "-C", filepath.Join(e.folder, "exim.conf"), "-bdf", "-oX", host+"."+port)
	daemon.Stdout, daemon.Stderr = &output, &output
	// A daemon that outlives a crashed test would keep its port for ever. The
	// kernel ends it with the thread that started it, which is therefore kept.
	daemon.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started, ended := make(chan error, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := daemon.Start()
		started <- err
		if err == nil {
			ended <- daemon.Wait()
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-ended:
			return fmt.Errorf("%v: %s", err, output.String())
		default:
		}
		conn, err := net.DialTimeout("tcp", e.Address, time.Second)
		if err != nil {
			continue
		}
		conn.Close()
		t.Cleanup(func() {
			daemon.Process.Signal(syscall.SIGTERM)
			<-ended
		})
		return nil
	}
	daemon.Process.Kill()
	<-ended
	return fmt.Errorf("no answer on %s", e.Address)
}

// Wait waits until n mails lie in the maildir and gives them, header fields of
// the delivery (Return-path, Envelope-to, Received, …) in front. It fails the
// test after twenty seconds.
func (e *Exim) Wait(t testing.TB, n int) [][]byte {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		mails := e.Mails(t)
		if len(mails) >= n {
			return mails
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d mails were delivered, want %d", len(mails), n)
		}
	}
}

// Mails gives what lies in the maildir now.
func (e *Exim) Mails(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(e.folder, "maildir", "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var mails [][]byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, data)
	}
	return mails
}

func (e *Exim) log() string {
	var out strings.Builder
	files, _ := filepath.Glob(filepath.Join(e.folder, "log", "*"))
	for _, file := range files {
		data, _ := os.ReadFile(file)
		fmt.Fprintf(&out, "%s:\n%s", filepath.Base(file), data)
	}
	return out.String()
}

func lookUp(t testing.TB, name string) (uid, gid int) {
	t.Helper()
	account, err := user.Lookup(name)
	if err != nil {
		t.Fatalf("%v: exim4-daemon-light is needed", err)
	}
	uid, err = strconv.Atoi(account.Uid)
	if err != nil {
		t.Fatal(err)
	}
	if gid, err = strconv.Atoi(account.Gid); err != nil {
		t.Fatal(err)
	}
	return uid, gid
}

func makeFor(uid, gid int, folders ...string) error {
	for _, folder := range folders {
		if err := os.Mkdir(folder, 0o750); err != nil {
			return err
		}
		if err := os.Chown(folder, uid, gid); err != nil {
			return err
		}
	}
	return nil
}
