package expfam_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// moments returns mean and covariance of T under a distribution of one number, by
// summing over its values, or by integrating T(Q(u)) over the levels u = 1/(1+e^−s),
// s = t³, of its quantiles Q with equal steps of t. The cube takes away the corner
// that T may have at the median.
func moments(f expfam.Family, d any) (mean []float64, cov [][]float64) {
	n := f.Dim()
	mean, cov = make([]float64, n), make([][]float64, n)
	for i := range cov {
		cov[i] = make([]float64, n)
	}
	visit := func(use func(x, p float64)) {
		if v, ok := d.(dist.VonMises); ok { // equal steps on the circle
			const n = 500
			for i := range n {
				x := math.Pi * (2*float64(i)/n - 1)
				use(x, math.Exp(v.LogProb(x))*2*math.Pi/n)
			}
			return
		}
		u := d.(dist.Univariate)
		if s := u.Support(); s.Discrete {
			for x := s.Lower; x <= s.Upper && (x < 20 || u.Survival(x-1) > 1e-25); x++ {
				use(x, math.Exp(u.LogProb(x)))
			}
			return
		}
		const step = 1. / 64
		for t := -3.9; t <= 3.9; t += step {
			s := t * t * t
			low, high := 1/(1+math.Exp(-s)), 1/(1+math.Exp(s))
			x := u.Quantile(low)
			if s > 0 {
				x = d.(dist.UpperQuantiler).UpperQuantile(high)
			}
			use(x, low*high*3*t*t*step)
		}
	}
	visit(func(x, p float64) {
		for i, t := range f.SufficientTo(nil, []float64{x}) {
			mean[i] += p * t
		}
	})
	visit(func(x, p float64) {
		t := f.SufficientTo(nil, []float64{x})
		for i := range t {
			for j := range t {
				cov[i][j] += p * (t[i] - mean[i]) * (t[j] - mean[j])
			}
		}
	})
	return mean, cov
}

// TestMoments compares ∇A and ∇²A with mean and covariance of T, by sums and
// quadrature of the distributions of one number. What the quadrature leaves out beyond
// the outermost level, 1e-26, is far less than the tolerance.
func TestMoments(t *testing.T) {
	tested := 0
	for _, m := range members {
		r := rand.New(rand.NewPCG(5, uint64(len(m.family))))
		for range 5 {
			d := m.make(r)
			_, ok := d.(dist.Univariate)
			if !ok {
				break
			}
			f, eta, err := expfam.Of(d)
			if err != nil {
				t.Fatal(err)
			}
			tested++
			mean, cov := moments(f, d)
			got, hessian := f.MeanTo(nil, eta), f.HessianTo(nil, eta)
			for i := range mean {
				sd := math.Sqrt(hessian.At(i, i))
				if math.Abs(got[i]-mean[i]) > 1e-9*(math.Abs(mean[i])+sd) {
					t.Errorf("%v: the mean of T[%d] is %v, ∇A has %v", d, i, mean[i], got[i])
				}
				for j := range mean {
					if got, want := hessian.At(i, j), cov[i][j]; math.Abs(got-want) > 1e-8*sd*math.Sqrt(hessian.At(j, j)) {
						t.Errorf("%v: the covariance of T[%d] and T[%d] is %v, ∇²A has %v", d, i, j, want, got)
					}
				}
			}
		}
	}
	if tested < 70 {
		t.Errorf("only %d distributions of one number", tested)
	}
}

// TestSampledMoments compares ∇A with the mean of T over draws of the distributions
// of vectors, in standard errors from ∇²A, and the spread of T with ∇²A. Each of the less
// than 1,000 means may be 6.1 errors off, which happens once in 1e9, together 1e-6;
// the variances, whose error by the fourth moments is below 10/√n for these, may be
// 0.2 off.
func TestSampledMoments(t *testing.T) {
	const n = 20000
	for _, m := range members {
		r := rand.New(rand.NewPCG(6, uint64(len(m.family))))
		for range 3 {
			d := m.make(r)
			if _, ok := d.(dist.Rander); ok {
				break
			}
			f, eta, err := expfam.Of(d)
			if err != nil {
				t.Fatal(err)
			}
			mean, hessian := f.MeanTo(nil, eta), f.HessianTo(nil, eta)
			sum, square := make([]float64, f.Dim()), make([]float64, f.Dim())
			for range n {
				for i, v := range f.SufficientTo(nil, draw(d, r)) {
					sum[i] += (v - mean[i]) / n
					square[i] += (v - mean[i]) * (v - mean[i]) / n
				}
			}
			for i := range sum {
				variance := hessian.At(i, i)
				if z := sum[i] / math.Sqrt(variance/n); math.Abs(z) > 6.1 {
					t.Errorf("%v: the mean of T[%d] is %v errors off", d, i, z)
				}
				if ratio := square[i] / variance; math.Abs(ratio-1) > 0.2 {
					t.Errorf("%v: the variance of T[%d] is %v times that of ∇²A", d, i, ratio)
				}
			}
		}
	}
}
