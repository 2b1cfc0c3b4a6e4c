package ix

import "gorm.io/gorm/clause"

// Allocate gives a value of a pool to an object. It reports false when another
// one has it.
func (tx *Tx) Allocate(pool, value, holder string) (bool, error) {
	err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&Allocation{Pool: pool, Value: value, Holder: holder, CreatedAt: tx.Time}).Error
	if err != nil {
		return false, err
	}
	// The number of rows does not tell: MariaDB counts those that it found.
	var made Allocation
	err = tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where(&Allocation{Pool: pool, Value: value}).Take(&made).Error
	return made.Holder == holder, err
}

// Free gives back everything that an object has of all pools.
func (tx *Tx) Free(holder string) error {
	return tx.db.Where("holder = ?", holder).Delete(&Allocation{}).Error
}

// release gives back one value of a pool that an object has.
func (tx *Tx) release(pool, value, holder string) error {
	return tx.db.Where("pool = ? AND value = ? AND holder = ?", pool, value, holder).Delete(&Allocation{}).Error
}

// holders returns who has which value of a pool. The values stay until the
// transaction ends.
func (tx *Tx) holders(pool string) (map[string]string, error) {
	var rows []Allocation
	if err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("pool = ?", pool).Find(&rows).Error; err != nil {
		return nil, err
	}
	holders := map[string]string{}
	for _, row := range rows {
		holders[row.Value] = row.Holder
	}
	return holders, nil
}
