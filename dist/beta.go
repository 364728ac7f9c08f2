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

// Beta is the beta distribution with shapes α, β > 0,
//
//	p(x) = x^(α−1) (1−x)^(β−1) / B(α, β),  0 ≤ x ≤ 1,
//
// the conjugate prior of a probability.
type Beta struct {
	Alpha float64 // α, of successes
	Beta  float64 // β, of failures
}

// NewBeta returns the distribution, or a [*ParameterError].
func NewBeta(alpha, beta float64) (Beta, error) {
	d := Beta{alpha, beta}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Beta) Validate() error {
	return firstError(positive("beta", "Alpha", d.Alpha), positive("beta", "Beta", d.Beta),
		positive("beta", "Alpha + Beta", d.Alpha+d.Beta))
}

// String returns "Beta(Alpha: …, Beta: …)".
func (d Beta) String() string { return fmt.Sprintf("Beta(Alpha: %g, Beta: %g)", d.Alpha, d.Beta) }

// Support is the unit interval. The density is infinite at an end whose shape is
// below 1.
func (d Beta) Support() Support { return Support{Lower: 0, Upper: 1} }

// Statistics.

// Mean returns α/(α+β).
func (d Beta) Mean() float64 { return d.Alpha / (d.Alpha + d.Beta) }

// Variance returns αβ / ((α+β)² (α+β+1)).
func (d Beta) Variance() float64 {
	n := d.Alpha + d.Beta
	return (d.Alpha / n) * (d.Beta / n) / (n + 1)
}

// Entropy returns log B(α, β) + (α−1)(ψ(α+β) − ψ(α)) + (β−1)(ψ(α+β) − ψ(β)). For
// large shapes the leading terms of Stirling's series cancel and are left out.
func (d Beta) Entropy() float64 {
	a, b := d.Alpha, d.Beta
	n := a + b
	if a < 20 || b < 20 {
		return special.LogBeta(a, b) + (a-1)*special.DigammaRise(a, b) + (b-1)*special.DigammaRise(b, a)
	}
	rest := special.DigammaRest(n)
	return special.Stirling(a) + special.Stirling(b) - special.Stirling(n) + halfLog2Pi -
		0.5*(math.Log(n)+math.Log1p(b/a)+math.Log1p(a/b)) +
		(a-1)*(rest-special.DigammaRest(a)) + (b-1)*(rest-special.DigammaRest(b))
}

// Evaluation.

// LogProb implements [LogProber]. Large shapes take Loader's saddle-point form (2000).
func (d Beta) LogProb(x float64) float64 { return d.logProb(x, d.shift()) }

// shift is what the log density has besides what depends on x.
func (d Beta) shift() float64 {
	a, b := d.Alpha, d.Beta
	if a+b < 64 { // quicker than LogBeta, and as good beside the other terms
		la, _ := math.Lgamma(a)
		lb, _ := math.Lgamma(b)
		ln, _ := math.Lgamma(a + b)
		return ln - la - lb
	}
	n := a + b
	return special.Stirling(n) - special.Stirling(a) - special.Stirling(b) - halfLog2Pi + 0.5*math.Log(a*(b/n))
}

// logProb has the shift computed.
func (d Beta) logProb(x, shift float64) float64 {
	a, b := d.Alpha, d.Beta
	switch {
	case !(x >= 0 && x <= 1):
		if math.IsNaN(x) {
			return x
		}
		return math.Inf(-1)
	case x == 1:
		return Beta{b, a}.LogProb(0)
	case x < 1e-290:
		if a == 1 {
			return math.Log(b)
		}
		return (a-1)*careful.Log(x) - special.LogBeta(a, b)
	case a+b < 64: // no term is so large that the sum loses digits
		return shift + (a-1)*math.Log(x) + (b-1)*math.Log(1-x)
	}
	n, y := a+b, 1-x
	return shift - discDeviance(a, n*x) - discDeviance(b, n*y) - math.Log(x*y)
}

// LogProbTo implements [Batcher].
func (d Beta) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	shift := d.shift()
	if d.Alpha+d.Beta >= 64 {
		for i, v := range x {
			dst[i] = d.logProb(v, shift)
		}
		return dst
	}
	batchTo(dst, x, func(dst, x, y, z []float64) {
		for i, v := range x {
			y[i], z[i] = v, 1-v
		}
		kernel.Log(y, y)
		kernel.Log(z, z)
		for i, v := range x {
			if v >= 1e-290 && v < 1 {
				dst[i] = shift + (d.Alpha-1)*y[i] + (d.Beta-1)*z[i]
			} else {
				dst[i] = d.logProb(v, shift)
			}
		}
	})
	return dst
}

// tails returns the logarithms of CDF and survival.
func (d Beta) tails(x float64) (lower, upper float64) {
	if math.IsNaN(x) {
		return x, x
	}
	x = min(1, max(0, x))
	return logIncBeta(d.Alpha, d.Beta, x, 1-x)
}

// CDF implements [CDFer].
func (d Beta) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d Beta) LogCDF(x float64) float64 {
	lower, _ := d.tails(x)
	return lower
}

// Survival implements [CDFer].
func (d Beta) Survival(x float64) float64 {
	_, upper := d.tails(x)
	return math.Exp(upper)
}

// LogSurvival implements [LogSurvivaler].
func (d Beta) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler].
func (d Beta) Quantile(p float64) float64 {
	if !contProbability(p) {
		return math.NaN()
	}
	return betaOfOdds(betaLogOdds(d.Alpha, d.Beta, careful.Log(p), math.Log1p(-p)))
}

// betaOfOdds returns the probability with the logarithm u of the odds, also where one
// over it overflows.
func betaOfOdds(u float64) float64 {
	if u < -700 {
		return math.Exp(u)
	}
	return 1 / (1 + math.Exp(-u))
}

// UpperQuantile implements [UpperQuantiler].
func (d Beta) UpperQuantile(q float64) float64 {
	if !contProbability(q) {
		return math.NaN()
	}
	return betaOfOdds(betaLogOdds(d.Alpha, d.Beta, math.Log1p(-q), careful.Log(q)))
}

// Gradients.

// GradLogProb returns (α−1)/x − (β−1)/(1−x), NaN outside the support.
func (d Beta) GradLogProb(x float64) float64 {
	if !(x >= 0 && x <= 1) {
		return math.NaN()
	}
	slope := 0.0
	if d.Alpha != 1 {
		slope += (d.Alpha - 1) / x
	}
	if d.Beta != 1 {
		slope -= (d.Beta - 1) / (1 - x)
	}
	return slope
}

// Params returns α and β.
func (d Beta) Params() []float64 { return []float64{d.Alpha, d.Beta} }

// ScoreTo implements [Scorer]: log x + ψ(α+β) − ψ(α) and log(1−x) + ψ(α+β) − ψ(β),
// NaN outside the support.
func (d Beta) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(x >= 0 && x <= 1) {
		return contNaN(dst)
	}
	dst[0] = careful.Log(x) + special.DigammaRise(d.Alpha, d.Beta)
	dst[1] = math.Log1p(-x) + special.DigammaRise(d.Beta, d.Alpha)
	return dst
}

// Sampling.

// Rand draws two gamma variates, whose ratio does not underflow before its value does.
// With small shapes, a draw may be so near to an end that float64 rounds it to that.
func (d Beta) Rand(r *rand.Rand) float64 {
	x, boostX := randGamma(r, d.Alpha)
	y, boostY := randGamma(r, d.Beta)
	if boost := boostY - boostX; boost != 0 {
		y *= math.Exp(boost)
	}
	return x / (x + y)
}

// Fitting.

// FitBeta returns the distribution of greatest likelihood. The log likelihood is
// concave in (α, β), being that of an exponential family; Newton's method in log α
// and log β, its step halved until the likelihood grows, finds the maximum from the
// estimate by moments (Johnson, Kotz & Balakrishnan 1995, section 25.4). Weights may
// be nil. The error is a [*FitError]; observations at an end, and those that are all
// equal, have no maximum.
func FitBeta(x, w []float64) (Beta, error) {
	const name = "beta"
	total, err := checkSample(name, Beta{}.Support(), x, w)
	if err != nil {
		return Beta{}, err
	}
	var logX, logY, mean, square float64
	for i, v := range x {
		if v == 0 || v == 1 {
			return Beta{}, &FitError{name, i, fmt.Sprintf("is %g, where the likelihood has no maximum", v)}
		}
		share := weightAt(w, i) / total
		logX += share * careful.Log(v)
		logY += share * math.Log1p(-v)
		mean += share * v
	}
	for i, v := range x {
		square += weightAt(w, i) / total * (v - mean) * (v - mean)
	}
	if low, high := contRange(x, w); low == high {
		return Beta{}, &FitError{name, -1, "the observations do not vary"}
	}
	size := max(1e-2, mean*(1-mean)/square-1)
	if !(size < 1e15) {
		size = 1e15
	}
	d := Beta{max(1e-3, size*mean), max(1e-3, size*(1-mean))}
	likelihood := func(d Beta) float64 {
		return (d.Alpha-1)*logX + (d.Beta-1)*logY - special.LogBeta(d.Alpha, d.Beta)
	}
	last := likelihood(d)
	for range 500 {
		a, b := d.Alpha, d.Beta
		riseA, fallA := special.DigammaRise(a, b), special.TrigammaFall(a, b)
		riseB, fallB := special.DigammaRise(b, a), special.TrigammaFall(b, a)
		ga, gb := a*(logX+riseA), b*(logY+riseB)
		cross := a * b * special.Trigamma(a+b)
		haa, hbb := ga-a*a*fallA, gb-b*b*fallB
		da, db := ga, gb
		if det := haa*hbb - cross*cross; haa < 0 && det > 0 {
			da, db = (cross*gb-hbb*ga)/det, (cross*ga-haa*gb)/det
		}
		if long := max(math.Abs(da), math.Abs(db)); long > 2 {
			da, db = 2*da/long, 2*db/long
		}
		if math.Abs(da)+math.Abs(db) < 1e-9 { // the next step would be its square
			d = Beta{a * math.Exp(da), b * math.Exp(db)}
			break
		}
		better := false
		for range 60 {
			next := Beta{a * math.Exp(da), b * math.Exp(db)}
			if l := likelihood(next); l > last || math.Abs(da)+math.Abs(db) < 1e-4 { // sums are no finer
				d, last, better = next, l, true
				break
			}
			da, db = da/2, db/2
		}
		if !better {
			break
		}
	}
	if d.Alpha+d.Beta > 1e14 {
		return Beta{}, &FitError{name, -1, "the observations hardly vary"}
	}
	return contFitted(d, name, "the likelihood has no maximum that a float64 holds")
}
