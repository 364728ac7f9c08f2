package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// Gamma is the family of the gamma distributions: T = (log x, x), h = 1/x for x > 0,
//
//	η = (k, −r),  A = log Γ(η₁) − η₁ log(−η₂),  η₁ > 0 > η₂,
//
// with shape k and rate r.
type Gamma struct{}

// Dim implements [Family].
func (Gamma) Dim() int { return 2 }

// Size implements [Family].
func (Gamma) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (Gamma) Validate() error { return nil }

// String returns "Gamma".
func (Gamma) String() string { return "Gamma" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Gamma) Natural(d dist.Gamma) ([]float64, error) {
	return natural(f, "", 0, 0, d.Shape, -d.Rate)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Gamma) Distribution(eta []float64) (dist.Gamma, error) {
	if err := domain(f, eta); err != nil {
		return dist.Gamma{}, err
	}
	return dist.Gamma{Shape: eta[0], Rate: -eta[1]}, nil
}

// SufficientTo implements [Family].
func (Gamma) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 2)
	check("value", x, 1)
	dst[0], dst[1] = math.Log(x[0]), x[0]
	return dst
}

// LogBase implements [Family].
func (Gamma) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(x[0] > 0 && !math.IsInf(x[0], 1), x[0], -math.Log(x[0]))
}

// Contains implements [Family].
func (Gamma) Contains(eta []float64) bool {
	check("η", eta, 2)
	return finite(eta) && eta[0] > 0 && eta[1] < 0
}

// LogPartition implements [Family].
func (f Gamma) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	return special.LogGamma(eta[0]) - eta[0]*math.Log(-eta[1])
}

// MeanTo implements [Family]: ψ(k) − log r and k/r.
func (f Gamma) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, 2)
	if !f.Contains(eta) {
		return nan(dst)
	}
	less, _ := logLess(eta[0])
	mean := eta[0] / -eta[1]
	dst[0], dst[1] = math.Log(mean)-less, mean
	return dst
}

// HessianTo implements [Family]: ψ'(k), 1/r and k/r².
func (f Gamma) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, 2)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	dst.SetSym(0, 0, special.Trigamma(eta[0]))
	dst.SetSym(0, 1, -1/eta[1])
	dst.SetSym(1, 1, eta[0]/eta[1]/eta[1])
	return dst
}

// NaturalTo implements [Family]: k solves log k − ψ(k) = log E x − E log x, and
// r = k/E x (Choi & Wette 1969). Nearly equal data, of which this difference is
// small, determine k to as many digits as the difference has; [Statistics] carry more
// digits of both.
func (f Gamma) NaturalTo(dst, mean []float64) ([]float64, error) {
	check("mean", mean, 2)
	return naturalGamma(f, dst, mean, []float64{0, 0}, 0x1p-52*max(1, math.Abs(mean[0])))
}

// roundingTo writes what T(x) has beyond float64.
func (Gamma) roundingTo(dst, x []float64) { dst[0], dst[1] = logRounding(x[0], math.Log(x[0])), 0 }

// naturalTo has the digits of the mean beyond float64 in rest.
func (f Gamma) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	return naturalGamma(f, dst, mean, rest, 1e-28*max(1, math.Abs(mean[0])))
}

// naturalGamma solves for η under another family's name, too. A difference of the
// logarithms that is not above noise is rounding.
func naturalGamma(f Family, dst, mean, rest []float64, noise float64) ([]float64, error) {
	dst = dstFor(dst, 2)
	if !(mean[1] > 0) || math.IsInf(mean[1], 1) {
		return nil, noMember(f, "the observations do not vary")
	}
	level := fineLog(careful.Pair{High: mean[1], Low: rest[1]})
	gap := level.Minus(careful.Pair{High: mean[0], Low: rest[0]}).High
	if !(gap > noise) || math.IsInf(gap, 1) {
		return nil, noMember(f, "the observations do not vary by more than rounding")
	}
	k := inverseLogLess(logLess, gap)
	dst[0], dst[1] = k, -k/mean[1]
	if !f.Contains(dst) {
		return nil, noMember(f, "the natural parameters overflow")
	}
	return dst, nil
}
