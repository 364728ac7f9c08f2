package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Parameters.

// HalfStudentT is the distribution of |Y| for a Student t Y with ν > 0 degrees of
// freedom, location 0 and scale s > 0,
//
//	p(x) = 2 Γ((ν+1)/2) / (Γ(ν/2) √(νπ) s) · (1 + z²/ν)^(−(ν+1)/2),  z = x/s,  x ≥ 0.
type HalfStudentT struct {
	Nu    float64 // ν; the smaller, the heavier the tail
	Scale float64 // s
}

// NewHalfStudentT returns the distribution, or a [*ParameterError].
func NewHalfStudentT(nu, scale float64) (HalfStudentT, error) {
	d := HalfStudentT{nu, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d HalfStudentT) Validate() error {
	return firstError(positive("half-Student t", "Nu", d.Nu), positive("half-Student t", "Scale", d.Scale))
}

// String returns "HalfStudentT(Nu: …, Scale: …)".
func (d HalfStudentT) String() string {
	return fmt.Sprintf("HalfStudentT(Nu: %g, Scale: %g)", d.Nu, d.Scale)
}

// Support is the half-line from 0.
func (d HalfStudentT) Support() Support { return Support{Upper: math.Inf(1)} }

// Statistics.

// Mean returns 2s ν/(ν−1) Γ((ν+1)/2) / (Γ(ν/2) √(νπ)), +Inf for ν ≤ 1.
func (d HalfStudentT) Mean() float64 {
	if d.Nu <= 1 {
		return math.Inf(1)
	}
	return 2 * d.Scale * (d.Nu / (d.Nu - 1)) * math.Exp(studentNorm(d.Nu))
}

// Variance returns s² ν/(ν−2) less the square of the mean, +Inf for ν ≤ 2.
func (d HalfStudentT) Variance() float64 {
	if d.Nu <= 2 {
		return math.Inf(1)
	}
	mean := d.Mean()
	return d.Scale*d.Scale*(d.Nu/(d.Nu-2)) - mean*mean
}

// Entropy returns that of the whole distribution less log 2.
func (d HalfStudentT) Entropy() float64 { return d.whole().Entropy() - math.Ln2 }

// whole returns the distribution on the line.
func (d HalfStudentT) whole() StudentT { return StudentT{Nu: d.Nu, Scale: d.Scale} }

// Evaluation.

// LogProb implements [LogProber].
func (d HalfStudentT) LogProb(x float64) float64 {
	if x < 0 {
		return math.Inf(-1)
	}
	return math.Ln2 + d.whole().LogProb(x)
}

// LogProbTo implements [Batcher].
func (d HalfStudentT) LogProbTo(dst, x []float64) []float64 {
	dst = d.whole().LogProbTo(dst, x)
	for i, v := range x {
		dst[i] += math.Ln2
		if v < 0 {
			dst[i] = math.Inf(-1)
		}
	}
	return dst
}

// tails returns the logarithms of CDF and survival.
func (d HalfStudentT) tails(x float64) (lower, upper float64) {
	_, upper, lower = d.whole().tails(max(0, x))
	return lower, upper
}

// CDF implements [CDFer].
func (d HalfStudentT) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d HalfStudentT) LogCDF(x float64) float64 {
	lower, _ := d.tails(x)
	return lower
}

// Survival implements [CDFer].
func (d HalfStudentT) Survival(x float64) float64 {
	_, upper := d.tails(x)
	return math.Exp(upper)
}

// LogSurvival implements [LogSurvivaler].
func (d HalfStudentT) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler].
func (d HalfStudentT) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return d.Scale * studentInside(d.Nu, p)
}

// UpperQuantile implements [UpperQuantiler].
func (d HalfStudentT) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	return d.Scale * studentOutside(d.Nu, q)
}

// Gradients.

// GradLogProb returns −(ν+1) z / (s (ν + z²)), NaN outside the support.
func (d HalfStudentT) GradLogProb(x float64) float64 {
	if !(x >= 0) {
		return math.NaN()
	}
	return d.whole().GradLogProb(x)
}

// Params returns ν and s.
func (d HalfStudentT) Params() []float64 { return []float64{d.Nu, d.Scale} }

// ScoreTo implements [Scorer] as [StudentT.ScoreTo] does, NaN outside the support.
func (d HalfStudentT) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(x >= 0) {
		return contNaN(dst)
	}
	z := x / d.Scale
	_, moment := studentPull(d.Nu, z)
	dst[0], dst[1] = studentScore(d.Nu, z), (moment-1)/d.Scale
	return dst
}

// Sampling.

// Rand takes the size of a draw from the whole distribution.
func (d HalfStudentT) Rand(r *rand.Rand) float64 { return d.Scale * math.Abs(studentRand(r, d.Nu)) }

// Fitting.

// FitHalfStudentT returns the distribution of greatest likelihood that is found from
// the median and four degrees of freedom, as [FitStudentT] does. Weights may be nil.
// The error is a [*FitError]; there is no such maximum if half of the weight is at
// zero, or if the tail is no heavier than that of a half-normal distribution.
func FitHalfStudentT(x, w []float64) (HalfStudentT, error) {
	const name = "half-Student t"
	total, err := checkSample(name, HalfStudentT{}.Support(), x, w)
	if err != nil {
		return HalfStudentT{}, err
	}
	values, shares := contSorted(x, w, total)
	e := studentExponent(values)
	values = contScaled(values, nil, e)
	median := contMedian(values, shares)
	if median == 0 {
		return HalfStudentT{}, &FitError{name, -1, "half of the weight is at zero"}
	}
	d, problem := fitStudent(name, StudentT{Nu: 4, Scale: median}, values, shares, true)
	if problem != nil {
		return HalfStudentT{}, problem
	}
	return contFitted(HalfStudentT{d.Nu, math.Ldexp(d.Scale, e)}, name, "the likelihood has no maximum that a float64 holds")
}
