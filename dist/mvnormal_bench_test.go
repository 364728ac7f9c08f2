package dist_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/belief-go/belief/dist"
)

// BenchmarkMultivariateNormal compares many densities at once with one by one, and
// with the distance of gonum/stat, which is what the density of gonum's distmv takes
// its time for. An operation is 256 values.
func BenchmarkMultivariateNormal(b *testing.B) {
	const rows = 256
	for _, n := range []int{2, 10, 40, 100, 1000} {
		cov := mat.NewSymDense(n, nil)
		for i := range n {
			for j := range i {
				cov.SetSym(i, j, 0.5)
			}
			cov.SetSym(i, i, 1)
		}
		mu := make([]float64, n)
		d := must(dist.NewMultivariateNormal(mu, cov))
		r := rand.New(rand.NewPCG(1, 2))
		var peer mat.Cholesky
		peer.Factorize(cov)
		centre := mat.NewVecDense(n, mu)
		x, out := make([]float64, rows*n), make([]float64, rows)
		for i := range rows {
			d.RandTo(x[i*n:(i+1)*n], r)
		}
		run := func(name string, f func()) {
			b.Run(fmt.Sprintf("%s/n=%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
			})
		}
		run("LogProbTo", func() { d.LogProbTo(out, x) })
		run("LogProb", func() {
			for i := range out {
				out[i] = d.LogProb(x[i*n : (i+1)*n])
			}
		})
		run("gonum", func() {
			for i := range out {
				out[i] = stat.Mahalanobis(mat.NewVecDense(n, x[i*n:(i+1)*n]), centre, &peer)
			}
		})
		run("RandTo", func() {
			for i := range out {
				d.RandTo(x[i*n:(i+1)*n], r)
			}
		})
	}
}
