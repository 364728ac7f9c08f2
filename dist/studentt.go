package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// StudentT is Student's t distribution with ν > 0 degrees of freedom, location m and
// scale s > 0,
//
//	p(x) = Γ((ν+1)/2) / (Γ(ν/2) √(νπ) s) · (1 + z²/ν)^(−(ν+1)/2),  z = (x − m)/s.
type StudentT struct {
	Nu       float64 // ν; the smaller, the heavier the tails
	Location float64 // m, the median
	Scale    float64 // s; not the standard deviation
}

// NewStudentT returns the distribution, or a [*ParameterError].
func NewStudentT(nu, location, scale float64) (StudentT, error) {
	d := StudentT{nu, location, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d StudentT) Validate() error {
	return firstError(positive("Student t", "Nu", d.Nu), finite("Student t", "Location", d.Location),
		positive("Student t", "Scale", d.Scale))
}

// String returns "StudentT(Nu: …, Location: …, Scale: …)".
func (d StudentT) String() string {
	return fmt.Sprintf("StudentT(Nu: %g, Location: %g, Scale: %g)", d.Nu, d.Location, d.Scale)
}

// Support is the real line.
func (d StudentT) Support() Support { return Support{Lower: math.Inf(-1), Upper: math.Inf(1)} }

// Statistics.

// Mean returns m, NaN for ν ≤ 1: there is none.
func (d StudentT) Mean() float64 {
	if d.Nu <= 1 {
		return math.NaN()
	}
	return d.Location
}

// Variance returns s² ν/(ν−2); +Inf for ν ≤ 2, where it diverges, and NaN for ν ≤ 1,
// as there is no mean.
func (d StudentT) Variance() float64 {
	switch {
	case d.Nu <= 1:
		return math.NaN()
	case d.Nu <= 2:
		return math.Inf(1)
	}
	return d.Scale * d.Scale * (d.Nu / (d.Nu - 2))
}

// Entropy returns (ν+1)/2 (ψ((ν+1)/2) − ψ(ν/2)) + log(√ν B(ν/2, ½)) + log s.
func (d StudentT) Entropy() float64 {
	return (d.Nu+1)*(studentSlope(d.Nu)+0.5/d.Nu) - studentNorm(d.Nu) + careful.Log(d.Scale)
}

// Evaluation.

// studentFactor returns Γ((ν+1)/2) / (Γ(ν/2) √(νπ)) as factor·exp(rest). It goes up
// to where the asymptotic series of the ratio of gamma functions (Tricomi & Erdélyi
// 1951), whose leading term the root takes away, has all digits.
func studentFactor(nu float64) (factor, rest float64) {
	m := 0.5 * nu
	top, up, down := m, 1.0, 1.0
	for ; top < 10; top++ {
		up *= top
		down *= top + 0.5
	}
	factor = 1
	if top > m {
		factor = up / down * math.Sqrt(top/m)
	}
	h := 1 / top
	y := h * h
	return factor, -halfLog2Pi - h*(1./8-y*(1./192-y*(1./640-y*(17./14336-y*(31./18432-y*691./180224)))))
}

// studentNorm returns the logarithm of that.
func studentNorm(nu float64) float64 {
	factor, rest := studentFactor(nu)
	return math.Log(factor) + rest
}

// studentSlope returns its derivative in ν.
func studentSlope(nu float64) float64 {
	m, slope := 0.5*nu, 0.0
	top := m
	for ; top < 10; top++ {
		slope += 0.5 / (top * (top + 0.5))
	}
	if top > m {
		slope += 0.5/top - 0.5/m
	}
	h := 1 / top
	y := h * h
	slope += y * (1./8 - y*(3./192-y*(5./640-y*(7*17./14336-y*(9*31./18432-y*11*691./180224)))))
	return 0.5 * slope
}

// studentLog returns (ν+1)/2 log(1 + z²/ν), also where z² overflows.
func studentLog(nu, z float64) float64 {
	w := z * z / nu
	switch {
	case w < 1e-17:
		return z * z * (0.5 + 0.5/nu)
	case w > 1e300:
		return (nu + 1) * (math.Log(math.Abs(z)) - 0.5*careful.Log(nu))
	}
	return 0.5 * (nu + 1) * math.Log1p(w)
}

// LogProb implements [LogProber].
func (d StudentT) LogProb(x float64) float64 {
	shift := 0.0
	factor, rest := studentFactor(d.Nu)
	if density := factor / d.Scale; density > 1e-300 && density < 1e300 {
		shift = rest + math.Log(density) // one logarithm for both
	} else {
		shift = rest + math.Log(factor) - careful.Log(d.Scale)
	}
	z := (x - d.Location) / d.Scale
	if math.IsInf(z, 0) { // as in studentLog
		return shift - (d.Nu+1)*(contLogFar(x, d.Location, d.Scale)-0.5*careful.Log(d.Nu))
	}
	return shift - studentLog(d.Nu, z)
}

// LogProbTo implements [Batcher].
func (d StudentT) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	if d.Scale < contTiny {
		return contEach(dst, x, d.LogProb)
	}
	shift, inverse := studentNorm(d.Nu)-careful.Log(d.Scale), 1/d.Scale
	batchTo(dst, x, func(dst, x, y, w []float64) {
		for i, v := range x {
			z := (v - d.Location) * inverse
			w[i] = z * z / d.Nu
		}
		kernel.Log1p(y, w)
		for i, v := range x {
			if w[i] >= 1e-17 && w[i] <= 1e300 {
				dst[i] = shift - 0.5*(d.Nu+1)*y[i] // as in studentLog
			} else if dst[i] = shift - studentLog(d.Nu, (v-d.Location)*inverse); math.IsInf(dst[i], -1) {
				dst[i] = d.LogProb(v)
			}
		}
	})
	return dst
}

// studentTails returns the logarithms of P(|T| > z) and P(|T| ≤ z) at location 0 and
// scale 1, for z ≥ 0: T²/(ν+T²) has a beta distribution.
func studentTails(nu, z float64) (outside, inside float64) {
	if nu > 1e30 { // normal to the last digit wherever a float64 holds the tail
		return HalfNormal{1}.LogSurvival(z), HalfNormal{1}.LogCDF(z)
	}
	switch r := z / math.Sqrt(nu); {
	case r < 1e-100: // the leading terms, as the square underflows or overflows
		inside = careful.Log(2*z) + studentNorm(nu)
		return special.Log1mExp(inside), inside
	case r > 1e100:
		return studentFar(nu, math.Log(z))
	case r > 1:
		return logIncBeta(0.5*nu, 0.5, 1/(r*r)/(1+1/(r*r)), 1/(1+1/(r*r)))
	default:
		return logIncBeta(0.5*nu, 0.5, 1/(1+r*r), r*r/(1+r*r))
	}
}

// studentFar is studentTails far out, where the leading term is all.
func studentFar(nu, logZ float64) (outside, inside float64) {
	outside = min(0, -nu*(logZ-0.5*careful.Log(nu))-special.LogBetaScaled(0.5*nu, 0.5))
	return outside, special.Log1mExp(outside)
}

// tails returns z and what studentTails does for it, also where z overflows, which
// the tails of small ν outlast.
func (d StudentT) tails(x float64) (z, outside, inside float64) {
	z = (x - d.Location) / d.Scale
	switch {
	case math.IsNaN(z):
		return z, z, z
	case math.IsInf(z, 0) && d.Nu <= 1e30:
		outside, inside = studentFar(d.Nu, contLogFar(x, d.Location, d.Scale))
	default:
		outside, inside = studentTails(d.Nu, math.Abs(z))
	}
	return z, outside, inside
}

// upper returns P(X > x), or P(X < x) for a sign of −1.
func (d StudentT) upper(x, sign float64) float64 {
	z, outside, _ := d.tails(x)
	if sign*z < 0 {
		return 1 - 0.5*math.Exp(outside)
	}
	return 0.5 * math.Exp(outside)
}

// studentWide is the ν from which on quantiles come from those of a normal
// distribution. By way of the log odds, they lose about as many digits as ν has.
const studentWide = 1e12

// studentWiden takes a normal quantile to that of ν degrees of freedom, up to terms of
// z⁴/ν² (Abramowitz & Stegun 1964, 26.7.5).
func studentWiden(nu, z float64) float64 {
	if math.IsInf(z, 0) {
		return z
	}
	return z + z*((z*z+1)/(4*nu))
}

// studentOutside returns the z ≥ 0 with P(|T| > z) = q.
func studentOutside(nu, q float64) float64 {
	if nu > studentWide {
		return studentWiden(nu, HalfNormal{1}.UpperQuantile(q))
	}
	return math.Exp(0.5 * (math.Log(nu) - betaLogOdds(0.5*nu, 0.5, careful.Log(q), math.Log1p(-q))))
}

// studentInside returns the z ≥ 0 with P(|T| ≤ z) = p.
func studentInside(nu, p float64) float64 {
	if nu > studentWide {
		return studentWiden(nu, HalfNormal{1}.Quantile(p))
	}
	return math.Exp(0.5 * (math.Log(nu) - betaLogOdds(0.5*nu, 0.5, math.Log1p(-p), careful.Log(p))))
}

// studentQuantile returns the z with P(T > z) = q.
func studentQuantile(nu, q float64) float64 {
	switch {
	case !contProbability(q):
		return math.NaN()
	case q == 0.5:
		return 0
	case q > 0.75: // differences are exact
		return -studentOutside(nu, 2*(1-q))
	case q > 0.5:
		return -studentInside(nu, 2*q-1)
	case q > 0.25:
		return studentInside(nu, 1-2*q)
	}
	return studentOutside(nu, 2*q)
}

// CDF implements [CDFer].
func (d StudentT) CDF(x float64) float64 { return d.upper(x, -1) }

// LogCDF implements [CDFer].
func (d StudentT) LogCDF(x float64) float64 { return d.logUpper(x, -1) }

// logUpper returns the logarithm of upper.
func (d StudentT) logUpper(x, sign float64) float64 {
	z, outside, _ := d.tails(x)
	if sign*z < 0 {
		return math.Log1p(-0.5 * math.Exp(outside))
	}
	return outside - math.Ln2
}

// Survival implements [CDFer].
func (d StudentT) Survival(x float64) float64 { return d.upper(x, 1) }

// LogSurvival implements [LogSurvivaler].
func (d StudentT) LogSurvival(x float64) float64 { return d.logUpper(x, 1) }

// Quantile implements [Quantiler].
func (d StudentT) Quantile(p float64) float64 {
	return d.Location - d.Scale*studentQuantile(d.Nu, p)
}

// UpperQuantile implements [UpperQuantiler].
func (d StudentT) UpperQuantile(q float64) float64 {
	return d.Location + d.Scale*studentQuantile(d.Nu, q)
}

// Gradients.

// studentPull returns (ν+1) z/(ν+z²), minus the slope of the log density at scale 1,
// and z times it, without overflow.
func studentPull(nu, z float64) (pull, moment float64) {
	if math.Abs(z) > 1e150 {
		return (nu + 1) / z, nu + 1
	}
	pull = (nu + 1) * (z / (nu + z*z))
	return pull, z * pull
}

// studentScore returns the derivative in ν of the log density at scale 1. Its terms
// cancel to order 1/ν² for large ν, which the forms taken leave nothing to do.
func studentScore(nu, z float64) float64 {
	slope := studentSlope(nu)
	w := (z / nu) * z
	share := 1.0 // w/(1+w)
	if !math.IsInf(w, 1) {
		share = w / (1 + w)
	}
	return slope + 0.5*studentExcess(nu, z, w, share) + 0.5*share/nu
}

// studentExcess returns w/(1+w) − log(1+w), by its series for small w.
func studentExcess(nu, z, w, share float64) float64 {
	switch {
	case w < 0.01:
		sum, power := 0.0, -w
		for k := 2.0; k < 12; k++ {
			power *= -w
			sum -= (1 - 1/k) * power
		}
		return sum
	case math.IsInf(w, 1):
		return share - 2*math.Log(math.Abs(z)) + math.Log(nu)
	}
	return share - math.Log1p(w)
}

// GradLogProb returns −(ν+1) z / (s (ν + z²)).
func (d StudentT) GradLogProb(x float64) float64 {
	pull, _ := studentPull(d.Nu, (x-d.Location)/d.Scale)
	return -pull / d.Scale
}

// Params returns ν, m and s.
func (d StudentT) Params() []float64 { return []float64{d.Nu, d.Location, d.Scale} }

// ScoreTo implements [Scorer]. In m and s it is (ν+1) z / (s (ν + z²)) and
// ((ν+1) z²/(ν + z²) − 1)/s.
func (d StudentT) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 3)
	z := (x - d.Location) / d.Scale
	pull, moment := studentPull(d.Nu, z)
	dst[0], dst[1], dst[2] = studentScore(d.Nu, z), pull/d.Scale, (moment-1)/d.Scale
	return dst
}

// Sampling.

// Rand divides a normal variate by the root of a gamma variate. A draw beyond the
// range of float64, which takes a tiny ν, is infinite.
func (d StudentT) Rand(r *rand.Rand) float64 { return d.Location + d.Scale*studentRand(r, d.Nu) }

// studentRand draws at location 0 and scale 1.
func studentRand(r *rand.Rand, nu float64) float64 {
	z := r.NormFloat64()
	v, boost := randGamma(r, 0.5*nu)
	t := z * math.Sqrt(0.5*nu/v)
	if boost != 0 && t != 0 {
		t *= math.Exp(-0.5 * boost)
	}
	return t
}

// Fitting.

// FitStudentT returns the distribution of greatest likelihood that is found from
// median, median deviation and four degrees of freedom, by Newton's method in m,
// log s and log ν with Marquardt's damping (Lange, Little & Taylor 1989 give the
// derivatives). The likelihood as such has no greatest value: it grows without
// bound as ν and s go to zero at an observation; what is found is the maximum away
// from there. Weights may be nil. The error is a [*FitError]; there is no such
// maximum if one value has half of the weight, or if the tails are no heavier than
// those of a normal distribution.
func FitStudentT(x, w []float64) (StudentT, error) {
	const name = "Student t"
	total, err := checkSample(name, StudentT{}.Support(), x, w)
	if err != nil {
		return StudentT{}, err
	}
	values, shares := contSorted(x, w, total)
	if contHeaviest(values, shares) >= 0.5*(1-1e-14) {
		return StudentT{}, &FitError{name, -1, "one value has half of the weight"}
	}
	e := studentExponent(values)
	values = contScaled(values, nil, e)
	m := contMedian(values, shares)
	away := make([]float64, len(values))
	for i, v := range values {
		away[i] = math.Abs(v - m)
	}
	start := StudentT{4, m, contMedian(contSorted(away, shares, 1))}
	d, problem := fitStudent(name, start, values, shares, false)
	if problem != nil {
		return StudentT{}, problem
	}
	d.Location, d.Scale = math.Ldexp(d.Location, e), math.Ldexp(d.Scale, e)
	return contFitted(d, name, "the likelihood has no maximum that a float64 holds")
}
