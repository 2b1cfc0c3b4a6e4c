package models

import "context"

// PortByAddress returns the live port that has an address in canonical form,
// and its network; nil when there is none. Of several it is the one with the
// lowest id.
func (s *Store) PortByAddress(ctx context.Context, address string) (*Port, *Network, error) {
	var ports []Port
	db := s.read.WithContext(ctx)
	err := db.Where("gone_at IS NULL AND (ipv4 = ? OR ipv6 = ?)", address, address).Order("id").Limit(1).Find(&ports).Error
	if err != nil || len(ports) == 0 {
		return nil, nil, databaseError(err)
	}
	var network Network
	if err := db.Where("id = ?", ports[0].NetworkID).Take(&network).Error; err != nil {
		return nil, nil, databaseError(err)
	}
	return &ports[0], &network, nil
}
