package ix

import "reflect"

// saveChanged stores an object that its manager has changed. One in production
// whose devices are to do something else leaves it until its next step, in which
// the exchange provisions that: for as long its state is
// production_change_pending. Another change meanwhile is provisioned with the
// first.
func (tx *Tx) saveChanged(c Collection, before, o Object) error {
	state := statefulOf(o)
	if state.State != StateProduction || !reprovisioned(before, o) {
		return tx.Save(c, o)
	}
	state.State = StateProductionChangePending
	if err := tx.Save(c, o); err != nil {
		return err
	}
	return tx.GoOn(c, o)
}

// reprovisioned reports whether two versions of an object differ in a property
// that is provisioned.
func reprovisioned(before, o Object) bool {
	was, is := reflect.ValueOf(before).Elem(), reflect.ValueOf(o).Elem()
	for _, f := range fields(o) {
		if f.provisioned && !reflect.DeepEqual(was.FieldByIndex(f.index).Interface(), is.FieldByIndex(f.index).Interface()) {
			return true
		}
	}
	return false
}
