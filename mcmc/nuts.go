package mcmc

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// NUTS is the no-U-turn sampler (Hoffman & Gelman 2014) with multinomial draws
// and the generalized criterion (Betancourt 2017): Hamiltonian Monte Carlo whose
// trajectories are as long as they are useful. It is the sampler of choice for
// any density with a gradient, and needs no settings: [Tuning] says what the
// warm-up finds out by itself.
//
// A step costs 2^depth − 1 gradients, and n² operations for each of them under a
// dense metric, which is chosen only where it pays.
type NUTS struct {
	// MaxDepth is the most doublings of a trajectory; 0 means 10, that is at most
	// 1023 gradients for a step.
	MaxDepth int
	Tuning
}

// WarmUp implements [Sampler].
func (NUTS) WarmUp() int { return defaultWarmUp }

// Kernel implements [Sampler]. The target must have a gradient.
func (s NUTS) Kernel(t *Guard) (Kernel, error) {
	if s.MaxDepth == 0 {
		s.MaxDepth = 10
	}
	if s.MaxDepth < 1 || s.MaxDepth > 30 {
		return nil, &belief.ConfigError{Field: "MaxDepth", Value: s.MaxDepth, Want: "from 1 to 30, or 0 for 10"}
	}
	h, err := newHamiltonian(t, s.Tuning, s.MaxDepth)
	if err != nil {
		return nil, err
	}
	return &nuts{h, s.MaxDepth}, nil
}

// Run is the short form of [Sample] with this sampler, which other samplers have
// not.
func (s NUTS) Run(ctx context.Context, t Target, c Config) (*Run, error) { return Sample(ctx, s, t, c) }

type nuts struct {
	*hamiltonian
	maxDepth int
}

// Step implements [Kernel].
func (k *nuts) Step(r *rand.Rand, s *State) (info Info, err error) {
	defer k.target.recoveredAt(&err)
	first, err := k.begin(r, s)
	if err != nil {
		return Info{}, err
	}
	i, depth := growTree(k.dynamics, k.leaf(first, 0), min(k.minDepth, k.maxDepth), k.maxDepth, r.Uint64())
	if k.err != nil {
		return Info{}, k.err
	}
	return k.end(s, i, depth), nil
}

// MaxTreeDepth implements [Hamiltonian].
func (k *nuts) MaxTreeDepth() int { return k.maxDepth }

// Describe implements [Describer].
func (k *nuts) Describe() []string {
	return k.describe(fmt.Sprintf("NUTS, depth of trees from %d to %d, acceptance aimed at %g", min(k.minDepth, k.maxDepth), k.maxDepth, k.wantedAccept()))
}
