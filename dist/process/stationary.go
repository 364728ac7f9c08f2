package process

import (
	"fmt"
	"math"
	"slices"
)

// Stationary distributions by the state reduction of Grassmann, Taksar and Heyman
// (1985, Regenerative analysis and steady state distributions for Markov chains):
// Gaussian elimination that never subtracts, so that even the least of the
// probabilities is right in nearly all its digits (O'Cinneide 1993).

// Stationary returns the extreme stationary distributions, π = πP: one for each
// recurrent class in the order of [MarkovChain.Classes], zero outside of it. Any
// other one is a mixture of these; a chain with one recurrent class has but one. It
// takes O(k³) for a class of k states. A probability below 5e-324 is 0; however far
// apart they are, no other suffers.
//
// That the chain converges to it is more than being stationary: see
// [MarkovChain.Ergodic].
func (c *MarkovChain) Stationary() [][]float64 {
	var out [][]float64
	for _, class := range c.Classes() {
		if !class.Recurrent {
			continue
		}
		pi := make([]float64, c.Len())
		for a, v := range c.reduce(class.States) {
			pi[class.States[a]] = v
		}
		out = append(out, pi)
	}
	return out
}

// reduce returns the stationary distribution of a recurrent class.
func (c *MarkovChain) reduce(states []int) []float64 {
	k := len(states)
	a := make([]float64, k*k)
	for r, i := range states {
		for s, j := range states {
			if r != s { // staying changes nothing
				a[r*k+s] = c.p[i*c.Len()+j]
			}
		}
	}
	pi := make([]float64, k)
	if reduceNarrow(slices.Clone(a), pi) {
		return pi
	}
	return reduceWide(a, k)
}

// reduceNarrow changes a and writes the distribution to pi; ok is false if a number
// was out of the range in which float64 is trusted.
func reduceNarrow(a, pi []float64) (ok bool) {
	k := len(pi)
	for m := k - 1; m > 0; m-- { // take state m out: what went through it goes on directly
		last := a[m*k : m*k+m]
		out := 0.0
		for _, v := range last {
			out += v
		}
		least := leastPositive(last)
		if least < tiny {
			return false
		}
		for r := range m {
			row := a[r*k : r*k+m+1]
			if row[m] == 0 {
				continue
			}
			if row[m] < tiny || row[m]/out*least < tiny {
				return false
			}
			row[m] /= out
			f := row[m]
			for s, v := range last {
				row[s] += f * v
			}
		}
	}
	pi[0] = 1
	for m := 1; m < k; m++ {
		for r := range m {
			if f := a[r*k+m]; f > 0 {
				v := pi[r] * f
				if v < tiny {
					return false
				}
				pi[m] += v
			}
		}
		if !(pi[m] < vast) {
			return false
		}
	}
	normalize(pi)
	return true
}

// DetailedBalance returns the largest |π_i p_ij − π_j p_ji| over all pairs of
// states, and the pair: zero, up to rounding, if and only if the chain is
// reversible with respect to π. Detailed balance makes π stationary; it does not
// make the chain converge to it, for which the chain must be ergodic too (a chain
// that swaps two states for ever has detailed balance and never converges).
func (c *MarkovChain) DetailedBalance(pi []float64) (violation float64, i, j int) {
	n := c.Len()
	if len(pi) != n {
		panic(fmt.Sprintf("process: a distribution of length %d for %d states", len(pi), n))
	}
	for a := range n {
		for b := range a {
			v := math.Abs(pi[a]*c.p[a*n+b] - pi[b]*c.p[b*n+a])
			if v > violation || math.IsNaN(v) {
				violation, i, j = v, b, a
			}
			if math.IsNaN(v) {
				return violation, i, j
			}
		}
	}
	return violation, i, j
}

// Reverse returns the chain run backwards in time under its stationary distribution
// π, with probabilities π_j p_ji / π_i. The error is a [*TransitionError] if π is
// not stationary, or not positive everywhere.
func (c *MarkovChain) Reverse(pi []float64) (*MarkovChain, error) {
	n := c.Len()
	if len(pi) != n {
		panic(fmt.Sprintf("process: a distribution of length %d for %d states", len(pi), n))
	}
	p := make([][]float64, n)
	for i := range p {
		if !(pi[i] > 0) {
			return nil, &TransitionError{i, -1, c.states[i], pi[i], "a positive stationary probability"}
		}
		p[i] = make([]float64, n)
		for j := range p[i] {
			p[i][j] = widen(pi[j]).times(widen(c.p[j*n+i])).over(widen(pi[i])).float()
		}
	}
	return NewMarkovChain(c.states, p)
}
