package information

import (
	"context"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/quadrature"
)

// RenyiEntropy returns log(∫ p^α)/(1 − α) for a positive, finite order α, of densities or
// masses; order one is the entropy. For orders below one it is +Inf where tails are too
// heavy. The error is a [*belief.ConfigError] or that of Validate.
func RenyiEntropy(alpha float64, p dist.Univariate) (Value, error) {
	if !(alpha > 0) || math.IsInf(alpha, 1) {
		return failed(), &belief.ConfigError{Field: "alpha", Value: alpha, Want: "positive and finite"}
	}
	if err := validate(p, p); err != nil {
		return failed(), err
	}
	switch c, ok := p.(dist.Categorical); {
	case alpha == 1:
		h, wrong := entropyOf(p)
		if wrong > 0 {
			return Value{Estimate: belief.Estimate{Value: h, Kind: belief.Approximation}, Method: Quadrature, Error: wrong}, nil
		}
		return exact(h, ClosedForm), nil
	case ok:
		v, err := Probabilities{c.Params()}.RenyiEntropy(alpha)
		return exact(v, FiniteSum), err
	case len(pieces(p)) > mostPieces:
		return powerDraws(alpha, p)
	case p.Support().Discrete:
		return powerSeries(alpha, p)
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
	if !(grid(p, p, false).lost(p) < mostLost) && !(grid(p, p, true).lost(p) < mostLost) {
		return powerDraws(alpha, p)
	}
	return powerIntegral(alpha, p), nil
}

// powerDraws takes the mean of p^(α−1) over draws.
func powerDraws(alpha float64, p dist.Univariate) (Value, error) {
	a, err := MonteCarlo{}.sampleLogs(context.Background(), "entropy", number{p}, drawsOf(p), func(x []float64) float64 {
		return (alpha - 1) * p.LogProb(x[0])
	})
	if err != nil {
		return failed(), err
	}
	return a.value(1 - alpha), nil
}

// powerIntegral integrates p^α along the same cuts as divergences.
func powerIntegral(alpha float64, p dist.Univariate) Value {
	g := grid(p, p, false)
	coarse := grid(p, p, true)
	if coarse.lost(p) < g.lost(p) { // a singular end
		g = coarse
	}
	height := func(x float64) float64 { return alpha * p.LogProb(x) }
	peak := math.Inf(-1) // what the integrand is scaled by
	for _, x := range g.cuts {
		if h := height(x); !math.IsInf(h, 1) {
			peak = max(peak, h)
		}
	}
	v := Value{Estimate: belief.Estimate{Kind: belief.Approximation}, Method: Quadrature}
	scaled := func(x float64) float64 { return height(x) - peak }
	below, offBelow := g.beyond(scaled, false)
	above, offAbove := g.beyond(scaled, true)
	if math.IsInf(below+above, 1) {
		v.Value = math.Inf(1)
		if alpha > 1 { // a singular end that p^α makes too steep
			v.Value = math.Inf(-1)
		}
		return v
	}
	sum, wrong := g.rest(scaled)
	sum += below + above
	wrong += offBelow + offAbove
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

// powerSeries sums p^α.
func powerSeries(alpha float64, p dist.Univariate) (Value, error) {
	if d, ok := p.(dist.Affine); ok {
		return RenyiEntropy(alpha, d.Base)
	}
	s := walk(func(x float64) float64 { return alpha * p.LogProb(x) }, p)
	if s.diverges {
		return Value{Estimate: belief.Estimate{Value: math.Inf(1), Kind: belief.Approximation}, Method: Series}, nil
	}
	off := s.lost(p)
	if off > mostOff && !s.direct() {
		return powerDraws(alpha, p)
	}
	peak := math.Inf(-1) // what terms are scaled by
	for _, x := range append(s.cuts, p.Quantile(0.5)) {
		peak = max(peak, alpha*p.LogProb(x))
	}
	sum, wrong := s.sum(func(x float64) float64 { return math.Exp(alpha*p.LogProb(x) - peak) })
	v := exact((math.Log(sum)+peak)/(1-alpha), FiniteSum)
	if !(s.whole && s.direct()) {
		wrong += s.rest*math.Exp(-peak) + off*sum
		v.Kind, v.Method = belief.Approximation, Series
		v.Error = math.Abs(math.Log1p(wrong/sum)/(1-alpha)) + 4*0x1p-52*math.Abs(v.Value)
	}
	return v, nil
}
