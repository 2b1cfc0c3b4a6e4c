package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provision-gateway/models"
)

// smallAmount is enough to see that everything is there.
var smallAmount = amount{
	networks: 100, exchanges: 4, listed: 29, sessions: 60, listedSessions: 5, communications: 30, listedCommunications: 12, lirs: 4, configs: 30,
}

// filled gives a filled SQLite database.
func filled(t *testing.T) *databases {
	t.Helper()
	folder := t.TempDir()
	d := &databases{sqlite: "sqlite:" + filepath.Join(folder, "gateway.db"), keyFile: filepath.Join(folder, "gateway.key")}
	if err := d.fillSQLite(t.Context(), smallAmount); err != nil {
		t.Fatal(err)
	}
	return d
}

// startGateway runs the hidden sub-command within the test and returns the
// address.
func startGateway(t *testing.T, d *databases, database string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan int, 1)
	var errorText bytes.Buffer
	go func() {
		ended <- command(ctx, []string{commandGateway, "-database", database, "-key-file", d.keyFile, "-cache", "1000000"}, write, &errorText)
		_ = write.Close()
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case code := <-ended:
			if code != exitOK {
				t.Errorf("the gateway ended with %d: %s", code, errorText.String())
			}
		case <-time.After(20 * time.Second):
			t.Error("the gateway does not end")
		}
	})
	var a announcement
	if err := json.NewDecoder(read).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a.Address
}

func TestDataset(t *testing.T) {
	t.Parallel()
	d := filled(t)
	address := startGateway(t, d, d.sqlite)
	g := &loadGenerator{}
	for i, c := range makeCases(caseNames, d.credential, d.data) {
		f, err := (&machine{}).ask(t.Context(), &variant{address: address}, g, c)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{`"message":"29 peers found."`, `"message":"1 sessions found."`, `"message":"4 objects found"`, `[{"id":`, `{"id":"` + d.data.config + `"`, `"message":"Session added: `}[i]
		if f.status != 200 || !strings.Contains(string(f.body), want) {
			t.Errorf("%s: status %d, no %s in %.300s", c.name, f.status, want, f.body)
		}
		// What makes the lists worth encoding is in them.
		for _, text := range [][]string{
			{`"is_peer":1`, `"qualified":false`, `"request_status":"accepted"`, `R\u00edo`, `North\/South`},
			{`"resource_name":"r1.example.net"`, `"state":"established"`},
			{`"api_key":"API-0000-0000-0000"`, `"mnt_by_password":"not a real password 1 1"`, `"rir":"RIPE"`},
			{`"external_ref":"customer <0> & sons"`, `"vlan":30,`, d.data.config},
			{`"state":"production"`, `"vlan":16,`},
			{`"peer_ipaddr":"` + firstAddress(1)}}[i] {
			if !strings.Contains(string(f.body), text) {
				t.Errorf("%s: no %s in %.2000s", c.name, text, f.body)
			}
		}
	}
}

func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	d := filled(t)
	raw := openRaw(t, d.sqlite)
	at := func(query string) string { return fmt.Sprintf(query, listedExchange) }
	for query, want := range map[string]int{
		"SELECT COUNT(*) FROM networks":                                           smallAmount.networks,
		"SELECT COUNT(*) FROM sessions":                                           smallAmount.sessions,
		"SELECT COUNT(*) FROM log_entries":                                        smallAmount.sessions,
		"SELECT COUNT(*) FROM communications":                                     smallAmount.communications,
		at("SELECT COUNT(DISTINCT network_id) FROM ports WHERE exchange_id = %d"): smallAmount.listed,
		at("SELECT COUNT(*) FROM sessions WHERE public_id = %d"):                  smallAmount.listedSessions,
		at("SELECT COUNT(*) FROM communications WHERE exchange_id = %d"):          smallAmount.listedCommunications,
		// Who has a session there also has a port there.
		at("SELECT COUNT(*) FROM sessions s WHERE public_id = %[1]d AND EXISTS" +
			" (SELECT 1 FROM ports p WHERE p.network_id = s.peer_participant_id AND p.exchange_id = %[1]d)"): smallAmount.listedSessions,
	} {
		var got int
		if err := raw.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", query, got, err, want)
		}
	}
}

// The account that asks has exactly the configurations that it should, and not
// those of the other.
func TestConfigsAreTheAccounts(t *testing.T) {
	t.Parallel()
	d := filled(t)
	v := &variant{address: startGateway(t, d, d.sqlite)}
	for _, test := range []struct {
		token  string
		status int
		count  int
	}{{d.data.token, http.StatusOK, smallAmount.configs}, {d.data.token + "x", http.StatusUnauthorized, 0}} {
		d.data.token = test.token
		f, err := (&machine{}).ask(t.Context(), v, &loadGenerator{}, makeCases([]string{"listConfigs"}, d.credential, d.data)[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(f.body), `"type":"exchange_lan"`); f.status != test.status || got != test.count {
			t.Errorf("status %d with %d configurations, want %d with %d: %.300s", f.status, got, test.status, test.count, f.body)
		}
	}
	var others int
	query := "SELECT COUNT(*) FROM ix_objects WHERE collection = 'network-service-configs'"
	if err := openRaw(t, d.sqlite).QueryRowContext(t.Context(), query).Scan(&others); err != nil || others != smallAmount.configs*11/10 {
		t.Errorf("%d configurations in all, %v", others, err)
	}
}

// In the real amount exactly the wanted number of networks is listed.
func TestListedNetworks(t *testing.T) {
	t.Parallel()
	d, listed := &dataset{amount: fullAmount}, 0
	for network := range fullAmount.networks {
		if d.isListed(network) {
			if got := d.listedNetwork(listed); got != network {
				t.Errorf("listed network %d is %d, want %d", listed, got, network)
			}
			listed++
		}
	}
	if listed != 290 {
		t.Errorf("%d networks are listed", listed)
	}
}

func openRaw(t *testing.T, database string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(database, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// A copy answers the same bytes.
func TestCopyTables(t *testing.T) {
	t.Parallel()
	from := filled(t)
	copied := "sqlite:" + filepath.Join(t.TempDir(), "copy.db")
	store, err := models.Open(t.Context(), models.Options{Database: copied})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	a, b := openRaw(t, from.sqlite), openRaw(t, copied)
	if err := copyTables(t.Context(), a, b); err != nil {
		t.Fatal(err)
	}
	first, second := startGateway(t, from, from.sqlite), startGateway(t, from, copied)
	for _, c := range makeCases(caseNames, from.credential, from.data) {
		g := &loadGenerator{}
		x, err := (&machine{}).ask(t.Context(), &variant{address: first}, g, c)
		if err != nil {
			t.Fatal(err)
		}
		y, err := (&machine{}).ask(t.Context(), &variant{address: second}, g, c)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(steady(c, x.body), steady(c, y.body)) {
			t.Errorf("%s: %s\n%s", c.name, x.body, y.body)
		}
	}
	if err := copyTable(t.Context(), a, b, "no_such_table"); err == nil {
		t.Error("no error for a table that is not there")
	}
}

func TestInsertion(t *testing.T) {
	t.Parallel()
	const want = "INSERT INTO t (`a`,`key`) VALUES (?,?),(?,?),(?,?)"
	if got := insertion("t", []string{"a", "key"}, 3); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestConnection(t *testing.T) {
	t.Parallel()
	d := &databases{mariadb: "mysql:app:pw@tcp(127.0.0.1:3307)/gateway1"}
	dsn, user, password, err := d.connection()
	if err != nil || dsn != "mysql:host=127.0.0.1;port=3307;dbname=gateway1;charset=utf8mb4" || user != "app" || password != "pw" {
		t.Errorf("%s, %s, %s, %v", dsn, user, password, err)
	}
	for _, address := range []string{"mysql:app@unix(/run/s)/x", "mysql:@@("} {
		if _, _, _, err := (&databases{mariadb: address}).connection(); err == nil {
			t.Errorf("%s: no error", address)
		}
	}
}
