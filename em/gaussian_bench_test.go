package em

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/data"
)

// gaussianPlanted draws n rows of a mixture of k components in d columns, with the means
// and the covariances drawn too. It returns the component of every row.
func gaussianPlanted(n, d, k int, seed uint64) (*data.Table, []int) {
	r := rand.New(rand.NewPCG(seed, 1))
	means, roots := make([]float64, k*d), make([]float64, k*d*d)
	for i := range means {
		means[i] = 4 * r.NormFloat64()
	}
	for i := range roots {
		roots[i] = r.NormFloat64() / 2
	}
	for c := range k {
		for j := range d {
			roots[(c*d+j)*d+j] += 1
		}
	}
	x, e, labels := make([]float64, n*d), make([]float64, d), make([]int, n)
	for i := range n {
		c := r.IntN(k)
		labels[i] = c
		for j := range e {
			e[j] = r.NormFloat64()
		}
		for j := range d {
			v := means[c*d+j]
			for l, u := range e {
				v += roots[(c*d+j)*d+l] * u
			}
			x[i*d+j] = v
		}
	}
	table, err := data.FromMatrix(x, d)
	if err != nil {
		panic(err)
	}
	return table, labels
}

// An iteration, E step and M step, with one worker. scripts/bench-em times the
// same of scikit-learn.
func BenchmarkGaussianMixture(b *testing.B) {
	for _, c := range []struct {
		form    Covariance
		n, d, k int
	}{{Full, 100_000, 10, 10}, {Tied, 100_000, 10, 10}, {Diagonal, 100_000, 10, 10}, {Spherical, 100_000, 10, 10}, {Full, 100_000, 2, 3}, {Full, 20_000, 64, 10},
		{Full, 10_000, 10, 10}, {Full, 1_000_000, 10, 10}} {
		b.Run(fmt.Sprintf("%v/%dx%d,k=%d", c.form, c.n, c.d, c.k), func(b *testing.B) {
			table, _ := gaussianPlanted(c.n, c.d, c.k, 1)
			rows, err := NewRows(context.Background(), table, Config{}, RefuseMissing)
			if err != nil {
				b.Fatal(err)
			}
			g, err := GaussianMixture{K: c.k, Covariance: c.form}.newBeginner(context.Background(), rows, Config{})
			if err != nil {
				b.Fatal(err)
			}
			m, err := g.start(context.Background(), 0)
			if err != nil {
				b.Fatal(err)
			}
			s := m.NewStatistics()
			b.ReportAllocs()
			for b.Loop() {
				s.Reset()
				err := rows.Each(context.Background(), Pass{Workers: 1}, func(_ int, block *Block) error { return m.Expect(block, s) })
				if err == nil {
					err = m.Maximize(s)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
