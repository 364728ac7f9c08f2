package process

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
)

// How fast a chain forgets where it started: the mixing time by doubling and
// bisection, and the spectral gap.

// A NotMixingError says why a chain has no mixing time: it has several recurrent
// classes, or goes round a period for ever.
type NotMixingError struct {
	Recurrent int // number of recurrent classes
	Period    int // of the only one, if it is one
}

// Error gives the reason.
func (e *NotMixingError) Error() string {
	if e.Recurrent > 1 {
		return fmt.Sprintf("markov chain: never mixes: it has %d recurrent classes", e.Recurrent)
	}
	return fmt.Sprintf("markov chain: never mixes: it has period %d", e.Period)
}

// A MixingTime is how long it takes to come close to the stationary distribution.
type MixingTime struct {
	Steps    int     // the least number with a distance of at most ε, if Reached
	Distance float64 // at that number of steps
	Reached  bool    // false: even after Steps, the most allowed, the distance is larger than ε
}

// maxPowers is what the stored powers of a matrix may take together.
const maxPowers = 1 << 30

// MixingTime returns the least t for which
//
//	d(t) = max_i ½ Σ_j |P(X_t = j | X_0 = i) − π_j| ≤ ε,
//
// the total variation distance from the worst start (Levin, Peres & Wilmer 2017,
// section 4.5). As d never grows with t, powers are doubled until they pass ε and
// then bisected: O(n³ log t). It looks no further than most steps (0: 2^30) and then
// says so. Distances are uncertain by about 1e-15 n, and no ε near that is reached
// for sure.
//
// The error is a [*NotMixingError], a [*belief.ConfigError] for an ε outside of
// (0, 1) or a negative most, a [*belief.TooLargeError], or that of the context.
func (c *MarkovChain) MixingTime(ctx context.Context, epsilon float64, most int) (MixingTime, error) {
	if !(epsilon > 0 && epsilon < 1) {
		return MixingTime{}, &belief.ConfigError{Field: "epsilon", Value: epsilon, Want: "between 0 and 1"}
	}
	if most < 0 {
		return MixingTime{}, &belief.ConfigError{Field: "most", Value: most, Want: "0 or positive"}
	}
	if most == 0 {
		most = 1 << 30
	}
	if classes := c.Classes(); !forgets(classes) {
		e := &NotMixingError{}
		for _, class := range classes {
			if class.Recurrent {
				e.Recurrent++
				e.Period = class.Period
			}
		}
		return MixingTime{}, e
	}
	n := c.Len()
	if err := fits("powers of the transition matrix", float64(n)*float64(n)*float64(bits.Len(uint(most))+2), maxPowers, "a lower cap on the steps needs fewer powers"); err != nil {
		return MixingTime{}, err
	}
	pi := c.Stationary()[0]
	now := mat.NewDense(n, n, nil) // P^t for the largest t known to be too small
	for i := range n {
		now.Set(i, i, 1)
	}
	if d := distance(now, pi); d <= epsilon {
		return MixingTime{0, d, true}, nil
	}
	powers := []*mat.Dense{c.dense()}
	for d := distance(powers[0], pi); d > epsilon; {
		if err := ctx.Err(); err != nil {
			return MixingTime{}, err
		}
		last := powers[len(powers)-1]
		if most>>len(powers) == 0 {
			break
		}
		next := mat.NewDense(n, n, nil)
		next.Mul(last, last)
		stochastic(next)
		powers = append(powers, next)
		d = distance(next, pi)
	}
	t := 0
	next := mat.NewDense(n, n, nil)
	for k := len(powers) - 1; k >= 0; k-- {
		if err := ctx.Err(); err != nil {
			return MixingTime{}, err
		}
		if (most-t)>>k == 0 {
			continue
		}
		next.Mul(now, powers[k])
		stochastic(next)
		if distance(next, pi) > epsilon {
			t += 1 << k
			now, next = next, now
		}
	}
	if t == most {
		return MixingTime{most, distance(now, pi), false}, nil
	}
	next.Mul(now, powers[0])
	stochastic(next)
	d := distance(next, pi)
	return MixingTime{t + 1, d, d <= epsilon}, nil
}

// distance is the total variation distance of the farthest row from pi.
func distance(m *mat.Dense, pi []float64) float64 {
	worst := 0.0
	for i := range pi {
		sum := 0.0
		for j, p := range m.RawRowView(i) {
			sum += math.Abs(p - pi[j])
		}
		worst = max(worst, sum/2)
	}
	return worst
}

// SpectralGap returns 1 − |λ|, where λ is the eigenvalue of the transition matrix
// with the second largest modulus: the larger, the faster the chain mixes, and 0 if
// it does not (several recurrent classes, or a period). Rounding leaves errors of
// about 1e-15 where the chain is reversible, and larger ones where eigenvalues
// nearly coincide. It is 1 for a single state. It is NaN, and ok is false, if the
// eigenvalues cannot be computed.
func (c *MarkovChain) SpectralGap() (gap float64, ok bool) {
	n := c.Len()
	if n == 1 {
		return 1, true
	}
	if !forgets(c.Classes()) {
		return 0, true
	}
	pi := c.Stationary()[0]
	var moduli []float64
	if c.reversible(pi) {
		// D^½ P D^−½ is symmetric and has the same eigenvalues.
		s := mat.NewSymDense(n, nil)
		for i := range n {
			for j := i; j < n; j++ {
				s.SetSym(i, j, math.Sqrt(c.Prob(i, j))*math.Sqrt(c.Prob(j, i)))
			}
		}
		var eigen mat.EigenSym
		if !eigen.Factorize(s, false) {
			return math.NaN(), false
		}
		for _, v := range eigen.Values(nil) {
			moduli = append(moduli, math.Abs(v))
		}
	} else {
		var eigen mat.Eigen
		if !eigen.Factorize(c.dense(), mat.EigenNone) {
			return math.NaN(), false
		}
		for _, v := range eigen.Values(nil) {
			moduli = append(moduli, cmplx.Abs(v))
		}
	}
	slices.Sort(moduli)
	return max(0, 1-moduli[n-2]), true
}

// reversible says whether detailed balance holds up to rounding, for every pair by
// itself: where π is small, a small violation is one.
func (c *MarkovChain) reversible(pi []float64) bool {
	for i, p := range pi {
		if p == 0 {
			return false
		}
		for j := range i {
			there, back := p*c.Prob(i, j), pi[j]*c.Prob(j, i)
			if math.Abs(there-back) > 1e-12*there {
				return false
			}
		}
	}
	return true
}
