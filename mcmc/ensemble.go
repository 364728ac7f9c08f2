package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// Ensemble is the affine-invariant ensemble sampler with the stretch move (Goodman
// & Weare 2010, equations 7 and 9): K walkers, of which each moves along the line
// through another one, w_j, to
//
//	y = w_j + z (w_k − w_j),  z on [1/a, a] with density proportional to 1/√z,
//
// and is accepted with probability min(1, z^(n−1) p(y)/p(w_k)), the power of z
// being the Jacobian of the move. It behaves the same on a target and on any
// linear image of it, so that correlations and scales do no harm, and needs no
// gradient and no tuning. It is for n up to some twenty: beyond, the walkers know
// too little of the target's shape (Huijser, Goodman & Brewer 2015).
//
// A step moves all walkers once, those of one half along lines through the other
// half (Foreman-Mackey et al. 2013, algorithm 3), and costs K evaluations. Every
// walker makes a chain of the draws, and moves so little in a step that 20 steps make
// a draw unless Config.Thin says otherwise: a run of [Config]{} on a normal target of
// up to 10 dimensions then converges, after 84,000 K evaluations. Walkers of one ensemble are independent of each
// other at any one time, though not across time; taken for independent chains, the
// standard errors of normal targets of up to 10 dimensions come out 5% too large.
type Ensemble struct {
	// Size is the number K of walkers, even and at least 2n; 0 means 2(n+1), at
	// least 10.
	Size int
	// Stretch is the largest factor a, above 1; 0 means 2.
	Stretch float64
	// Spread is the standard deviation of the walkers around the first at the
	// start; 0 means 1. Where a walker would have density zero it is closer.
	Spread float64
}

// WarmUp is 1000 steps.
func (Ensemble) WarmUp() int { return 1000 }

// Thin implements [Thinner]: 20 steps, which is about a quarter of what a walker takes
// to forget where it was in 5 dimensions.
func (Ensemble) Thin() int { return 20 }

// mostNumbers is how many numbers a state may carry, at 1 GiB.
const mostNumbers = 1 << 27

// Kernel implements [Sampler].
func (m Ensemble) Kernel(t *Guard) (Kernel, error) {
	n := t.Dim()
	if m.Size == 0 {
		m.Size = max(10, 2*(n+1))
	}
	if m.Size < 4 || m.Size < 2*n || m.Size%2 != 0 {
		return nil, &belief.ConfigError{Field: "Size", Value: m.Size, Want: fmt.Sprintf("even and at least %d, or 0 for the default", max(4, 2*n))}
	}
	if m.Size > mostNumbers/(n+1) {
		return nil, &belief.TooLargeError{What: "ensemble", Bytes: 8 * float64(m.Size) * float64(n+1), Budget: 8 * mostNumbers}
	}
	if m.Stretch == 0 {
		m.Stretch = 2
	}
	if !(m.Stretch > 1 && m.Stretch <= 1e6) {
		return nil, &belief.ConfigError{Field: "Stretch", Value: m.Stretch, Want: "above 1 and at most a million, or 0 for 2"}
	}
	if m.Spread == 0 {
		m.Spread = 1
	}
	if !(m.Spread > 0) || math.IsInf(m.Spread, 1) {
		return nil, &belief.ConfigError{Field: "Spread", Value: m.Spread, Want: "positive and finite, or 0 for 1"}
	}
	return &ensemble{Ensemble: m, target: t, power: float64(n - 1), y: make([]float64, n), work: make([]float64, m.Size*(n+1))}, nil
}

// ensemble is the kernel of Ensemble.
type ensemble struct {
	Ensemble
	target *Guard
	power  float64 // n − 1
	y      []float64
	work   []float64 // Aux of the step that is being taken
}

// Init implements [Kernel]. The walkers start around s.X, at places that are a
// function of it.
func (k *ensemble) Init(s *State) error {
	s.Aux = nil
	if err := evaluate(k.target, s); err != nil || math.IsInf(s.LogDensity, -1) {
		return err
	}
	n := len(s.X)
	seed := make([]uint64, n)
	for i, x := range s.X {
		seed[i] = math.Float64bits(x)
	}
	r := stream.New(0, "mcmc ensemble", seed...)
	aux := make([]float64, len(k.work))
	copy(aux, s.X)
	aux[k.Size*n] = s.LogDensity
	for w := 1; w < k.Size; w++ {
		x := aux[w*n : (w+1)*n]
		l := math.Inf(-1)
		for spread := k.Spread; math.IsInf(l, -1); spread /= 2 {
			for i := range x {
				x[i] = s.X[i] + spread*r.NormFloat64()
			}
			if spread < 1e-12*k.Spread {
				s.LogDensity = math.Inf(-1) // the point stands alone
				return nil
			}
			var err error
			if l, err = k.target.LogDensity(x); err != nil {
				return err
			}
		}
		aux[k.Size*n+w] = l
	}
	s.Aux = aux
	return nil
}

// Walkers implements [Assembly].
func (k *ensemble) Walkers() int { return k.Size }

// Walker implements [Assembly].
func (k *ensemble) Walker(s *State, i int) (x []float64, logDensity float64) {
	n := len(s.X)
	return s.Aux[i*n : (i+1)*n], s.Aux[k.Size*n+i]
}

// Step implements [Kernel].
func (k *ensemble) Step(r *rand.Rand, s *State) (Info, error) {
	if len(s.Aux) != len(k.work) {
		panic("mcmc: the state is not that of an ensemble of this size")
	}
	n, half := len(s.X), k.Size/2
	copy(k.work, s.Aux)
	walkers, logs := k.work[:k.Size*n], k.work[k.Size*n:]
	accepted := 0.0
	for w := range k.Size {
		other := half + int(r.Float64()*float64(half))
		if w >= half {
			other -= half
		}
		root := 1 + (k.Stretch-1)*r.Float64()
		z := root * root / k.Stretch
		x, partner := walkers[w*n:(w+1)*n], walkers[other*n:(other+1)*n]
		for i, p := range partner {
			k.y[i] = p + z*(x[i]-p)
		}
		moving := State{X: x, LogDensity: logs[w]}
		info, err := accept(r, k.target, &moving, k.y, k.power*math.Log(z))
		if err != nil {
			return Info{}, err
		}
		logs[w] = moving.LogDensity
		accepted += info.Accept
	}
	copy(s.Aux, k.work)
	copy(s.X, walkers)
	s.LogDensity = logs[0]
	return Info{Accept: accepted / float64(k.Size)}, nil
}
