package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/data"
)

// farMixture is a fit to two clusters.
func farMixture(t *testing.T, form Covariance) *GaussianModel {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 8))
	var x []float64
	for i := range 80 {
		x = append(x, r.NormFloat64()+float64(i%2*6), r.NormFloat64()-float64(i%2*4))
	}
	table, err := data.FromMatrix(x, 2)
	if err != nil {
		t.Fatal(err)
	}
	run, err := GaussianMixture{K: 2, Covariance: form, Tries: 1}.Fit(context.Background(), table, Config{Iterations: 10})
	if err != nil {
		t.Fatal(err)
	}
	return run.Model
}

// What is said of a row does not depend on the other rows of its block, and is right
// however far it is.
func TestGaussianFarRows(t *testing.T) {
	rows := []float64{0.3, 0.1, 6, -4, 3, -2, 1e6, 0, -3e9, 2e7, 1e300, -1e300, math.MaxFloat64, 1}
	n := len(rows) / 2
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		m := farMixture(t, form)
		all, far := make([]float64, n), make([]float64, n)
		shares := make([]float64, 2*n)
		b := &Block{Rows: n, Columns: 2, X: rows}
		if err := errors.Join(m.LogProbTo(all, b), m.MahalanobisTo(far, b), m.ResponsibilitiesTo(shares, b)); err != nil {
			t.Fatal(err)
		}
		mixture, err := m.Mixture()
		if err != nil {
			t.Fatal(err)
		}
		holed := &Block{Rows: n + 1, Columns: 2, X: append(append([]float64(nil), rows...), math.NaN(), 1)}
		withHole, sharesWithHole := make([]float64, n+1), make([]float64, 2*n+2)
		if err := errors.Join(m.LogProbTo(withHole, holed), m.ResponsibilitiesTo(sharesWithHole, holed)); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			one := make([]float64, 1)
			if err := m.LogProbTo(one, &Block{Rows: 1, Columns: 2, X: rows[2*i : 2*i+2]}); err != nil {
				t.Fatal(err)
			}
			want := math.Inf(-1)
			if math.Abs(rows[2*i]) < 1e100 {
				want = mixture.LogProb(rows[2*i : 2*i+2])
			}
			for _, got := range []float64{one[0], all[i], withHole[i]} {
				if !(got == want || math.Abs(got-want) <= 1e-11*math.Abs(want)) {
					t.Errorf("%v, row %d: %v; alone %v, want %v", form, i, got, one[0], want)
				}
			}
			for k := range 2 {
				if v := shares[2*i+k]; !(math.Abs(v-sharesWithHole[2*i+k]) < 1e-11) {
					t.Errorf("%v, row %d: share %d is %v, and %v in a block with a hole", form, i, k, v, sharesWithHole[2*i+k])
				}
			}
			if i > 3 && !(far[i] > far[3]*100 && far[i] < 1e301) {
				t.Errorf("%v, row %d: %v deviations, and row 3 %v", form, i, far[i], far[3])
			}
		}
		for _, x := range [][]float64{{math.Inf(1), 0}, {math.Inf(1), math.Inf(-1)}, {math.Inf(1), math.NaN()}} {
			var bad *data.ValueError
			if err := m.LogProbTo(make([]float64, 1), &Block{Rows: 1, Columns: 2, X: x}); !errors.As(err, &bad) {
				t.Errorf("%v, %v: %v", form, x, err)
			}
		}
	}
}

// Rows of weight zero or next to it change nothing in a fit.
func TestGaussianFarRowsOfNoWeight(t *testing.T) {
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		for _, c := range []struct{ at, weight float64 }{{1e9, 0}, {1e300, 0}, {2e5, 1e-13}} {
			m := farMixture(t, form)
			rows := []float64{0.3, 0.1, 6, -4, 3, -2, c.at, 0}
			with := &Block{Rows: 4, Columns: 2, X: rows, Weights: []float64{1, 1, 1, c.weight}}
			without := &Block{Rows: 3, Columns: 2, X: rows[:6]}
			a, b := m.NewStatistics(), m.NewStatistics()
			if err := errors.Join(m.Expect(with, a), m.Expect(without, b)); err != nil {
				t.Fatal(err)
			}
			own := 0.0
			if c.weight > 0 {
				one := make([]float64, 1)
				if err := m.LogProbTo(one, &Block{Rows: 1, Columns: 2, X: rows[6:]}); err != nil {
					t.Fatal(err)
				}
				own = c.weight * one[0]
			}
			if math.Abs(a.LogLikelihood-own-b.LogLikelihood) > 1e-12 {
				t.Errorf("%v, row at %v: %v, without it %v", form, c.at, a.LogLikelihood, b.LogLikelihood)
			}
			for i := range a.Sums {
				if c.weight == 0 && math.Abs(a.Sums[i]-b.Sums[i]) > 1e-12 {
					t.Errorf("%v, row at %v: sum %d is %v, without it %v", form, c.at, i, a.Sums[i], b.Sums[i])
				}
			}
		}
	}
}
