package handlers_test

import (
	"context"
	"testing"
	"time"

	"provision-gateway/handlers"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// TestLastUse checks that closing a gateway writes down when keys were last
// used, and that refused requests are no use.
func TestLastUse(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			database := modelstest.Lend(t, kind, nil)
			now := moment
			gateway, err := handlers.New(handlers.Options{Store: database.Store, Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			s := &service{Gateway: gateway, database: database}
			used := s.addKey(t, "used", models.PermissionRead)
			unused := s.addKey(t, "unused", models.PermissionRead)
			s.ask(used.sign(hello))
			now = moment.Add(time.Minute)
			s.ask(used.sign("target=peering&action=addSession"))
			now = moment.Add(time.Hour)
			s.ask(credentials{used.key, unused.secret}.sign(hello))
			s.ask(credentials{unused.key, used.secret}.sign(hello))
			if err := gateway.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			keys, err := database.Store.Keys(t.Context())
			if err != nil || len(keys) != 2 {
				t.Fatalf("%d keys, %v", len(keys), err)
			}
			if at := keys[0].LastUsedAt; at == nil || *at != moment.Add(time.Minute).Unix() {
				t.Errorf("used: %v", at)
			}
			if at := keys[1].LastUsedAt; at != nil {
				t.Errorf("unused: %v", *at)
			}
		})
	}
}
