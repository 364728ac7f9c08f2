package process

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// extremeChain has n states from which one goes to others with probabilities that
// reach down to the least float64, and then some that are never left.
func extremeChain(t *testing.T, r *rand.Rand, n, ends int) *MarkovChain {
	p := make([][]float64, n+ends)
	for i := range p {
		p[i] = make([]float64, n+ends)
		rest := 1.0
		if i < n {
			for j := range p[i] {
				if j != i && (j == (i+1)%(n+ends) || r.IntN(2) == 0) {
					p[i][j] = math.Ldexp(1, -3-r.IntN(1070))
					rest -= p[i][j]
				}
			}
		}
		p[i][i] = rest
	}
	return mustChain(t, p...)
}

// leaving returns the equations Σ_j p_ij (x_i − x_j) = b of the states that are left,
// and x = 0 for the others. That one stays is not looked at: it may be rounded.
func leaving(c *MarkovChain, n int) [][]*big.Rat {
	a := make([][]*big.Rat, c.Len())
	for i := range a {
		a[i] = make([]*big.Rat, c.Len())
		for j := range a[i] {
			a[i][j] = new(big.Rat)
		}
		if i >= n {
			a[i][i].SetInt64(1)
			continue
		}
		for j := range a[i] {
			if p := new(big.Rat).SetFloat64(c.Prob(i, j)); i != j {
				a[i][j].Sub(a[i][j], p)
				a[i][i].Add(a[i][i], p)
			}
		}
	}
	return a
}

// Probabilities whose products are far out of the range of float64 lose nothing:
// every answer that is in range agrees with the solution in rational numbers.
func TestExtremeChains(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 9))
	same := func(what string, c *MarkovChain, i int, got, want float64) {
		if !near(got, want, 1e-12) && math.Abs(got-want) > 1e-320 {
			t.Errorf("%s of state %d is %v, want %v, in %v", what, i, got, want, c.p)
		}
	}
	apart := 0 // the old way goes wrong
	for range 60 {
		n := 2 + r.IntN(3)
		c := extremeChain(t, r, n, 0)
		pi, want := c.Stationary()[0], exactStationary(c)
		for i := range want {
			same("stationary probability", c, i, pi[i], want[i])
		}
		if !reduceNarrow(append([]float64(nil), c.p...), make([]float64, n)) {
			apart++
		}
		c = extremeChain(t, r, n, 2)
		b, ones := make([]*big.Rat, n+2), make([]*big.Rat, n+2)
		for i := range b {
			b[i], ones[i] = new(big.Rat), new(big.Rat)
			if i < n {
				ones[i].SetInt64(1)
			}
		}
		b[n].SetInt64(1)
		h, times := exactly(leaving(c, n), b), exactly(leaving(c, n), ones)
		got, steps, ab := c.HittingProbabilities(n), c.HittingTimes(n, n+1), c.Absorption()
		for i := range n {
			same("hitting probability", c, i, got[i], h[i])
			same("absorption", c, i, ab.Prob[i][0], h[i])
			same("hitting time", c, i, steps[i], times[i])
			same("time of absorption", c, i, ab.Steps[i], times[i])
		}
	}
	if apart < 20 {
		t.Errorf("only %d of 60 chains are extreme", apart)
	}
}

// On chains with ordinary numbers both ways give the same.
func TestWideIsNarrow(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 10))
	for range 50 {
		n := 2 + r.IntN(8)
		c := randomChain(t, r, n, 0)
		a, b := make([]float64, n), reduceWide(c.p, n)
		if !reduceNarrow(append([]float64(nil), c.p...), a) {
			t.Fatalf("%v is extreme", c.p)
		}
		for i := range a {
			if !near(a[i], b[i], 1e-14) {
				t.Errorf("π_%d is %v and %v", i, a[i], b[i])
			}
		}
	}
	if got := widen(3).plus(widen(5e-324)).times(widen(1e300)).times(widen(1e300)).over(widen(1e299)).over(widen(1e299)).float(); !near(got, 300, 1e-15) {
		t.Errorf("3e600 / 1e598 = %v", got)
	}
	if got := widen(1e300).times(widen(1e300)).float(); !math.IsInf(got, 1) {
		t.Errorf("1e600 = %v", got)
	}
}

// A chain reversed in time under probabilities that are 1e300 apart.
func TestReverseExtreme(t *testing.T) {
	c := mustChain(t, []float64{1, 1e-300, 0}, []float64{0.5, 0.5, 1e-300}, []float64{0, 0.5, 0.5})
	pi := c.Stationary()[0]
	if !near(pi[1], 2e-300, 1e-14) || pi[2] != 0 {
		t.Errorf("π = %v", pi)
	}
	d := mustChain(t, []float64{1, 1e-320}, []float64{1, 0})
	back, err := d.Reverse(d.Stationary()[0])
	if err != nil || !near(back.Prob(1, 0), 1, 1e-3) {
		t.Errorf("reversed: %v, %v", back, err)
	}
}
