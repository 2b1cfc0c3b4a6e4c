package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// process is a server that the benchmark started. It leads a process group of
// its own, in which its workers are.
type process struct {
	name string
	cmd  *exec.Cmd
	log  string
	// ended is closed when the process is gone.
	ended chan struct{}
}

// newProcess prepares a server that logs to a file in folder.
func newProcess(folder, name, program string, args ...string) *process {
	p := &process{name: name, log: filepath.Join(folder, name+".log"), ended: make(chan struct{})}
	p.cmd = exec.Command(program, args...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(p.cmd.SysProcAttr)
	return p
}

// run starts the process. It must be called on the main thread; see
// endWithParent.
func (p *process) run() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	p.cmd.Stderr = log
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	return nil
}

// runAnnounced starts a server of this program and waits for its line.
func (p *process) runAnnounced() (a announcement, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return a, err
	}
	defer func() { _ = read.Close() }()
	p.cmd.Stdout = write
	err = p.run()
	_ = write.Close()
	if err != nil {
		return a, err
	}
	if err := read.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return a, err
	}
	line, err := bufio.NewReader(read).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &a)
	}
	if err != nil {
		return a, p.failed(err)
	}
	return a, nil
}

// failed adds the end of the log to an error.
func (p *process) failed(err error) error {
	text, _ := os.ReadFile(p.log)
	const most = 2000
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return fmt.Errorf("%s: %w\n%s", p.name, err, bytes.TrimSpace(text))
}

// stop asks the process to end, and after some seconds ends its group.
func (p *process) stop() {
	if p == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.ended
	}
}

// group is the id of the process's group.
func (p *process) group() int { return p.cmd.Process.Pid }
