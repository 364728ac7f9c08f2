package ladder

import (
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
)

// This file lets the kernels of package mcmc be the transitions of a [Bridge].

// moveKernel takes a step of the kernel from every point that has density.
func (p *Bridge) moveKernel(r *rand.Rand, s *Points, b float64, k *rung) error {
	if t, ok := s.kernel.(mcmc.Tuner); ok && k != nil && s.rung != k {
		if err := t.UnmarshalBinary(k.tuning); err != nil {
			return err
		}
		s.rung = k
	}
	t := s.tempered
	t.b = b
	for i := range s.base {
		x := s.At(i)
		if math.IsInf(temper(b, s.base[i], s.target[i]), -1) {
			continue
		}
		t.here.set(x, s.base[i], s.target[i])
		copy(s.state.X, x)
		if err := s.kernel.Init(&s.state); err != nil {
			return err
		}
		if math.IsInf(s.state.LogDensity, -1) {
			continue // there is a density but no gradient: the point stays
		}
		if _, err := s.kernel.Step(r, &s.state); err != nil {
			return err
		}
		base, target, err := t.componentsAgain(s.state.X)
		if err != nil {
			return err
		}
		if k != nil {
			for j, v := range x {
				d := s.state.X[j] - v
				s.score.jump += d * d / k.walk.variance[j]
			}
			s.score.proposals++
		}
		copy(x, s.state.X)
		s.base[i], s.target[i] = base, target
	}
	return nil
}

// A tuner is a chain whose kernel learns at one temperature after the other.
type tuner struct {
	points *Points
	rand   *rand.Rand
}

// tune warms a kernel up at a particle of b and returns what it has learnt; nil if
// the kernel does not learn.
func (p *Bridge) tune(b float64, batches []*Points, weights []float64) ([]byte, error) {
	if p.tuner == nil {
		s, err := p.points(1)
		if err != nil {
			return nil, err
		}
		p.tuner = &tuner{s, stream.New(0, "ladder/tune")}
	}
	s := p.tuner.points
	k, ok := s.kernel.(mcmc.Tuner)
	if !ok {
		return nil, nil
	}
	// A particle as good as any: the one in the middle of the cumulative weights.
	i, sum := 0, weights[0]
	for sum < 0.5 && i+1 < len(weights) {
		i++
		sum += weights[i]
	}
	size := batches[0].Len()
	s.tempered.b = b
	s.state = mcmc.State{X: append([]float64(nil), batches[i/size].At(i%size)...)}
	if err := k.Init(&s.state); err != nil {
		return nil, err
	}
	steps := p.WarmUp
	if steps == 0 {
		steps = 100
	}
	k.BeginWarmUp(steps)
	for range steps {
		if math.IsInf(s.state.LogDensity, -1) {
			break
		}
		info, err := k.Step(p.tuner.rand, &s.state)
		if err != nil {
			return nil, err
		}
		if err := k.Tune(&s.state, info); err != nil {
			return nil, err
		}
	}
	if err := k.EndWarmUp(&s.state); err != nil {
		return nil, err
	}
	return k.MarshalBinary()
}
