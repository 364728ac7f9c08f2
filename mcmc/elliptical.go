package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// EllipticalSlice samples from a posterior with a normal prior N(μ, Σ) by
// elliptical slice sampling (Murray, Adams & MacKay 2010, figure 2): it draws ν
// from the prior and a height below the likelihood at the present point x, and
// looks for a point of higher likelihood on the ellipse
//
//	μ + (x − μ) cos θ + (ν − μ) sin θ,
//
// whose bracket of angles shrinks towards θ = 0, where x is. Nothing is ever
// rejected and there is nothing to tune, however strong the correlations of the
// prior; it is slow where the likelihood is far narrower than the prior. A step
// costs a few evaluations of the density and n² operations for ν.
//
// The target is the posterior, as for any sampler. One who has a log likelihood
// makes a posterior of it by [NewPosterior]. Of a target that is not split the
// likelihood is the density divided by the prior, which costs digits.
type EllipticalSlice struct {
	// Prior is the normal distribution by which the density is to be divided. Nil
	// means the prior that NewPosterior was given, which must then be a
	// [*dist.MultivariateNormal].
	Prior *dist.MultivariateNormal
}

// WarmUp is 500 steps.
func (EllipticalSlice) WarmUp() int { return 500 }

// Kernel implements [Sampler].
func (m EllipticalSlice) Kernel(t *Guard) (Kernel, error) {
	n := t.Dim()
	k := &elliptical{target: t, prior: m.Prior, split: m.Prior == nil}
	if k.split {
		k.prior = normalPrior(t.Target())
	}
	if k.prior == nil {
		return nil, &belief.ConfigError{Field: "Prior", Value: "nil", Want: "given, unless the target is a posterior whose prior is a MultivariateNormal"}
	}
	if d := k.prior.Dim(); d != n {
		return nil, &belief.ConfigError{Field: "Prior", Value: fmt.Sprintf("of dimension %d", d), Want: fmt.Sprintf("of the target's dimension %d", n)}
	}
	k.mean, k.start, k.nu = k.prior.MeanTo(make([]float64, n)), make([]float64, n), make([]float64, n)
	return k, nil
}

// normalPrior is the prior of a posterior, nil if it is not normal.
func normalPrior(t Target) *dist.MultivariateNormal {
	var prior dist.VectorLogProber
	switch p := t.(type) {
	case *posterior:
		prior = p.prior
	case *gradPosterior:
		prior = p.prior
	}
	normal, _ := prior.(*dist.MultivariateNormal)
	return normal
}

// elliptical is the kernel of EllipticalSlice.
type elliptical struct {
	target          *Guard
	prior           *dist.MultivariateNormal
	split           bool // the prior is the reference of the target
	mean, start, nu []float64
}

func (*elliptical) densityOnly() {}

// Init implements [Kernel].
func (k *elliptical) Init(s *State) error { return evaluate(k.target, s) }

// factors returns the logarithms of the prior and the likelihood at x.
func (k *elliptical) factors(x []float64) (prior, likelihood float64, err error) {
	if k.split {
		return k.target.LogSplit(x)
	}
	l, err := k.target.LogDensity(x)
	if err != nil || math.IsInf(l, -1) {
		return l, l, err
	}
	prior = k.prior.LogProb(x)
	return prior, l - prior, nil
}

// Step implements [Kernel]. Accept is the share of candidates in the slice.
func (k *elliptical) Step(r *rand.Rand, s *State) (Info, error) {
	copy(k.start, s.X)
	k.prior.RandTo(k.nu, r)
	// The likelihood is what the density has beyond the prior.
	height := s.LogDensity - k.prior.LogProb(s.X) - r.ExpFloat64()
	theta := 2 * math.Pi * r.Float64()
	low, high := theta-2*math.Pi, theta
	for tried := 1; tried <= mostShrinks && theta != 0; tried++ {
		sin, cos := math.Sincos(theta)
		for i, m := range k.mean {
			s.X[i] = m + (k.start[i]-m)*cos + (k.nu[i]-m)*sin
		}
		prior, likelihood, err := k.factors(s.X)
		if err != nil {
			copy(s.X, k.start)
			return Info{}, err
		}
		if likelihood >= height && !math.IsInf(likelihood, -1) {
			s.LogDensity = prior + likelihood
			return Info{Accept: 1 / float64(tried)}, nil
		}
		if theta < 0 {
			low = theta
		} else {
			high = theta
		}
		theta = low + (high-low)*r.Float64()
	}
	copy(s.X, k.start)
	return Info{}, nil
}
