package migration

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// refusedError is an answer with success 0.
type refusedError struct{ question, message string }

func (e *refusedError) Error() string { return fmt.Sprintf("%s: answered %q", e.question, e.message) }

// passingWords are in refusals that say nothing of what the original offers: it
// failed, the key is not accepted, or there was too much to do.
var passingWords = []string{
	"error", "fail", "denied", "not allowed", "authenticat", "authoriz", "try again", "timeout", "timed out", "unavailable", "busy", "limit", "too many", "maintenance",
}

// lasting reports whether a refusal means that the original does not offer the
// answer. Any other may be gone a moment later, and says nothing.
func (e *refusedError) lasting() bool {
	message := strings.ToLower(strings.TrimSpace(e.message))
	return message != "" && !slices.ContainsFunc(passingWords, func(word string) bool { return strings.Contains(message, word) })
}

// isLastingRefusal gives the refusal that an error is, when it is a lasting one.
func isLastingRefusal(err error) (*refusedError, bool) {
	var refused *refusedError
	ok := errors.As(err, &refused) && refused.lasting()
	return refused, ok
}

// refusable takes a lasting refusal for an answer that has nothing, and notes it.
func (r *reader) refusable(err error) error {
	refused, ok := isLastingRefusal(err)
	if !ok {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = append(r.refused, refused.question)
	r.note("%s", refused)
	return nil
}

// The questions that may be refused, apart from filters.
const (
	liveSessions    = "peering getSessions"
	deletedSessions = "peering getSessions deleted=1"
	archive         = "resource get getFromBackup=1"
)

// tells are the refusable questions without whose answers it is not known that an
// object of a kind is gone. Some exchanges are found through sessions only, and
// communications and a part of the log are asked for by exchange. A resource that
// is not live may be in the archive.
func (k Kind) tells() []string {
	switch k {
	case KindSession, KindExchange, KindCommunication, KindLog:
		return []string{liveSessions, deletedSessions}
	case KindResource, KindLIR:
		return []string{archive}
	}
	return nil
}

// unanswered is a refused question without whose answer nothing of a kind is known
// to be gone; empty when there is none.
func (s *Snapshot) unanswered(kind Kind) string {
	for _, question := range kind.tells() {
		if slices.Contains(s.refused, question) {
			return question
		}
	}
	return ""
}

// lacks reports whether a side that may not show all shows less of an object than
// the other one has: all of it, or entries of a log.
func lacks(theirs, ours any) bool {
	if theirs == nil {
		return true
	}
	log, isLog := theirs.(*Log)
	other, both := ours.(*Log)
	if !isLog || !both {
		return false
	}
	all := &Log{slices.Clone(log.Entries)}
	all.add(other.Entries)
	return len(all.Entries) > len(log.Entries)
}
