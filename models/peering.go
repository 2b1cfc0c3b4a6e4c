package models

// The values of Communication.RequestStatus. A peer that was never contacted
// has none.
const (
	StatusNone     = "none"
	StatusSent     = "sent"
	StatusAccepted = "accepted"
	StatusRejected = "rejected"
)

// Communication is the record of how far peering with a network at an exchange
// has come. There is at most one for each pair.
type Communication struct {
	ID            uint64
	NetworkID     uint64
	ExchangeID    uint64
	RequestStatus *string
	// Qualified is nil until somebody decided.
	Qualified *bool
	// IsPeer is true when the network was marked as an existing peer.
	IsPeer     bool
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	ModifiedAt int64
}

// LogEntry says what happened with a network at an exchange, and when.
type LogEntry struct {
	ID         uint64
	NetworkID  *uint64
	ExchangeID *uint64
	Message    string
	// Time is in Unix seconds.
	Time      int64
	RequestID *uint64
	SessionID *uint64
}

// How far the mail of a Request has come.
const (
	// DeliveryPending is a mail that is being handed over, or whose handing over
	// was cut off, so that nobody knows whether it was sent.
	DeliveryPending = "pending"
	DeliverySent    = "sent"
	DeliveryFailed  = "failed"
)

// Request is a peering request that was, or is to be, sent by mail.
type Request struct {
	ID                  uint64
	PublicID            *uint64
	SourceParticipantID *uint64
	SourceASN           *uint32 `gorm:"column:source_asn"`
	PeerParticipantID   *uint64
	PeerASN             *uint32 `gorm:"column:peer_asn"`
	PeerName            string
	// EmailType is text or html.
	EmailType string
	EmailFrom string
	EmailTo   string
	EmailCC   string `gorm:"column:email_cc"`
	EmailBCC  string `gorm:"column:email_bcc"`
	Subject   string
	Body      string
	// Status is what the script gave as status, and nil while the mail has not
	// been handed over.
	Status *string
	// GivenStatus is what the script gave as status; it becomes Status once the
	// mail has been handed over.
	GivenStatus *string
	// Delivery is pending, sent or failed; Failure says why it failed, or why a
	// pending one is unknown.
	Delivery   string
	Failure    *string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	ModifiedAt int64
}
