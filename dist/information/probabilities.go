package information

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// Probabilities are those of finitely many outcomes. Methods that compare two of them
// panic if their lengths differ. All are finite sums, exact up to rounding.
type Probabilities struct{ p []float64 }

// NewProbabilities returns a copy of p, or a [*dist.ParameterError]. They must sum to
// one up to 1e-8, and are then divided by their sum.
func NewProbabilities(p []float64) (Probabilities, error) {
	p = slices.Clone(p)
	return Probabilities{p}, normalize("probabilities", p)
}

// normalize checks probabilities and divides them by their sum.
func normalize(what string, p []float64) error {
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return &dist.ParameterError{Distribution: what, Parameter: fmt.Sprintf("entry %d", i), Value: v, Want: "between 0 and 1"}
		}
	}
	sum := careful.Sum(p)
	if !(math.Abs(sum-1) <= 1e-8) {
		return &dist.ParameterError{Distribution: what, Parameter: "sum", Value: sum, Want: "one"}
	}
	for i := range p {
		p[i] /= sum
	}
	return nil
}

// Len returns the number of outcomes.
func (p Probabilities) Len() int { return len(p.p) }

// Entropy returns −Σ p log p (Cover & Thomas 2006, equation 2.1).
func (p Probabilities) Entropy() float64 { return entropy(p.p) }

func entropy(p []float64) float64 {
	var sum careful.Accumulator
	for i, v := range p {
		if v > 0 {
			sum.Add(-v * logMass(p, i))
		}
	}
	return max(0, sum.Sum())
}

// logMass returns the logarithm of p[i], which next to one has its digits in the rest.
func logMass(p []float64, i int) float64 {
	if p[i] <= 0.5 {
		return careful.Log(p[i])
	}
	return math.Log1p(-others(p, i, same))
}

// others sums f over all but one.
func others(p []float64, i int, f func(float64) float64) float64 {
	var sum careful.Accumulator
	for j, w := range p {
		if j != i && w > 0 {
			sum.Add(f(w))
		}
	}
	return sum.Sum()
}

// Perplexity returns exp(Entropy): the number of equally likely outcomes that are as
// uncertain.
func (p Probabilities) Perplexity() float64 { return math.Exp(p.Entropy()) }

// RenyiEntropy returns log(Σ p^α)/(1−α) for α ≥ 0: the logarithm of the number of
// possible outcomes for zero, [Probabilities.Entropy] for one, minus the logarithm of the
// greatest probability for +Inf. The error is a [*belief.ConfigError].
func (p Probabilities) RenyiEntropy(alpha float64) (float64, error) {
	if !(alpha >= 0) {
		return 0, &belief.ConfigError{Field: "alpha", Value: alpha, Want: "nonnegative"}
	}
	if len(p.p) == 0 {
		return 0, nil
	}
	peak := 0 // the likeliest
	for i, v := range p.p {
		if v > p.p[peak] {
			peak = i
		}
	}
	switch alpha {
	case 1:
		return p.Entropy(), nil
	case math.Inf(1):
		return max(0, -logMass(p.p, peak)), nil
	}
	if beta := alpha - 1; math.Abs(beta) < 1e-3 {
		// Σ p^α − 1 = Σ p·(exp(β log p) − 1), which does not cancel.
		var sum careful.Accumulator
		for i, v := range p.p {
			if v > 0 {
				sum.Add(v * math.Expm1(beta*logMass(p.p, i)))
			}
		}
		return max(0, -math.Log1p(sum.Sum())/beta), nil
	}
	// Powers of p/peak neither overflow nor vanish.
	rest := others(p.p, peak, func(v float64) float64 { return math.Pow(v/p.p[peak], alpha) })
	return max(0, (math.Log1p(rest)+alpha*logMass(p.p, peak))/(1-alpha)), nil
}

// CrossEntropy returns −Σ p log q, +Inf if q is zero where p is not.
func (p Probabilities) CrossEntropy(q Probabilities) float64 {
	p.match(q)
	var sum careful.Accumulator
	for i, v := range p.p {
		if v > 0 {
			sum.Add(-v * logMass(q.p, i))
		}
	}
	return sum.Sum() + 0 // no negative zero
}

// KL returns the Kullback–Leibler divergence Σ p log(p/q).
func (p Probabilities) KL(q Probabilities) float64 { return p.sum(&kullback, q) }

// JensenShannon returns the Jensen–Shannon divergence, at most log 2.
func (p Probabilities) JensenShannon(q Probabilities) float64 { return p.sum(&jensen, q) }

// Hellinger returns the Hellinger distance, at most one.
func (p Probabilities) Hellinger(q Probabilities) float64 { return p.sum(&hellinger, q) }

// TotalVariation returns the total variation distance, at most one.
func (p Probabilities) TotalVariation(q Probabilities) float64 { return p.sum(&variation, q) }

// Renyi returns the Rényi divergence of a positive, finite order; order one is KL. The
// error is a [*belief.ConfigError].
func (p Probabilities) Renyi(alpha float64, q Probabilities) (float64, error) {
	m, err := renyi(alpha)
	if err != nil {
		return 0, err
	}
	return p.renyi(alpha, m, q), nil
}

func (p Probabilities) renyi(alpha float64, m *measure, q Probabilities) float64 {
	v := p.sum(m, q)
	if alpha == 1 || !tooFar(alpha, v) {
		return v
	}
	logs := make([]float64, len(p.p))
	for i := range logs {
		logs[i] = logPower(alpha, careful.Log(p.p[i]), careful.Log(q.p[i]))
	}
	return careful.LogSumExp(logs) / (alpha - 1)
}

// tooFar says whether a divergence of order alpha is to be had from logarithms, as a sum
// of powers says little or overflows.
func tooFar(alpha, v float64) bool { return !(math.Abs(1-alpha)*v <= math.Ln2) }

func (p Probabilities) match(q Probabilities) {
	if len(p.p) != len(q.p) {
		panic(fmt.Sprintf("information: %d and %d probabilities", len(p.p), len(q.p)))
	}
}

func (p Probabilities) sum(m *measure, q Probabilities) float64 {
	p.match(q)
	var sum careful.Accumulator
	for i, v := range p.p {
		sum.Add(m.at(v, q.p[i], logRatio(v, q.p[i])))
	}
	return m.value(sum.Sum())
}

// logRatio returns log(p/q), by the difference, which is exact, where they are close.
func logRatio(p, q float64) float64 {
	if d := p - q; math.Abs(d) <= 0.5*q {
		return math.Log1p(d / q)
	}
	if r := p / q; r > 1e-300 && r < 1e300 {
		return math.Log(r)
	}
	return careful.Log(p) - careful.Log(q)
}
