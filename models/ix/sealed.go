package ix

import (
	"encoding/json"
	"maps"
	"slices"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// sealing is an object with a text that is a secret. The text is stored sealed
// among the secrets of the database, where a rotation of keys finds it with the
// others; its document has no more than the id of it, as password_secret.
type sealing interface {
	Object
	// sealed returns the text, and the id of its stored value; 0 is none.
	sealed() (text *string, secret *uint64)
}

// seal stores the text of an object that has no stored value yet.
func (tx *Tx) seal(o Object) (err error) {
	s, ok := o.(sealing)
	if !ok {
		return nil
	}
	text, secret := s.sealed()
	if *text != "" && *secret == 0 {
		*secret, err = tx.AddSecret(*text)
	}
	return err
}

// sealAgain stores the text of an object that has changed since before. Both have
// been opened.
func (tx *Tx) sealAgain(before, o sealing) error {
	was, _ := before.sealed()
	text, secret := o.sealed()
	switch {
	case *secret == 0 || *text == *was:
		// What has no stored value gets one when the object is saved.
		return nil
	case *text == "":
		return tx.unseal(o)
	}
	return tx.ReplaceSecret(*secret, *text)
}

// unseal destroys the stored text of an object.
func (tx *Tx) unseal(o sealing) error {
	text, secret := o.sealed()
	id := *secret
	*text, *secret = "", 0
	if id == 0 {
		return nil
	}
	return tx.RemoveSecret(id)
}

// opened reads the secret texts of rows, by their ids. Only collections with
// secrets have a look at their rows. A text whose number the row does not have any
// more, since an import gave the number to another secret meanwhile, is left out.
func (s *Store) opened(db *gorm.DB, k *kind, rows ...Row) (map[uint64]string, error) {
	if !k.sealed {
		return nil, nil
	}
	ids, err := secretsOf(rows)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	texts, err := s.Secrets(db, ids)
	if err != nil {
		return nil, err
	}
	still := map[uint64]bool{}
	for some := range slices.Chunk(rows, 1000) {
		var names []string
		for _, row := range some {
			names = append(names, row.ID)
		}
		var now []Row
		if err := db.Select("id", "document").Where("id IN ?", names).Find(&now).Error; err != nil {
			return nil, models.DatabaseError(err)
		}
		ids, err := secretsOf(now)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			still[id] = true
		}
	}
	maps.DeleteFunc(texts, func(id uint64, _ string) bool { return !still[id] })
	return texts, nil
}

// secretsOf are the ids of the secrets of rows.
func secretsOf(rows []Row) (ids []uint64, err error) {
	for _, row := range rows {
		var document struct {
			Secret uint64 `json:"password_secret"`
		}
		if err := json.Unmarshal([]byte(row.Document), &document); err != nil {
			return nil, err
		}
		if document.Secret != 0 {
			ids = append(ids, document.Secret)
		}
	}
	return ids, nil
}

// reveal gives an object its text of those that were opened. One whose text is
// not there any more has come to its end since it was read.
func reveal(o Object, texts map[uint64]string) {
	if s, ok := o.(sealing); ok {
		if text, secret := s.sealed(); *secret != 0 {
			*text = texts[*secret]
		}
	}
}

// open gives objects of the transaction their texts.
func (tx *Tx) open(objects ...Object) error {
	for _, o := range objects {
		s, ok := o.(sealing)
		if !ok {
			continue
		}
		_, secret := s.sealed()
		if *secret == 0 {
			continue
		}
		texts, err := tx.store.Secrets(tx.db, []uint64{*secret})
		if err != nil {
			return err
		}
		reveal(o, texts)
	}
	return nil
}
