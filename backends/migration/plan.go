package migration

import (
	"fmt"
)

// The ways in which an object can change.
const (
	added   = "added"
	changed = "changed"
	removed = "removed"
)

// change is an object to be written.
type change struct {
	key    Key
	done   string
	theirs any
}

// refuse notes that an object is not written.
func (r *run) refuse(kind Kind, key Key, why string, args ...any) {
	r.refused[kind][key] = true
	r.report.Kinds[kind].Refused++
	r.report.Conflicts = append(r.report.Conflicts, fmt.Sprintf("%s %s: ", kind, key.Text(kind))+fmt.Sprintf(why, args...))
}

// planKind decides what to do with every object of a kind.
func (r *run) planKind(kind Kind) {
	if kind == KindPeer {
		return
	}
	counts := r.report.Kinds[kind]
	unanswered, kept := r.original.unanswered(kind), 0
	for _, key := range keys(kind, r.original, r.own) {
		theirs, ours := r.original.objects[kind][key], r.own.objects[kind][key]
		if isUnknownExchange(ours) {
			ours = nil
		}
		sum, came := r.imported[kind][key]
		untouched := r.Replace || came && ours != nil && sumOf(ours) == sum
		switch {
		case kind == KindLIR && r.refused[KindResource][key]:
			r.refuse(kind, key, "its resource was refused")
		case theirs != nil && tooLong(theirs) != "":
			r.refuse(kind, key, "%s is too long to be kept", tooLong(theirs))
		case theirs == nil && !came:
			counts.Own++
		case unanswered != "" && came && lacks(theirs, ours):
			counts.Own++
			kept++
		case theirs == nil && kind == KindResource && r.seeds[key.First]:
			r.refuse(kind, key, "it is gone on the original server, but this gateway needs it")
		case theirs == nil && (untouched || kind.isDirectory()):
			r.plan[kind] = append(r.plan[kind], change{key, removed, nil})
		case theirs == nil:
			r.refuse(kind, key, "it is gone on the original server and was changed here")
		case isUnknownExchange(theirs):
			counts.Unchanged++
		case kind == KindExchange && r.KeepDirectory && r.exchanges[key.First]:
			counts.Own++
		case ours == nil:
			r.plan[kind] = append(r.plan[kind], change{key, added, theirs})
		case len(compareObjects(kind, key, theirs, ours)) == 0:
			counts.Unchanged++
			if !came || sum != sumOf(theirs) {
				r.adopted[kind] = append(r.adopted[kind], key)
			}
		case kind.isDirectory() && r.KeepDirectory:
			counts.Own++
		case untouched || kind.isDirectory() || !came && kind == KindResource && r.isSeedThere(key):
			r.plan[kind] = append(r.plan[kind], change{key, changed, theirs})
		case came:
			r.refuse(kind, key, "it differs, and was changed here since it was imported")
		default:
			r.refuse(kind, key, "something else has this id here")
		}
	}
	if kept > 0 {
		r.original.note("%d objects of kind %s stay, of which the original shows less than is here: it did not answer %s", kept, kind, unanswered)
	}
}

// isSeedThere reports whether what this side has under an id is there from the
// start, and so gives way.
func (r *run) isSeedThere(key Key) bool { return r.seeds[key.First] }
