package mcmc

import (
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// MetropolisHastings is the algorithm of Hastings (1970) with any proposal q: a
// candidate y is accepted with probability
//
//	A(y, x) = min(1, p(y) q(x | y) / (p(x) q(y | x))),
//
// and else the chain stays (Qiu Xipeng 2019, equation 11.54 and algorithm 11.2).
// A step costs one evaluation of the density and two of q. Nothing is tuned.
//
// The chain is reversible: p(x) q(y|x) A(y, x) = p(y) q(x|y) A(x, y), the
// detailed balance of the book's theorem D.1. That makes p stationary, and no
// more; the theorem there says that such a chain certainly converges, which does
// not follow. A chain that never moves has detailed balance for every p. The
// chain converges to p from every start if it also can get from everywhere to
// wherever p is positive (irreducible) and does not go round in circles
// (aperiodic, which any chance of a rejection ensures). Both are for the author
// of q to see to: q(y | x) > 0 wherever p(y) > 0 is enough.
type MetropolisHastings struct {
	Proposal Proposal // has no default
}

// WarmUp is 1000 steps.
func (MetropolisHastings) WarmUp() int { return 1000 }

// Kernel implements [Sampler].
func (m MetropolisHastings) Kernel(t *Guard) (Kernel, error) {
	if m.Proposal == nil {
		return nil, &belief.ConfigError{Field: "Proposal", Value: "nil", Want: "a proposal"}
	}
	return &metropolis{target: t, q: m.Proposal, y: make([]float64, t.Dim())}, nil
}

// Independence is Metropolis–Hastings with candidates from a distribution q that
// does not look where the chain stands (Tierney 1994, section 2.3.3). It is good
// where q has tails at least as heavy as the target's: if p/q is at most c, the
// distance to p falls by 1 − 1/c with each step; if p/q is unbounded, a chain gets
// stuck for long times where it is large (Mengersen & Tweedie 1996).
type Independence struct {
	// From is q, with any constant in its density; it has no default. All
	// multivariate distributions of package dist serve.
	From interface {
		dist.VectorLogProber
		dist.VectorRander
	}
}

// WarmUp is 1000 steps.
func (Independence) WarmUp() int { return 1000 }

// Kernel implements [Sampler].
func (m Independence) Kernel(t *Guard) (Kernel, error) {
	if m.From == nil {
		return nil, &belief.ConfigError{Field: "From", Value: "nil", Want: "a distribution"}
	}
	if n := m.From.Dim(); n != t.Dim() {
		return nil, &belief.ConfigError{Field: "From", Value: fmt.Sprintf("of dimension %d", n), Want: fmt.Sprintf("of the target's dimension %d", t.Dim())}
	}
	return MetropolisHastings{independent{m}}.Kernel(t)
}

// independent is a distribution as a Proposal.
type independent struct{ Independence }

func (p independent) ProposeTo(dst []float64, r *rand.Rand, _ []float64) { p.From.RandTo(dst, r) }

func (p independent) LogProb(y, _ []float64) float64 { return p.From.LogProb(y) }
