package ix

import (
	"slices"
	"strings"
	"testing"

	"provision-gateway/models"
)

// hoard is all that a database holds of passwords: the documents of objects, and
// how many secrets there are.
func (m *market) hoard() (documents string, secrets int64) {
	m.t.Helper()
	rows, err := m.lent.Raw.Query("SELECT document FROM ix_objects")
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var document string
		if err := rows.Scan(&document); err != nil {
			m.t.Fatal(err)
		}
		documents += document
	}
	if err := rows.Err(); err != nil {
		m.t.Fatal(err)
	}
	if err := m.lent.Raw.QueryRow("SELECT COUNT(*) FROM secrets").Scan(&secrets); err != nil {
		m.t.Fatal(err)
	}
	return documents, secrets
}

// wantSealed checks that no clear text of a password is stored, and how many are
// sealed.
func (m *market) wantSealed(when string, want int64, clear ...string) {
	m.t.Helper()
	documents, secrets := m.hoard()
	for _, text := range clear {
		if strings.Contains(documents, text) {
			m.t.Errorf("%s: a document holds the password %s", when, text)
		}
	}
	if secrets != want {
		m.t.Errorf("%s: %d secrets, want %d", when, secrets, want)
	}
}

// sessions makes sessions of the addresses of a configuration of alice.
func (m *market) sessions() (config string, sessions []string) {
	m.t.Helper()
	config = m.create("alice", NetworkServiceConfigs, m.lan("alice"))
	m.steps()
	for _, address := range object[*NetworkServiceConfig](m, NetworkServiceConfigs, config).IPs {
		sessions = append(sessions, m.create("alice", NetworkFeatureConfigs, m.session("alice", config, address).with(props{"as_set_v6": "AS-MOON@RIPE"})))
	}
	m.steps()
	return config, sessions
}

// password is what an account is shown, read by itself and in a list.
func (m *market) password(session string) any {
	m.t.Helper()
	shown := m.read("alice", NetworkFeatureConfigs, session)
	if _, has := shown["password_secret"]; has {
		m.t.Error("the id of the secret is shown")
	}
	items, err := m.store.List(m.t.Context(), "alice", NetworkFeatureConfigs, Query{"id": {session}})
	if err != nil || len(items) != 1 {
		m.t.Fatalf("%d listed, %v", len(items), err)
	}
	read, err := m.store.Read(m.t.Context(), "alice", NetworkFeatureConfigs, session)
	if err != nil || string(read.Document) != string(items[0].Document) {
		m.t.Errorf("read as %s, listed as %s, %v", read.Document, items[0].Document, err)
	}
	return shown["password"]
}

func (m *market) patch(session string, change props) {
	m.t.Helper()
	if _, err := m.store.Update(m.t.Context(), "alice", NetworkFeatureConfigs, session, change.raw(m.t), true); err != nil {
		m.t.Fatal(err)
	}
}

func TestPasswordsAreSealed(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		_, sessions := m.sessions()
		const first, second, third = "bgp-session-test", "another-session-test", "a-third-session-test"
		m.wantSealed("created", 2, first)
		for _, step := range []struct {
			name    string
			change  props
			want    any
			secrets int64
		}{
			{"something else", props{"max_prefix_v4": 10}, first, 2},
			{"the same password", props{"password": first}, first, 2},
			{"another password", props{"password": second}, second, 2},
			{"one with what is not the caller's to set", props{"password": third, "password_secret": 2}, third, 2},
			{"no password", props{"password": ""}, "", 1},
			{"none, again", props{"password": nil}, "", 1},
			{"a password again", props{"password": second}, second, 2},
		} {
			m.patch(sessions[0], step.change)
			if got := m.password(sessions[0]); got != step.want {
				t.Errorf("%s: shown as %v", step.name, got)
			}
			m.wantSealed(step.name, step.secrets, first, second, third)
			if got := m.password(sessions[1]); got != first {
				t.Errorf("%s: the other session has %v", step.name, got)
			}
		}
		// A refused change changes no secret.
		if _, err := m.store.Update(t.Context(), "alice", NetworkFeatureConfigs, sessions[0], props{"password": third, "session_mode": "collector"}.raw(t), true); err == nil {
			t.Error("a mode that the feature does not have was taken")
		}
		if _, err := m.store.Create(t.Context(), "alice", NetworkFeatureConfigs, m.session("alice", "x", "y").raw(t)); err == nil {
			t.Error("a session with nothing was made")
		}
		m.wantSealed("refused", 2, first, second, third)
		for _, account := range []string{"bob", "carol"} {
			if items, err := m.store.List(t.Context(), account, NetworkFeatureConfigs, Query{}); err != nil || len(items) != 0 {
				t.Errorf("%s is shown %d sessions, %v", account, len(items), err)
			}
		}
	})
}

// What a session leaves behind has no password, whether it ended by itself or
// with its configuration.
func TestPasswordsEndWithTheirSessions(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		config, sessions := m.sessions()
		item, err := m.store.Destroy(t.Context(), "alice", NetworkFeatureConfigs, sessions[0], nil)
		if err != nil || !strings.Contains(string(item.Document), `"password":"bgp-session-test"`) || strings.Contains(string(item.Document), "password_secret") {
			t.Errorf("destroyed: %s, %v", item.Document, err)
		}
		m.wantSealed("while it leaves", 2, "bgp-session-test")
		m.steps()
		if got := m.password(sessions[0]); got != "" {
			t.Errorf("a session that ended has the password %v", got)
		}
		m.wantSealed("one has ended", 1, "bgp-session-test")
		if _, err := m.store.Destroy(t.Context(), "alice", NetworkServiceConfigs, config, nil); err != nil {
			t.Fatal(err)
		}
		m.clock.Advance(400 * 24 * 3600e9)
		m.steps()
		for _, id := range sessions {
			if s := object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, id); s.State != StateDecommissioned || s.PasswordSecret != 0 {
				t.Errorf("session: %s, secret %d", s.State, s.PasswordSecret)
			}
		}
		m.wantSealed("all have ended", 0, "bgp-session-test")
	})
}

// A rotation of keys finds the passwords.
func TestPasswordsAreSealedAgain(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		_, sessions := m.sessions()
		r, err := m.lent.Store.RotateSecrets(t.Context(), nil)
		if err != nil || r.Resealed != 2 || len(r.Retired) != 1 {
			t.Fatalf("rotated: %+v, %v", r, err)
		}
		for _, id := range sessions {
			if got := m.password(id); got != "bgp-session-test" {
				t.Errorf("after a rotation: %v", got)
			}
		}
	})
}

// A password that an older program left in a document is shown, and sealed with
// the next change of the session, whatever that is.
func TestPasswordsInDocumentsAreSealed(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		_, sessions := m.sessions()
		for _, statement := range []string{
			"DELETE FROM secrets",
			`UPDATE ix_objects SET document = REPLACE(document, '"password":""', '"password":"old-session-test"')`,
			`UPDATE ix_objects SET document = REPLACE(REPLACE(document, '"password_secret":1,', ''), '"password_secret":2,', '')`,
		} {
			if _, err := m.lent.Raw.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		if got := m.password(sessions[0]); got != "old-session-test" {
			t.Errorf("shown as %v", got)
		}
		m.patch(sessions[0], props{"max_prefix_v4": 10})
		if got := m.password(sessions[0]); got != "old-session-test" {
			t.Errorf("sealed, and shown as %v", got)
		}
		m.patch(sessions[1], props{"password": "new-session-test"})
		if got := m.password(sessions[1]); got != "new-session-test" {
			t.Errorf("changed, and shown as %v", got)
		}
		m.wantSealed("changed", 2, "old-session-test", "new-session-test")
	})
}

// A secret that is gone is that of a session which ended while it was read.
func TestPasswordThatHasGone(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		_, sessions := m.sessions()
		if _, err := m.lent.Raw.Exec("DELETE FROM secrets WHERE id = ?", object[*NetworkFeatureConfig](m, NetworkFeatureConfigs, sessions[0]).PasswordSecret); err != nil {
			t.Fatal(err)
		}
		var got []any
		for _, id := range sessions {
			got = append(got, m.password(id))
		}
		if !slices.Equal(got, []any{"", "bgp-session-test"}) {
			t.Errorf("shown as %v", got)
		}
		// One that does not open is an error, without its value.
		if _, err := m.lent.Raw.Exec("UPDATE secrets SET sealed = 'x'"); err != nil {
			t.Fatal(err)
		}
		_, read := m.store.Read(t.Context(), "alice", NetworkFeatureConfigs, sessions[1])
		_, listed := m.store.List(t.Context(), "alice", NetworkFeatureConfigs, Query{})
		_, changed := m.store.Update(t.Context(), "alice", NetworkFeatureConfigs, sessions[1], props{"asn": 64496}.raw(t), true)
		for _, err := range []error{read, listed, changed} {
			if err == nil || models.ErrorCode(err) != models.Internal || strings.Contains(err.Error(), "session-test") {
				t.Errorf("damaged: %v", err)
			}
		}
	})
}
