package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"provision-gateway/models"
)

func (p *Program) keyCommand() *cobra.Command {
	return group("key", "Manages the API keys that sign requests", p.keyAddCommand(), p.keyListCommand(), p.keyRevokeCommand())
}

func (p *Program) keyAddCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Adds an API key and prints it with its secret, this one time",
		Long: `Adds an API key and prints it with its secret, this one time.

The permissions are read (actions that only read), write (add, update, delete
and reset), mail (sendRequest and sendEmail), device (configureSession, and
deletes that touch a router) and secrets (lir get shows registry passwords).

A script that has a key and a secret of an original server keeps them: give the
key with --key, and with --secret-file a file that holds the secret.

The first key ends the time in which requests need no signature, at once on
every running gateway; from its next start on, a gateway listens where it was
told to, not on loopback only.`,
		Args: exactly(1),
	}
	asJSON := addJSON(c)
	allow := c.Flags().String("allow", "read", "permissions, `LIST` of read,write,mail,device,secrets")
	sources := c.Flags().String("source", "", "addresses or prefixes from which the key may be used, `LIST`; empty is anywhere")
	existing := c.Flags().String("key", "", "`KEY` that a script has already; needs --secret-file")
	secretFile := c.Flags().String("secret-file", "", "`FILE` with the secret of --key")
	var wanted models.NewKey
	c.PreRunE = func(_ *cobra.Command, args []string) (err error) {
		wanted.Name = args[0]
		if (*existing == "") != (*secretFile == "") {
			return &usageError{errors.New("give --key and --secret-file together")}
		}
		if wanted.Allow, err = models.ParsePermissions(*allow); err != nil {
			return &usageError{err}
		}
		if wanted.Sources, err = models.ParseSources(*sources); err != nil {
			return &usageError{err}
		}
		return nil
	}
	return p.withStore(c, p.openWithSecrets, func(ctx context.Context, store *models.Store) error {
		if *existing != "" {
			data, err := os.ReadFile(*secretFile)
			if err != nil {
				return err
			}
			wanted.Key, wanted.Secret = *existing, strings.TrimSpace(string(data))
			if wanted.Secret == "" {
				return errors.New("the file with the secret is empty")
			}
		}
		key, secret, err := store.AddKey(ctx, wanted)
		if err != nil {
			return err
		}
		switch {
		case *existing != "" && *asJSON:
			return p.printJSON(map[string]string{"api_key": key})
		case *existing != "":
			return p.printf("Added the key %s.\n", key)
		case *asJSON:
			return p.printJSON(struct {
				APIKey    string `json:"api_key"`
				SecretKey string `json:"secret_key"`
			}{key, secret})
		}
		return p.printf("API Key:    %s\nSecret Key: %s\nThe secret key is not shown again.\n", key, secret)
	})
}

// listedKey is a key as `key list --json` prints it.
type listedKey struct {
	Name     string              `json:"name"`
	APIKey   string              `json:"api_key"`
	Allow    []models.Permission `json:"allow"`
	Sources  []string            `json:"sources"`
	Created  string              `json:"created"`
	LastUsed *string             `json:"last_used"`
	Revoked  *string             `json:"revoked"`
}

func (p *Program) keyListCommand() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "Lists the API keys, without their secrets", Args: exactly(0)}
	asJSON := addJSON(c)
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		rows, err := store.Keys(ctx)
		if err != nil {
			return err
		}
		keys := []listedKey{}
		for _, row := range rows {
			k, err := list(row)
			if err != nil {
				return fmt.Errorf("key %s: %w", row.Name, err)
			}
			keys = append(keys, k)
		}
		if *asJSON {
			return p.printJSON(keys)
		}
		return p.printKeys(rows, keys)
	})
}

func (p *Program) printKeys(rows []models.APIKey, keys []listedKey) error {
	if len(keys) == 0 {
		return p.printf("There are no keys: requests need no signature, and the gateway listens on loopback only.\n")
	}
	table := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tKEY\tALLOW\tSOURCES\tCREATED\tLAST USED\tREVOKED")
	for i, k := range keys {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.Name, k.APIKey, rows[i].Allow,
			orDash(rows[i].Sources), k.Created, orDash(text(k.LastUsed)), orDash(text(k.Revoked)))
	}
	return table.Flush()
}

func list(row models.APIKey) (listedKey, error) {
	allow, err := models.ParsePermissions(row.Allow)
	if err != nil {
		return listedKey{}, err
	}
	prefixes, err := models.ParseSources(row.Sources)
	if err != nil {
		return listedKey{}, err
	}
	k := listedKey{Name: row.Name, APIKey: row.Key, Allow: allow, Sources: []string{}, Created: *moment(&row.CreatedAt),
		LastUsed: moment(row.LastUsedAt), Revoked: moment(row.RevokedAt)}
	for _, prefix := range prefixes {
		k.Sources = append(k.Sources, prefix.String())
	}
	return k, nil
}

func (p *Program) keyRevokeCommand() *cobra.Command {
	c := &cobra.Command{Use: "revoke NAME|KEY", Short: "Ends an API key, at once on every gateway", Args: exactly(1)}
	asJSON := addJSON(c)
	return p.withStore(c, p.openCurrent, func(ctx context.Context, store *models.Store) error {
		if err := store.RevokeKey(ctx, c.Flags().Arg(0)); err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(map[string]string{"revoked": c.Flags().Arg(0)})
		}
		return p.printf("Revoked %s.\n", c.Flags().Arg(0))
	})
}

// moment is a Unix second in RFC 3339, in UTC.
func moment(seconds *int64) *string {
	if seconds == nil {
		return nil
	}
	s := time.Unix(*seconds, 0).UTC().Format(time.RFC3339)
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
