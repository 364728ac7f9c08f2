package inference

import (
	"context"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/bif"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/internal/stream"
)

// BenchmarkGibbs times sweeps that record, on one thread: single-site updates, and
// what the defaults make of them.
func BenchmarkGibbs(b *testing.B) {
	for _, name := range []string{"alarm", "win95pts", "hailfinder"} {
		net, err := bif.ReadFile(datadir.Path(b, "bif", name+".bif"))
		if err != nil {
			b.Fatal(err)
		}
		for _, single := range []bool{true, false} {
			sub := name
			if !single {
				sub += "/default"
			}
			b.Run(sub, func(b *testing.B) {
				gs, err := Gibbs{Chains: 1, SingleSite: single}.withDefaults()
				if err != nil {
					b.Fatal(err)
				}
				run, err := gs.prepare(context.Background(), net, graphical.Evidence{}, nil)
				if err != nil {
					b.Fatal(err)
				}
				c := run.chains[0]
				for range 1000 {
					c.sweep(false, false)
				}
				before := c.updates
				b.ReportAllocs()
				for b.Loop() {
					c.sweep(false, true)
					c.rec.next()
				}
				b.ReportMetric(float64(c.updates-before)/b.Elapsed().Seconds(), "updates/s")
			})
		}
	}
}

// BenchmarkDraws times draws of whole states.
func BenchmarkDraws(b *testing.B) {
	for _, name := range []string{"alarm", "win95pts"} {
		net, err := bif.ReadFile(datadir.Path(b, "bif", name+".bif"))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			w, _, err := newWalk(net, graphical.Evidence{}, nil, true, "")
			if err != nil {
				b.Fatal(err)
			}
			r := stream.New(1, "bench")
			x := make([]int, len(w.s.size))
			b.ReportAllocs()
			for b.Loop() {
				w.draw(r, x)
			}
			b.ReportMetric(float64(len(x))*float64(b.N)/b.Elapsed().Seconds(), "variables/s")
		})
		b.Run(name+"/tree", func(b *testing.B) {
			w, err := TreeSampling{}.compile(context.Background(), net, graphical.Evidence{})
			if err != nil {
				b.Fatal(err)
			}
			r := stream.New(1, "bench")
			b.ReportAllocs()
			for b.Loop() {
				w.draw(r)
			}
			b.ReportMetric(float64(len(w.x))*float64(b.N)/b.Elapsed().Seconds(), "variables/s")
		})
	}
}
