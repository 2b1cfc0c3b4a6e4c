package peeringdb

import (
	"slices"

	"provision-gateway/models"
)

// visibilities are PeeringDB's rules who may see a contact, the strictest
// first.
var visibilities = []string{"Private", "Users", "Public"}

// Contact maps a point of contact. It never refuses one. A rule who may see it
// that is missing or unknown becomes Private, the strictest.
func (p *POC) Contact() (models.Contact, []Note, error) {
	var c columns
	row := models.Contact{
		ID:        p.Key(),
		NetworkID: key(p.NetID),
		Role:      c.required("role", p.Role, maxEnum),
		Name:      c.text("name", p.Name, maxName),
		Telephone: c.text("phone", p.Phone, maxName),
		Email:     c.mail("email", p.Email),
		Visible:   visibilities[0],
	}
	switch {
	case p.Visible == nil || *p.Visible == "":
	case slices.Contains(visibilities, *p.Visible):
		row.Visible = *p.Visible
	default:
		c.note("visible is unknown, taken as Private", quote(*p.Visible))
	}
	return row, c.notes, nil
}
