package models

import (
	"context"
	"time"

	"gorm.io/gorm/clause"
)

// OutgoingMail counts a mail against the cap per hour. It is there from before
// the mail is handed over, and goes when it was not.
type OutgoingMail struct {
	ID uint64
	// MailID names the mail for ever, such as request-42.
	MailID    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// mailCapPeriod is what the cap counts over, in seconds.
const mailCapPeriod = int64(time.Hour / time.Second)

// CountMail counts a mail that is about to be handed over. With a cap above 0 it
// is a Conflict when that many were handed over in the last hour, by all
// gateways together. A mail that is sent again is still one, of the later time.
func (tx *Tx) CountMail(id string, cap int) error {
	if cap > 0 {
		// One row that all must lock, so that two transactions cannot both take
		// the last place.
		turn := Lease{Name: "outgoing-mail"}
		if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&turn).Error; err != nil {
			return err
		}
		if err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("name = ?", turn.Name).Take(&turn).Error; err != nil {
			return err
		}
		var recent []uint64
		err := tx.db.Model(&OutgoingMail{}).Clauses(clause.Locking{Strength: "SHARE"}).
			Where("created_at > ? AND mail_id <> ?", tx.Time-mailCapPeriod, id).Limit(cap).Pluck("id", &recent).Error
		if err != nil {
			return err
		}
		if len(recent) >= cap {
			return Errorf(Conflict, "No more than %d mails may be sent in an hour", cap)
		}
	}
	row := OutgoingMail{MailID: id, CreatedAt: tx.Time}
	return tx.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "mail_id"}}, DoUpdates: clause.AssignmentColumns([]string{"created_at"})}).
		Create(&row).Error
}

// UncountMail takes back the count of a mail that was not handed over.
func (tx *Tx) UncountMail(id string) error {
	return tx.db.Where("mail_id = ?", id).Delete(&OutgoingMail{}).Error
}

// ForgetMails deletes the counts that no cap looks at any more.
func (s *Store) ForgetMails(ctx context.Context) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.db.Where("created_at <= ?", tx.Time-mailCapPeriod).Delete(&OutgoingMail{}).Error
	})
}
