package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
)

// callAs sends a request with a user agent and returns its answer's header and body.
func callAs(t *testing.T, agent, url string) (http.Header, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("User-Agent", agent)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.Header, string(body)
}

// Who called is listed when the gateway has ended, and what is configured of the
// end is told.
func TestLegacyUsage(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, environ []string) {
		if out := must(t, environ, "legacy", "usage"); out != "Nobody called the legacy API.\n" {
			t.Error(out)
		}
		reports := mustJSON[credential](t, environ, "key", "add", "reports")
		portal := mustJSON[credential](t, environ, "key", "add", "portal")
		s := serve(t, environ, "--legacy-deprecation", "2026-12-01", "--legacy-sunset", "2027-06-30", "--legacy-link", "https://www.example.net/v1",
			"--legacy-retired", "peering.getSessions=use IX-API network-features")
		ask := func(by credential, agent, query string) (http.Header, string) {
			return callAs(t, agent, s.url+"/api/v1/api.php?"+by.sign(query))
		}
		for range 3 {
			ask(reports, "report.py/1", "target=peering&action=getPeers&public_id=1")
		}
		ask(reports, "report.py/1", "target=lir&action=get")
		ask(portal, "portal\t2", "target=lir&action=get")
		header, body := ask(portal, "portal\t2", "target=peering&action=getSessions")
		if body != `{"success":0,"message":"peering.getSessions is no longer available: use IX-API network-features"}` {
			t.Error(body)
		}
		if header.Get("Deprecation") != "@1796083200" || header.Get("Sunset") != "Wed, 30 Jun 2027 00:00:00 GMT" || len(header["Link"]) != 2 {
			t.Errorf("%v", header)
		}
		callAs(t, "nobody", s.url+"/api/v1/api.php?target=lir&action=get")
		if code := s.end(); code != exitOK {
			t.Fatal(code)
		}
		report := mustJSON[usageReport](t, environ, "legacy", "usage", "--since", "1d")
		if report.Total != (usageTotal{6, 2, 1, 2, 3}) || len(report.Uses) != 4 || report.Since == nil {
			t.Errorf("%+v", report)
		}
		for _, test := range []struct{ by, want string }{
			{"key", "4 reports, 2 portal"}, {"source", "6 127.0.0.1"}, {"agent", "4 report.py/1, 2 portal\t2"},
			{"action", "3 peering.getPeers, 2 lir.get, 1 peering.getSessions"},
		} {
			lines := map[string]bool{}
			for _, l := range mustJSON[usageReport](t, environ, "legacy", "usage", "--by", test.by).Uses {
				action := ""
				if l.Target != nil {
					action = *l.Target + "." + *l.Action
				}
				lines[strings.TrimSpace(string(rune('0'+l.Count))+" "+text(l.Key)+text(l.Source)+text(l.UserAgent)+action)] = true
			}
			for want := range strings.SplitSeq(test.want, ", ") {
				if !lines[want] || len(lines) != strings.Count(test.want, ", ")+1 {
					t.Errorf("by %s: %v, want %s", test.by, lines, want)
				}
			}
		}
		table := must(t, environ, "legacy", "usage", "--since", "12h")
		for _, want := range []string{
			`(?m)^LAST SEEN +FIRST SEEN +COUNT +KEY +SOURCE +ACTION +ANSWERED +USER AGENT$`,
			`(?m)^20.{17}  20.{17}  3 +reports  127.0.0.1  peering.getPeers +here +report.py/1$`,
			`(?m)  1 +portal   127.0.0.1  peering.getSessions +retired +portal 2$`,
			`(?m)^6 calls by 2 keys, 1 sources and 2 user agents, of 3 actions.$`,
		} {
			if !regexp.MustCompile(want).MatchString(table) {
				t.Errorf("no %s in\n%s", want, table)
			}
		}
		if table := must(t, environ, "legacy", "usage", "--by", "action"); !regexp.MustCompile(`(?m)^LAST SEEN +FIRST SEEN +COUNT +ACTION$`).MatchString(table) {
			t.Error(table)
		}
	})
}

func TestLegacyUsageRefuses(t *testing.T) {
	t.Parallel()
	environ, _ := onSQLite(t)
	fails(t, environ, exitUsage, `"day" is none of key, source, agent, action`, "legacy", "usage", "--by", "day")
	for _, since := range []string{"30", "d", "-1d", "0d", "99999d", "-5h", "0s", "1.5d", "month"} {
		fails(t, environ, exitUsage, "is not a time span such as 30d or 12h", "legacy", "usage", "--since="+since)
	}
	fails(t, environ, exitUsage, "usage: provision-gateway legacy usage", "legacy", "usage", "x")
}

// What was called last comes first, and old uses are left out by --since.
func TestLegacyUsageSince(t *testing.T) {
	t.Parallel()
	lines := func(by string, uses ...models.LegacyUse) string {
		var out []string
		for _, l := range usageLines(uses, by) {
			out = append(out, strings.TrimSpace(text(l.Key)+" "+text(l.Action)+" "+l.FirstSeen.Format("05")+l.LastSeen.Format("-05")))
		}
		return strings.Join(out, "; ")
	}
	use := func(key, action string, first, last, count int64) models.LegacyUse {
		return models.LegacyUse{LegacyCall: models.LegacyCall{KeyName: key, Target: "lir", Action: action}, FirstSeen: first, LastSeen: last, Count: count}
	}
	rows := []models.LegacyUse{use("b", "get", 5, 20, 1), use("a", "get", 3, 20, 2), use("b", "add", 4, 10, 9)}
	if got, want := lines("", rows...), "a get 03-20; b get 05-20; b add 04-10"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := lines("key", rows...), "b  04-20; a  03-20"; got != want {
		t.Errorf("by key: %s, want %s", got, want)
	}
	environ, _ := onSQLite(t)
	must(t, environ, "migrate", "up")
	var out, errs strings.Builder
	p := Program{Args: []string{"legacy", "usage", "--since", "1h", "--json"}, Environ: environ, Stdout: &out, Stderr: &errs,
		Now: func() time.Time { return time.Date(2027, 1, 2, 3, 4, 5, 6, time.UTC) }}
	if code := p.Run(context.Background()); code != exitOK || out.String() != `{"since":"2027-01-02T02:04:05Z","total":{"count":0,"keys":0,"sources":0,"user_agents":0,"actions":0},"uses":[]}`+"\n" {
		t.Errorf("%d %s%s", code, out.String(), errs.String())
	}
}
