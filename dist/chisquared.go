package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// ChiSquared is the chi-squared distribution with ν > 0 degrees of freedom, the
// [Gamma] distribution of shape ν/2 and rate ½: for whole ν the sum of the squares
// of ν standard normal variables.
//
//	p(x) = x^(ν/2−1) exp(−x/2) / (2^(ν/2) Γ(ν/2)),  x ≥ 0.
type ChiSquared struct {
	Nu float64 // ν, degrees of freedom
}

// NewChiSquared returns the distribution, or a [*ParameterError].
func NewChiSquared(nu float64) (ChiSquared, error) {
	d := ChiSquared{nu}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d ChiSquared) Validate() error { return firstError(positive("chi-squared", "Nu", d.Nu)) }

// String returns "ChiSquared(Nu: …)".
func (d ChiSquared) String() string { return fmt.Sprintf("ChiSquared(Nu: %g)", d.Nu) }

// Support is the half-line from 0, where the density is infinite for ν < 2 and zero
// for ν > 2.
func (d ChiSquared) Support() Support { return Support{Upper: math.Inf(1)} }

// gamma returns the same distribution as a gamma distribution.
func (d ChiSquared) gamma() Gamma { return Gamma{Shape: 0.5 * d.Nu, Rate: 0.5} }

// Statistics.

// Mean returns ν.
func (d ChiSquared) Mean() float64 { return d.Nu }

// Variance returns 2ν.
func (d ChiSquared) Variance() float64 { return 2 * d.Nu }

// Entropy returns ν/2 + log 2Γ(ν/2) + (1 − ν/2)ψ(ν/2).
func (d ChiSquared) Entropy() float64 { return d.gamma().Entropy() }

// Evaluation.

// LogProb implements [LogProber]; see [Gamma.LogProb].
func (d ChiSquared) LogProb(x float64) float64 {
	if m := 0.5 * x; d.Nu < 2*gammaWide && m >= gammaTiny && m <= math.MaxFloat64 {
		return gammaNarrow(0.5*d.Nu, 0.5*d.Nu-1, m) - math.Ln2
	}
	return d.gamma().LogProb(x)
}

// LogProbTo implements [Batcher].
func (d ChiSquared) LogProbTo(dst, x []float64) []float64 { return d.gamma().LogProbTo(dst, x) }

// CDF implements [CDFer].
func (d ChiSquared) CDF(x float64) float64 { return d.gamma().CDF(x) }

// LogCDF implements [CDFer].
func (d ChiSquared) LogCDF(x float64) float64 { return d.gamma().LogCDF(x) }

// Survival implements [CDFer].
func (d ChiSquared) Survival(x float64) float64 { return d.gamma().Survival(x) }

// LogSurvival implements [LogSurvivaler].
func (d ChiSquared) LogSurvival(x float64) float64 { return d.gamma().LogSurvival(x) }

// Quantile implements [Quantiler].
func (d ChiSquared) Quantile(p float64) float64 { return d.gamma().Quantile(p) }

// UpperQuantile implements [UpperQuantiler].
func (d ChiSquared) UpperQuantile(q float64) float64 { return d.gamma().UpperQuantile(q) }

// Gradients.

// GradLogProb returns (ν/2 − 1)/x − ½, NaN outside the support.
func (d ChiSquared) GradLogProb(x float64) float64 { return d.gamma().GradLogProb(x) }

// Params returns ν.
func (d ChiSquared) Params() []float64 { return []float64{d.Nu} }

// ScoreTo implements [Scorer]: ½ (log(x/2) − ψ(ν/2)), NaN outside the support.
func (d ChiSquared) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 1)
	if !(x >= 0) {
		return contNaN(dst)
	}
	dst[0] = 0.5 * (contLogRatio(x, d.Nu) - special.DigammaRest(0.5*d.Nu))
	return dst
}

// Sampling.

// Rand draws a gamma variate; see [Gamma.Rand].
func (d ChiSquared) Rand(r *rand.Rand) float64 { return d.gamma().Rand(r) }

// Fitting.

// FitChiSquared returns the distribution of greatest likelihood, which solves
//
//	ψ(ν/2) = mean(log(x/2))
//
// by Newton's method in log ν. Weights may be nil. The error is a [*FitError];
// observations of zero have no maximum.
func FitChiSquared(x, w []float64) (ChiSquared, error) {
	total, err := checkSample("chi-squared", ChiSquared{}.Support(), x, w)
	if err != nil {
		return ChiSquared{}, err
	}
	if err := contZero("chi-squared", x); err != nil {
		return ChiSquared{}, err
	}
	mean := 0.0
	for i, v := range x {
		mean += weightAt(w, i) / total * contLogRatio(v, 2)
	}
	start := -math.Log(max(1e-300, -mean)) // ψ(a) is near −1/a for small a
	if mean > -2 {
		start = math.Log(math.Exp(mean) + 0.5)
	}
	t := contRoot(func(t float64) (value, slope float64) {
		a := math.Exp(t)
		return t + special.DigammaRest(a) - mean, special.TrigammaRest(a) + 1
	}, start)
	return contFitted(ChiSquared{2 * math.Exp(t)}, "chi-squared", "the likelihood has no maximum that a float64 holds")
}
