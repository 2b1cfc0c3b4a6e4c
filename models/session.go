package models

import (
	"fmt"
	"strconv"
)

// StateNotConfigured is the state of a session that no router knows yet.
const StateNotConfigured = "not configured"

// SessionTypePeer is the type of a session that is configured on a router and
// removed from it when it is deleted (legacy user documentation, "Managing
// Peer Sessions").
const SessionTypePeer = "Peer"

// NoPassword is what the password column holds when a session has none.
const NoPassword = "0"

// Session is a BGP session between one of our routers and a peer.
type Session struct {
	ID           uint64
	SourceASN    *uint32 `gorm:"column:source_asn"`
	SourceIPAddr *string `gorm:"column:source_ipaddr"`
	// ResourceID is the router, a resource in section `router`.
	ResourceID        *uint64
	PeerASN           *uint32 `gorm:"column:peer_asn"`
	PeerName          *string
	PeerParticipantID *uint64
	PeerIPAddr        *string `gorm:"column:peer_ipaddr"`
	PeerHostname      *string
	PeerGroup         *string
	// PublicID is the exchange; nil for a session at none.
	PublicID *uint64
	// IPType is ipv4 or ipv6, and follows from PeerIPAddr.
	IPType string `gorm:"column:ip_type"`
	Type   string
	State  string
	// PrfxMax and PrfxReceived count prefixes.
	PrfxMax      *uint32
	PrfxReceived *uint32
	Password     string
	Note         *string
	// CreatedAt, ModifiedAt and DeletedAt are Unix seconds; DeletedAt is nil
	// while the session is live.
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	ModifiedAt int64
	DeletedAt  *int64
	// LiveKey is unique among live sessions and nil in deleted ones.
	LiveKey *string
	// Pushed is where the session was last brought onto a router, whatever its
	// other columns say by now.
	Pushed Placement `gorm:"embedded;embeddedPrefix:pushed_"`
}

// Label is how messages and log entries name a session:
// PEER_NAME (ASsource_asn/source_ipaddr) - (ASpeer_asn/peer_ipaddr).
func (s *Session) Label() string {
	return fmt.Sprintf("%s (AS%s/%s) - (AS%s/%s)", text(s.PeerName), number(s.SourceASN), text(s.SourceIPAddr),
		number(s.PeerASN), text(s.PeerIPAddr))
}

// OnRouter reports whether a router may hold the session's configuration, so
// that deleting it has to touch the router. It never has to for sessions of
// another type than Peer.
func (s *Session) OnRouter() bool {
	return Fold(s.Type) == Fold(SessionTypePeer) && (s.State != StateNotConfigured || s.Pushed.Neighbor != nil)
}

// SameOnRouter reports whether two states of a session stand for the same
// configuration on the same router.
func (s *Session) SameOnRouter(other *Session) bool {
	return s.liveKey() == other.liveKey() && s.Type == other.Type && s.State == other.State &&
		number(s.SourceASN) == number(other.SourceASN)
}

// liveKey is what may exist only once among live sessions: the same router,
// source and peer address.
func (s *Session) liveKey() string {
	var router string
	if s.ResourceID != nil {
		router = strconv.FormatUint(*s.ResourceID, 10)
	}
	return router + "|" + text(s.SourceIPAddr) + "|" + text(s.PeerIPAddr)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func number(n *uint32) string {
	if n == nil {
		return ""
	}
	return strconv.FormatUint(uint64(*n), 10)
}
