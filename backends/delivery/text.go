package delivery

import (
	"context"
	"fmt"
	"slices"

	"provision-gateway/backends/mail"
	"provision-gateway/models"
)

// render writes the mail that a template makes of a peer.
func (d *Delivery) render(ctx context.Context, m Mail) (mail.Text, error) {
	var data mail.TemplateData
	var err error
	if data.Peer, err = d.party(ctx, &m.Peer.Network); err != nil {
		return mail.Text{}, err
	}
	if data.We, err = d.ourselves(ctx); err != nil {
		return mail.Text{}, err
	}
	common, err := d.Store.CommonExchanges(ctx, d.OwnASNs[:1], m.Peer.Network.ID)
	if err != nil {
		return mail.Text{}, err
	}
	for _, e := range common {
		shared := mail.Exchange{Name: e.Name, Ours: e.Ours, Theirs: e.Theirs}
		if e.City != nil {
			shared.City = *e.City
		}
		data.Exchanges = append(data.Exchanges, shared)
	}
	// The exchange that the mail is about comes first.
	for i, e := range common {
		if e.ID == m.Peer.Exchange.ID {
			first := data.Exchanges[i]
			data.Exchanges = slices.Insert(slices.Delete(data.Exchanges, i, i+1), 0, first)
		}
	}
	return d.Templates.Render(m.Template, data)
}

// ourselves is the network of our first AS number. Without an entry in the
// directory it is that number.
func (d *Delivery) ourselves(ctx context.Context) (mail.Party, error) {
	if len(d.OwnASNs) == 0 {
		return mail.Party{}, models.Errorf(models.Invalid, "The template needs our AS number, and own_asns is empty")
	}
	asn := d.OwnASNs[0]
	own, err := d.Store.NetworksByASN(ctx, []uint32{asn})
	if err != nil {
		return mail.Party{}, err
	}
	if len(own) == 0 {
		return mail.Party{Name: fmt.Sprintf("AS%d", asn), ASN: asn}, nil
	}
	return d.party(ctx, &own[0])
}

// party is a network with its contact for peering, or else for operations.
func (d *Delivery) party(ctx context.Context, n *models.Network) (mail.Party, error) {
	p := mail.Party{Name: n.Name, Website: value(n.Website)}
	if n.ASN != nil {
		p.ASN = *n.ASN
	}
	contacts, err := d.Store.ContactsOf(ctx, &n.ID)
	if err != nil {
		return p, err
	}
	for _, role := range []string{"Policy", "NOC"} {
		for _, c := range contacts[n.ID] {
			if c.Role == role {
				p.Contact, p.Email, p.Telephone = value(c.Name), value(c.Email), value(c.Telephone)
				return p, nil
			}
		}
	}
	return p, nil
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
