package em

import (
	"context"
	"fmt"
	"testing"

	"github.com/belief-go/belief/data"
)

// madeUp is number i of a stream that is easily made elsewhere too (splitmix64): scripts/bench-em
// has a program that times a peer on the same rows.
func madeUp(i uint64) float64 {
	z := (i + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}

// madeUpRows are n rows about k centres; the centres have standard deviation spread, the
// rows about 1.
func madeUpRows(n, d, k int, spread float64) []float64 {
	const far = 1 << 40
	normal := func(i uint64) float64 { // nearly
		return (madeUp(4*i) + madeUp(4*i+1) + madeUp(4*i+2) + madeUp(4*i+3) - 2) * 1.7320508075688772
	}
	x := make([]float64, n*d)
	for i := range n {
		c := int(madeUp(2*far+uint64(i)) * float64(k))
		for j := range d {
			x[i*d+j] = spread*normal(far/8+uint64(c*d+j)) + normal(uint64(i*d+j))
		}
	}
	return x
}

// Ten iterations from the first rows as centres, after a first one that does not count:
// ns/iteration compares with what scripts/bench-em prints. The Aim is 100,000
// rows.
func BenchmarkKMeans(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		for _, spread := range []float64{0, 1, 5} {
			if n == 1_000_000 && spread != 1 {
				continue
			}
			const d, k = 50, 20
			x := madeUpRows(n, d, k, spread)
			t, err := data.FromMatrix(x, d)
			if err != nil {
				b.Fatal(err)
			}
			var centers [][]float64
			for i := range k {
				centers = append(centers, x[i*d:(i+1)*d])
			}
			for _, a := range []KMeansAlgorithm{Lloyd, Hamerly, Elkan} {
				b.Run(fmt.Sprintf("n=%d/spread=%g/%v", n, spread, a), func(b *testing.B) {
					w, c, err := KMeans{K: k, Algorithm: a, Centers: centers}.open(context.Background(), t, Config{Workers: 1, Iterations: 11, Tolerance: -1})
					if err != nil {
						b.Fatal(err)
					}
					steps := 0
					for b.Loop() {
						m, err := w.begin(context.Background(), 0)
						if err != nil {
							b.Fatal(err)
						}
						b.StopTimer()
						for s, err := range Steps(context.Background(), w.rows, func(context.Context, int) (*KMeansModel, error) { return m, nil }, c) {
							if err != nil {
								b.Fatal(err)
							}
							steps++
							if s.Iteration == 1 {
								b.StartTimer()
							}
						}
						steps--
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps), "ns/iteration")
				})
			}
		}
	}
}
