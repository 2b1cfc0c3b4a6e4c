package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"strconv"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/handlers"
	"provision-gateway/handlers/ixapi"
	"provision-gateway/models"
	"provision-gateway/models/ix"
	"provision-gateway/models/keyring"
)

// The hidden sub-commands: servers that the benchmark starts from its own file,
// so that each is a process whose memory and CPU time can be told apart.
const (
	commandGateway = "serve-gateway"
	commandBare    = "serve-bare"
)

// announcement is the one line that a server prints once it listens.
type announcement struct {
	Address string `json:"address"`
	// Profiles is the address of net/http/pprof.
	Profiles string `json:"profiles"`
}

// serveGateway runs the gateway over a database. The log is off, as are the
// access logs of the references.
func serveGateway(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	flags := flag.NewFlagSet(commandGateway, flag.ContinueOnError)
	flags.SetOutput(stderr)
	database := flags.String("database", "", "`ADDRESS` of the database")
	keyFile := flags.String("key-file", "", "keys that seal secrets, `FILE`")
	cache := flags.Int64("cache", 0, "`BYTES` of answers kept in memory")
	original := flags.String("original", "", "`URL` of an original server")
	mode := flags.String("mode", string(compat.ModeLocal), "`MODE` of what is compared")
	if err := errors.Join(flags.Parse(args), noArguments(flags)); err != nil {
		return exitUsage, err
	}
	ring, err := keyring.Load(*keyFile)
	if err != nil {
		return exitFailure, err
	}
	store, err := models.Open(ctx, models.Options{Database: *database, Keyring: ring})
	if err != nil {
		return exitFailure, err
	}
	handlers.TuneMemory()
	exchange, err := ixapi.New(ixapi.Config{Store: ix.New(store)})
	if err != nil {
		return exitFailure, errors.Join(err, store.Close())
	}
	o := handlers.Options{Store: store, OwnASNs: []uint32{ownASN}, CacheSize: *cache, Exchange: exchange}
	compare, err := besideOriginal(&o, *original, compat.Mode(*mode))
	if err != nil {
		return exitFailure, errors.Join(err, store.Close())
	}
	gateway, err := handlers.New(o)
	if err != nil {
		return exitFailure, errors.Join(err, store.Close())
	}
	err = serve(ctx, gateway, stdout)
	closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return codeOf(errors.Join(err, compare(closing), gateway.Close(closing), store.Close()))
}

// besideOriginal has an original server answer too, as the program's defaults
// have it. The function that is returned ends comparing.
func besideOriginal(o *handlers.Options, address string, mode compat.Mode) (end func(context.Context) error, err error) {
	if address == "" {
		return func(context.Context) error { return nil }, nil
	}
	if o.Original, err = legacy.New(legacy.Config{URL: address}); err != nil {
		return nil, err
	}
	o.Modes = compat.Policies{comparedAction: {Pattern: comparedAction, Mode: mode, Share: 100}}
	comparer, err := comparison.New(comparison.Config{Store: o.Store, Sample: 100, Noise: 1})
	if err != nil {
		return nil, err
	}
	o.Comparer = comparer
	return comparer.Close, nil
}

// serveBare runs the bare handler: it writes the answer that stands in a file
// for the path and query string, and does nothing else.
func serveBare(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	flags := flag.NewFlagSet(commandBare, flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("answers", "", "answers by path and query string, JSON `FILE`")
	if err := errors.Join(flags.Parse(args), noArguments(flags)); err != nil {
		return exitUsage, err
	}
	data, err := os.ReadFile(*file)
	if err != nil {
		return exitFailure, err
	}
	var answers map[string][]byte
	if err := json.Unmarshal(data, &answers); err != nil {
		return exitFailure, err
	}
	return codeOf(serve(ctx, bareHandler(answers), stdout))
}

func codeOf(err error) (int, error) {
	if err != nil {
		return exitFailure, err
	}
	return exitOK, nil
}

func bareHandler(answers map[string][]byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.RequestURI]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	})
}

// serve listens on a free loopback port until ctx ends. The time limits are
// the program's defaults.
func serve(ctx context.Context, handler http.Handler, stdout io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	profiles, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute,
	}
	profiler := &http.Server{Handler: http.HandlerFunc(pprof.Profile), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = errors.Join(server.Close(), profiler.Close()) })()
	go func() { _ = profiler.Serve(profiles) }()
	line, err := json.Marshal(announcement{listener.Addr().String(), profiles.Addr().String()})
	if err == nil {
		_, err = fmt.Fprintf(stdout, "%s\n", line)
	}
	if err != nil {
		return errors.Join(err, listener.Close(), profiles.Close())
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
