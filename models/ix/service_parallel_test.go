package ix

import (
	"sync"
	"testing"
)

// Services of all types are ordered at once. None is refused because others are
// ordered at the same time.
func TestServicesAreOrderedAtOnce(t *testing.T) {
	atBureau(t, func(b *bureau) {
		const each = 8
		var work sync.WaitGroup
		for objectType, order := range b.orders() {
			for range each {
				work.Go(func() {
					if _, err := b.store.Create(b.Context(), b.a, NetworkServices, order.body()); err != nil {
						b.Errorf("%s: %v", objectType, err)
					}
				})
			}
		}
		work.Wait()
		items, err := b.store.List(b.Context(), b.a, NetworkServices, Query{"state": {"requested"}})
		if err != nil || len(items) != each*len(b.orders()) {
			b.Errorf("%d services were ordered, %v", len(items), err)
		}
	})
}
