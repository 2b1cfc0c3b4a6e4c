//go:build !linux

package main

import "syscall"

// endWithParent does nothing where the kernel has no such service.
func endWithParent(*syscall.SysProcAttr) {}
