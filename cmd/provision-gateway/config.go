package main

import (
	"errors"

	"github.com/spf13/cobra"

	"provision-gateway/config"
)

func (p *Program) configCommand() *cobra.Command {
	return group("config", "Checks and shows the configuration", p.configCheckCommand(), p.configPrintCommand())
}

func (p *Program) configCheckCommand() *cobra.Command {
	c := &cobra.Command{Use: "check", Short: "Names everything that is wrong with the configuration", Args: exactly(0)}
	config.RegisterFlags(c.Flags(), true)
	asJSON := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		_, err := p.settings(c, nil)
		var problems config.Errors
		switch {
		case err != nil && !errors.As(err, &problems):
			return err
		case *asJSON:
			answer := struct {
				Valid  bool          `json:"valid"`
				Errors config.Errors `json:"errors"`
			}{err == nil, append(config.Errors{}, problems...)}
			return errors.Join(p.printJSON(answer), err)
		case err != nil:
			return err
		}
		return p.printf("The configuration is valid.\n")
	}
	return c
}

func (p *Program) configPrintCommand() *cobra.Command {
	c := &cobra.Command{Use: "print", Short: "Shows every setting, and where it is from", Args: exactly(0)}
	config.RegisterFlags(c.Flags(), true)
	asJSON := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := p.settings(c, nil)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(cfg)
		}
		return cfg.WriteYAML(p.Stdout)
	}
	return c
}
