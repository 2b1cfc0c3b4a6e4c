package migration

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// Kind is a kind of object. Their order is the one in which they are written.
type Kind string

// The kinds.
const (
	KindResource      Kind = "resource"
	KindLIR           Kind = "lir"
	KindExchange      Kind = "exchange"
	KindNetwork       Kind = "network"
	KindPort          Kind = "port"
	KindContact       Kind = "contact"
	KindRequest       Kind = "request"
	KindSession       Kind = "session"
	KindCommunication Kind = "communication"
	// KindLog is the log entries of one network.
	KindLog Kind = "log"
	// KindPeer says whether a network is a peer anywhere. It follows from other
	// objects: it is compared and not written.
	KindPeer Kind = "peer"
)

// Kinds are all kinds in order.
func Kinds() []Kind {
	return []Kind{KindResource, KindLIR, KindExchange, KindNetwork, KindPort, KindContact, KindRequest, KindSession, KindCommunication, KindLog, KindPeer}
}

// isDirectory reports whether objects of a kind come from PeeringDB on both
// sides.
func (k Kind) isDirectory() bool {
	return slices.Contains([]Kind{KindExchange, KindNetwork, KindPort, KindContact}, k)
}

// Key names an object among those of its kind. Second is 0 but for what belongs
// to a pair.
type Key struct{ First, Second uint64 }

// Objects below are what an answer shows of each kind. Two sides have the same
// object when the JSON forms are equal.

// Network is a network of the directory.
type Network struct {
	ASN          *uint32 `json:"asn"`
	Name         string  `json:"name"`
	InfoPrefixes *uint32 `json:"info_prefixes"`
	// Columns are those that only filters tell: by name, absent for null.
	Columns map[string]string `json:"columns"`
}

// Exchange is an exchange; Name is nil when a session shows that it has none, and
// Known false when no session shows anything.
type Exchange struct {
	Known bool    `json:"-"`
	Name  *string `json:"name"`
}

// Port is the addresses of a network at an exchange.
type Port struct {
	NetworkID  uint64  `json:"participant_id"`
	ExchangeID uint64  `json:"public_id"`
	ASN        *uint32 `json:"local_asn"`
	IPv4       *string `json:"ipv4"`
	IPv6       *string `json:"ipv6"`
	Speed      uint32  `json:"speed"`
}

// Contact is a point of contact of a network.
type Contact struct {
	NetworkID uint64  `json:"participant_id"`
	Role      string  `json:"role"`
	Name      *string `json:"name"`
	Telephone *string `json:"telephone"`
	Email     *string `json:"email"`
}

// Communication is the record of a network (First) at an exchange (Second).
type Communication struct {
	Recorded      bool    `json:"recorded"`
	RequestStatus *string `json:"request_status"`
	Qualified     *bool   `json:"qualified"`
	// Marked is true for a peer without a live session, and for one with a
	// session that the log says was marked.
	Marked bool `json:"is_peer"`
}

// Entry is an entry of a log.
type Entry struct {
	Message    string  `json:"message"`
	Time       int64   `json:"time"`
	RequestID  *uint64 `json:"request_id"`
	SessionID  *uint64 `json:"session_id"`
	ExchangeID *uint64 `json:"public_id"`
}

// Log is the entries of a network, newest first.
type Log struct {
	Entries []Entry `json:"entries"`
}

// Request is a peering request.
type Request struct {
	PublicID            *uint64 `json:"public_id"`
	SourceParticipantID *uint64 `json:"source_participant_id"`
	SourceASN           *uint32 `json:"source_asn"`
	PeerParticipantID   *uint64 `json:"peer_participant_id"`
	PeerASN             *uint32 `json:"peer_asn"`
	PeerName            string  `json:"peer_name"`
	EmailType           string  `json:"email_type"`
	EmailFrom           string  `json:"email_from"`
	EmailTo             string  `json:"email_to"`
	Subject             string  `json:"subject"`
	Body                string  `json:"body"`
	Status              *string `json:"status"`
	Created             int64   `json:"created"`
	Modified            int64   `json:"modified"`
}

// Session is a BGP session.
type Session struct {
	SourceASN         *uint32 `json:"source_asn"`
	SourceIPAddr      *string `json:"source_ipaddr"`
	ResourceID        *uint64 `json:"resource_id"`
	PeerASN           *uint32 `json:"peer_asn"`
	PeerName          *string `json:"peer_name"`
	PeerParticipantID *uint64 `json:"peer_participant_id"`
	PeerIPAddr        *string `json:"peer_ipaddr"`
	PeerHostname      *string `json:"peer_hostname"`
	PeerGroup         *string `json:"peer_group"`
	PublicID          *uint64 `json:"public_id"`
	IPType            string  `json:"ip_type"`
	Type              string  `json:"type"`
	State             string  `json:"state"`
	PrfxMax           *uint32 `json:"prfx_max"`
	PrfxReceived      *uint32 `json:"prfx_received"`
	Password          string  `json:"password"`
	Note              *string `json:"note"`
	Deleted           bool    `json:"deleted"`
}

// Resource is a node of the resource tree.
type Resource struct {
	Name       string      `json:"name"`
	Slug       string      `json:"slug"`
	Type       string      `json:"type"`
	ParentID   *uint64     `json:"parent_id"`
	CategoryID *uint64     `json:"category_id"`
	Date       int64       `json:"date"`
	Modified   int64       `json:"modified"`
	SectionID  *uint64     `json:"_section"`
	CustomID   string      `json:"_custom_id"`
	Attributes []Attribute `json:"attr"`
	Deleted    bool        `json:"deleted"`
}

// Attribute is the values of a field, in the order of the answer.
type Attribute struct {
	Slug   string  `json:"slug"`
	Values []Value `json:"values"`
}

// Value is one instance of a field: a text, or the number of a secret.
type Value struct {
	Instance uint32  `json:"instance"`
	Text     string  `json:"text"`
	Secret   *uint64 `json:"secret"`
}

// LIR is what lir get shows of an LIR.
type LIR struct {
	Name     string               `json:"name"`
	Slug     string               `json:"slug"`
	RIR      string               `json:"rir"`
	ASN      string               `json:"asn"`
	Entities []map[string]*string `json:"entities"`
}

// Peer says whether a network is a peer anywhere.
type Peer struct {
	IsPeer bool `json:"is_peer"`
}

// field is a member of an object in JSON.
type field struct{ name, value string }

// fieldsOf are the members of an object in the order of its type; nil for no
// object.
func fieldsOf(object any) []field {
	if object == nil {
		return nil
	}
	text, err := json.Marshal(object)
	if err != nil {
		return []field{{"object", err.Error()}}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	_, _ = decoder.Token()
	var out []field
	for decoder.More() {
		name, _ := decoder.Token()
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			break
		}
		out = append(out, field{name.(string), string(value)})
	}
	return out
}

// passing are fields that a gateway changes by itself, reading the routers.
var passing = []string{"state", "prfx_received"}

// sumOf is equal for objects with the same values, apart from what a gateway
// changes by itself.
func sumOf(object any) string {
	h := sha256.New()
	for _, f := range fieldsOf(object) {
		if !slices.Contains(passing, f.name) {
			_, _ = h.Write([]byte(f.name + "=" + f.value + "\n"))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
