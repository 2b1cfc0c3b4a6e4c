package peeringdb_test

import (
	"testing"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models/modelstest"
)

// BenchmarkLoad times the first load of a dump into an empty database, and a
// second one that finds nothing to do.
func BenchmarkLoad(b *testing.B) {
	for _, kind := range modelstest.Kinds() {
		for _, dump := range dumps() {
			run := func(b *testing.B, d *database) {
				b.Helper()
				if _, err := peeringdb.Load(b.Context(), d.Store, dump.files, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(kind.Name+"/"+dump.name+"/first", func(b *testing.B) {
				for range b.N {
					b.StopTimer()
					d := open(b, kind)
					b.StartTimer()
					run(b, d)
				}
			})
			b.Run(kind.Name+"/"+dump.name+"/again", func(b *testing.B) {
				d := open(b, kind)
				run(b, d)
				b.ResetTimer()
				for range b.N {
					run(b, d)
				}
			})
		}
	}
}
