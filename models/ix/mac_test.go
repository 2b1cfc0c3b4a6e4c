package ix

import (
	"testing"
)

func TestReadMAC(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"42:23:bc:8e:b8:b0": "42:23:bc:8e:b8:b0", "42-23-BC-8E-B8-B0": "42:23:bc:8e:b8:b0", "4223.bc8e.b8b0": "42:23:bc:8e:b8:b0",
		"4223BC8EB8B0": "42:23:bc:8e:b8:b0", "00:00:00:00:00:01": "00:00:00:00:00:01",
		"": "", "42:23:bc:8e:b8": "", "42:23:bc:8e:b8:b0:11:22": "", "ff:ff:ff:ff:ff:ff": "", "01:00:5e:00:00:01": "", "00:00:00:00:00:00": "",
		"42:23:bc:8e:b8:bg": "", "öööööö": "", "42:23:bc:8e:b8:b0 ": "",
	} {
		if got, reason := readMAC(text); got != want || (reason == "") != (want != "") {
			t.Errorf("%q: %q %q, want %q", text, got, reason, want)
		}
	}
}

// What is read is in a form that is read as the same, and of one interface.
func FuzzReadMAC(f *testing.F) {
	f.Add("42:23:bc:8e:b8:b0")
	f.Add("4223.bc8e.b8b0")
	f.Add("ffffffffffff")
	f.Fuzz(func(t *testing.T, text string) {
		canonical, reason := readMAC(text)
		if (canonical == "") == (reason == "") {
			t.Fatalf("%q: %q and %q", text, canonical, reason)
		}
		if again, _ := readMAC(canonical); canonical != "" && (again != canonical || len(canonical) != 17) {
			t.Errorf("%q: %q, then %q", text, canonical, again)
		}
	})
}

func TestMACs(t *testing.T) {
	t.Parallel()
	eachMarket(t, func(t *testing.T, m *market) {
		base := own("alice", props{"address": "02-00-5E-00-53-01"})
		for want, change := range map[string]props{
			"validation-error address":                          {"address": "01:00:5e:00:00:01"},
			"validation-error address ":                         {"address": absent},
			"validation-error managing_account":                 {"managing_account": "bob"},
			"validation-error valid_not_before":                 {"valid_not_before": "today"},
			"validation-error valid_not_after":                  {"valid_not_before": "2026-01-02T00:00:00Z", "valid_not_after": "2026-01-01T00:00:00Z"},
			"validation-error consuming_account":                {"consuming_account": absent},
			"validation-error valid_not_after valid_not_before": {"valid_not_before": "1", "valid_not_after": "2"},
		} {
			if want[len(want)-1] == ' ' {
				want = want[:len(want)-1]
			}
			_, err := m.store.Create(t.Context(), "alice", MACs, base.with(change).raw(t))
			wantProblem(t, err, want)
		}
		id := m.create("alice", MACs, base.with(props{"valid_not_after": "2026-01-01T00:00:00Z"}))
		shown := m.read("alice", MACs, id)
		if shown["address"] != "02:00:5e:00:53:01" {
			t.Errorf("shown: %v", shown)
		}
		config := m.create("alice", NetworkServiceConfigs, m.lan("alice").with(props{"macs": []string{id}}))
		for name, q := range map[string]struct {
			query Query
			want  int
		}{
			"address":                {Query{"address": {"0200.5e00.5301"}}, 1},
			"network_service_config": {Query{"network_service_config": {config}}, 1},
			"another config":         {Query{"network_service_config": {"x"}}, 0},
			"before":                 {Query{"assigned_at": {"2025-01-01T00:00:00Z"}, "id": {id}}, 1},
			"after":                  {Query{"assigned_at": {"2026-02-01T00:00:00Z"}, "id": {id}}, 0},
			"all":                    {nil, 2},
		} {
			if items, err := m.store.List(t.Context(), "alice", MACs, q.query); err != nil || len(items) != q.want {
				t.Errorf("%s: %d, want %d, %v", name, len(items), q.want, err)
			}
		}
		_, err := m.store.List(t.Context(), "alice", MACs, Query{"address": {"x"}, "assigned_at": {"y"}})
		wantProblem(t, err, "validation-error address assigned_at")
		_, err = m.store.Update(t.Context(), "alice", MACs, id, props{"address": "02:00:5e:00:53:02"}.raw(t), true)
		wantProblem(t, err, "not-found")
		_, err = m.store.Destroy(t.Context(), "alice", MACs, id, nil)
		wantProblem(t, err, "unable-to-fulfill")
		_, err = m.store.Destroy(t.Context(), "bob", MACs, id, nil)
		wantProblem(t, err, "not-found")
		// Used no more, it can go.
		if _, err := m.store.Update(t.Context(), "alice", NetworkServiceConfigs, config, props{"macs": []string{m.macs["alice"]}}.raw(t), true); err != nil {
			t.Fatal(err)
		}
		if _, err := m.store.Destroy(t.Context(), "alice", MACs, id, nil); err != nil {
			t.Error(err)
		}
	})
}
