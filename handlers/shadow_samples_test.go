package handlers_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/comparison"
	"provision-gateway/backends/legacy"
	"provision-gateway/compat"
	"provision-gateway/compat/redact"
	"provision-gateway/handlers"
	"provision-gateway/models/modelstest"
)

// shown are secrets that only the original's answers show.
const shown = "Pl4nted-Secret-Value"

// indiscreet plays an original whose answers differ from ours everywhere, and show
// secrets in every place that has ever held one.
type indiscreet struct{}

func (i indiscreet) DoAside(ctx context.Context, r *legacy.Request) (*legacy.Answer, error) {
	return i.Do(ctx, r)
}

func (indiscreet) Do(context.Context, *legacy.Request) (*legacy.Answer, error) {
	body := `{"success":0,"message":"password is ` + shown + `, and ` + shown + `0 too","data":[{"password":"` + shown + `","api_key":"` + shown +
		`1","note":"see ` + shown + `","body":"Dear ` + shown + `2","attr":{"mnt_by_password":"` + shown + `3"},"config":"neighbor password ` + shown + `4"}]}`
	return &legacy.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}, nil
}

// Every read of the golden files, compared with an original that shows its
// secrets, leaves none of them, and none of ours, in what is stored.
func TestStoredSamplesHoldNoSecrets(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(testdata + "/*/*/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	database := modelstest.Lend(t, modelstest.Kinds()[0], nil)
	insertFixtures(t, database, "lirs, documentation")
	policies := compat.Policies{}
	for i, a := range compat.Actions() {
		if mode := []compat.Mode{compat.ModeShadow, compat.ModeVerify}[i%2]; mode.Suits(a.Effect) {
			policies[a.Key()] = compat.Policy{Pattern: a.Key(), Mode: mode, Share: 100}
		}
	}
	c, err := comparison.New(comparison.Config{Store: database.Store, Sample: 100, Queue: 100_000, Settle: time.Millisecond, Samples: 10_000, Modes: policies})
	if err != nil {
		t.Fatal(err)
	}
	s := serveOn(t, database, database.Store, func(o *handlers.Options) { o.Original, o.Comparer, o.Modes = indiscreet{}, c, policies })
	asked := 0
	for _, file := range files {
		for _, pair := range readGolden(t, file).Pairs {
			if a := pair.Request.Action(); a != nil && a.Effect == compat.Read {
				asked++
				s.send(t, pair.Request.Line+" HTTP/1.1", pair.Request.Body, pair.Request.Headers...)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Fatal(err)
	}
	rows, err := database.Store.ComparisonDifferences(t.Context(), 0)
	if err != nil || asked < 50 || len(rows) < 20 {
		t.Fatalf("%d reads were asked, %d differences stored, %v", asked, len(rows), err)
	}
	var ours []string
	for _, row := range modelstest.ReadFixture(t, os.DirFS(filepath.Join(testdata, "fixtures")), "lirs").Rows["secrets"] {
		if plain, ok := row["plain"].(string); ok && plain != "password" { // which names a field too
			ours = append(ours, plain)
		}
	}
	if len(ours) == 0 {
		t.Fatal("the fixture holds no secret")
	}
	for _, row := range rows {
		all := row.Path + "\n" + row.Sample
		if strings.Contains(all, shown) {
			t.Errorf("%s %s: a planted secret is in %s", row.Action, row.Kind, all)
		}
		if leaks := redact.Leaks([]byte(row.Sample)); len(leaks) > 0 {
			t.Errorf("%s %s: %q in %s", row.Action, row.Kind, leaks, row.Sample)
		}
		for _, secret := range ours {
			if strings.Contains(all, secret) {
				t.Errorf("%s %s: a stored secret is in %s", row.Action, row.Kind, all)
			}
		}
	}
}
