package exchange

import (
	"context"
	"errors"
	"time"

	"provision-gateway/backends/ixapi"
	"provision-gateway/models"
)

// find looks for what is at the exchange: by its id, and else by its reference. It
// returns nil for what is not there, or is gone or on its way out unless leaving
// is asked for.
func (w *work) find(ctx context.Context, leaving bool) (*ixapi.NetworkFeatureConfig, error) {
	if w.x.ConfigID != nil {
		found, err := w.b.Client.FeatureConfig(ctx, *w.x.ConfigID)
		if err != nil && !ixapi.IsNotFound(err) {
			return nil, err
		}
		if err == nil && (leaving || !found.State.Leaving()) {
			return &found, nil
		}
		if leaving {
			return nil, nil
		}
	}
	all, err := w.b.Client.FeatureConfigsByRef(ctx, w.x.ExternalRef)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if !one.State.Leaving() {
			return &one, nil
		}
	}
	return nil, nil
}

// bring makes what is at the exchange as the session says.
func (w *work) bring(ctx context.Context) error {
	t, err := w.b.target(ctx, w.s)
	if err != nil {
		return err
	}
	if t == nil {
		if w.x.Nowhere() && w.x.Wanted == models.WantedAdd {
			// A session with another member, which the exchange need not know.
			return w.forget(ctx)
		}
		return models.Errorf(models.Invalid, "peer_ipaddr: %s of AS%d is no route server of the exchange", *w.s.PeerIPAddr, *w.s.PeerASN)
	}
	want, err := w.b.wanted(ctx, w.s, t)
	if err != nil {
		return err
	}
	have, err := w.find(ctx, false)
	if err != nil {
		return err
	}
	if have, err = w.former(ctx, t, have); err != nil {
		return err
	}
	if have != nil && !t.fits(have) {
		// It cannot be moved. The new one is made first, so that a refusal costs
		// nothing, and under a reference of its own.
		w.x.OldConfigID, w.x.ConfigID, w.x.ExternalRef = &have.ID, nil, models.NewExternalRef(w.s.ID)
		if err := w.save(ctx); err != nil {
			return err
		}
		have = nil
	}
	if have == nil {
		have, err = w.create(ctx, t, want)
	} else if c := change(*have, want, w.s.IPType); len(c) > 0 {
		var changed ixapi.NetworkFeatureConfig
		if changed, err = w.b.Client.UpdateFeatureConfig(ctx, have.ID, c); err == nil && changed.ID != "" {
			have = &changed
		}
	}
	if err != nil {
		return err
	}
	w.x.ConfigID, w.x.ServiceConfigID, w.x.PostedAt = &have.ID, &have.NetworkServiceConfig, nil
	if err := w.save(ctx); err != nil {
		return err
	}
	if err := w.endOld(ctx); err != nil {
		return err
	}
	w.x.Wanted, w.x.Tries = models.WantedNothing, 0
	return w.observe(ctx, have)
}

// former looks at what a session was moved away from and that is still there. It
// is taken back where it is what is wanted again; and it goes before the session
// is moved once more, since only one can be remembered.
func (w *work) former(ctx context.Context, t *target, have *ixapi.NetworkFeatureConfig) (*ixapi.NetworkFeatureConfig, error) {
	if w.x.OldConfigID == nil || have != nil && t.fits(have) {
		return have, nil
	}
	old, err := w.b.Client.FeatureConfig(ctx, *w.x.OldConfigID)
	switch {
	case err != nil && !ixapi.IsNotFound(err):
		return nil, err
	case err != nil || old.State.Leaving():
		w.x.OldConfigID = nil
		return have, w.save(ctx)
	case !t.fits(&old):
		if have == nil {
			// It goes when there is another.
			return nil, nil
		}
		if err := w.endOld(ctx); err != nil {
			return nil, err
		}
		return have, w.save(ctx)
	case have == nil && w.mayCome():
		return nil, w.unknown()
	}
	w.x.ConfigID, w.x.OldConfigID, w.x.PostedAt = &old.ID, nil, nil
	if have != nil {
		w.x.OldConfigID = &have.ID
	}
	if old.ExternalRef != nil && *old.ExternalRef != "" {
		w.x.ExternalRef = *old.ExternalRef
	}
	return &old, w.save(ctx)
}

// endOld ends what the session was moved away from.
func (w *work) endOld(ctx context.Context) error {
	if w.x.OldConfigID == nil {
		return nil
	}
	if _, err := w.b.Client.DeleteFeatureConfig(ctx, *w.x.OldConfigID); err != nil && !ixapi.IsNotFound(err) {
		return err
	}
	w.x.OldConfigID = nil
	return nil
}

// fits reports whether a configuration is of the route server, and on the
// connection, that a session is to be with. Neither can be changed.
func (t *target) fits(have *ixapi.NetworkFeatureConfig) bool {
	return have.NetworkFeature == t.feature.ID && have.NetworkServiceConfig == t.config.ID
}

// create makes a configuration that was looked for and not found. Where nobody
// knows whether it was made, and where it is refused, which may be since an
// earlier order came late, it is looked for again.
func (w *work) create(ctx context.Context, t *target, want ixapi.NewFeatureConfig) (*ixapi.NetworkFeatureConfig, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	if err := w.b.complete(ctx, &want, t); err != nil {
		return nil, err
	}
	want.ExternalRef = w.x.ExternalRef
	// The reference may have been chosen in a transaction whose outcome was lost,
	// and this process may end before the answer comes.
	earlier, now := w.x.PostedAt, time.Now().Unix()
	w.x.PostedAt = &now
	if err := w.save(ctx); err != nil {
		return nil, err
	}
	made, err := w.b.Client.CreateFeatureConfig(ctx, want)
	if err == nil {
		if made.NetworkServiceConfig == "" {
			made.NetworkServiceConfig = t.config.ID
		}
		return &made, nil
	}
	failed, ok := errors.AsType[*ixapi.Error](err)
	if !ok {
		return nil, err
	}
	if !failed.Uncertain() {
		// Of this one nothing comes. One before it may have been on its way.
		w.x.PostedAt = earlier
		if !failed.Refused() {
			return nil, err
		}
	}
	found, lost := w.find(ctx, false)
	if lost == nil && found != nil && t.fits(found) {
		return found, nil
	}
	return nil, err
}

// mayCome reports whether a configuration that was ordered, and is not found, may
// still come: the exchange may be at work on the order when nobody waits for its
// answer any more.
func (w *work) mayCome() bool {
	return w.x.PostedAt != nil && time.Now().Unix() <= w.comes()
}

// comes is the Unix second after which an order is not expected to be done.
func (w *work) comes() int64 {
	return *w.x.PostedAt + int64((2*w.b.Client.Timeout()+time.Second-1)/time.Second)
}

// unknown is said while an order may still be done.
func (w *work) unknown() error {
	return &Pending{models.Errorf(models.Conflict, "It is not known yet what the exchange did with %s: it is finished later, or when the same is sent again", w.s.Label()), nil}
}
