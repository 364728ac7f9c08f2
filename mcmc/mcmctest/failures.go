package mcmctest

// What a kernel does where the target has no answer, and that it needs no memory.

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/mcmc"
)

var errTarget = errors.New("the target gives up")

// errors makes the target fail at every early evaluation in turn.
func (s *suite) errors() {
	for n := range 40 {
		failing := wrap(s.Target)
		w := s.walker(failing, 0)
		if w == nil {
			return
		}
		failing = w.guard.Target().(wrapper)
		left := n
		failing.set(func([]float64) error {
			if left--; left < 0 {
				return errTarget
			}
			return nil
		})
		for range 100 {
			before := clone(w.state)
			err := w.step(0)
			if err == nil && left >= 0 {
				continue
			}
			if !errors.Is(err, errTarget) {
				s.complain("the target failed at evaluation %d, and the error was: %v", n, err)
				return
			}
			if !same(before, w.state) {
				s.complain("a step that failed at evaluation %d has moved the state", n)
				return
			}
			break
		}
	}
}

// zeroDensity takes half of the space away.
func (s *suite) zeroDensity() {
	half := wrap(s.Target)
	half.set(func(x []float64) error {
		if x[0] > 0.25 {
			return mcmc.ErrReject
		}
		return nil
	})
	w := s.walker(half, warmUp)
	if w == nil {
		return
	}
	for w.steps < 5*warmUp {
		if err := w.step(warmUp); err != nil {
			s.complain("step %d: %v", w.steps, err)
			return
		}
		if w.state.X[0] > 0.25 || math.IsInf(w.state.LogDensity, -1) {
			s.complain("step %d leads to %v, where the density is zero", w.steps, w.state.X)
			return
		}
	}
}

func (s *suite) allocations() {
	if s.Allocates {
		return
	}
	w := s.walker(s.Target, warmUp)
	if w == nil {
		return
	}
	for w.steps < warmUp {
		if err := w.step(warmUp); err != nil {
			s.complain("step %d: %v", w.steps, err)
			return
		}
	}
	rng := rand.New(rand.NewPCG(5, 6))
	var err error
	n := testing.AllocsPerRun(300, func() {
		if _, e := w.kernel.Step(rng, &w.state); e != nil {
			err = e
		}
	})
	if n >= 1 || err != nil {
		s.complain("a step allocates %v times; error %v", n, err)
	}
}
