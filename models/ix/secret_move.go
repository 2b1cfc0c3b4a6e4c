package ix

import (
	"fmt"

	"gorm.io/gorm/clause"

	"provision-gateway/models"
)

func init() { models.RegisterSecretMover(moveSecret) }

// moveSecret makes the signing key and the object that refer to a secret refer to
// another number. Nobody else writes objects meanwhile, so none is saved with the
// number that it had before.
func moveSecret(inner *models.Tx, from, to uint64) error {
	db := inner.DB()
	if err := takeTurn(db); err != nil {
		return err
	}
	if err := db.Model(&SigningKey{}).Where("secret_id = ?", from).UpdateColumn("secret_id", to).Error; err != nil {
		return err
	}
	tx := &Tx{Tx: inner, db: db}
	for _, k := range kinds {
		if !k.sealed {
			continue
		}
		// Of what the pattern finds some have a longer number, or a text like it.
		var rows []Row
		err := db.Clauses(clause.Locking{Strength: "UPDATE"}).
			Where("collection = ? AND document LIKE ?", k.name, fmt.Sprintf(`%%"password_secret":%d%%`, from)).Find(&rows).Error
		if err != nil {
			return err
		}
		for i := range rows {
			if err := tx.moveSecretOf(&rows[i], from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveSecretOf is moveSecret for one object. Nothing else of its row changes.
func (tx *Tx) moveSecretOf(row *Row, from, to uint64) error {
	o, err := decode(row)
	if err != nil {
		return err
	}
	s, ok := o.(sealing)
	if !ok {
		return nil
	}
	_, secret := s.sealed()
	if *secret != from {
		return nil
	}
	*secret = to
	document, err := encode(o)
	if err != nil {
		return err
	}
	return tx.db.Model(&Row{}).Where("id = ?", row.ID).UpdateColumn("document", document).Error
}
