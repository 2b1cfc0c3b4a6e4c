package ix

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"gorm.io/gorm"

	"provision-gateway/models"
)

// List returns the objects of a collection that an account sees and that meet a
// query, the oldest first.
func (s *Store) List(ctx context.Context, account string, c Collection, q Query) ([]Item, error) {
	k, known := kindOf(c)
	if !known {
		return nil, NotFound(c, "")
	}
	if err := k.check(q); err != nil {
		return nil, err
	}
	db := s.Reader(ctx)
	caller, err := s.caller(db, account)
	if err != nil {
		return nil, err
	}
	query := db
	if !k.public && k.seen == nil {
		query = query.Where("managing_account IN ? OR consuming_account IN ?", caller.scope, caller.scope)
	}
	stored := caller.storedLister(k, q)
	rows, err := rowsOf(query, c, stored.columns)
	if err != nil {
		return nil, err
	}
	items, others, double := []Item{}, &related{db: db, caller: caller}, map[string]bool{}
	secrets, err := s.opened(db, k, rows...)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if stored.asStored(&rows[i]) {
			items = append(items, Item{rows[i].ID, json.RawMessage(rows[i].Document)})
			continue
		}
		o, err := decode(&rows[i])
		if err != nil {
			return nil, err
		}
		reveal(o, secrets)
		a, err := caller.access(k, &rows[i], o, looker(db))
		if err != nil {
			return nil, err
		}
		if a == Hidden {
			continue
		}
		shown, err := show(o, rows[i].Document, a)
		if err != nil {
			return nil, err
		}
		if a != Full {
			// What is withheld cannot be asked for either.
			row := rows[i]
			row.Document = string(shown)
			if o, err = decode(&row); err != nil {
				return nil, err
			}
		}
		met, err := k.meets(others, o, q)
		if err != nil {
			return nil, err
		}
		if !met {
			continue
		}
		if k.project != nil && len(q["fields"]) > 0 {
			// What is left may be the same for several objects, and is listed once.
			if shown, err = k.project(shown, q["fields"]); err != nil {
				return nil, err
			}
			if double[string(shown)] {
				continue
			}
			double[string(shown)] = true
		}
		items = append(items, Item{rows[i].ID, shown})
	}
	return items, nil
}

// Read returns an object as an account sees it; one that it does not see is a
// NotFound problem.
func (s *Store) Read(ctx context.Context, account string, c Collection, id string) (Item, error) {
	db := s.Reader(ctx)
	caller, err := s.caller(db, account)
	if err != nil {
		return Item{}, err
	}
	return s.read(db, caller, c, id)
}

func (s *Store) read(db *gorm.DB, caller *Caller, c Collection, id string) (Item, error) {
	k, known := kindOf(c)
	if !known {
		return Item{}, NotFound(c, id)
	}
	var row Row
	err := db.Where("id = ? AND collection = ?", id, c).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Item{}, NotFound(c, id)
	}
	if err != nil {
		return Item{}, models.DatabaseError(err)
	}
	o, err := decode(&row)
	if err != nil {
		return Item{}, err
	}
	a, err := caller.access(k, &row, o, looker(db))
	if err != nil {
		return Item{}, err
	}
	if a == Hidden {
		return Item{}, NotFound(c, id)
	}
	secrets, err := s.opened(db, k, row)
	if err != nil {
		return Item{}, err
	}
	reveal(o, secrets)
	shown, err := show(o, row.Document, a)
	return Item{id, shown}, err
}

// looker finds the rows of a collection that belong to a network service or to
// a configuration.
func looker(db *gorm.DB) func(Collection, string) ([]Row, error) {
	return func(c Collection, id string) ([]Row, error) {
		var rows []Row
		err := db.Where("collection = ? AND (network_service = ? OR network_service_config = ?)", c, id, id).Find(&rows).Error
		return rows, models.DatabaseError(err)
	}
}

// Create makes an object of what a body says.
func (s *Store) Create(ctx context.Context, account string, c Collection, body map[string]json.RawMessage) (Item, error) {
	k, known := kindOf(c)
	if !known || k.create == nil {
		return Item{}, NotFound(c, "")
	}
	var item Item
	err := s.Write(ctx, account, func(tx *Tx) error {
		o, err := k.fresh(body)
		if err != nil {
			return err
		}
		if k.admit != nil {
			if err := k.admit(tx, o); err != nil {
				return err
			}
		}
		if err := errors.Join(k.read(o, body, creating), tx.checkReferences(o)); err != nil {
			return firstProblem(err)
		}
		if err := k.create(tx, o); err != nil {
			return err
		}
		item, err = s.read(tx.db, tx.Caller, c, o.header().ID)
		return err
	})
	return item, err
}

// fresh makes the object that a body asks for.
func (k *kind) fresh(body map[string]json.RawMessage) (Object, error) {
	if k.types == nil {
		return k.make(""), nil
	}
	var objectType string
	if err := json.Unmarshal(body["type"], &objectType); err != nil || objectType == "" {
		return nil, InvalidProperty("type", "is required")
	}
	o := k.make(objectType)
	if o == nil || !slices.Contains(k.types, objectType) {
		return nil, InvalidProperty("type", "%q is not a type of %s", objectType, k.name)
	}
	return o, nil
}

// Update changes an object: all that can be set, or with patch what is sent.
func (s *Store) Update(ctx context.Context, account string, c Collection, id string, body map[string]json.RawMessage, patch bool) (Item, error) {
	k, known := kindOf(c)
	if !known || k.update == nil {
		return Item{}, NotFound(c, id)
	}
	var item Item
	err := s.Write(ctx, account, func(tx *Tx) error {
		before, o, err := tx.mine(k, id)
		if err != nil {
			return err
		}
		if raw, sent := body["type"]; sent && k.types != nil {
			var objectType string
			if json.Unmarshal(raw, &objectType) != nil || objectType != typeOf(o) {
				return InvalidProperty("type", "cannot be changed from %s", typeOf(o))
			}
		}
		how := replacing
		if patch {
			how = patching
		}
		if err := errors.Join(k.read(o, body, how), tx.checkReferences(o)); err != nil {
			return firstProblem(err)
		}
		if err := k.update(tx, before, o); err != nil {
			return err
		}
		item, err = s.read(tx.db, tx.Caller, c, id)
		return err
	})
	return item, err
}

// Destroy deletes an object, or begins to, and returns what it is then, or was
// last.
func (s *Store) Destroy(ctx context.Context, account string, c Collection, id string, body map[string]json.RawMessage) (Item, error) {
	k, known := kindOf(c)
	if !known || k.destroy == nil {
		return Item{}, NotFound(c, id)
	}
	var item Item
	err := s.Write(ctx, account, func(tx *Tx) error {
		_, o, err := tx.mine(k, id)
		if err != nil {
			return err
		}
		if err := k.destroy(tx, o, body); err != nil {
			return err
		}
		// It may be gone.
		document, err := encode(o)
		if err != nil {
			return err
		}
		shown, err := show(o, document, Full)
		item = Item{id, shown}
		return err
	})
	return item, err
}

// mine returns an object, twice, that the caller may change: what it does not
// see is not found, what it sees and does not manage is denied.
func (tx *Tx) mine(k *kind, id string) (before, o Object, err error) {
	if before, err = tx.Get(k.name, id); err != nil {
		return nil, nil, err
	}
	if o, err = tx.Get(k.name, id); err != nil {
		return nil, nil, err
	}
	if _, err := tx.store.read(tx.db, tx.Caller, k.name, id); err != nil {
		return nil, nil, err
	}
	if !tx.Caller.ActsFor(managerOf(o)) {
		return nil, nil, Denied("The object is managed by another account.")
	}
	return before, o, tx.open(before, o)
}

// managerOf is the account that may change an object.
func managerOf(o Object) string {
	if m, ok := o.(interface{ manager() string }); ok {
		return m.manager()
	}
	if owners := ownersOf(o); owners != nil {
		return owners.ManagingAccount
	}
	return ""
}

// firstProblem finds the problem among joined errors, with the properties of
// all of them.
func firstProblem(err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var properties []Property
	for _, one := range joined.Unwrap() {
		var p *Problem
		if !errors.As(one, &p) || p.Properties == nil {
			return one
		}
		properties = append(properties, p.Properties...)
	}
	return Invalid(properties...)
}
