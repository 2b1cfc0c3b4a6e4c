package models

import (
	"context"
	"slices"
	"strings"
)

// CommonExchange is an exchange where both we and a peer have a port.
type CommonExchange struct {
	ID   uint64
	Name string
	City *string
	// Ours and Theirs are addresses on the peering LAN, by port, IPv4 first.
	Ours, Theirs []string
}

// CommonExchanges returns the exchanges, by name, where both a network and one
// of our AS numbers have a port.
func (s *Store) CommonExchanges(ctx context.Context, ours []uint32, network uint64) ([]CommonExchange, error) {
	theirs, err := s.PortsOf(ctx, &network, nil)
	if err != nil || len(theirs) == 0 || len(ours) == 0 {
		return nil, err
	}
	own, err := s.NetworksByASN(ctx, ours)
	if err != nil {
		return nil, err
	}
	common := map[uint64]*CommonExchange{}
	for _, port := range theirs[network] {
		if common[port.ExchangeID] == nil {
			common[port.ExchangeID] = &CommonExchange{ID: port.ExchangeID}
		}
		common[port.ExchangeID].Theirs = append(common[port.ExchangeID].Theirs, port.Address)
	}
	for _, n := range own {
		ports, err := s.PortsOf(ctx, &n.ID, nil)
		if err != nil {
			return nil, err
		}
		for _, port := range ports[n.ID] {
			if e := common[port.ExchangeID]; e != nil {
				e.Ours = append(e.Ours, port.Address)
			}
		}
	}
	return s.named(ctx, common)
}

// named gives the exchanges where we are their names, and their order.
func (s *Store) named(ctx context.Context, common map[uint64]*CommonExchange) ([]CommonExchange, error) {
	var ids []uint64
	for id, e := range common {
		if len(e.Ours) > 0 {
			ids = append(ids, id)
		}
	}
	var rows []Exchange
	if err := s.read.WithContext(ctx).Select("id", "name", "city").Where("id IN ? AND gone_at IS NULL", ids).Find(&rows).Error; err != nil {
		return nil, databaseError(err)
	}
	out := make([]CommonExchange, len(rows))
	for i, row := range rows {
		out[i] = *common[row.ID]
		out[i].Name, out[i].City = row.Name, row.City
	}
	slices.SortFunc(out, func(a, b CommonExchange) int {
		if order := strings.Compare(Fold(a.Name), Fold(b.Name)); order != 0 {
			return order
		}
		return int(a.ID) - int(b.ID)
	})
	return out, nil
}

// NetworksByASN returns the live networks of AS numbers, by id.
func (s *Store) NetworksByASN(ctx context.Context, asns []uint32) ([]Network, error) {
	var rows []Network
	err := s.read.WithContext(ctx).Where("asn IN ? AND gone_at IS NULL", asns).Order("id").Find(&rows).Error
	return rows, databaseError(err)
}
