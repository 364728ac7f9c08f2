package information

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

const (
	mostTerms = 1 << 20 // of a sum, in each direction
	seriesAim = 1e-17   // the share of the sum at which its tail is left out
)

// sumUp adds the terms of two discrete distributions from the middle outwards, until
// what both tails still hold cannot matter.
func sumUp(m *measure, p, q dist.Univariate) Value {
	if math.IsInf(m.onlyP, 1) && outside(p, q) {
		return exact(math.Inf(1), FiniteSum)
	}
	var sum careful.Accumulator
	term := func(x float64) float64 {
		return m.atLog(p.LogProb(x), q.LogProb(x))
	}
	start := math.Floor(min(p.Quantile(0.5), q.Quantile(0.5)))
	sp, sq := p.Support(), q.Support()
	lower, upper := min(sp.Lower, sq.Lower), max(sp.Upper, sq.Upper)
	wrong, all := 0.0, true
	for _, step := range [2]float64{1, -1} {
		x := start
		if step < 0 {
			x--
		}
		for k := 0; ; k++ {
			if x < lower || x > upper {
				break
			}
			massP, massQ := p.Survival(x-1), q.Survival(x-1) // at x and beyond
			if step < 0 {
				massP, massQ = p.CDF(x), q.CDF(x)
			}
			rest := m.tail(massP, massQ, p.LogProb(x)-q.LogProb(x))
			if k > 0 && rest <= seriesAim*sum.Sum() && (step < 0 || x > max(p.Quantile(0.5), q.Quantile(0.5))) || k == mostTerms || massP == 0 && massQ == 0 {
				wrong += rest
				all = all && rest == 0
				break
			}
			v := term(x)
			if math.IsNaN(v) {
				return Value{Estimate: belief.Estimate{Value: v, Kind: belief.Approximation}, Method: Series}
			}
			sum.Add(v)
			if next := x + step; next == x { // too large to be counted
				wrong, all = wrong+rest, false
				break
			}
			x += step
		}
	}
	if all && !math.IsInf(lower, 0) && !math.IsInf(upper, 0) {
		return m.finish(sum.Sum(), 0, FiniteSum, belief.Exact)
	}
	return m.finish(sum.Sum(), wrong, Series, belief.Approximation)
}

// tail bounds the sum of terms over a tail of given probabilities, if the logarithm of
// their ratio does not grow faster there than the probabilities fall: for the bounded
// measures it is a bound at any rate.
func (m *measure) tail(p, q, t float64) float64 {
	if p == 0 && q == 0 {
		return 0
	}
	if m.rest != nil {
		return m.rest(p, q)
	}
	if !math.IsInf(m.onlyP, 1) {
		return p*m.onlyP + q*m.onlyQ
	}
	if p == 0 || !(t > 0) {
		return p + q
	}
	return 4*p*(1+m.term(t)) + q
}
