package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/backends/contract"
)

func (p *Program) contractCommand() *cobra.Command {
	return group("contract", "Holds APIv1 servers against golden files, and makes such files",
		p.contractRecordCommand(), p.contractVerifyCommand())
}

// troubleError is that a command which compares could not: nothing is said about
// what it was to compare.
type troubleError struct{ error }

func (e *troubleError) Unwrap() error { return e.error }

// The variables with the caller's credentials. They are those of scripts, not
// settings of a gateway.
const (
	variableKey    = "PROVISION_API_KEY"
	variableSecret = "PROVISION_API_SECRET"
)

// contractFlags are how a server is reached.
type contractFlags struct {
	url             *string
	keyFile, caFile *string
	timeout         *time.Duration
}

func addContractFlags(c *cobra.Command, url, about string) contractFlags {
	return contractFlags{
		url:     c.Flags().String(url, "", about),
		keyFile: c.Flags().String("key-file", "", "`FILE` with an API key and its secret, as key add prints them, also with --json; else "+variableKey+" and "+variableSecret),
		caFile:  c.Flags().String("ca-file", "", "`FILE` with the certificates that are trusted, instead of the system's"),
		timeout: c.Flags().Duration("timeout", contract.DefaultTimeout, "how long a request may take"),
	}
}

// client makes the client of a command.
func (p *Program) client(f contractFlags) (*contract.Client, error) {
	credentials, err := p.credentials(*f.keyFile)
	if err != nil {
		return nil, err
	}
	o := contract.ClientOptions{URL: *f.url, Credentials: credentials, Timeout: *f.timeout}
	if *f.timeout <= 0 {
		return nil, &usageError{errors.New("--timeout must be longer than nothing")}
	}
	if *f.caFile != "" {
		pem, err := os.ReadFile(*f.caFile)
		if err != nil {
			return nil, &usageError{err}
		}
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
		if !o.TLS.RootCAs.AppendCertsFromPEM(pem) {
			return nil, &usageError{fmt.Errorf("%s holds no certificate", *f.caFile)}
		}
	}
	client, err := contract.NewClient(o)
	if err != nil {
		return nil, &usageError{err}
	}
	return client, nil
}

// credentials reads the caller's key and secret. Errors show neither.
func (p *Program) credentials(file string) (c contract.Credentials, err error) {
	if file == "" {
		for _, variable := range p.Environ {
			switch name, value, _ := strings.Cut(variable, "="); name {
			case variableKey:
				c.Key = value
			case variableSecret:
				c.Secret = value
			}
		}
		return c, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return c, &usageError{err}
	}
	var printed struct {
		APIKey    string `json:"api_key"`
		SecretKey string `json:"secret_key"`
	}
	if json.Unmarshal(data, &printed) == nil {
		c = contract.Credentials{Key: printed.APIKey, Secret: printed.SecretKey}
	} else {
		for line := range strings.Lines(string(data)) {
			switch name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) {
			case "API Key":
				c.Key = strings.TrimSpace(value)
			case "Secret Key":
				c.Secret = strings.TrimSpace(value)
			}
		}
	}
	if c.Key == "" || c.Secret == "" {
		return c, &usageError{fmt.Errorf("%s does not hold an API key and its secret as key add prints them", file)}
	}
	return c, nil
}
