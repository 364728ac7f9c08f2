package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// Wishart is the family of the Wishart distributions of positive definite matrices
// of D rows: T has the lower triangle of X and then log det X, h = 1. With ν degrees
// of freedom and scale V, η has the triangle of V⁻¹, −½ (V⁻¹)_ii on the diagonal and
// −(V⁻¹)_ij beside it, and then (ν−D−1)/2, and
//
//	A = (ν/2)(D log 2 + log det V) + log Γ_D(ν/2),  V positive definite, ν > D−1,
//
// with the multivariate gamma function (Bishop 2006, equation B.79).
type Wishart struct {
	D int // rows of a value
}

// Dim implements [Family].
func (f Wishart) Dim() int { return triangle(f.D) + 1 }

// Size implements [Family].
func (f Wishart) Size() int { return f.D * f.D }

// Validate implements [Family].
func (f Wishart) Validate() error { return between("Wishart", "D", float64(f.D), 1, maxRows) }

// String returns "Wishart(D: …)".
func (f Wishart) String() string { return fmt.Sprintf("Wishart(D: %d)", f.D) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Wishart) Natural(d *dist.Wishart) ([]float64, error) {
	if d.Size() != f.D {
		return natural(f, "D", float64(d.Size()), float64(f.D))
	}
	v, ok := invert(d.ScaleTo(nil))
	if !ok {
		return nil, degenerate(f)
	}
	eta := make([]float64, f.Dim())
	precisionTo(eta, v)
	eta[triangle(f.D)] = 0.5 * (d.Nu() - float64(f.D) - 1)
	return natural(f, "", 0, 0, eta...)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Wishart) Distribution(eta []float64) (*dist.Wishart, error) {
	half, v, _, ok := f.parameters(eta)
	if !ok {
		return nil, domain(f, eta)
	}
	return dist.NewWishart(2*half, v)
}

// SufficientTo implements [Family].
func (f Wishart) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, f.Dim())
	check("value", x, f.Size())
	t := dst[:triangle(f.D)]
	f.lower(t, x)
	dst[len(t)] = packedCholesky(t, f.D)
	f.lower(t, x)
	return dst
}

// lower writes the lower triangle of x to t.
func (f Wishart) lower(t, x []float64) {
	for i := range f.D {
		copy(t[triangle(i):], x[i*f.D:i*f.D+i+1])
	}
}

// LogBase implements [Family]: 0 for matrices that are symmetric up to 1e-12 of their
// diagonal and, in float64, positive definite; draws with few degrees of freedom may
// be singular up to rounding, and then are outside.
func (f Wishart) LogBase(x []float64) float64 {
	check("value", x, f.Size())
	var few [64]float64
	t := few[:]
	if triangle(f.D) > len(few) {
		t = make([]float64, triangle(f.D))
	}
	for i := range f.D {
		for j := range i {
			a, b := x[i*f.D+j], x[j*f.D+i]
			if math.IsNaN(a) || math.IsNaN(b) {
				return math.NaN()
			}
			if math.Abs(a-b) > 1e-12*math.Sqrt(x[i*f.D+i])*math.Sqrt(x[j*f.D+j]) {
				return math.Inf(-1)
			}
		}
		if math.IsNaN(x[i*f.D+i]) {
			return math.NaN()
		}
	}
	f.lower(t, x)
	return inside(!math.IsNaN(packedCholesky(t, f.D)), 0, 0)
}

// Contains implements [Family].
func (f Wishart) Contains(eta []float64) bool {
	_, _, _, ok := f.parameters(eta)
	return ok
}

// parameters returns ν/2, V and log det V; ok is false for an η outside the domain.
func (f Wishart) parameters(eta []float64) (half float64, v *mat.SymDense, logDet float64, ok bool) {
	check("η", eta, f.Dim())
	last := triangle(f.D)
	c, ok := precision(eta[:last], f.D)
	if !ok || !(eta[last] > -1) || math.IsInf(eta[last], 1) {
		return 0, nil, 0, false
	}
	return eta[last] + 0.5*float64(f.D+1), inverse(&c), -c.LogDet(), true
}

// LogPartition implements [Family].
func (f Wishart) LogPartition(eta []float64) float64 {
	half, _, logDet, ok := f.parameters(eta)
	if !ok {
		return outside(eta)
	}
	d := float64(f.D)
	a := half*(d*math.Ln2+logDet) + d*(d-1)/4*math.Log(math.Pi)
	for i := range f.D {
		a += special.LogGamma(f.argument(eta, i))
	}
	return a
}

// argument returns (ν − i)/2, of which no digits are lost near D − 1 = ν.
func (f Wishart) argument(eta []float64, i int) float64 {
	return (eta[triangle(f.D)] + 1) + 0.5*float64(f.D-1-i)
}

// MeanTo implements [Family]: νV, and D log 2 + log det V + Σ ψ((ν−i)/2), i < D.
func (f Wishart) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, f.Dim())
	half, v, logDet, ok := f.parameters(eta)
	if !ok {
		return nan(dst)
	}
	for i := range f.D {
		logDet += math.Ln2 + special.Digamma(f.argument(eta, i))
		for j := range i + 1 {
			dst[at(i, j)] = 2 * half * v.At(i, j)
		}
	}
	dst[triangle(f.D)] = logDet
	return dst
}

// HessianTo implements [Family]: ν (V_ik V_jl + V_il V_jk), 2 V_ij and
// Σ ψ'((ν−i)/2).
func (f Wishart) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, f.Dim())
	half, v, _, ok := f.parameters(eta)
	if !ok {
		return nanSym(dst)
	}
	last, bend := triangle(f.D), 0.0
	for i := range f.D {
		bend += special.Trigamma(f.argument(eta, i))
		for j := range i + 1 {
			dst.SetSym(at(i, j), last, 2*v.At(i, j))
			for k := range i + 1 {
				for l := range k + 1 {
					dst.SetSym(at(i, j), at(k, l), 2*half*(v.At(i, k)*v.At(j, l)+v.At(i, l)*v.At(j, k)))
				}
			}
		}
	}
	dst.SetSym(last, last, bend)
	return dst
}

// NaturalTo implements [Family]: V = E X/ν, and ν solves
// Σ (log(ν/2) − ψ((ν−i)/2)) = log det E X − E log det X.
func (f Wishart) NaturalTo(dst, mean []float64) ([]float64, error) {
	dst = dstFor(dst, f.Dim())
	check("mean", mean, f.Dim())
	last := triangle(f.D)
	m := mat.NewSymDense(f.D, nil)
	for i := range f.D {
		for j := range i + 1 {
			m.SetSym(i, j, mean[at(i, j)])
		}
	}
	var c mat.Cholesky
	if !finite(mean) || !c.Factorize(m) {
		return nil, noMember(f, "the mean is not positive definite")
	}
	gap := c.LogDet() - mean[last]
	if !(gap > 0) {
		return nil, noMember(f, "the observations do not vary")
	}
	d := float64(f.D)
	y := inverseLogLess(func(y float64) (value, slope float64) { // y = (ν − D + 1)/2
		half := y + 0.5*(d-1)
		for i := range f.D {
			z := y + 0.5*float64(f.D-1-i)
			v, s := logLess(z)
			value += v + math.Log1p(0.5*float64(i)/z)
			slope += s + 1/half - 1/z
		}
		return value, slope
	}, gap)
	p := inverse(&c)
	p.ScaleSym(2*y+d-1, p)
	precisionTo(dst[:last], p)
	dst[last] = y - 1
	if !f.Contains(dst) {
		return nil, noMember(f, "the natural parameters overflow")
	}
	return dst, nil
}
