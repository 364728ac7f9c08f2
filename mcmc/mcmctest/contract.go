package mcmctest

// What the contract of a kernel says of its state and its tuning.

import (
	"errors"
	"math"
	"slices"

	"github.com/belief-go/belief/mcmc"
)

const warmUp = 100

// state checks that the state says the truth about its point.
func (s *suite) state() {
	w := s.walker(s.Target, warmUp)
	if w == nil {
		return
	}
	judge := mcmc.NewGuard(s.Target)
	grad := make([]float64, judge.Dim())
	for w.steps < 2*warmUp {
		if err := w.step(warmUp); err != nil {
			s.complain("step %d: %v", w.steps, err)
			return
		}
		l, err := judge.LogDensity(w.state.X)
		if err != nil || !close(l, w.state.LogDensity) {
			s.complain("after step %d the log density at %v is %v, and that of the state %v", w.steps, w.state.X, l, w.state.LogDensity)
			return
		}
		if w.state.Grad == nil {
			continue
		}
		if _, err := judge.LogDensityGrad(w.state.X, grad); err != nil || !slices.EqualFunc(grad, w.state.Grad, close) {
			s.complain("after step %d the gradient at %v is %v, and that of the state %v", w.steps, w.state.X, grad, w.state.Grad)
			return
		}
	}
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(a)) }

// restore moves a chain to a new kernel, in the warm-up and after it.
func (s *suite) restore() {
	for _, at := range []int{0, 1, warmUp / 2, warmUp - 1, warmUp, warmUp + 10} {
		old, young := s.walker(s.Target, warmUp), s.walker(s.Target, warmUp)
		if old == nil || young == nil {
			return
		}
		for old.steps < at {
			if err := old.step(warmUp); err != nil {
				s.complain("step %d: %v", old.steps, err)
				return
			}
		}
		young.steps = at
		young.state.X = slices.Clone(old.state.X)
		if err := young.kernel.Init(&young.state); err != nil {
			s.complain("Init: %v", err)
			return
		}
		if tuner, ok := old.kernel.(mcmc.Tuner); ok {
			data, err := tuner.MarshalBinary()
			if err == nil {
				err = young.kernel.(mcmc.Tuner).UnmarshalBinary(data)
			}
			if err != nil {
				s.complain("tuning after %d steps: %v", at, err)
				return
			}
		}
		young.state = clone(old.state)
		for old.steps < warmUp+30 {
			if err := errors.Join(old.step(warmUp), young.step(warmUp)); err != nil {
				s.complain("step %d: %v", old.steps, err)
				return
			}
			if !same(old.state, young.state) {
				s.complain("restored after %d steps of which %d warm up, the chain goes another way at step %d", at, warmUp, old.steps)
				break
			}
		}
	}
}

// hostile feeds a kernel with tuning that was cut off.
func (s *suite) hostile() {
	w := s.walker(s.Target, warmUp)
	if w == nil {
		return
	}
	tuner, ok := w.kernel.(mcmc.Tuner)
	if !ok {
		return
	}
	data, err := tuner.MarshalBinary()
	if err != nil {
		s.complain("%v", err)
		return
	}
	for n := range data {
		victim := s.walker(s.Target, warmUp)
		if victim.kernel.(mcmc.Tuner).UnmarshalBinary(data[:n]) == nil {
			s.complain("%d of %d bytes are taken for all", n, len(data))
			return
		}
	}
}
