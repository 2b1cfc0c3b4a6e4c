package peeringdb

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provision-gateway/models"
)

func TestContact(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 300)
	tests := []struct {
		name, row string
		want      models.Contact
		notes     []Note
	}{
		{"every column", `{"id":5,"net_id":2,"role":"Public Relations","visible":"Users","name":"Example Desk","phone":"+1-555-0100","email":"desk@example.net","url":"https://example.net/"}`,
			models.Contact{ID: 5, NetworkID: 2, Role: "Public Relations", Name: to("Example Desk"), Telephone: to("+1-555-0100"), Email: to("desk@example.net"), Visible: "Users"}, nil},
		{"public", `{"id":5,"visible":"Public"}`, models.Contact{ID: 5, Visible: "Public"}, nil},
		{"private", `{"id":5,"visible":"Private"}`, models.Contact{ID: 5, Visible: "Private"}, nil},
		{"visibility not said", `{"id":5,"role":"NOC","name":"","phone":"","email":""}`, models.Contact{ID: 5, Role: "NOC", Visible: "Private"}, nil},
		{"visibility empty", `{"id":5,"visible":""}`, models.Contact{ID: 5, Visible: "Private"}, nil},
		{"visibility unknown", `{"id":5,"visible":"Everybody"}`, models.Contact{ID: 5, Visible: "Private"}, []Note{{"visible is unknown, taken as Private", `"Everybody"`}}},
		{"long", `{"id":5,"visible":"Public","role":"` + long + `","name":"` + long + `","phone":"` + long + `","email":"` + long + `@example.net"}`,
			models.Contact{ID: 5, Visible: "Public", Role: strings.Repeat("é", 64), Name: to(strings.Repeat("é", 255)), Telephone: to(strings.Repeat("é", 255))},
			[]Note{{"role cut to 64 characters", "had 300"}, {"name cut to 255 characters", "had 300"}, {"phone cut to 255 characters", "had 300"},
				{"email longer than 255 characters, dropped", ""}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, notes, err := decode[POC](t, test.row).Contact()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checkNotes(t, notes, test.notes...)
			checkFits(t, got, err)
		})
	}
}
