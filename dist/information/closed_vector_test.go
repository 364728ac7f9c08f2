package information

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// A direction in which one is much narrower than the other keeps its digits.
func TestVectorNormalFarApart(t *testing.T) {
	for _, s := range []float64{1e-3, 1e-6, 1e-9, 1e-100} {
		p, err := dist.NewDiagonalNormal([]float64{0.5, 0, 0}, []float64{1, s, 1})
		if err != nil {
			t.Fatal(err)
		}
		q := vectorOf(t, []float64{0, 0, 0}, 1, 0, 0, 0, 1, 0, 0, 0, 1)
		if got, want := mustKL(t, p, q), 0.125+0.5*(s*s-1)-math.Log(s); !near(got, want, 1e-14) {
			t.Errorf("s = %g: KL = %.17g, want %.17g", s, got, want)
		}
		a, b := dist.Normal{Sigma: s}, dist.Normal{Sigma: 1}
		for _, alpha := range []float64{0.3, 0.5, 2} {
			along, _ := Renyi(alpha, a, b)
			got, err := MonteCarlo{}.Renyi(context.Background(), alpha, p, q)
			if want := along.Value + 0.5*alpha*0.25; err != nil || got.Method != ClosedForm || !near(got.Value, want, 1e-14) {
				t.Errorf("s = %g: Rényi(%g) = %.17g by %v, want %.17g (%v)", s, alpha, got.Value, got.Method, want, err)
			}
		}
	}
	// The same, turned: tr Σ_q⁻¹Σ_p = 2.5, |Σ_p| = 0.75 and |Σ_q| = 2 − 1/4.
	p, q := vectorOf(t, []float64{1, 2}, 1, 0.5, 0.5, 1), vectorOf(t, []float64{1, 2}, 2, 0.5, 0.5, 1)
	if got, want := mustKL(t, p, q), 0.5*(2.5/1.75-2+math.Log(1.75/0.75)); !near(got, want, 1e-14) {
		t.Errorf("KL = %.17g, want %.17g", got, want)
	}
}

// testdata/wishart.py has the numbers. Those of inverses of both are the same.
func TestWishart(t *testing.T) {
	symmetric := func(v ...float64) *mat.SymDense { return mat.NewSymDense(2, v) }
	for _, c := range []struct {
		nu      float64
		a       *mat.SymDense
		mu      float64
		b       *mat.SymDense
		want    float64
		inverse float64 // what tolerance inverting the scales here leaves
	}{
		{5, symmetric(2, 0.5, 0.5, 1), 7, symmetric(1, 0.25, 0.25, 3), 3.040978608126211, 1e-12},
		{5, symmetric(2, 0.5, 0.5, 1), 5 * (1 + 0x1p-24), symmetric(2, 0.5, 0.5, 1+0x1p-24), 2.855522936361026e-14, 1e-6},
		{2e12, symmetric(2, 0.5, 0.5, 1), 4e12, symmetric(1, 0.25, 0.25, 0.5), 0.46027922916035285, 1e-12},
		{1.5, symmetric(0x1p-60, 0, 0, 1), 9, symmetric(1, 0, 0, 1), 209.07886036448662, 1e-12},
		{1e6, symmetric(1, 0.5, 0.5, 1), 1.25, symmetric(1, 0.5, 0.5, 1+0x1p-30), 1000002.3223404584, 1e-12},
	} {
		p, err := dist.NewWishart(c.nu, c.a)
		if err != nil {
			t.Fatal(err)
		}
		q, err := dist.NewWishart(c.mu, c.b)
		if err != nil {
			t.Fatal(err)
		}
		if got := mustKL(t, p, q); !near(got, c.want, 1e-12) {
			t.Errorf("KL(%v, %v) = %.17g, want %.17g", p, q, got, c.want)
		}
		inverse := func(nu float64, s *mat.SymDense) *dist.InverseWishart {
			det := s.At(0, 0)*s.At(1, 1) - s.At(0, 1)*s.At(0, 1)
			d, err := dist.NewInverseWishart(nu, symmetric(s.At(1, 1)/det, -s.At(0, 1)/det, -s.At(0, 1)/det, s.At(0, 0)/det))
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		if got := mustKL(t, inverse(c.nu, c.a), inverse(c.mu, c.b)); !near(got, c.want, c.inverse) {
			t.Errorf("inverse: KL(%v, %v) = %.17g, want %.17g", p, q, got, c.want)
		}
	}
	// One number is a gamma variate.
	p, _ := dist.NewWishart(5, mat.NewSymDense(1, []float64{2}))
	q, _ := dist.NewWishart(7, mat.NewSymDense(1, []float64{1}))
	want, _ := KL(dist.Gamma{Shape: 2.5, Rate: 0.25}, dist.Gamma{Shape: 3.5, Rate: 0.5})
	if got := mustKL(t, p, q); !near(got, want.Value, 1e-14) {
		t.Errorf("KL = %v, want %v", got, want)
	}
}
