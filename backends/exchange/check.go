package exchange

import (
	"context"
	"maps"
	"slices"

	"provision-gateway/models"
)

// Report is what an exchange that is bound says of itself and of us.
type Report struct {
	PublicID uint64 `json:"public_id"`
	// Account and AccountName are who the credentials are for.
	Account     string `json:"account"`
	AccountName string `json:"account_name"`
	LANs        []LAN  `json:"lans"`
	// Error is why the exchange could not be asked, or what it lacks.
	Error string `json:"error,omitempty"`
}

// LAN is a peering LAN of an exchange.
type LAN struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// RouteServers are names.
	RouteServers []string     `json:"route_servers"`
	Connections  []Connection `json:"connections"`
}

// Connection is our configuration of a peering LAN.
type Connection struct {
	ID        string   `json:"id"`
	State     string   `json:"state"`
	ASNs      []uint32 `json:"asns"`
	Addresses []string `json:"addresses"`
}

// Check asks every exchange that is bound, by public id. It changes nothing.
func (e *Exchange) Check(ctx context.Context) []Report {
	var reports []Report
	for _, id := range slices.Sorted(maps.Keys(e.bound)) {
		r := Report{PublicID: id, LANs: []LAN{}}
		if err := e.check(ctx, e.bound[id], &r); err != nil {
			r.Error = err.Error()
		}
		reports = append(reports, r)
	}
	return reports
}

func (e *Exchange) check(ctx context.Context, b *bound, r *Report) error {
	ctx, cancel := e.within(ctx, b)
	defer cancel()
	own, err := b.Client.Account(ctx)
	if err != nil {
		return err
	}
	r.Account, r.AccountName = own.ID, own.Name
	lans, err := b.known(ctx, 0)
	if err != nil {
		return err
	}
	connected := false
	for _, l := range lans {
		found := LAN{ID: l.service.ID, Name: l.service.Name, RouteServers: []string{}, Connections: []Connection{}}
		for _, f := range l.features {
			found.RouteServers = append(found.RouteServers, f.Name)
		}
		configs, err := b.Client.ServiceConfigs(ctx, l.service.ID)
		if err != nil {
			return err
		}
		for _, c := range configs {
			if c.State.Leaving() {
				continue
			}
			n := Connection{ID: c.ID, State: string(c.State), ASNs: c.ASNs, Addresses: []string{}}
			ips, err := b.Client.IPs(ctx, c)
			if err != nil {
				return err
			}
			for _, ip := range ips {
				n.Addresses = append(n.Addresses, ip.Address)
			}
			found.Connections, connected = append(found.Connections, n), true
		}
		r.LANs = append(r.LANs, found)
	}
	if !connected {
		return models.Errorf(models.Conflict, "no connection to the peering LAN is configured at the exchange")
	}
	return nil
}
