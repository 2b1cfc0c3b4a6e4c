package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"provision-gateway/config"
)

const planted = "pl4nt3d"

func logged(t *testing.T, format string, write func(*slog.Logger)) string {
	t.Helper()
	var b bytes.Buffer
	write(newLogger(config.Log{Format: format, Level: slog.LevelDebug}, &b, false))
	if b.Len() == 0 {
		t.Fatal("nothing was logged")
	}
	return b.String()
}

type stored struct {
	Name     string
	Password string
	Inner    struct {
		Secret string `json:"api-key"`
	}
	private string
}

type opaque struct{ password string }

func (o opaque) String() string { return "password=" + o.password + "&x=1" }

func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	nested := stored{Name: "kept", Password: planted, private: planted}
	nested.Inner.Secret = planted
	for name, write := range map[string]func(*slog.Logger){
		"name":             func(l *slog.Logger) { l.Info("kept", "password", planted) },
		"name in capitals": func(l *slog.Logger) { l.Info("kept", "Mnt-By-Password", planted) },
		"every name": func(l *slog.Logger) {
			for _, name := range secretNames {
				l.Info("kept", name, planted, strings.ReplaceAll(name, "_", "-"), planted)
			}
		},
		"number":        func(l *slog.Logger) { l.Info("kept", "secret", []int{1}, "hash", planted) },
		"group":         func(l *slog.Logger) { l.Info("kept", slog.Group("request", "hash", planted)) },
		"name of group": func(l *slog.Logger) { l.Info("kept", slog.Group("config", "line", planted)) },
		"group of log":  func(l *slog.Logger) { l.WithGroup("body").Info("kept", "line", planted) },
		"bound":         func(l *slog.Logger) { l.With("api_key", planted).WithGroup("g").With("dsn", planted).Info("kept") },
		"message":       func(l *slog.Logger) { l.Info("kept GET /?target=x&hash=" + planted + " failed") },
		"error": func(l *slog.Logger) {
			l.Info("kept", "error", fmt.Errorf("parse %q: %w", "?a=1&password="+planted, errors.New("no")))
		},
		"query": func(l *slog.Logger) {
			l.Info("kept", "query", "fields[mnt-by-password][0]="+planted+"&fields%5Bapi-key%5D%5B%5D="+planted)
		},
		"url":      func(l *slog.Logger) { l.Info("kept", "url", &url.URL{Path: "/", RawQuery: "hash=" + planted}) },
		"stringer": func(l *slog.Logger) { l.Info("kept", "o", opaque{planted}) },
		"bytes":    func(l *slog.Logger) { l.Info("kept", "raw", []byte("body="+planted)) },
		"values": func(l *slog.Logger) {
			l.Info("kept", "form", url.Values{"password": {planted}, "fields[api-key][]": {planted}})
		},
		"map": func(l *slog.Logger) {
			l.Info("kept", "m", map[string]any{"a": []any{map[string]any{"Secret_Key": planted}}})
		},
		"struct":  func(l *slog.Logger) { l.Info("kept", "s", nested) },
		"pointer": func(l *slog.Logger) { l.Info("kept", "s", []*stored{&nested}) },
		"database": func(l *slog.Logger) {
			l.Info("kept", "database", config.NewDatabase("mysql:app:"+planted+"@tcp(db:1)/x"))
		},
		"not marshalled": func(l *slog.Logger) { l.Info("kept", "c", map[string]any{"f": func() {}, "password": planted}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, format := range []string{config.FormatText, config.FormatJSON} {
				out := logged(t, format, write)
				if strings.Contains(out, planted) {
					t.Errorf("%s: %s", format, out)
				}
				if !strings.Contains(out, "kept") {
					t.Errorf("%s lost the message: %s", format, out)
				}
			}
		})
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	t.Parallel()
	out := logged(t, config.FormatJSON, func(l *slog.Logger) {
		l.Info("request", "request_id", "r1", "target", "lir", "action", "get", "key", "office", "apiKey", "38-TMHQV8CV2XZYC2ZS",
			"duration", 1500*time.Millisecond, "error", errors.New("a=1&b=2"), "somebody", "x", "n", nil, "list", []string{"a", "b"})
	})
	var line map[string]any
	if err := json.Unmarshal([]byte(out), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"request_id": "r1", "target": "lir", "action": "get", "key": "office", "apiKey": "38-TMHQV8CV2XZYC2ZS", "duration": "1.5",
		"error": "a=1&b=2", "somebody": "x", "n": "<nil>", "list": "[a b]", "level": "INFO", "msg": "request",
	} {
		if got := fmt.Sprint(line[key]); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}

func TestLogFormat(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		format   string
		terminal bool
		json     bool
	}{{config.FormatAuto, true, false}, {config.FormatAuto, false, true}, {config.FormatText, false, false}, {config.FormatJSON, true, true}} {
		var b bytes.Buffer
		l := newLogger(config.Log{Format: tc.format, Level: slog.LevelWarn}, &b, tc.terminal)
		l.Info("quiet")
		l.Warn("loud")
		if json.Valid(b.Bytes()) != tc.json || strings.Contains(b.String(), "quiet") || !strings.Contains(b.String(), "loud") {
			t.Errorf("%s, terminal %t: %s", tc.format, tc.terminal, b.String())
		}
		if l.Enabled(context.Background(), slog.LevelInfo) {
			t.Errorf("%s: the level does not count", tc.format)
		}
	}
	if isTerminal(&bytes.Buffer{}) {
		t.Error("a buffer is no terminal")
	}
}

// FuzzScrub plants a secret as the value of a parameter: whatever stands
// around it, it must be gone.
func FuzzScrub(f *testing.F) {
	f.Add("GET /api/v1/api.php?target=peering", 0, 0, " HTTP/1.1")
	f.Add("x=1", 2, 3, "&hash=")
	f.Add("=", 3, 2, "=")
	styles := []string{"%s", "fields[%s]", "fields[%s][0]", "fields%%5B%s%%5D%%5B%%5D", "%s[]"}
	f.Fuzz(func(t *testing.T, before string, name, style int, after string) {
		if strings.Contains(before+after, planted) || name < 0 || style < 0 {
			return
		}
		name, style = name%len(secretNames), style%len(styles)
		for _, parameter := range []string{secretNames[name], strings.ToUpper(secretNames[name]), strings.ReplaceAll(secretNames[name], "_", "-")} {
			text := before + "&" + fmt.Sprintf(styles[style], parameter) + "=" + planted + after
			if out := scrub(text); strings.Contains(out, planted) {
				t.Errorf("%q becomes %q", text, out)
			}
		}
	})
}
