package models

// A SecretMover makes what refers to a secret by a number refer to another number.
type SecretMover func(tx *Tx, from, to uint64) error

// secretMovers are those of all parts of the gateway that store secrets.
var secretMovers = []SecretMover{moveFieldSecret}

// RegisterSecretMover adds the mover of a part of the gateway that stores secrets
// with AddSecret. It is for init: secrets keep their numbers for good, but for an
// import that needs a number for a secret of the original server.
func RegisterSecretMover(f SecretMover) { secretMovers = append(secretMovers, f) }

// moveFieldSecret is the mover of the fields of resources.
func moveFieldSecret(tx *Tx, from, to uint64) error {
	return tx.db.Model(&FieldValue{}).Where("secret_id = ?", from).UpdateColumn("secret_id", to).Error
}

// clearSecretID makes the number of a secret free: the secret gets another one. It
// is sealed anew, since what is sealed is bound to the number. One that nothing
// refers to moves too, so that nothing is lost.
func (tx *Tx) clearSecretID(id uint64) error {
	values, err := tx.store.Secrets(tx.db, []uint64{id})
	if err != nil {
		return err
	}
	plain, exists := values[id]
	if !exists {
		return nil
	}
	fresh, err := tx.addSecret(plain)
	if err != nil {
		return err
	}
	for _, move := range secretMovers {
		if err := move(tx, id, fresh); err != nil {
			return err
		}
	}
	return tx.RemoveSecret(id)
}
