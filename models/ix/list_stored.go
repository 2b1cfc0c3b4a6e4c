package ix

// storedLister finds the rows of a list whose documents can be written as they
// are stored, without a look into them.
type storedLister struct {
	kind   *kind
	caller *Caller
	// columns are what rows must have, asks is true for a query that needs the
	// objects as well.
	columns []among
	asks    bool
	// whole are the types of objects none of whose properties are withheld.
	whole map[string]bool
}

func (c *Caller) storedLister(k *kind, q Query) *storedLister {
	l := &storedLister{kind: k, caller: c, whole: map[string]bool{}}
	l.columns, l.asks = k.inColumns(q)
	return l
}

// asStored reports whether the caller sees all of a row, the query does not ask
// for anything that is in the document alone, and nothing in it is for the
// exchange alone.
func (l *storedLister) asStored(row *Row) bool {
	if l.asks {
		return false
	}
	uses := l.caller.ActsFor(row.ConsumingAccount) && !l.kind.counterpart
	if !l.kind.public && !uses && !l.caller.ActsFor(row.ManagingAccount) {
		return false
	}
	whole, known := l.whole[row.Type]
	if !known {
		o := l.kind.make(row.Type)
		whole = o != nil && len(withheld(o, Full)) == 0
		l.whole[row.Type] = whole
	}
	return whole
}
