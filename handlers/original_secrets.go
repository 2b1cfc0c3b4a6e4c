package handlers

import (
	"context"
	"slices"

	"provision-gateway/backends/legacy"
	"provision-gateway/models"
)

// showsSecrets is the action that shows secrets to who may see them.
const showsSecrets = "lir.get"

// hides reports whether the action shows secrets that the caller may not see here.
// The original knows no such right, and shows them.
func (k *call) hides() bool {
	return k.action != nil && k.action.Key() == showsSecrets && !k.caller.Allows(models.PermissionSecrets)
}

// withheld reports whether the original's answer is not for this caller.
func (k *call) withheld() bool { return k.RequireSecrets && k.hides() }

// seeing is the call of somebody who may see the secrets: what is hidden on this
// side only would be a mismatch in every comparison.
func (k *call) seeing() *call {
	shared := *k
	if k.hides() {
		caller := *k.caller
		caller.Allow = append(slices.Clone(caller.Allow), models.PermissionSecrets)
		shared.caller = &caller
	}
	return &shared
}

// compared is what is compared of an answer of this side: itself, or where
// secrets are hidden in it, the one without that.
func (k *call) compared(answer *legacy.Answer) *legacy.Answer {
	if !k.hides() || k.Comparer == nil {
		return answer
	}
	seen, err := k.seeing().here(context.WithoutCancel(k.ctx))
	if err != nil {
		return nil
	}
	return seen
}
