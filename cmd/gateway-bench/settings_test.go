package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReadSettings(t *testing.T) {
	t.Parallel()
	s, err := readSettings(nil, io.Discard)
	if err != nil || s.rounds != 5 || s.duration != 3*time.Second || s.connections != 16 || !slices.Equal(s.cases, caseNames) || s.check {
		t.Errorf("without arguments: %+v, %v", s, err)
	}
	s, err = readSettings([]string{"-rounds=2", "-duration=1s", "-connections=4", "-cases=lirGet,getPeers", "-check", "-json=r.json", "-profiles=p"}, io.Discard)
	want := settings{rounds: 2, duration: time.Second, connections: 4, cases: []string{"lirGet", "getPeers"}, check: true, jsonFile: "r.json", profiles: "p"}
	if err != nil || !slices.Equal(s.cases, want.cases) {
		t.Fatalf("%+v, %v", s, err)
	}
	s.cases, want.cases = nil, nil
	if s.rounds != want.rounds || s.duration != want.duration || s.connections != want.connections || !s.check || s.jsonFile != want.jsonFile || s.profiles != want.profiles {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

func TestReadSettingsRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ argument, says string }{
		"no round":          {"-rounds=0", "-rounds 0"},
		"part of a second":  {"-duration=1500ms", "whole seconds"},
		"no time":           {"-duration=0s", "at least 1s"},
		"no connection":     {"-connections=0", "1 to 256"},
		"many connections":  {"-connections=257", "1 to 256"},
		"unknown case":      {"-cases=getPeers,ping", `"ping" is none of getPeers, getSessions, lirGet, listConfigs, readConfig, addSession`},
		"empty case":        {"-cases=", `"" is none of`},
		"unknown flag":      {"-fast", "not defined"},
		"an argument":       {"getPeers", `unexpected argument "getPeers"`},
		"a malformed value": {"-rounds=many", "invalid value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := readSettings([]string{test.argument}, io.Discard); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one with %q", err, test.says)
			}
		})
	}
}

func TestCommandExitCodes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		code int
	}{
		"help":                    {[]string{"-h"}, exitOK},
		"usage":                   {[]string{"-rounds=0"}, exitUsage},
		"gateway without a key":   {[]string{commandGateway, "-key-file", "/nonexistent"}, exitFailure},
		"bare without answers":    {[]string{commandBare, "-answers", "/nonexistent"}, exitFailure},
		"gateway with an unknown": {[]string{commandGateway, "-fast"}, exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if code := command(t.Context(), test.args, io.Discard, io.Discard); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
		})
	}
}
