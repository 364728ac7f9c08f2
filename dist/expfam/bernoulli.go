package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/special"
)

// Bernoulli is the family of the Bernoulli distributions: T = x, h = 1 on {0, 1},
//
//	η = log(p/(1−p)),  A = log(1 + e^η),  η real.
type Bernoulli struct{}

// Dim implements [Family].
func (Bernoulli) Dim() int { return 1 }

// Size implements [Family].
func (Bernoulli) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (Bernoulli) Validate() error { return nil }

// String returns "Bernoulli".
func (Bernoulli) String() string { return "Bernoulli" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Bernoulli) Natural(d dist.Bernoulli) ([]float64, error) {
	return natural(f, "", 0, 0, special.Logit(d.P))
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Bernoulli) Distribution(eta []float64) (dist.Bernoulli, error) {
	if err := domain(f, eta); err != nil {
		return dist.Bernoulli{}, err
	}
	return dist.Bernoulli{P: special.Logistic(eta[0])}, nil
}

// SufficientTo implements [Family].
func (Bernoulli) SufficientTo(dst, x []float64) []float64 { return identityTo(dst, x) }

// LogBase implements [Family].
func (Bernoulli) LogBase(x []float64) float64 { return Binomial{1}.LogBase(x) }

// Contains implements [Family].
func (Bernoulli) Contains(eta []float64) bool { return Binomial{1}.Contains(eta) }

// LogPartition implements [Family].
func (Bernoulli) LogPartition(eta []float64) float64 { return Binomial{1}.LogPartition(eta) }

// MeanTo implements [Family].
func (Bernoulli) MeanTo(dst, eta []float64) []float64 { return Binomial{1}.MeanTo(dst, eta) }

// HessianTo implements [Family].
func (Bernoulli) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return Binomial{1}.HessianTo(dst, eta)
}

// NaturalTo implements [Family]: log(m/(1−m)) for 0 < m < 1.
func (f Bernoulli) NaturalTo(dst, mean []float64) ([]float64, error) {
	return f.naturalTo(dst, mean, []float64{0})
}

// naturalTo has the digits of the mean beyond float64 in rest.
func (f Bernoulli) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	return naturalCounts(f, 1, dst, mean, rest)
}

// Binomial is the family of the binomial distributions of a number n of trials:
// T = x, h = C(n, x),
//
//	η = log(p/(1−p)),  A = n log(1 + e^η),  η real.
type Binomial struct {
	N float64 // number of trials, whole and positive
}

// Dim implements [Family].
func (Binomial) Dim() int { return 1 }

// Size implements [Family].
func (Binomial) Size() int { return 1 }

// Validate implements [Family].
func (f Binomial) Validate() error { return between("binomial", "N", f.N, 1, maxCount) }

// String returns "Binomial(N: …)".
func (f Binomial) String() string { return fmt.Sprintf("Binomial(N: %v)", f.N) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Binomial) Natural(d dist.Binomial) ([]float64, error) {
	return natural(f, "N", d.N, f.N, special.Logit(d.P))
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Binomial) Distribution(eta []float64) (dist.Binomial, error) {
	if err := domain(f, eta); err != nil {
		return dist.Binomial{}, err
	}
	return dist.Binomial{N: f.N, P: special.Logistic(eta[0])}, nil
}

// SufficientTo implements [Family].
func (Binomial) SufficientTo(dst, x []float64) []float64 { return identityTo(dst, x) }

// LogBase implements [Family].
func (f Binomial) LogBase(x []float64) float64 {
	check("value", x, 1)
	v := x[0]
	if !count(v, f.N) {
		return inside(false, v, 0)
	}
	return logChoose(f.N, v)
}

// logChoose returns log C(n, x).
func logChoose(n, x float64) float64 {
	if x == 0 || x == n {
		return 0
	}
	return -special.LogBeta(x+1, n-x+1) - math.Log(n+1)
}

// Contains implements [Family].
func (Binomial) Contains(eta []float64) bool {
	check("η", eta, 1)
	return finite(eta)
}

// LogPartition implements [Family].
func (f Binomial) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	return f.N * special.Softplus(eta[0])
}

// MeanTo implements [Family].
func (f Binomial) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, 1)
	if !f.Contains(eta) {
		return nan(dst)
	}
	dst[0] = f.N * special.Logistic(eta[0])
	return dst
}

// HessianTo implements [Family].
func (f Binomial) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, 1)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	dst.SetSym(0, 0, f.N*special.Logistic(eta[0])*special.Logistic(-eta[0]))
	return dst
}

// NaturalTo implements [Family]: log(m/(n−m)) for 0 < m < n.
func (f Binomial) NaturalTo(dst, mean []float64) ([]float64, error) {
	return f.naturalTo(dst, mean, []float64{0})
}

// naturalTo has the digits of the mean beyond float64 in rest.
func (f Binomial) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	return naturalCounts(f, f.N, dst, mean, rest)
}

// identityTo is the statistic T = x of one number.
func identityTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 1)
	check("value", x, 1)
	dst[0] = x[0]
	return dst
}
