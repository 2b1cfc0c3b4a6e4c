package migrations

import "gorm.io/gorm"

// The types below are what the schema needs for mail, routers and the copy of
// PeeringDB. Those with the name of an existing table hold only what is added.

type network02 struct {
	Local bool `gorm:"not null;default:false"`
}

func (network02) TableName() string { return "networks" }

type exchange02 struct {
	Local bool `gorm:"not null;default:false"`
}

func (exchange02) TableName() string { return "exchanges" }

type exchangePrefix02 struct {
	Local bool `gorm:"not null;default:false"`
}

func (exchangePrefix02) TableName() string { return "exchange_prefixes" }

type port02 struct {
	Local bool `gorm:"not null;default:false"`
}

func (port02) TableName() string { return "ports" }

type contact02 struct {
	Local bool `gorm:"not null;default:false"`
}

func (contact02) TableName() string { return "contacts" }

type session02 struct {
	PushedRouterID *uint64
	PushedNeighbor *string `gorm:"type:varchar(45)"`
	PushedASN      *uint32 `gorm:"column:pushed_asn"`
	PushedGroup    *string `gorm:"type:varchar(255)"`
}

func (session02) TableName() string { return "sessions" }

type request02 struct {
	GivenStatus *string `gorm:"type:varchar(16)"`
}

func (request02) TableName() string { return "requests" }

type lease02 struct {
	Name      string `gorm:"primaryKey;type:varchar(64)"`
	Holder    string `gorm:"type:varchar(128);not null"`
	ExpiresAt int64  `gorm:"not null"`
}

func (lease02) TableName() string { return "leases" }

type syncState02 struct {
	Object string `gorm:"primaryKey;type:varchar(32)"`
	Cursor int64  `gorm:"not null"`
	FullAt int64  `gorm:"not null"`
	RanAt  int64  `gorm:"not null"`
}

func (syncState02) TableName() string { return "sync_states" }

type outgoingMail02 struct {
	ID        uint64
	MailID    string `gorm:"type:varchar(64);not null;uniqueIndex:outgoing_mails_mail_id"`
	CreatedAt int64  `gorm:"not null;index:outgoing_mails_created"`
}

func (outgoingMail02) TableName() string { return "outgoing_mails" }

// outside adds what the actions that reach outside need. It can run again, since
// MySQL commits at every statement that changes a table.
func outside(db *gorm.DB) error {
	for _, added := range []struct {
		table  any
		fields []string
	}{
		{&network02{}, []string{"Local"}}, {&exchange02{}, []string{"Local"}}, {&exchangePrefix02{}, []string{"Local"}},
		{&port02{}, []string{"Local"}}, {&contact02{}, []string{"Local"}},
		{&session02{}, []string{"PushedRouterID", "PushedNeighbor", "PushedASN", "PushedGroup"}},
		{&request02{}, []string{"GivenStatus"}},
	} {
		for _, field := range added.fields {
			if db.Migrator().HasColumn(added.table, field) {
				continue
			}
			if err := db.Migrator().AddColumn(added.table, field); err != nil {
				return err
			}
		}
	}
	return createTables(db, &lease02{}, &syncState02{}, &outgoingMail02{})
}
