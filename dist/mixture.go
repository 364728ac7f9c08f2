package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Parameters.

// Mixture is the distribution of a draw from one of several components, chosen with
// given weights,
//
//	p(x) = Σ w_k p_k(x).
//
// The components are all continuous or all on whole numbers. It is made by
// [NewMixture] alone; copies share what was prepared. Densities and distribution
// functions cost one of each component.
type Mixture struct {
	t *mixtureTable
}

// A mixtureTable is what NewMixture prepares.
type mixtureTable struct {
	parts     []Univariate
	weight    []float64
	logWeight []float64
	choice    Categorical
	support   Support
	used      []Univariate // the parts of positive weight
}

// NewMixture returns the distribution. The weights must sum to one up to 1e-8, and are
// then divided by their sum; both slices are copied. The error is a
// [*ParameterError], or a [*belief.ConfigError] for a component that is missing or
// that is not of the kind of the first.
func NewMixture(components []Univariate, weights []float64) (Mixture, error) {
	const name = "mixture"
	if len(components) != len(weights) {
		return Mixture{}, &ParameterError{name, "number of weights", float64(len(weights)), fmt.Sprintf("that of the components, %d", len(components))}
	}
	if len(components) == 0 {
		return Mixture{}, Mixture{}.Validate()
	}
	choice, err := NewCategorical(weights)
	if err != nil {
		return Mixture{}, fmt.Errorf("%s: weights: %w", name, err)
	}
	t := &mixtureTable{
		parts:  append([]Univariate(nil), components...),
		weight: append([]float64(nil), choice.t.prob...), logWeight: append([]float64(nil), choice.t.logProb...),
		choice: choice, support: Support{Lower: math.Inf(1), Upper: math.Inf(-1)},
	}
	for k, d := range t.parts {
		param := fmt.Sprintf("component %d", k)
		discrete, err := composeKind(name, param, d)
		if err != nil {
			return Mixture{}, err
		}
		if k == 0 {
			t.support.Discrete = discrete
		}
		if discrete != t.support.Discrete {
			return Mixture{}, &belief.ConfigError{Field: name + " " + param, Value: d, Want: "of the kind of component 0, continuous or discrete"}
		}
		if t.weight[k] > 0 {
			s := d.Support()
			t.support.Lower, t.support.Upper = min(t.support.Lower, s.Lower), max(t.support.Upper, s.Upper)
			t.used = append(t.used, d)
		}
	}
	return Mixture{t}, nil
}

// Validate implements [Univariate]; only the zero value is invalid.
func (d Mixture) Validate() error {
	if d.t == nil {
		return &ParameterError{"mixture", "number of components", 0, "positive"}
	}
	return nil
}

// String returns "Mixture(0.3 Normal(…), 0.7 Normal(…))", shortened to four
// components.
func (d Mixture) String() string {
	var b strings.Builder
	b.WriteString("Mixture(")
	if d.t != nil {
		for k, c := range d.t.parts {
			if k == 4 {
				fmt.Fprintf(&b, ", … %d components", len(d.t.parts))
				break
			}
			if k > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%.4g %v", d.t.weight[k], c)
		}
	}
	return b.String() + ")"
}

// Components returns a copy of the list of components.
func (d Mixture) Components() []Univariate { return append([]Univariate(nil), d.t.parts...) }

// Weights returns a copy of the weights.
func (d Mixture) Weights() []float64 { return append([]float64(nil), d.t.weight...) }

// Support is the smallest interval around the supports of the components of positive
// weight.
func (d Mixture) Support() Support { return d.t.support }

// Statistics.

// sum returns Σ w_k f(component k) over those of positive weight.
func (d Mixture) sum(f func(c Univariate) float64) float64 {
	var a careful.Accumulator
	for k, w := range d.t.weight {
		if w > 0 {
			a.Add(w * f(d.t.parts[k]))
		}
	}
	return a.Sum()
}

// Mean returns Σ w_k mean_k.
func (d Mixture) Mean() float64 { return d.sum(Univariate.Mean) }

// Variance returns Σ w_k (variance_k + (mean_k − mean)²), the law of total variance;
// +Inf if the mean diverges.
func (d Mixture) Variance() float64 {
	mean := d.Mean()
	if math.IsInf(mean, 0) {
		return math.Inf(1)
	}
	return d.sum(func(c Univariate) float64 {
		away := c.Mean() - mean
		return c.Variance() + away*away
	})
}

// Entropy integrates −p log p adaptively between quantiles of the components, or sums
// it over the whole numbers that they reach. What is left out is below 1e-12 in all,
// and the integral is right to about 1e-10, if densities are smooth but for poles
// and tails of powers. Of more than 4 million whole numbers the answer is NaN. The
// cost is that of some ten thousand densities for each component.
func (d Mixture) Entropy() float64 {
	return composeEntropy(d.LogProb, d.t.used, d.t.support.Discrete)
}

// Evaluation.

// logSum returns log Σ w_k exp(f(component k)), in one pass.
func (d Mixture) logSum(f func(c Univariate) float64) float64 {
	peak, sum := math.Inf(-1), 0.0
	for k, c := range d.t.parts {
		if d.t.weight[k] == 0 {
			continue
		}
		switch l := d.t.logWeight[k] + f(c); {
		case math.IsNaN(l), math.IsInf(l, 1):
			return l
		case l > peak:
			sum = sum*math.Exp(peak-l) + 1
			peak = l
		case l > peak-40:
			sum += math.Exp(l - peak)
		}
	}
	if math.IsInf(peak, -1) {
		return peak
	}
	return peak + math.Log(sum)
}

// LogProb implements [LogProber].
func (d Mixture) LogProb(x float64) float64 {
	return d.logSum(func(c Univariate) float64 { return c.LogProb(x) })
}

// mixtureChunk is how many values LogProbTo takes at once.
const mixtureChunk = 128

// mixtureScratch keeps what LogProbTo works on between calls.
var mixtureScratch = sync.Pool{New: func() any { return new([4][mixtureChunk]float64) }}

// LogProbTo implements [Batcher]. It passes batches on to the components.
func (d Mixture) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	scratch := mixtureScratch.Get().(*[4][mixtureChunk]float64)
	defer mixtureScratch.Put(scratch)
	for start := 0; start < len(x); start += mixtureChunk {
		in := x[start:min(len(x), start+mixtureChunk)]
		part, peak, sum, ratio := scratch[0][:len(in)], scratch[1][:len(in)], scratch[2][:len(in)], scratch[3][:len(in)]
		for i := range in {
			peak[i], sum[i] = math.Inf(-1), 0
		}
		for k, c := range d.t.parts {
			if d.t.weight[k] == 0 {
				continue
			}
			if b, ok := c.(Batcher); ok {
				b.LogProbTo(part, in)
			} else {
				for i, v := range in {
					part[i] = c.LogProb(v)
				}
			}
			kernel.AddConst(d.t.logWeight[k], part, part)
			for i, l := range part {
				ratio[i] = -math.Abs(l - peak[i])
			}
			kernel.Exp(ratio, ratio)
			for i, l := range part {
				switch {
				case math.IsNaN(peak[i]), math.IsInf(peak[i], 1), math.IsInf(l, -1):
				case l > peak[i], math.IsNaN(l):
					sum[i] = sum[i]*ratio[i] + 1
					peak[i] = l
				default:
					sum[i] += ratio[i]
				}
			}
		}
		kernel.Log(sum, sum)
		for i := range in {
			if dst[start+i] = peak[i]; sum[i] > 0 {
				dst[start+i] += sum[i]
			}
		}
	}
	return dst
}

// ResponsibilitiesTo writes the probabilities P(component k | x) to dst, of the length
// of the number of components, and returns it; nil allocates. They are NaN where all
// densities are zero, and where x is NaN; those of components with an infinite
// density share one by their weights.
func (d Mixture) ResponsibilitiesTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, len(d.t.parts))
	peak := math.Inf(-1)
	for k, c := range d.t.parts {
		if dst[k] = math.Inf(-1); d.t.weight[k] > 0 {
			dst[k] = d.t.logWeight[k] + c.LogProb(x)
		}
		if math.IsNaN(dst[k]) {
			return contNaN(dst)
		}
		peak = max(peak, dst[k])
	}
	if math.IsInf(peak, -1) {
		return contNaN(dst)
	}
	sum := 0.0
	for k, l := range dst {
		switch {
		case !math.IsInf(peak, 1):
			dst[k] = math.Exp(l - peak)
		case l == peak:
			dst[k] = d.t.weight[k]
		default:
			dst[k] = 0
		}
		sum += dst[k]
	}
	for k := range dst {
		dst[k] /= sum
	}
	return dst
}

// CDF implements [CDFer].
func (d Mixture) CDF(x float64) float64 {
	return min(1, d.sum(func(c Univariate) float64 { return c.CDF(x) }))
}

// Survival implements [CDFer].
func (d Mixture) Survival(x float64) float64 {
	return min(1, d.sum(func(c Univariate) float64 { return c.Survival(x) }))
}

// LogSurvival implements [LogSurvivaler].
func (d Mixture) LogSurvival(x float64) float64 {
	if c := d.CDF(x); c < 0.5 {
		return math.Log1p(-c)
	}
	return min(0, d.logSum(func(c Univariate) float64 { return logSurvival(c, x) }))
}

// LogCDF implements [CDFer].
func (d Mixture) LogCDF(x float64) float64 {
	if s := d.Survival(x); s < 0.5 {
		return math.Log1p(-s)
	}
	return min(0, d.logSum(func(c Univariate) float64 { return c.LogCDF(x) }))
}

// Quantile implements [Quantiler]. The least and the greatest quantile of the
// components bracket it; between them it searches, by Newton's method on the
// logarithm of the smaller tail and bisection.
func (d Mixture) Quantile(p float64) float64 {
	switch {
	case !contProbability(p):
		return math.NaN()
	case p == 0:
		return d.t.support.Lower
	case p == 1:
		return d.t.support.Upper
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range d.t.used {
		x := c.Quantile(p)
		low, high = min(low, x), max(high, x)
	}
	if d.t.support.Discrete {
		return composeWhole(low, low, high, func(x float64) bool { return d.CDF(x) >= p })
	}
	if p > 0.5 {
		return d.search(low, high, 1-p)
	}
	target := careful.Log(p)
	return composeRoot(low, high, func(x float64) (value, slope float64) {
		l := d.LogCDF(x)
		return l - target, math.Exp(d.LogProb(x) - l)
	})
}

// search returns the x between low and high with P(X > x) = q.
func (d Mixture) search(low, high, q float64) float64 {
	target := careful.Log(q)
	return composeRoot(low, high, func(x float64) (value, slope float64) {
		l := math.Log(d.Survival(x))
		return target - l, math.Exp(d.LogProb(x) - l)
	})
}

// UpperQuantile implements [UpperQuantiler]; of discrete components, the least x with
// P(X > x) ≤ q.
func (d Mixture) UpperQuantile(q float64) float64 {
	switch {
	case !contProbability(q):
		return math.NaN()
	case q == 0:
		return d.t.support.Upper
	case q == 1:
		return d.t.support.Lower
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range d.t.used {
		x := composeUpper(c, q)
		high = max(high, x)
		if _, ok := c.(UpperQuantiler); !ok { // x may be too large
			x = c.Quantile(max(0, 0.5-q))
		}
		low = min(low, x)
	}
	if d.t.support.Discrete {
		return composeWhole(high, d.t.support.Lower, high, func(x float64) bool { return d.Survival(x) <= q })
	}
	if q > 0.5 {
		return d.Quantile(1 - q)
	}
	return d.search(low, high, q)
}

// Gradients.

// GradLogProb returns Σ P(component k | x) d log p_k(x)/dx, NaN if a component that
// has a part in it has no gradient.
func (d Mixture) GradLogProb(x float64) float64 {
	total := d.LogProb(x)
	sum := 0.0
	for k, c := range d.t.parts {
		share := math.Exp(d.t.logWeight[k] + c.LogProb(x) - total)
		switch g, ok := c.(Grader); {
		case share == 0:
		case !ok:
			return math.NaN()
		default:
			sum += share * g.GradLogProb(x)
		}
	}
	return sum
}

// Sampling.

// Rand chooses a component by the alias method and draws from it.
func (d Mixture) Rand(r *rand.Rand) float64 {
	return d.t.parts[int(d.t.choice.Rand(r))].Rand(r)
}
