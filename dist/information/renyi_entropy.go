package information

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/quadrature"
)

// RenyiEntropy returns log(∫ p^α)/(1 − α) for a positive, finite order α, of densities or
// masses; order one is the entropy. For orders below one it is +Inf where tails are too
// heavy. The error is a [*belief.ConfigError] or that of Validate.
func RenyiEntropy(alpha float64, p dist.Univariate) (Value, error) {
	if !(alpha > 0) || math.IsInf(alpha, 1) {
		return Value{}, &belief.ConfigError{Field: "alpha", Value: alpha, Want: "positive and finite"}
	}
	if err := p.Validate(); err != nil {
		return Value{}, err
	}
	switch c, ok := p.(dist.Categorical); {
	case alpha == 1:
		return exact(p.Entropy(), ClosedForm), nil
	case ok:
		v, err := Probabilities{c.Params()}.RenyiEntropy(alpha)
		return exact(v, FiniteSum), err
	case p.Support().Discrete:
		return powerSeries(alpha, p), nil
	case empirical(p):
		var mass []float64
		e := p.(dist.Empirical)
		x := e.Quantile(0)
		for range e.Len() {
			mass = append(mass, massAt(p, x))
			x = e.Quantile(math.Nextafter(e.CDF(x), 1))
		}
		v, err := Probabilities{mass}.RenyiEntropy(alpha)
		return exact(v, FiniteSum), err
	}
	if _, err := grid(p, p).lost(p); err != nil {
		return Value{}, err
	}
	return powerIntegral(alpha, p), nil
}

// powerIntegral integrates p^α along the same cuts as divergences.
func powerIntegral(alpha float64, p dist.Univariate) Value {
	g := grid(p, p)
	height := func(x float64) float64 { return alpha * p.LogProb(x) }
	peak := math.Inf(-1) // what the integrand is scaled by
	for _, x := range g.cuts {
		if h := height(x); !math.IsInf(h, 1) {
			peak = max(peak, h)
		}
	}
	v := Value{Estimate: belief.Estimate{Kind: belief.Approximation}, Method: Quadrature}
	last := len(g.cuts) - 1
	if g.diverges(height, g.cuts[0], g.cuts[1]) || g.diverges(height, g.cuts[last], g.cuts[last-1]) {
		v.Value = math.Inf(1)
		if alpha > 1 { // a singular end that p^α makes too steep
			v.Value = math.Inf(-1)
		}
		return v
	}
	sum, wrong := 0.0, 0.0
	for _, part := range g.parts() {
		a, e := quadrature.Adaptive(part.substitute(func(x, speed float64) float64 {
			h := height(x)
			if math.IsInf(h, 1) {
				return 0 // a singular end
			}
			return math.Exp(h - peak + speed)
		}), part.cuts, quadratureAim, mostPanels)
		sum += a
		wrong += e
	}
	wrong += 4 * 0x1p-52 * sum * (1 + fineness(p))
	v.Value = (math.Log(sum) + peak) / (1 - alpha)
	v.Error = math.Abs(math.Log1p(wrong/sum)/(1-alpha)) + 4*0x1p-52*math.Abs(v.Value)
	return v
}

// powerSeries sums p^α from the median outwards, until the next terms, which then fall
// as those of a geometric series or faster, cannot matter.
func powerSeries(alpha float64, p dist.Univariate) Value {
	s := p.Support()
	start := p.Quantile(0.5)
	shift := p.LogProb(start)
	var sum careful.Accumulator
	wrong, whole := 0.0, true
	for _, step := range [2]float64{1, -1} {
		x, before := start, math.Inf(1)
		if step < 0 {
			x--
		}
		for k := 0; x >= s.Lower && x <= s.Upper; k++ {
			term := math.Exp(alpha * (p.LogProb(x) - shift))
			sum.Add(term)
			ratio := term / before
			if rest := term * ratio / (1 - ratio); k > 0 && ratio < 1 && rest <= seriesAim*sum.Sum() || k == mostTerms || x+step == x {
				if !(ratio < 1) {
					rest = math.Inf(1)
				}
				wrong, whole = wrong+rest, false
				break
			}
			before = term
			x += step
		}
	}
	v := exact((math.Log(sum.Sum())+alpha*shift)/(1-alpha), FiniteSum)
	if !whole {
		v.Kind, v.Method = belief.Approximation, Series
		v.Error = math.Abs(math.Log1p(wrong/sum.Sum())/(1-alpha)) + 4*0x1p-52*math.Abs(v.Value)
	}
	return v
}
