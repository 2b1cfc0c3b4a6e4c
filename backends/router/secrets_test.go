package router

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/router/dialect"
	"provision-gateway/backends/router/routerfake"
	"provision-gateway/models"
)

// A router may repeat anything in what it says. None of it may reach an error
// or the log, whichever line it says it to.
func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	for _, platform := range dialect.Names() {
		d, _ := dialect.Lookup(platform)
		lines, err := d.Change(neighbor("192.0.2.9"))
		if err != nil {
			t.Fatal(err)
		}
		config := strings.Join(lines, "\n")
		secret := slices.IndexFunc(lines, func(line string) bool { return d.Mask(line) != line })
		for name, said := range map[string]string{
			"the line":          "error: LINE",
			"the configuration": "error: in\n" + config,
			"the passwords":     "error: s3cret-key and " + routerfake.Password,
			"quoted":            `error: "s3cret-key","` + routerfake.Password + `"`,
			"on lines":          "error: look at\n  s3cret-key\n  " + routerfake.Password,
		} {
			for _, line := range []string{lines[0], lines[1], lines[secret], lines[len(lines)-1]} {
				t.Run(fmt.Sprint(platform, " repeats ", name, " at ", line), func(t *testing.T) {
					t.Parallel()
					r := routerfake.New(t, routerfake.Options{Platform: platform, Greeting: "hello " + routerfake.Password,
						Answer: refusedAt(line, strings.ReplaceAll(said, "LINE", line))})
					b, log := newBackend(patient())
					err := b.Configure(t.Context(), accessTo(r, platform), neighbor("192.0.2.9"))
					var m *models.Error
					if !errors.As(err, &m) || m.Code != models.Invalid {
						t.Fatalf("error %v", err)
					}
					wantNoSecret(t, err.Error())
					wantNoSecret(t, log.String())
					if !strings.Contains(log.String(), "router line refused") || !strings.Contains(log.String(), "router=edge1") {
						t.Errorf("the log says %s", log)
					}
				})
			}
		}
	}
}

// The password of the router is wrong and part of everything that it shows.
func TestRefusedPasswordStaysHidden(t *testing.T) {
	t.Parallel()
	r := routerfake.New(t, routerfake.Options{Banner: "s3cret-key"})
	a := accessTo(r, "")
	a.Password = "s3cret-key"
	b, log := newBackend(patient())
	if err := b.Push(t.Context(), a, "conf t\nend"); err != error(ErrCredentials) {
		t.Errorf("error %v", err)
	}
	wantNoSecret(t, log.String())
}

func TestAccessPrintsNoSecret(t *testing.T) {
	t.Parallel()
	a := Access{ID: 17, Name: "edge1", Host: "192.0.2.1", Username: "netops", Password: routerfake.Password}
	j := &journal{}
	slog.New(slog.NewJSONHandler(j, nil)).Info("text", "access", a)
	for _, text := range []string{fmt.Sprint(a), fmt.Sprintf("%v %+v %#v %s", a, a, a, a), fmt.Sprintf("%+v", &a), fmt.Sprintf("%+v", []Access{a}), j.String()} {
		wantNoSecret(t, text)
		if !strings.Contains(text, "edge1") {
			t.Errorf("no name in %q", text)
		}
	}
}

func TestVeil(t *testing.T) {
	t.Parallel()
	d, _ := dialect.Lookup("cisco_iosxe")
	for name, c := range map[string]struct {
		secrets, lines []string
		said, want     string
	}{
		"known":              {[]string{"abcd"}, nil, "xabcdx abcd", "x<secret>x <secret>"},
		"short":              {[]string{"0"}, nil, "10 is 0, not 0x", "10 is <secret>, not 0x"},
		"none":               {[]string{""}, nil, "as it is", "as it is"},
		"of a line":          {nil, []string{"neighbor 192.0.2.9 password 0 hunter22"}, "bad hunter22", "bad <secret>"},
		"words of a line":    {nil, []string{"neighbor 192.0.2.9 password two words"}, "bad words", "bad <secret>"},
		"quoted in a line":   {nil, []string{`set neighbor 192.0.2.9 authentication-key "hunter22"`}, "bad hunter22", "bad <secret>"},
		"form":               {nil, nil, "neighbor 192.0.2.9 password new", "neighbor 192.0.2.9 password <secret>"},
		"several lines":      {nil, nil, "a\n password x\n b", "a password <secret> b"},
		"control characters": {nil, nil, "a\x1b[1mb\x00\xff", "a [1mb \uFFFD"},
		"long":               {nil, nil, strings.Repeat("é", longest+5), strings.Repeat("é", longest) + "…"},
		"one in another":     {[]string{"abcd", "abcdefgh"}, nil, "abcdefgh abcd", "<secret> <secret>"},
		"no UTF-8":           {[]string{"\xff\xfe\xfd\xfc", "\xfe"}, nil, "a \xff\xfe\xfd\xfc b \xfe", "a <secret> b <secret>"},
		"not an expression":  {[]string{"a+b("}, nil, "a+b( aab(", "<secret> aab("},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVeil(d, c.secrets...)
			v.learn(c.lines)
			if got := v.said(c.said); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A secret is found again wherever a line is masked.
func FuzzBetween(f *testing.F) {
	f.Add("neighbor 192.0.2.9 password ", "hunter22", "")
	f.Add("http://", "user:pass", "@192.0.2.1/x")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		if secret == "" || strings.Contains(before+secret+after, hidden) || strings.Contains(before+secret+after, "\n") {
			return
		}
		got := between(before+secret+after, before+hidden+after)
		if len(got) != 1 || got[0] != secret {
			t.Errorf("%q, want %q", got, secret)
		}
	})
}
