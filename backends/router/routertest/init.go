package routertest

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

//go:embed lab.sh
var labScript string

// initProcess is the first process of a lab's namespaces. It ends, and with it
// all others there, as soon as the pipe of its commands is closed: by end, or
// by the end of the test binary.
type initProcess struct {
	mu      sync.Mutex
	command *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
}

func startInit(p programs, folder string) (*initProcess, error) {
	c := exec.Command(p.unshare, append(slices.Clone(p.namespaces), p.sh, "-c", labScript, "lab", folder, p.frr, p.bird, p.sshd, p.ip)...)
	c.Env = []string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "LC_ALL=C"}
	// Not in the process group of the tests: an interrupt there must reach
	// this only as the end of the commands.
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	log, err := os.OpenFile(filepath.Join(folder, "lab.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	c.Stderr = log
	input, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	i := &initProcess{command: c, input: input, output: bufio.NewReader(output)}
	if err := c.Start(); err != nil {
		return nil, err
	}
	if err := i.do("true"); err != nil {
		_ = i.end()
		return nil, fmt.Errorf("could not make namespaces, which takes root or, in a container, CAP_SYS_ADMIN and CAP_NET_ADMIN: %w", err)
	}
	return i, nil
}

// do has the first process run commands, one after the other, up to the first
// that fails.
func (i *initProcess) do(commands ...string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, command := range commands {
		if _, err := io.WriteString(i.input, command+"\n"); err != nil {
			return fmt.Errorf("%s: the lab has ended: %w", command, err)
		}
		answer, err := i.output.ReadString('\n')
		if err != nil {
			return fmt.Errorf("%s: the lab has ended: %w", command, err)
		}
		if answer = strings.TrimSpace(answer); answer != "ok" {
			return errors.New(answer)
		}
	}
	return nil
}

// end ends all processes of the lab.
func (i *initProcess) end() error {
	_ = i.input.Close()
	ended := make(chan error, 1)
	go func() { ended <- i.command.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(10 * time.Second):
		_ = i.command.Process.Kill()
		<-ended
		return errors.New("the lab did not end by itself")
	}
}
