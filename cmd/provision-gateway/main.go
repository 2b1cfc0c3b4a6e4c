// Command provision-gateway answers the peering, LIR and resource parts of the
// ProVision APIv1 from a database of its own.
//
// `provision-gateway serve` runs the gateway; the other commands look after
// its database, its API keys and its configuration. Exit codes are 0 when all
// went well, 1 when something failed, and 2 when the command line could not be
// understood.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// The database holds BGP passwords and mail, so nobody else may read the
	// files that are made here.
	syscall.Umask(0o077)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	// The first signal drains; a second one ends the process at once.
	context.AfterFunc(ctx, stop)
	p := Program{Args: os.Args[1:], Environ: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(p.Run(ctx))
}
