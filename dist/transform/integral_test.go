package transform_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/transform"
)

// Densities of constrained values, brought to free space, integrate to one there.
// The trapezoidal rule on the whole line converges geometrically for such smooth
// functions that fall off exponentially (Trefethen & Weideman 2014), so that 1e-9 is
// reached with a step of a tenth or two.

// integral sums f over a grid of step h in the cube from −r to r.
func integral(dim int, r, h float64, f func(y []float64) float64) float64 {
	n := int(math.Round(2 * r / h))
	y, at := make([]float64, dim), make([]int, dim)
	sum := 0.0
	for {
		for i, k := range at {
			y[i] = -r + h*(float64(k)+0.5) // never at the origin
		}
		sum += f(y)
		i := 0
		for ; i < dim; i++ {
			if at[i]++; at[i] < n {
				break
			}
			at[i] = 0
		}
		if i == dim {
			return sum * math.Pow(h, float64(dim))
		}
	}
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// logDirichlet is the density in the first K−1 entries.
func logDirichlet(alpha, x []float64) float64 {
	sum, total := 0.0, 0.0
	for i, a := range alpha {
		total += a
		sum += (a-1)*math.Log(x[i]) - lgamma(a)
	}
	return sum + lgamma(total)
}

// logLKJ is the density of Cholesky factors of order three in the entries below the
// diagonal (Lewandowski, Kurowicka & Joe 2009): proportional to the product of
// L_ii^(K−i+2η−2). The rows are independent, and integrals over the ball give
// the constant.
func logLKJ(eta float64, l []float64) float64 {
	// Row two is one number x of density (1−x²)^(η−½)… times a constant, that of
	// row three is (1−x²−y²)^(η−1).
	first, second := 1+2*eta-2, 2*eta-2
	logNorm := 0.5*math.Log(math.Pi) + lgamma(first/2+1) - lgamma(first/2+1.5) // ∫ (1−x²)^(first/2) dx
	logNorm += math.Log(math.Pi) - math.Log(second/2+1)                        // ∫∫ (1−x²−y²)^(second/2) dx dy
	return first*math.Log(l[4]) + second*math.Log(l[8]) - logNorm
}

func TestIntegrals(t *testing.T) {
	dirichlet := dist.Dirichlet{Alpha: []float64{1.5, 2, 0.8}}
	lkj, err := dist.NewLKJCholesky(3, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		t    transform.Transform
		logP func(x []float64) float64
		r, h float64
	}{
		{"Dirichlet", transform.Simplex{K: 3}, func(x []float64) float64 { return logDirichlet([]float64{1.5, 2, 0.8}, x) }, 40, 0.2},
		{"Dirichlet in one dimension", transform.Simplex{K: 2}, func(x []float64) float64 { return logDirichlet([]float64{0.5, 3}, x) }, 80, 0.2},
		{"LKJ", transform.CorrelationCholesky{K: 3}, func(x []float64) float64 { return logLKJ(1.5, x) }, 9, 0.25},
		{"the Dirichlet of package dist", transform.Simplex{K: 3}, dirichlet.LogProb, 40, 0.2},
		{"the LKJ of package dist", transform.CorrelationCholesky{K: 3}, lkj.LogProb, 9, 0.25},
		{"gamma", transform.Positive{}, func(x []float64) float64 { return 2*math.Log(x[0]) - x[0] - lgamma(3) }, 40, 0.1},
		{"shifted exponential", transform.Lower{Bound: 2}, func(x []float64) float64 { return 2 - x[0] }, 40, 0.1},
		{"mirrored exponential", transform.Upper{Bound: 2}, func(x []float64) float64 { return x[0] - 2 }, 40, 0.1},
		{"uniform", transform.Interval{Lower: 1, Upper: 5}, func(x []float64) float64 { return -math.Log(4) }, 40, 0.1},
		{"order of two normals", transform.Ordered{K: 2}, func(x []float64) float64 {
			return -(x[0]*x[0]+x[1]*x[1])/2 - math.Log(math.Pi) // twice the density of a pair
		}, 40, 0.1},
		{"uniform on the circle", transform.UnitVector{K: 2}, func(x []float64) float64 { return -math.Log(2 * math.Pi) }, 9, 0.25},
		{"uniform on the sphere", transform.UnitVector{K: 3}, func(x []float64) float64 { return -math.Log(4 * math.Pi) }, 9, 0.25},
		{"two points", transform.UnitVector{K: 1}, func(x []float64) float64 { return -math.Ln2 }, 9, 0.25},
		// Not smooth at the origin, where the rule converges only as h³.
		{"von Mises–Fisher", transform.UnitVector{K: 3}, func(x []float64) float64 {
			return 2*x[2] + math.Log(2/(4*math.Pi*math.Sinh(2)))
		}, 6, 0.15},
	} {
		x, tol := make([]float64, c.t.ConstrainedDim()), 1e-9
		if c.name == "von Mises–Fisher" {
			tol = 1e-4
		}
		got := integral(c.t.FreeDim(), c.r, c.h, func(y []float64) float64 {
			c.t.ForwardTo(x, y)
			return math.Exp(c.logP(x) + c.t.LogJacobian(y))
		})
		if !(math.Abs(got-1) <= tol) {
			t.Errorf("%s: the integral is one but for %v", c.name, got-1)
		}
	}
}
