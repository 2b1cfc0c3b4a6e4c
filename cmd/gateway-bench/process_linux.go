package main

import "syscall"

// endWithParent makes the kernel end a process when the thread that starts it
// ends. That must be the main thread, which ends with the process.
func endWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGTERM }
