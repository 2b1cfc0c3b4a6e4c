package handlers

import (
	"context"
	"encoding/binary"
	"sync"

	"provision-gateway/compat"
	"provision-gateway/models"
)

// modeTable knows who answers which action: the configuration, and what somebody
// stored, which is stronger. What it read stays true until the version of the
// modes changes, so every gateway follows a change with its next request.
type modeTable struct {
	store *models.Store
	given compat.Policies
	mu    sync.RWMutex
	// version is that of models.ScopeModes for which effective holds.
	version   models.Versions
	loaded    bool
	effective compat.Policies
	passed    []models.PassedWrites
}

func newModeTable(s *models.Store, given compat.Policies) *modeTable {
	return &modeTable{store: s, given: given}
}

// get returns who answers what, and how far this side is behind the original.
func (t *modeTable) get(ctx context.Context, v models.Versions) (compat.Policies, []models.PassedWrites, error) {
	v = v.Of(models.ScopeModes)
	t.mu.RLock()
	effective, passed, fresh := t.effective, t.passed, t.loaded && t.version == v
	t.mu.RUnlock()
	if fresh {
		return effective, passed, nil
	}
	stored, err := t.store.ActionModes(ctx)
	if err != nil {
		return nil, nil, err
	}
	if passed, err = t.store.PassedWrites(ctx); err != nil {
		return nil, nil, err
	}
	effective = EffectiveModes(t.given, stored)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.loaded, t.version, t.effective, t.passed = true, v, effective, passed
	return effective, passed, nil
}

// EffectiveModes are the policies of the configuration with the stored ones in
// their places.
func EffectiveModes(given compat.Policies, stored []models.ActionMode) compat.Policies {
	out := make(compat.Policies, len(given)+len(stored))
	for pattern, policy := range given {
		out[pattern] = policy
	}
	for _, row := range stored {
		out[row.Pattern] = compat.Policy{Pattern: row.Pattern, Mode: compat.Mode(row.Mode), Share: row.Share}
	}
	return out
}

// decide finds out who answers the request.
func (k *call) decide(v models.Versions) error {
	policies, passed, err := k.modes.get(k.ctx, v)
	if err != nil {
		return err
	}
	policy := policies.Of(k.params.text("target"), k.params.text("action"))
	position := 0
	if policy.Share < 100 {
		position = k.params.position()
	}
	k.mode = policy.For(k.action, position)
	k.heed(passed)
	return nil
}

// position is where a request lies among all, 0 to 99, by its parameters: the
// same request has the same side answer it, whoever asks and however often.
func (p parameters) position() int {
	return int(binary.BigEndian.Uint64([]byte(p.fingerprint()[:8])) % 100)
}

// unknownNeeds is what a caller must be allowed for an action of the original
// that the table does not know, since it may do anything.
var unknownNeeds = []models.Permission{
	models.PermissionRead, models.PermissionWrite, models.PermissionMail, models.PermissionDevice,
}

// permitted reports whether the caller may do what the action does.
func (k *call) permitted() bool {
	if k.mode.Original() && k.withheld() {
		return false
	}
	if k.action != nil {
		return k.caller.Allows(permissionFor[k.action.Effect])
	}
	for _, p := range unknownNeeds {
		if !k.caller.Allows(p) {
			return false
		}
	}
	return true
}

// reads reports whether the action is known to change nothing.
func (k *call) reads() bool { return k.action != nil && k.action.Effect == compat.Read }
