package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// HMC is Hamiltonian Monte Carlo with trajectories of a given length (Duane and
// others 1987; Neal 2011): the end of the trajectory is accepted with probability
// min(1, exp(−error of the energy)). [NUTS] finds the length by itself.
type HMC struct {
	// Length is the mean time of a trajectory; 0 means π/2, after which a normal
	// target has forgotten where it started, given a good metric. Each trajectory
	// takes from a half to one and a half of it, so that none meets a period. At
	// most 1023 steps make a trajectory.
	Length float64
	// Steps, if not 0, is the number of steps of every trajectory, whatever its
	// length. Each trajectory then takes steps up to a fifth longer or shorter than
	// what was tuned, for the same reason (Neal 2011).
	Steps int
	Tuning
}

const (
	mostSteps  = 1023
	stepJitter = 0.2 // of the step size, where the number of steps is fixed
)

// WarmUp implements [Sampler].
func (HMC) WarmUp() int { return defaultWarmUp }

// Kernel implements [Sampler]. The target must have a gradient.
func (s HMC) Kernel(t *Guard) (Kernel, error) {
	if s.Length == 0 {
		s.Length = math.Pi / 2
	}
	if !(s.Length > 0 && s.Length <= math.MaxFloat64) {
		return nil, &belief.ConfigError{Field: "Length", Value: s.Length, Want: "positive and finite, or 0 for π/2"}
	}
	if s.Steps < 0 || s.Steps > mostSteps {
		return nil, &belief.ConfigError{Field: "Steps", Value: s.Steps, Want: fmt.Sprintf("from 1 to %d, or 0 for as many as Length asks for", mostSteps)}
	}
	h, err := newHamiltonian(t, s.Tuning, 1)
	if err != nil {
		return nil, err
	}
	return &hmc{h, s.Length, s.Steps}, nil
}

type hmc struct {
	*hamiltonian
	length float64
	fixed  int
}

// Step implements [Kernel].
func (k *hmc) Step(r *rand.Rand, s *State) (info Info, err error) {
	defer k.target.recoveredAt(&err)
	first, err := k.begin(r, s)
	if err != nil {
		return Info{}, err
	}
	eps := k.eps * k.part
	steps := k.fixed
	if steps > 0 {
		eps *= 1 + stepJitter*(2*r.Float64()-1)
	} else {
		steps = int(min(math.Ceil(k.length*(0.5+r.Float64())/eps), mostSteps))
	}
	u := r.Float64()
	at, next, spare := first, k.take(), k.take()
	delta := 0.0
	for range steps {
		if delta = k.leapfrog(&k.points[next], &k.points[at], eps); k.err != nil {
			return Info{}, k.err
		}
		k.worst = max(k.worst, delta)
		if delta > divergence {
			k.diverge = true
			break
		}
		if at == first {
			at = spare
		}
		at, next = next, at
	}
	accept := min(1, math.Exp(-delta))
	k.accept = accept * float64(k.steps) // end divides by the steps
	if k.diverge || u >= accept {
		at = first
	}
	return k.end(s, at, 0), nil
}

// MaxTreeDepth implements [Hamiltonian].
func (k *hmc) MaxTreeDepth() int { return 0 }

// Describe implements [Describer].
func (k *hmc) Describe() []string {
	if k.fixed > 0 {
		return k.describe(fmt.Sprintf("HMC, %d steps", k.fixed))
	}
	return k.describe(fmt.Sprintf("HMC, length %g", k.length))
}
