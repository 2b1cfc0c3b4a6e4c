package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// binary is the program as it is shipped, built when first asked for.
var binary = sync.OnceValues(func() (string, error) {
	temporary, err := os.MkdirTemp("", "provision-gateway-")
	if err != nil {
		return "", err
	}
	folder.Store(temporary)
	path := filepath.Join(temporary, "provision-gateway")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// folder holds the binary.
var folder atomic.Value

func TestMain(m *testing.M) {
	code := m.Run()
	if path, ok := folder.Load().(string); ok {
		_ = os.RemoveAll(path)
	}
	os.Exit(code)
}

// child is the shipped program, running as a process of its own.
type child struct {
	t       *testing.T
	url     string
	command *exec.Cmd
	log     lockedBuffer
	ended   chan error
	// ready is how long it took from the start of the process until /readyz
	// said so.
	ready time.Duration
}

// start runs `serve` on a port that is free now and waits until it is ready.
func start(t *testing.T, args ...string) *child {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, url: "http://" + address, ended: make(chan error, 1)}
	c.command = exec.Command(path, append([]string{"serve", "--listen", address}, args...)...)
	c.command.Env = []string{"HOME=" + t.TempDir()}
	c.command.Stderr = &c.log
	began := time.Now()
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { c.ended <- c.command.Wait() }()
	t.Cleanup(func() {
		_ = c.command.Process.Kill()
		c.wait()
	})
	for deadline := began.Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		response, err := client.Get(c.url + "/readyz")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				c.ready = time.Since(began)
				return c
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready: %v\n%s", err, c.log.String())
		}
	}
}

func (c *child) signal(s os.Signal) {
	c.t.Helper()
	if err := c.command.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// wait waits for the end of the process; its result may be asked for again.
func (c *child) wait() error {
	c.t.Helper()
	select {
	case err := <-c.ended:
		c.ended <- err
		return err
	case <-time.After(30 * time.Second):
		c.t.Error("the process does not end")
		return errors.New("runs still")
	}
}

func TestReadyInLessThanASecond(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	// Other tests run on the same cores; what counts is what the program needs.
	for range 5 {
		folder := t.TempDir()
		c := start(t, "--database", "sqlite:"+filepath.Join(folder, "gateway.db"))
		took = append(took, c.ready)
		c.signal(syscall.SIGTERM)
		if err := c.wait(); err != nil {
			t.Fatalf("%v\n%s", err, c.log.String())
		}
		again := start(t, "--database", "sqlite:"+filepath.Join(folder, "gateway.db"))
		if a := get(t, again.url, "target=peering&action=getPeers"); a.Success != 1 {
			t.Errorf("second start on the same file: %+v", a)
		}
		again.signal(syscall.SIGTERM)
		if err := again.wait(); err != nil {
			t.Errorf("second start on the same file: %v", err)
		}
		if c.ready < time.Second {
			return
		}
	}
	t.Errorf("ready on an empty file after %v", took)
}

func TestShippedProgram(t *testing.T) {
	t.Parallel()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "provision-gateway development") {
		t.Errorf("version: %q, %v", out, err)
	}
	var exit *exec.ExitError
	if err := exec.Command(path, "start").Run(); !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		t.Errorf("an unknown command ends with %v", err)
	}
	database := filepath.Join(t.TempDir(), "gateway.db")
	if err := exec.Command(path, "key", "add", "x", "--database", "sqlite:"+database).Run(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{database, database + ".key"} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v, %v", file, info.Mode(), err)
		}
	}
}

// TestTermDrains ends the gateway while a request is on its way in.
func TestTermDrains(t *testing.T) {
	t.Parallel()
	c := start(t, "--demo", "--database", "sqlite:"+filepath.Join(t.TempDir(), "gateway.db"))
	address := strings.TrimPrefix(c.url, "http://")
	slow, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	body := "peer_asn=64496&peer_ipaddr=192.0.2.11&source_ipaddr=192.0.2.77"
	if _, err := fmt.Fprintf(slow, "POST /api/v1/api.php?target=peering&action=addSession HTTP/1.1\r\nHost: x\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:10]); err != nil {
		t.Fatal(err)
	}
	// The server must have begun to read it.
	if a := get(t, c.url, "target=test&action=helloWorld"); a.Success != 1 {
		t.Fatalf("%+v", a)
	}
	c.signal(syscall.SIGTERM)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		_ = conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("new connections are still accepted")
		}
	}
	select {
	case err := <-c.ended:
		t.Fatalf("it ended before the request was answered: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	if _, err := io.WriteString(slow, body[10:]); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Fatalf("the request in flight was cut off: %v", err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || !strings.HasPrefix(string(answer), `{"success":1,"message":"Session added`) {
		t.Errorf("the request in flight got %s, %v", answer, err)
	}
	if err := c.wait(); err != nil {
		t.Errorf("it ended with %v\n%s", err, c.log.String())
	}
	if log := c.log.String(); !strings.Contains(log, `"msg":"drained"`) {
		t.Errorf("the log does not say that it drained: %s", log)
	}
}

// TestDrainTimeout ends the gateway while a request never comes to its end.
func TestDrainTimeout(t *testing.T) {
	t.Parallel()
	c := start(t, "--drain-timeout", "300ms", "--database", "sqlite:"+filepath.Join(t.TempDir(), "gateway.db"))
	stuck, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stuck.Close() }()
	if _, err := io.WriteString(stuck, "POST /api/v1/api.php?target=test HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if a := get(t, c.url, "target=test&action=helloWorld"); a.Success != 1 {
		t.Fatalf("%+v", a)
	}
	c.signal(syscall.SIGTERM)
	var exit *exec.ExitError
	if err := c.wait(); !errors.As(err, &exit) || exit.ExitCode() != exitFailure {
		t.Errorf("it ended with %v", err)
	}
	if log := c.log.String(); !strings.Contains(log, "requests still ran after 300ms and were cut off") {
		t.Errorf("it does not say what it cut off: %s", log)
	}
}
