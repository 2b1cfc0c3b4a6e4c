package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// profile writes a CPU profile of a gateway under load, when the settings ask
// for one. It comes after the measurements, since it slows the gateway down.
func (b *bench) profile(ctx context.Context, v *variant, c benchCase) error {
	if b.settings.profiles == "" || v.profiles == "" {
		return nil
	}
	if err := os.MkdirAll(b.settings.profiles, 0o755); err != nil {
		return err
	}
	file := filepath.Join(b.settings.profiles, c.name+"-"+strings.ReplaceAll(v.name, " ", "-")+".pprof")
	// A second more than the profile, so that all of it is under load.
	length := b.settings.duration + time.Second
	saved := make(chan error, 1)
	go func() { saved <- saveProfile(ctx, v.profiles, b.settings.duration, file) }()
	_, err := b.generator.load(ctx, v.address, c, length)
	if saveError := <-saved; err == nil {
		err = saveError
	}
	if err != nil {
		return fmt.Errorf("profile %s of %s: %w", v.name, c.name, err)
	}
	return nil
}

func saveProfile(ctx context.Context, address string, length time.Duration, file string) error {
	ctx, cancel := context.WithTimeout(ctx, length+20*time.Second)
	defer cancel()
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", address, int(length/time.Second))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %.200s", response.StatusCode, data)
	}
	return os.WriteFile(file, data, 0o644)
}
