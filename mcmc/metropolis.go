package mcmc

import (
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// Metropolis is the algorithm of Metropolis et al. (1953) with a symmetric
// proposal, q(y | x) = q(x | y): a candidate y is accepted with probability
//
//	A(y, x) = min(1, p(y)/p(x)),
//
// and else the chain stays (Qiu Xipeng 2019, equation 11.62). A step costs one
// evaluation of the density. Nothing is tuned; [AdaptiveMetropolis] finds scale
// and shape of the random walk by itself.
type Metropolis struct {
	// Scale is the standard deviation of the normal random walk in every
	// coordinate; 0 means 2.38/√n, which is best if the target's own standard
	// deviations are one (Roberts, Gelman & Gilks 1997).
	Scale float64
	// Propose, if not nil, is the proposal in place of the normal random walk.
	// It draws a candidate for x into dst; it must be symmetric, which nobody
	// checks, leave x alone, and be safe for concurrent use. On discrete spaces
	// it steps from one whole number to another.
	Propose func(dst []float64, r *rand.Rand, x []float64)
}

// WarmUp is 1000 steps.
func (Metropolis) WarmUp() int { return 1000 }

// Kernel implements [Sampler].
func (m Metropolis) Kernel(t *Guard) (Kernel, error) {
	n := t.Dim()
	scale, err := walkScale(m.Scale, n)
	if err != nil {
		return nil, err
	}
	return &metropolis{target: t, scale: scale, draw: m.Propose, y: make([]float64, n)}, nil
}

// walkScale is the scale of a random walk that a setting asks for.
func walkScale(scale float64, n int) (float64, error) {
	if scale == 0 {
		return 2.38 / math.Sqrt(float64(n)), nil
	}
	if !(scale > 0) || math.IsInf(scale, 1) {
		return 0, &belief.ConfigError{Field: "Scale", Value: scale, Want: "positive and finite, or 0 for 2.38/√n"}
	}
	return scale, nil
}

// metropolis is the kernel of all that accept a candidate or stay: q is nil if
// the proposal is symmetric.
type metropolis struct {
	target *Guard
	scale  float64
	draw   func(dst []float64, r *rand.Rand, x []float64)
	q      Proposal
	y      []float64
}

func (*metropolis) densityOnly() {}

// Init implements [Kernel].
func (k *metropolis) Init(s *State) error { return evaluate(k.target, s) }

// Step implements [Kernel].
func (k *metropolis) Step(r *rand.Rand, s *State) (Info, error) {
	if err := k.propose(r, s.X); err != nil {
		return Info{}, err
	}
	ratio := 0.0
	if k.q != nil {
		var err error
		if ratio, err = hastings(k.q, s.X, k.y); err != nil {
			return Info{}, err
		}
	}
	return accept(r, k.target, s, k.y, ratio)
}

// propose draws a candidate.
func (k *metropolis) propose(r *rand.Rand, x []float64) (err error) {
	if k.draw == nil && k.q == nil {
		for i, v := range x {
			k.y[i] = v + k.scale*r.NormFloat64()
		}
		return nil
	}
	defer recoveredProposal(x, k.y, &err)
	if k.q != nil {
		k.q.ProposeTo(k.y, r, x)
	} else {
		k.draw(k.y, r, x)
	}
	return nil
}

// accept moves s to the candidate y with probability min(1, p(y)/p(x) exp(ratio)).
// The random number is drawn in any case, so that a rejection leaves the stream
// where an acceptance does.
func accept(r *rand.Rand, t *Guard, s *State, y []float64, ratio float64) (Info, error) {
	u := r.Float64()
	finite, err := checkCandidate(s.X, y)
	if !finite {
		return Info{}, err
	}
	l, err := t.LogDensity(y)
	if err != nil {
		return Info{}, err
	}
	a := acceptance(l - s.LogDensity + ratio)
	if math.IsInf(l, -1) {
		a = 0 // whatever the difference is
	}
	if u < a {
		copy(s.X, y)
		s.LogDensity = l
	}
	return Info{Accept: a}, nil
}
