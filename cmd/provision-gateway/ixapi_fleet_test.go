package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"provision-gateway/models/ix"
)

// fleet is gateways on one database that are killed and started again while
// members order.
type fleet struct {
	t    *testing.T
	args []string
	mu   sync.Mutex
	// running are the gateways; nil while one is down.
	running []*child
	kills   int
}

// seedDemo makes the demonstration by the shipped program.
func seedDemo(t *testing.T, args []string) ix.Seeded {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, append([]string{"ixapi", "seed", "--demo", "--json"}, args...)...)
	command.Env = []string{"HOME=" + t.TempDir()}
	out, err := command.Output()
	if err != nil {
		t.Fatalf("seed: %v", err)
	}
	var seeded ix.Seeded
	decode(t, out, &seeded)
	if !seeded.Added || len(seeded.Accounts) != 2 {
		t.Fatalf("seeded %d accounts", len(seeded.Accounts))
	}
	return seeded
}

func startFleet(t *testing.T, gateways int, args []string) *fleet {
	t.Helper()
	// Steps follow each other at once, so that a kill finds some half done.
	f := &fleet{t: t, args: append([]string{"--ixapi-interval", "0s"}, args...)}
	for range gateways {
		f.running = append(f.running, start(t, f.args...))
	}
	return f
}

// kill ends one of the gateways after a random moment, and starts another one
// instead. It returns once that one answers.
func (f *fleet) kill() {
	f.t.Helper()
	time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
	victim := rand.IntN(len(f.running))
	c := f.running[victim]
	c.signal(syscall.SIGKILL)
	if c.wait() == nil {
		f.t.Error("it was not killed")
	}
	f.kills++
	f.mu.Lock()
	f.running[victim] = nil
	f.mu.Unlock()
	c = start(f.t, f.args...)
	f.mu.Lock()
	f.running[victim] = c
	f.mu.Unlock()
}

// url is the address of some gateway, or empty when none runs.
func (f *fleet) url() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range rand.Perm(len(f.running)) {
		if f.running[i] != nil {
			return f.running[i].url
		}
	}
	return ""
}

// logs are the warnings and errors of the gateways that run.
func (f *fleet) logs() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out strings.Builder
	for _, c := range f.running {
		if c != nil {
			for line := range strings.Lines(c.log.String()) {
				if !strings.Contains(line, `"level":"INFO"`) {
					out.WriteString(line)
				}
			}
		}
	}
	return out.String()
}

// member is an account that orders from the gateways of a fleet.
type member struct {
	*fleet
	account ix.SeededAccount
	token   string
	// roles are role assignments, mac is a hardware address.
	roles []string
	mac   string
}

func (f *fleet) member(account ix.SeededAccount, mac string) *member {
	f.t.Helper()
	m := &member{fleet: f, account: account}
	var tokens struct {
		Access string `json:"access_token"`
	}
	m.must(http.MethodPost, "/auth/token", map[string]any{"api_key": account.APIKey, "api_secret": account.APISecret}, &tokens)
	m.token = tokens.Access
	for _, assignment := range listOf[ix.RoleAssignment](m, "/role-assignments") {
		m.roles = append(m.roles, assignment.ID)
	}
	var made ix.MACAddress
	m.must(http.MethodPost, "/macs", m.owned(map[string]any{"address": mac}), &made)
	m.mac = made.ID
	return m
}

// owned adds the accounts to a body.
func (m *member) owned(body map[string]any) map[string]any {
	body["managing_account"], body["consuming_account"] = m.account.ID, m.account.ID
	return body
}

var errDown = errors.New("no gateway runs")

// try sends a request to a gateway that runs. It fails when that was killed
// meanwhile.
func (m *member) try(method, path string, body any) (status int, answer []byte, err error) {
	url := m.url()
	if url == "" {
		return 0, nil, errDown
	}
	sent, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequestWithContext(m.t.Context(), method, url+"/api/v2"+path, bytes.NewReader(sent))
	if err != nil {
		return 0, nil, err
	}
	if m.token != "" {
		r.Header.Set("Authorization", "Bearer "+m.token)
	}
	response, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// again sends a request until it is answered.
func (m *member) again(method, path string, body any) (status int, answer []byte) {
	deadline := time.Now().Add(90 * time.Second)
	for {
		status, answer, err := m.try(method, path, body)
		if err == nil {
			return status, answer
		}
		if time.Now().After(deadline) {
			m.t.Errorf("%s %s: %v", method, path, err)
			return 0, nil
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// must sends a request that has to succeed.
func (m *member) must(method, path string, body, to any) {
	m.t.Helper()
	status, answer := m.again(method, path, body)
	if status/100 != 2 || json.Unmarshal(answer, to) != nil {
		m.t.Errorf("%s %s: %d %s", method, path, status, answer)
	}
}

// listOf returns a collection as the member sees it.
func listOf[T any](m *member, path string) []T {
	m.t.Helper()
	var objects []T
	m.must(http.MethodGet, path, nil, &objects)
	return objects
}
