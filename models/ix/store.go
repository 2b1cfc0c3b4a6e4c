package ix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"provision-gateway/models"
)

// Store is the objects of the exchange in a database.
type Store struct {
	*models.Store
	// Interval is the time between two steps of the provisioning of an object,
	// rounded up to whole seconds; 0 lets every Step take one.
	Interval time.Duration
	// TermsURL is where a new account finds the terms that it has to accept; it
	// may be empty.
	TermsURL string
	// newID makes the id of a new object.
	newID func() string
	// last is the latest position that was given out.
	last atomic.Uint64
}

// New opens the objects of a database, with an interval of a second.
func New(s *models.Store) *Store {
	return &Store{Store: s, Interval: time.Second, newID: newID}
}

// Tx is a transaction on behalf of a caller.
type Tx struct {
	*models.Tx
	db *gorm.DB
	// Caller is who asks; nil for the exchange itself, which may do everything.
	Caller *Caller
	store  *Store
}

// Write runs f in a transaction; see models.Store.Write.
func (s *Store) Write(ctx context.Context, account string, f func(tx *Tx) error) error {
	return s.Store.Write(ctx, func(inner *models.Tx) error {
		if err := takeTurn(inner.DB()); err != nil {
			return err
		}
		tx := &Tx{Tx: inner, db: inner.DB(), store: s}
		if account != "" {
			caller, err := s.caller(tx.db, account)
			if err != nil {
				return err
			}
			tx.Caller = caller
		}
		return f(tx)
	})
}

// takeTurn makes the writes of all gateways take turns on MySQL, as those of
// SQLite do. An order looks at many rows that others change, in an order that
// depends on what it finds, so that two at once would lose to each other, and
// many at once nearly always. It is the first statement of the transaction, so
// what it sees is what the one before left.
func takeTurn(db *gorm.DB) error {
	if db.Name() != "mysql" {
		return nil
	}
	var turn models.Lease
	return db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("name = ?", "ix-turn").Take(&turn).Error
}

// decode makes the object of a row.
func decode(row *Row) (Object, error) {
	k, known := kindOf(row.Collection)
	if !known {
		return nil, fmt.Errorf("object %s is of an unknown collection %s", row.ID, row.Collection)
	}
	o := k.make(row.Type)
	if o == nil {
		return nil, fmt.Errorf("object %s of %s is of an unknown type %s", row.ID, row.Collection, row.Type)
	}
	if err := json.Unmarshal([]byte(row.Document), o); err != nil {
		return nil, fmt.Errorf("object %s: %w", row.ID, err)
	}
	if m, ok := o.(interface{ restore(*Row) }); ok {
		m.restore(row)
	}
	return o, nil
}

// Get returns an object whoever may see it, locked until the transaction ends,
// without its secret. An unknown id is a NotFound problem.
func (tx *Tx) Get(c Collection, id string) (Object, error) {
	var row Row
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND collection = ?", id, c).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, NotFound(c, id)
	}
	if err != nil {
		return nil, err
	}
	return decode(&row)
}

// get is Get for a known struct.
func get[T Object](tx *Tx, c Collection, id string) (T, error) {
	o, err := tx.Get(c, id)
	if err != nil {
		return *new(T), err
	}
	t, ok := o.(T)
	if !ok {
		return t, NotFound(c, id)
	}
	return t, nil
}

// peek is get for what only the exchange changes, or what the transaction holds:
// it locks nothing, so that many may look at once.
func peek[T Object](tx *Tx, c Collection, id string) (t T, err error) {
	var rows []Row
	if err := tx.db.Where("id = ? AND collection = ?", id, c).Limit(1).Find(&rows).Error; err != nil {
		return t, err
	}
	if len(rows) == 0 {
		return t, NotFound(c, id)
	}
	o, err := decode(&rows[0])
	if err != nil {
		return t, err
	}
	t, ok := o.(T)
	if !ok {
		return t, NotFound(c, id)
	}
	return t, nil
}

// find returns the objects of a collection that meet a condition on the columns
// of Row, the oldest first, whoever may see them.
func find[T Object](tx *Tx, c Collection, condition string, args ...any) ([]T, error) {
	var rows []Row
	query := tx.locked(condition).Where("collection = ?", c)
	if condition != "" {
		query = query.Where(condition, args...)
	}
	if err := query.Order("position, id").Find(&rows).Error; err != nil {
		return nil, err
	}
	var out []T
	for i := range rows {
		o, err := decode(&rows[i])
		if err != nil {
			return nil, err
		}
		if t, ok := o.(T); ok {
			out = append(out, t)
		}
	}
	return out, nil
}

// locked is a query for rows that stay until the transaction ends. It names the
// index of the column that a condition begins with: MariaDB reads a small table
// as a whole otherwise, and locks all that it reads.
func (tx *Tx) locked(condition string) *gorm.DB {
	query := tx.db.Clauses(clause.Locking{Strength: "UPDATE"})
	if tx.store.Kind() != "mysql" {
		return query
	}
	index := "ix_objects_collection"
	column, _, _ := strings.Cut(condition, " ")
	switch column {
	case "network_service":
		index = "ix_objects_service"
	case "network_service_config":
		index = "ix_objects_config"
	case "connection":
		index = "ix_objects_connection"
	}
	return query.Table("ix_objects FORCE INDEX (" + index + ")")
}

// Insert stores a new object, which gets an id unless it has one.
func (tx *Tx) Insert(c Collection, o Object) error {
	if o.header().ID == "" {
		o.header().ID = tx.store.newID()
	}
	row := Row{Collection: c, CreatedAt: tx.Time, Position: tx.store.position()}
	if err := tx.fill(&row, o); err != nil {
		return err
	}
	return tx.db.Create(&row).Error
}

// Save stores a changed object.
func (tx *Tx) Save(c Collection, o Object) error {
	var row Row
	// Not the row of when the transaction began: what is due may have changed.
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND collection = ?", o.header().ID, c).Take(&row).Error
	if err != nil {
		return err
	}
	if err := tx.fill(&row, o); err != nil {
		return err
	}
	return tx.db.Save(&row).Error
}

// Remove deletes an object for good.
func (tx *Tx) Remove(c Collection, o Object) error {
	return tx.db.Where("id = ? AND collection = ?", o.header().ID, c).Delete(&Row{}).Error
}

// position is later than all that this process gave out before.
func (s *Store) position() uint64 {
	for {
		last := s.last.Load()
		next := max(last+1, uint64(s.Now().UnixMicro()))
		if s.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// fill writes an object into its row.
func (tx *Tx) fill(row *Row, o Object) (err error) {
	row.ID, row.Type, row.ModifiedAt = o.header().ID, typeOf(o), tx.Time
	if owners := ownersOf(o); owners != nil {
		row.ManagingAccount, row.ConsumingAccount, row.ExternalRef = owners.ManagingAccount, owners.ConsumingAccount, owners.ExternalRef
	}
	if m, ok := o.(interface{ invoice() *Invoiceable }); ok {
		row.BillingAccount = m.invoice().BillingAccount
	}
	if s := statefulOf(o); s != nil {
		if s.Status == nil {
			s.Status = []Status{}
		}
		row.State = s.State
	}
	// Columns of its own kind, such as what it belongs to.
	if m, ok := o.(interface{ columns(*Row) }); ok {
		m.columns(row)
	}
	if err := tx.seal(o); err != nil {
		return err
	}
	row.Document, err = encode(o)
	return err
}

// Due sets when the provisioning of an object goes on.
func (tx *Tx) Due(c Collection, o Object, at *int64) error {
	return tx.db.Model(&Row{}).Where("id = ? AND collection = ?", o.header().ID, c).Update("due_at", at).Error
}
