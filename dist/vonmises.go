package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// VonMises is the von Mises distribution of an angle with mean direction μ and
// concentration κ ≥ 0,
//
//	p(x) = exp(κ cos(x − μ)) / (2π I₀(κ)),  −π ≤ x ≤ π.
//
// Its support is that interval: the density elsewhere is zero, the distribution
// function begins at −π, and mean, variance and quantiles are those of the number x,
// not of the direction, for which see CircularMean and CircularVariance. Draws are
// wrapped into the interval; other angles are the caller's to wrap, for example by
// math.Remainder(x, 2*math.Pi).
type VonMises struct {
	Mu    float64 // μ, between −π and π
	Kappa float64 // κ; 0 is uniform, and 1/√κ about the standard deviation of large ones
}

// NewVonMises returns the distribution, or a [*ParameterError].
func NewVonMises(mu, kappa float64) (VonMises, error) {
	d := VonMises{mu, kappa}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d VonMises) Validate() error {
	const name = "von Mises"
	return firstError(contOrdered(name, "Mu", d.Mu, math.Abs(d.Mu) <= math.Pi, "between −π and π"),
		contOrdered(name, "Kappa", d.Kappa, d.Kappa >= 0 && d.Kappa <= math.MaxFloat64, "at least 0 and finite"))
}

// String returns "VonMises(Mu: …, Kappa: …)".
func (d VonMises) String() string { return fmt.Sprintf("VonMises(Mu: %g, Kappa: %g)", d.Mu, d.Kappa) }

// Support is [−π, π].
func (d VonMises) Support() Support { return Support{Lower: -math.Pi, Upper: math.Pi} }

// Statistics.

// Mean returns the mean of the number x. It is not μ unless μ is 0: with the mass
// q that is beyond an end of the interval and comes in at the other, it is μ ± 2πq.
func (d VonMises) Mean() float64 {
	half := math.Abs(d.Mu)
	log := special.BesselI(d.Kappa).LogScaled
	past := math.Exp(vonMisesArc(d.Kappa, math.Pi-half, half, nil)-log) / (2 * math.Pi)
	return d.Mu - math.Copysign(2*math.Pi*past, d.Mu)
}

// Variance returns the mean square deviation of the number x from its mean, by
// quadrature.
func (d VonMises) Variance() float64 {
	mu := math.Abs(d.Mu)
	mean := math.Abs(d.Mean())
	square := func(from float64, sign float64) func(t float64) float64 {
		return func(t float64) float64 { return (from + sign*t - mean) * (from + sign*t - mean) }
	}
	log := special.BesselI(d.Kappa).LogScaled
	return (math.Exp(vonMisesArc(d.Kappa, 0, math.Pi, square(mu, -1))-log) +
		math.Exp(vonMisesArc(d.Kappa, 0, math.Pi-mu, square(mu, 1))-log) +
		math.Exp(vonMisesArc(d.Kappa, math.Pi-mu, mu, square(mu-2*math.Pi, 1))-log)) / (2 * math.Pi)
}

// CircularMean returns the direction of the mean of (cos x, sin x), which is μ.
func (d VonMises) CircularMean() float64 { return d.Mu }

// CircularVariance returns 1 − I₁(κ)/I₀(κ): one less the length of the mean of
// (cos x, sin x).
func (d VonMises) CircularVariance() float64 {
	gap := special.BesselI(d.Kappa).Gap
	return gap
}

// Entropy returns log(2π I₀(κ)) − κ I₁(κ)/I₀(κ).
func (d VonMises) Entropy() float64 {
	bessel := special.BesselI(d.Kappa)
	return math.Ln2 + logPi + bessel.LogScaled + d.Kappa*bessel.Gap
}

// Evaluation.

// vonMisesTurn is how far 2π is above twice float64's π.
const vonMisesTurn = 2.4492935982947064e-16

// angle returns x − μ between −π and π without losing what is near μ across the ends.
func (d VonMises) angle(x float64) float64 {
	switch t := x - d.Mu; {
	case t > math.Pi:
		return (x - math.Pi) - (math.Pi + d.Mu) - vonMisesTurn
	case t < -math.Pi:
		return (x + math.Pi) + (math.Pi - d.Mu) + vonMisesTurn
	default:
		return t
	}
}

// LogProb implements [LogProber].
func (d VonMises) LogProb(x float64) float64 {
	log := special.BesselI(d.Kappa).LogScaled
	return d.logProb(x, math.Ln2+logPi+log)
}

// logProb has the logarithm of 2π I₀(κ) exp(−κ).
func (d VonMises) logProb(x, norm float64) float64 {
	if !(math.Abs(x) <= math.Pi) {
		if math.IsNaN(x) {
			return x
		}
		return math.Inf(-1)
	}
	s := math.Sin(0.5 * d.angle(x))
	return -d.Kappa*(2*s*s) - norm
}

// LogProbTo implements [Batcher].
func (d VonMises) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	log := special.BesselI(d.Kappa).LogScaled
	for i, v := range x {
		dst[i] = d.logProb(v, math.Ln2+logPi+log)
	}
	return dst
}

// vonMisesArc returns the logarithm of the integral of g(t) exp(κ (cos t − 1)) for t
// from a ≥ 0 over the given width, up to π at most; a nil g is one. The exponent is
// taken from its greatest, at a, as a product that loses nothing, and the integral
// ends where the integrand has fallen by exp(−60).
func vonMisesArc(kappa, a, width float64, g func(t float64) float64) float64 {
	if !(width > 0) {
		return math.Inf(-1)
	}
	peak := math.Sin(0.5 * a)
	peak *= peak
	end := width
	if fall := peak + 30/kappa; fall < 1 {
		// With sin²(t/2) = fall there, the difference of the angles comes from that
		// of the squares.
		end = min(end, 2*math.Asin(min(1, 30/kappa/math.Sin(math.Asin(math.Sqrt(fall))+0.5*a))))
	}
	const panels = 5 // the integrand may fall by exp(−60) on the way
	sum := 0.0
	for i := 0.0; i < panels; i++ {
		sum += discPanel(func(s float64) float64 {
			f := math.Exp(-kappa * (2 * math.Sin(0.5*s) * math.Sin(a+0.5*s)))
			if g != nil {
				f *= g(a + s)
			}
			return f
		}, end*i/panels, end*(i+1)/panels)
	}
	return math.Log(sum) - kappa*(2*peak)
}

// tails returns the logarithms of CDF and survival, each from positive terms where
// it is the smaller one.
func (d VonMises) tails(x float64) (lower, upper float64) {
	switch {
	case math.IsNaN(x):
		return x, x
	case x <= -math.Pi:
		return math.Inf(-1), 0
	case x >= math.Pi:
		return 0, math.Inf(-1)
	case d.Mu < 0:
		upper, lower = VonMises{-d.Mu, d.Kappa}.tails(-x)
		return lower, upper
	}
	log := special.BesselI(d.Kappa).LogScaled
	norm := math.Ln2 + logPi + log
	rest := math.Pi - d.Mu // from μ to the upper end; what is beyond comes in below
	arc := func(a, width float64) float64 { return vonMisesArc(d.Kappa, a, width, nil) - norm }
	sum := func(a, b float64) float64 {
		if a < b {
			a, b = b, a
		}
		return min(0, a+math.Log1p(math.Exp(b-a)))
	}
	switch t := x - d.Mu; {
	case t < -math.Pi:
		lower = arc(rest+vonMisesTurn, x+math.Pi)
		return lower, special.Log1mExp(min(0, lower))
	case t > 0:
		upper = arc(t, math.Pi-x)
		return special.Log1mExp(min(0, upper)), upper
	default:
		lower = arc(-t, x+rest)
		if d.Mu > 0 {
			lower = sum(lower, arc(rest, d.Mu))
		}
		if lower < -math.Ln2 {
			return lower, special.Log1mExp(lower)
		}
		upper = arc(0, rest)
		if t < 0 {
			upper = sum(upper, arc(0, -t))
		}
		return special.Log1mExp(upper), upper
	}
}

// CDF implements [CDFer].
func (d VonMises) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d VonMises) LogCDF(x float64) float64 {
	lower, _ := d.tails(x)
	return lower
}

// Survival implements [CDFer].
func (d VonMises) Survival(x float64) float64 {
	_, upper := d.tails(x)
	return math.Exp(upper)
}

// LogSurvival implements [LogSurvivaler].
func (d VonMises) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler].
func (d VonMises) Quantile(p float64) float64 {
	switch {
	case !contProbability(p):
		return math.NaN()
	case p > 0.5:
		return -VonMises{-d.Mu, d.Kappa}.Quantile(1 - p) // the difference is exact
	case p == 0:
		return -math.Pi
	}
	// Newton's method on log CDF, in a bracket that is halved where a step leaves it.
	low, high, target := -math.Pi, math.Pi, careful.Log(p)
	x := 0.5 * d.Mu
	if d.Kappa > 1 {
		x = max(0.999*low, d.Mu+Normal{0, 1 / math.Sqrt(d.Kappa)}.Quantile(p))
	}
	for range 200 {
		value, _ := d.tails(x)
		if value < target {
			low = x
		} else {
			high = x
		}
		next := x + (target-value)*math.Exp(value-d.LogProb(x))
		if !(next > low && next < high) {
			next = 0.5 * (low + high)
		}
		if math.Abs(next-x) <= 2e-16*math.Abs(x) || next <= low && next >= high {
			return next
		}
		x = next
	}
	return x
}

// UpperQuantile implements [UpperQuantiler].
func (d VonMises) UpperQuantile(q float64) float64 { return -VonMises{-d.Mu, d.Kappa}.Quantile(q) }

// Gradients.

// GradLogProb returns −κ sin(x − μ), NaN outside the support.
func (d VonMises) GradLogProb(x float64) float64 {
	if !(math.Abs(x) <= math.Pi) {
		return math.NaN()
	}
	return -d.Kappa * math.Sin(d.angle(x))
}

// Params returns μ and κ.
func (d VonMises) Params() []float64 { return []float64{d.Mu, d.Kappa} }

// ScoreTo implements [Scorer]: κ sin(x − μ) and cos(x − μ) − I₁(κ)/I₀(κ), NaN outside
// the support.
func (d VonMises) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 2)
	if !(math.Abs(x) <= math.Pi) {
		return contNaN(dst)
	}
	t := d.angle(x)
	gap := special.BesselI(d.Kappa).Gap
	s := math.Sin(0.5 * t)
	dst[0], dst[1] = d.Kappa*math.Sin(t), gap-2*s*s
	return dst
}

// Sampling.

// Rand draws by rejection from a wrapped Cauchy distribution (Best & Fisher 1979),
// with the tangent of half the angle in place of its cosine and with differences
// that are taken by hand, so that no κ is too small or too large, and wraps the
// angle into the support.
func (d VonMises) Rand(r *rand.Rand) float64 {
	k := d.Kappa
	if k > 1e15 { // normal to the last digit
		return vonMisesWrap(d.Mu + r.NormFloat64()/math.Sqrt(k))
	}
	root := math.Sqrt(1 + 4*k*k)
	tau := math.Sqrt(1 + root)
	rho := 2 * k * tau / ((root + 1) * (tau + math.Sqrt2))
	gap := 1 - rho
	if k > 1 {
		gap = (math.Sqrt2*tau - 1 - 1/(root+2*k)) / (2 * k)
	}
	tangent := gap / (1 + rho)
	base := 1.0 // κ(1−ρ)²/(2ρ)
	if k > 0 {
		base = k * gap * gap / (2 * rho)
	}
	for {
		t := tangent * math.Tan(math.Pi*(open(r)-0.5))
		c := base + 2*k*(t*t/(1+t*t))
		if u := open(r); c*(2-c) > u || math.Log(c/u)+1-c >= 0 {
			return vonMisesWrap(d.Mu + 2*math.Atan(t))
		}
	}
}

// vonMisesWrap takes an angle of less than 3π by whole turns into [−π, π].
func vonMisesWrap(x float64) float64 {
	switch {
	case x > math.Pi:
		x -= 2 * math.Pi
	case x < -math.Pi:
		x += 2 * math.Pi
	}
	return min(math.Pi, max(-math.Pi, x))
}

// Fitting.

// FitVonMises returns the distribution of greatest likelihood: the direction of the
// weighted mean of (cos x, sin x), and the κ at which I₁(κ)/I₀(κ) is its length
// (Mardia & Jupp 2000, section 5.3.1), by Newton's method in log κ from the
// approximation of Best & Fisher (1981). Weights may be nil. The error is a
// [*FitError]; observations that are all equal have no κ.
func FitVonMises(x, w []float64) (VonMises, error) {
	const name = "von Mises"
	total, err := checkSample(name, VonMises{}.Support(), x, w)
	if err != nil {
		return VonMises{}, err
	}
	if low, high := contRange(x, w); low == high {
		return VonMises{}, &FitError{name, -1, "the observations do not vary"}
	}
	var c, s, short float64
	for i, v := range x {
		sin, cos := math.Sincos(v)
		c += weightAt(w, i) / total * cos
		s += weightAt(w, i) / total * sin
	}
	d := VonMises{Mu: min(math.Pi, max(-math.Pi, math.Atan2(s, c)))}
	for i, v := range x { // one less the length, exact where that is next to one
		h := math.Sin(0.5 * d.angle(v))
		short += weightAt(w, i) / total * 2 * h * h
	}
	length := math.Hypot(c, s)
	switch {
	case length < 1e-4: // where the series of the ratio has no more terms than this
		d.Kappa = length * (2 + length*length)
		return d, nil
	case length < 0.53:
		d.Kappa = length * (2 + length*length)
	case length < 0.85:
		d.Kappa = 1.39*length - 0.4 + 0.43/short
	default:
		d.Kappa = 0.5 / short
	}
	t := contRoot(func(t float64) (value, slope float64) {
		kappa := math.Exp(t)
		gap := special.BesselI(kappa).Gap
		slope = gap // as it is for large κ
		if kappa < 1e4 {
			slope = kappa*gap*(2-gap) - (1 - gap)
		}
		if length < 0.5 {
			return 1 - gap - length, slope
		}
		return short - gap, slope
	}, math.Log(d.Kappa))
	d.Kappa = math.Exp(t)
	return contFitted(d, name, "the likelihood has no maximum that a float64 holds")
}
