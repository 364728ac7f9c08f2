// Package sampler is the skeleton of a Markov chain sampler: settings that make a
// kernel, and a kernel with init and step. Copy it into mcmc, rename it, and put in
// your own step; chains, warm-up, checkpoints and files come from the driver.
package sampler

import (
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
)

// Walk is random-walk Metropolis: x' ~ N(x, Scale²·I) is accepted with
// probability min(1, p(x')/p(x)) (Metropolis et al. 1953). A step costs one
// evaluation of the density.
type Walk struct {
	Scale float64 // of the proposal; 0 means 2.38/√n (Roberts, Gelman & Gilks 1997)
}

// WarmUp implements [mcmc.Sampler]. There is nothing to tune, but the start is to
// be forgotten.
func (Walk) WarmUp() int { return 1000 }

// Kernel implements [mcmc.Sampler].
func (w Walk) Kernel(t *mcmc.Guard) (mcmc.Kernel, error) {
	if w.Scale == 0 {
		w.Scale = 2.38 / math.Sqrt(float64(t.Dim()))
	}
	if !(w.Scale > 0) || math.IsInf(w.Scale, 1) {
		return nil, &belief.ConfigError{Field: "Scale", Value: w.Scale, Want: "positive and finite, or 0 for the default"}
	}
	return &walk{Walk: w, target: t, proposal: make([]float64, t.Dim())}, nil
}

// walk is the kernel: the target, settings and scratch memory, but nothing of
// where the chain stands.
type walk struct {
	Walk
	target   *mcmc.Guard
	proposal []float64
}

// Init implements [mcmc.Kernel].
func (k *walk) Init(s *mcmc.State) (err error) {
	s.LogDensity, err = k.target.LogDensity(s.X)
	return err
}

// Step implements [mcmc.Kernel]. It allocates nothing.
func (k *walk) Step(r *rand.Rand, s *mcmc.State) (mcmc.Info, error) {
	for i, x := range s.X {
		k.proposal[i] = x + k.Scale*r.NormFloat64()
	}
	l, err := k.target.LogDensity(k.proposal)
	if err != nil {
		return mcmc.Info{}, err // the state is as it was
	}
	accept := min(1, math.Exp(l-s.LogDensity))
	if r.Float64() < accept {
		copy(s.X, k.proposal)
		s.LogDensity = l
	}
	return mcmc.Info{Accept: accept}, nil
}
