package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/special"
)

// Parameters.

// Hypergeometric is the distribution of the number of successes among n draws
// without replacement from a population of N of which K are successes,
//
//	P(x) = C(K, x) C(N−K, n−x)/C(N, n),  x = max(0, n+K−N), …, min(n, K).
type Hypergeometric struct {
	Population float64 // N, whole
	Successes  float64 // K, whole
	Draws      float64 // n, whole
}

// NewHypergeometric returns the distribution, or a [*ParameterError].
func NewHypergeometric(population, successes, draws float64) (Hypergeometric, error) {
	d := Hypergeometric{population, successes, draws}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Hypergeometric) Validate() error {
	const name = "hypergeometric"
	err := firstError(discCount(name, "Population", d.Population, 0), discCount(name, "Successes", d.Successes, 0),
		discCount(name, "Draws", d.Draws, 0))
	switch most := fmt.Sprintf("at most Population, which is %v", d.Population); {
	case err != nil:
		return err
	case d.Successes > d.Population:
		return &ParameterError{name, "Successes", d.Successes, most}
	case d.Draws > d.Population:
		return &ParameterError{name, "Draws", d.Draws, most}
	}
	return nil
}

// String returns "Hypergeometric(Population: …, Successes: …, Draws: …)".
func (d Hypergeometric) String() string {
	return fmt.Sprintf("Hypergeometric(Population: %g, Successes: %g, Draws: %g)", d.Population, d.Successes, d.Draws)
}

// Support is max(0, n+K−N), …, min(n, K).
func (d Hypergeometric) Support() Support {
	// K − (N−n) rather than n + K − N, which may round.
	return Support{Lower: max(0, d.Successes-(d.Population-d.Draws)), Upper: min(d.Successes, d.Draws), Discrete: true}
}

// Statistics.

// Mean returns n K/N.
func (d Hypergeometric) Mean() float64 {
	if d.Population == 0 {
		return 0
	}
	return d.Draws * (d.Successes / d.Population)
}

// Variance returns n (K/N) (1 − K/N) (N−n)/(N−1).
func (d Hypergeometric) Variance() float64 {
	if d.Population <= 1 {
		return 0
	}
	n := d.Population
	return d.Draws * (d.Successes / n) * ((n - d.Successes) / n) * ((n - d.Draws) / (n - 1))
}

// Entropy is summed, in time that does not grow with the parameters.
func (d Hypergeometric) Entropy() float64 {
	sd := math.Sqrt(d.Variance())
	return discEntropy(d.Support(), d.Mean(), sd, discReach(sd), d.logMass)
}

// Evaluation.

// logMass is log P(x) for real x within the support: three binomial masses with the
// same p (Loader 2000), or where one of the four cells is empty and P(x) may be next
// to one, the product of the probabilities that it stays so.
func (d Hypergeometric) logMass(x float64) float64 {
	all, k, n := d.Population, d.Successes, d.Draws
	for _, cell := range [4][3]float64{{x, k, n}, {k - x, k, all - n}, {n - x, all - k, n}, {all - k - (n - x), all - k, all - n}} {
		few, many := min(cell[1], cell[2]), max(cell[1], cell[2])
		if cell[0] == 0 && few <= 1000 && few*many < all {
			sum := 0.0
			for i := 0.0; i < few; i++ {
				if left := all - i; many < 0.5*left {
					sum += math.Log1p(-many / left)
				} else {
					sum += math.Log((left - many) / left)
				}
			}
			return sum
		}
	}
	p, q := n/all, (all-n)/all
	return discBinomial(x, k-x, p, q) + discBinomial(n-x, all-k-(n-x), p, q) - discBinomial(n, all-n, p, q)
}

// LogProb implements [LogProber].
func (d Hypergeometric) LogProb(x float64) float64 {
	if l, out := discOutside(x, d.Support()); out {
		return l
	}
	return d.logMass(x)
}

// LogProbTo implements [Batcher].
func (d Hypergeometric) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	s := d.Support()
	for i, v := range x {
		if l, out := discOutside(v, s); out {
			dst[i] = l
		} else {
			dst[i] = d.logMass(v)
		}
	}
	return dst
}

// tails returns the logarithms of CDF and survival, the one on x's side of the mean
// summed outwards.
func (d Hypergeometric) tails(x float64) (logCDF, logSurvival float64) {
	s := d.Support()
	if c, u, beyond := discBeyond(x, s); beyond {
		return c, u
	}
	x = math.Floor(x)
	rest := d.Population - d.Successes - d.Draws // may be negative
	if x < d.Mean() {
		logCDF = d.tail(x, s.Lower, x, func(i float64) float64 {
			k := x - i + 1 // from k to k−1
			return k * (rest + k) / ((d.Successes - k + 1) * (d.Draws - k + 1))
		})
		return logCDF, special.Log1mExp(logCDF)
	}
	x++
	logSurvival = d.tail(x, x, s.Upper, func(i float64) float64 {
		k := x + i - 1 // from k to k+1
		return (d.Successes - k) * (d.Draws - k) / ((k + 1) * (rest + k + 1))
	})
	return special.Log1mExp(logSurvival), logSurvival
}

// tail sums the masses from lo to hi, of which that of x is the greatest.
func (d Hypergeometric) tail(x, lo, hi float64, ratio func(k float64) float64) float64 {
	top := d.logMass(x)
	sum, ok := discWalk(ratio)
	if !ok {
		sd := math.Sqrt(d.Variance())
		lo, hi = max(lo, x-discReach(sd)), min(hi, x+discReach(sd))
		sum = discSum(func(k float64) float64 { return math.Exp(d.logMass(k) - top) }, math.Ceil(lo), math.Floor(hi), x, sd)
	}
	return min(0, top+math.Log(sum))
}

// CDF implements [CDFer].
func (d Hypergeometric) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d Hypergeometric) LogCDF(x float64) float64 {
	c, _ := d.tails(x)
	return c
}

// Survival implements [CDFer].
func (d Hypergeometric) Survival(x float64) float64 {
	_, s := d.tails(x)
	return math.Exp(s)
}

// LogSurvival implements [LogSurvivaler].
func (d Hypergeometric) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler].
func (d Hypergeometric) Quantile(p float64) float64 {
	return discQuantile(p, d.Support(), d.Mean(), math.Sqrt(d.Variance()), 0, d.CDF)
}

// UpperQuantile implements [UpperQuantiler].
func (d Hypergeometric) UpperQuantile(q float64) float64 {
	return discUpperQuantile(q, d.Support(), d.Mean(), math.Sqrt(d.Variance()), 0, d.Survival)
}

// Gradients.

// Params returns N, K and n.
func (d Hypergeometric) Params() []float64 {
	return []float64{d.Population, d.Successes, d.Draws}
}

// ScoreTo implements [Scorer]: the derivatives of the formula with gamma functions
// for factorials.
func (d Hypergeometric) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 3)
	all, k, n := d.Population, d.Successes, d.Draws
	rise := func(count, more float64) float64 { return special.DigammaRise(count+1, more) }
	neither := all - k - n + x
	dst[0] = rise(neither, n-x) - rise(all-n, n)
	dst[1] = rise(k-x, x) - rise(neither, n-x)
	dst[2] = rise(n-x, x) - rise(neither, k-x)
	return dst
}

// Sampling.

// Rand draws by the ratio of uniforms with Stadlober's table mountain for discrete
// distributions (Stadlober 1989, Sampling from Poisson, binomial and hypergeometric
// distributions: ratio of uniforms as a simple and fast alternative).
func (d Hypergeometric) Rand(r *rand.Rand) float64 {
	s := d.Support()
	if s.Lower == s.Upper {
		return s.Lower
	}
	center := d.Mean() + 0.5
	width := 2*math.Sqrt(2/math.E)*math.Sqrt(d.Variance()+0.5) + 3 - 2*math.Sqrt(3/math.E)
	mode := math.Floor((d.Draws + 1) * ((d.Successes + 1) / (d.Population + 2)))
	top := d.logMass(min(max(mode, s.Lower), s.Upper))
	for {
		u, v := open(r), open(r)
		x := math.Floor(center + width*(v-0.5)/u)
		if x >= s.Lower && x <= s.Upper && 2*math.Log(u) <= d.logMass(x)-top {
			return x
		}
	}
}

// Fitting.

// FitHypergeometric returns the distribution of greatest likelihood for a known
// population and number of draws. The log likelihood is concave in the number of
// successes, so that bisection finds where its steps turn negative. Weights may be
// nil. The error is a [*FitError], or a [*ParameterError] for impossible counts.
func FitHypergeometric(population, draws float64, x, w []float64) (Hypergeometric, error) {
	d, err := NewHypergeometric(population, 0, draws)
	if err != nil {
		return Hypergeometric{}, err
	}
	if _, err := checkSample("hypergeometric", Support{0, draws, true}, x, w); err != nil {
		return Hypergeometric{}, err
	}
	low, high := 0.0, population
	for i, v := range x {
		if weightAt(w, i) > 0 {
			low, high = max(low, v), min(high, population-(draws-v))
		}
	}
	if low > high {
		return Hypergeometric{}, &FitError{"hypergeometric", -1, "no number of successes allows all observations"}
	}
	for low < high {
		k, step := math.Floor(low+(high-low)/2), 0.0
		for i, v := range x {
			if wi := weightAt(w, i); wi > 0 { // log P(v) at k+1 less that at k
				step += wi * (math.Log1p(-(draws-v)/(population-k)) - math.Log1p(-v/(k+1)))
			}
		}
		if step > 0 {
			low = k + 1
		} else {
			high = k
		}
	}
	d.Successes = low
	return d, nil
}
