package migration_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"provision-gateway/backends/legacy"
	"provision-gateway/backends/migration"
	"provision-gateway/models"
	"provision-gateway/models/modelstest"
)

// stuck begins an import whose original does not answer until it is let go.
func stuck(t *testing.T, original *side, o migration.Options) (letGo func() error) {
	t.Helper()
	asked, answer, ended := make(chan bool, 1), make(chan bool), make(chan error, 1)
	o.Original = &faulty{Asker: original, change: func(n int, _ string, reply *legacy.Reply) (*legacy.Reply, error) {
		if n == 1 {
			asked <- true
			<-answer
		}
		return reply, nil
	}}
	go func() {
		_, err := migration.Import(t.Context(), o)
		ended <- err
	}()
	<-asked
	return func() error {
		close(answer)
		return <-ended
	}
}

// inTime opens a side whose clock goes.
func inTime(t *testing.T, kind modelstest.Kind) *side {
	t.Helper()
	s := &side{Lent: modelstest.Lend(t, kind, time.Now)}
	s.Gateway = gateway(t, s.Lent.Store)
	return s
}

// A second import says who has the first one, for as long as that takes.
func TestOneImportAtATime(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs"), inTime(t, kind)
			o := from(original, own)
			o.Lease = 2 * time.Second
			letGo := stuck(t, original, o)
			before := dump(t, own)
			for range 2 {
				_, err := migration.Import(t.Context(), o)
				if want := fmt.Sprintf("Another import is under way: process %d on ", os.Getpid()); models.ErrorCode(err) != models.Conflict || !strings.HasPrefix(err.Error(), want) {
					t.Errorf("error %v", err)
				}
				// Longer than the lease, unless it is extended.
				time.Sleep(3 * time.Second)
			}
			if d := modelstest.Differences(before, dump(t, own)); d != "" {
				t.Errorf("the second one wrote:\n%s", d)
			}
			if err := letGo(); err != nil {
				t.Error(err)
			}
			if again := importInto(t, original, own); again.Wrote() {
				t.Errorf("wrote again: %v", counts(again))
			}
			same(t, original, own)
		})
	}
}

// The lease of an import that was killed ends by itself.
func TestLeaseOfAnImportThatWasKilled(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs"), inTime(t, kind)
			if held, err := own.Lent.Store.TakeLease(t.Context(), "legacy import", "process 7 elsewhere", 2*time.Second); err != nil || !held {
				t.Fatal(held, err)
			}
			if _, err := migration.Import(t.Context(), from(original, own)); err == nil || !strings.Contains(err.Error(), "process 7 elsewhere. If it was killed") {
				t.Errorf("error %v", err)
			}
			time.Sleep(2100 * time.Millisecond)
			importInto(t, original, own)
		})
	}
}

// An import that lost its lease writes nothing more.
func TestLostLease(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			original, own := open(t, modelstest.Kinds()[0], "example, lirs"), open(t, kind, "")
			letGo := stuck(t, original, from(original, own))
			before := dump(t, own)
			if _, err := own.Raw.Exec("UPDATE leases SET holder = 'another' WHERE name = 'legacy import'"); err != nil {
				t.Fatal(err)
			}
			if err := letGo(); err == nil || !strings.Contains(err.Error(), "another one may have begun") {
				t.Errorf("error %v", err)
			}
			if d := modelstest.Differences(before, dump(t, own)); d != "" {
				t.Errorf("it wrote:\n%s", d)
			}
		})
	}
}

// A question whose answer is lost is asked again, a few times; a refusal is an
// answer.
func TestLostAnswersAreAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range modelstest.Kinds() {
		for _, lost := range []int{2, 3} {
			t.Run(fmt.Sprint(kind.Name, " ", lost), func(t *testing.T) {
				t.Parallel()
				original, own := open(t, modelstest.Kinds()[0], "example, lirs, tree"), open(t, kind, "")
				asked := map[string]int{}
				flaky := &faulty{Asker: original, change: func(_ int, question string, reply *legacy.Reply) (*legacy.Reply, error) {
					if asked[question]++; asked[question] <= lost {
						return nil, errors.New("reset")
					}
					return reply, nil
				}}
				_, err := migration.Import(t.Context(), from(flaky, own))
				switch {
				case lost == 2 && err != nil:
					t.Error(err)
				case lost == 2:
					same(t, original, own)
				case err == nil || !strings.Contains(err.Error(), "reset"):
					t.Errorf("error %v", err)
				}
			})
		}
	}
}
