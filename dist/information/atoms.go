package information

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// This file compares empirical distributions, whose atoms need not be whole numbers.

// empirical says whether a distribution is one.
func empirical(d dist.Univariate) bool {
	_, ok := d.(dist.Empirical)
	return ok
}

// massAt returns the probability of x, zero for every x of a continuous distribution.
func massAt(d dist.Univariate, x float64) float64 {
	if s := d.Support(); !s.Discrete && !empirical(d) {
		return 0
	}
	return math.Exp(d.LogProb(x))
}

// sumAtoms sums over the atoms of the empirical ones; what the other has elsewhere is
// its own alone.
func sumAtoms(m *measure, p, q dist.Univariate) Value {
	var sum, allP, allQ careful.Accumulator
	visit := func(of, except dist.Univariate) {
		e, ok := of.(dist.Empirical)
		if !ok {
			return
		}
		other, both := except.(dist.Empirical)
		x := e.Quantile(0)
		for range e.Len() {
			if !both || math.IsInf(other.LogProb(x), -1) {
				u, v := massAt(p, x), massAt(q, x)
				sum.Add(m.at(u, v, logRatio(u, v)))
				allP.Add(u)
				allQ.Add(v)
			}
			x = e.Quantile(math.Nextafter(e.CDF(x), 1))
		}
	}
	visit(p, dist.Normal{Sigma: 1})
	visit(q, p)
	const rounding = 1e-12
	for _, rest := range [2]struct{ mass, each float64 }{{1 - allP.Sum(), m.onlyP}, {1 - allQ.Sum(), m.onlyQ}} {
		if rest.mass > rounding {
			sum.Add(rest.mass * rest.each)
		}
	}
	return m.finish(sum.Sum(), 0, FiniteSum, belief.Exact)
}
